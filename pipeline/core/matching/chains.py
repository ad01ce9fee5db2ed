"""What holds a customer together: the strongest links that connect all its tellings, and what else supports each."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Final

Pair = tuple[str, str]

MOST_COUNTED: Final = 2_000
"""Links up to which support is counted: each link beyond the chain walks along it."""


def spanning(links: Sequence[Pair]) -> list[int]:
    """Places of the links that connect everything, strongest first; ``links``: strongest first (Kruskal 1956)."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    chosen = []
    for place, (one, other) in enumerate(links):
        a, b = root(one), root(other)
        if a != b:
            parent[b] = a
            chosen.append(place)
    return chosen


def path(links: Sequence[Pair], start: str, end: str) -> list[int]:
    """Places of the links of ``links`` that lead from ``start`` to ``end``, in order; empty when none do."""
    beside = _beside(links)
    came: dict[str, tuple[str, int]] = {}
    waiting = deque([start])
    while waiting and end not in came:
        node = waiting.popleft()
        for other, place in beside.get(node, ()):
            if other != start and other not in came:
                came[other] = (node, place)
                waiting.append(other)
    steps = []
    while end in came:
        end, place = came[end]
        steps.append(place)
    return steps[::-1]


def support(links: Sequence[Pair], chain: Sequence[int]) -> Counter[int] | None:
    """Place of a link of ``chain`` -> how many other links hold together what it holds; None when there are too many."""
    if len(links) > MOST_COUNTED:
        return None
    within = set(chain)
    chained = [links[place] for place in chain]
    held: Counter[int] = Counter(dict.fromkeys(chain, 0))
    for place, (one, other) in enumerate(links):
        if place not in within:
            held.update(chain[step] for step in path(chained, one, other))
    return held


def _beside(links: Iterable[Pair]) -> dict[str, list[tuple[str, int]]]:
    beside: dict[str, list[tuple[str, int]]] = {}
    for place, (one, other) in enumerate(links):
        beside.setdefault(one, []).append((other, place))
        beside.setdefault(other, []).append((one, place))
    return beside

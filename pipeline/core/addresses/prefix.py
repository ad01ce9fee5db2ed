"""Reading the names of places at the head of addresses, all rows at once.

From where each row stands, a trie of all forms is walked character by character and the longest form that leads on from
the row's state is taken; so on until no row moves. What a short form may mean is settled by what follows it: 南京 in
南京东路 is a road's name.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.addresses.places import NOWHERE, SURE, WEAK, Place, State, Step, gazetteer
from pipeline.core.distinct import on_distinct

Ints = npt.NDArray[np.int64]

_COLUMNS = ("province", "city", "county", "region_code")

_WIDTH = 40
"""Characters looked at; a doubled prefix of the longest names fits."""
_SEPARATOR = np.zeros(0x3003, dtype=np.int64)  # the last stands for all characters beyond
_SEPARATOR[[ord(character) for character in " ,、-/|.·_>"]] = 1

_ROAD_ON = (
    "^(?:0|镇|乡|村|[东西南北中新老上下前后内外大小一二三四五六七八九十]{0,3}"
    "(?:路|街(?:[^道]|$)|大道|大街|道|巷|弄|里|胡同|桥|门|庄|园|苑|公寓|小区|广场|大厦|大楼|国际|市场|商场|商城)"
    "|[东西南北]?(?:新村|站)|医院|大学|学院|学校|中学|小学|宾馆|饭店|酒店|银行|公司|集团|电视|日报|机场|火车|高铁|港|码头|湖|陵|山庄"
    "|体育|理工|师范|农业|林业|航空|邮电|工业大|工程|审计|财经|医科|中医|植物|植物园)"
)
_TOWN_ON = r"^\p{Han}{1,6}?(?:街道|镇|乡|开发区|高新区|工业园|大学城)"


@dataclass(frozen=True)
class _Walk:
    """The gazetteer as sorted arrays. A key is two numbers in one: see :func:`_key`."""

    roots: Ints  # node of each first character, -1 for none
    edges: Ints
    targets: Ints
    forms: Ints  # form that ends at a node, -1 for none
    within: Ints
    within_to: Ints
    again: Ints
    again_to: Ints
    scopes: Ints  # scope of each state, -1 for none
    states: pl.DataFrame


def _key(first: Ints, second: Ints) -> Ints:
    return (first << 21) | second


@cache
def _walk() -> _Walk:
    told = gazetteer()
    states: dict[State, int] = {NOWHERE: 0}
    for state, _ in told.within.values():
        states.setdefault(state, len(states))
    scopes = {scope: number for number, scope in enumerate(sorted({scope for scope, _ in told.within}))}
    forms_told = sorted({form for _, form in (*told.within, *told.again)})
    form_numbers = {form: number for number, form in enumerate(forms_told)}
    (edges, targets), forms = _trie(form_numbers)
    roots = np.full(0x10000, -1, dtype=np.int64)
    roots[edges[edges < len(roots)]] = targets[edges < len(roots)]
    within = _steps([(scopes[scope], form_numbers[form], step) for (scope, form), step in told.within.items()], states)
    again = _steps([(states[state], form_numbers[form], step) for (state, form), step in told.again.items()], states)
    rows: list[Place] = [state.place for state in states]
    return _Walk(
        roots,
        edges,
        targets,
        forms,
        *within,
        *again,
        np.array([-1 if state.scope is None else scopes.get(state.scope, -1) for state in states], dtype=np.int64),
        pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String()), orient="row"),
    )


def _trie(form_numbers: dict[str, int]) -> tuple[tuple[Ints, Ints], Ints]:
    """Edges (node and character -> node) sorted by key, and the form that ends at each node."""
    edges: dict[tuple[int, int], int] = {}
    ends = {0: -1}
    for form, number in form_numbers.items():
        node = 0
        for character in form:
            node = edges.setdefault((node, ord(character)), len(edges) + 1)
            ends.setdefault(node, -1)
        ends[node] = number
    pairs = np.array(list(edges), dtype=np.int64)
    keys = _key(pairs[:, 0], pairs[:, 1])
    order = np.argsort(keys)
    forms = np.full(len(ends), -1, dtype=np.int64)
    forms[list(ends)] = list(ends.values())
    return (keys[order], np.array(list(edges.values()), dtype=np.int64)[order]), forms


def _steps(steps: list[tuple[int, int, Step]], states: dict[State, int]) -> tuple[Ints, Ints]:
    """Keys in order, and for each the state it leads to and how, as ``state * 4 + how``."""
    told = np.array([(first, form, states[state] * 4 + how) for first, form, (state, how) in steps], dtype=np.int64)
    keys = _key(told[:, 0], told[:, 1])
    order = np.argsort(keys)
    return keys[order], told[order, 2]


def _looked_up(keys: Ints, values: Ints, wanted: Ints) -> Ints:
    """Value of each wanted key, -1 where there is none."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], -1)


@dataclass(frozen=True)
class _Points:
    """The code points of the head of every text, one after the other with a zero after each."""

    flat: npt.NDArray[np.uint32]
    starts: Ints
    lengths: Ints

    def at(self, rows: Ints, places: Ints) -> Ints:
        """Code point of each row at a place, 0 beyond its end."""
        return self.flat[self.starts[rows] + np.minimum(places, self.lengths[rows])].astype(np.int64)


def _points(texts: pl.Series) -> _Points:
    heads = texts.fill_null("").str.slice(0, _WIDTH)
    lengths = heads.str.len_chars().cast(pl.Int64).to_numpy()
    together = heads.str.join("\0").item() + "\0" if len(heads) else ""
    starts = np.cumsum(lengths + 1) - lengths - 1
    return _Points(np.frombuffer(together.encode("utf-32-le"), dtype=np.uint32), starts, lengths)


def read(texts: pl.Series) -> pl.DataFrame:
    """The place each text begins with: province, city, county, region_code and ``end``, the characters read.

    All null and ``end`` 0 where it begins with none. Null in, null out.
    """
    # No name holds a digit: what stands before the first one decides, and many addresses share it.
    heads = texts.str.extract("^([^0-9]*[0-9]?)", 1).str.replace("[1-9]$", "0")
    return on_distinct(heads, _read)


def _read(texts: pl.Series) -> pl.DataFrame:
    walk, points = _walk(), _points(texts.str.replace_all("\0", " ", literal=True))
    state, end = np.zeros(len(texts), dtype=np.int64), np.zeros(len(texts), dtype=np.int64)
    settled_state, settled_end, how = state.copy(), end.copy(), np.full(len(texts), SURE, dtype=np.int64)
    rows = np.arange(len(texts), dtype=np.int64)
    while len(rows):
        start = _past_separators(points, rows, end[rows])
        step, length = _longest(walk, points, rows, state[rows], start)
        moved = step >= 0
        rows, step, after = rows[moved], step[moved], start[moved] + length[moved]
        # Whatever was in doubt before is settled by a name that leads on from it.
        settled_state[rows], settled_end[rows] = state[rows], end[rows]
        state[rows], end[rows], how[rows] = step >> 2, after, step & 3
    doubtful = np.flatnonzero(how != SURE)
    back = doubtful[~_stands(texts, end, how, doubtful)]
    state[back], end[back] = settled_state[back], settled_end[back]
    found = walk.states[state].with_columns(end=end)
    there = texts.is_not_null()
    return found.select(pl.when(there).then(pl.all()))


def _past_separators(points: _Points, rows: Ints, end: Ints) -> Ints:
    start = end.copy()
    for _ in range(2):
        start += _SEPARATOR[np.minimum(points.at(rows, start), len(_SEPARATOR) - 1)]
    return start


def _longest(walk: _Walk, points: _Points, rows: Ints, state: Ints, start: Ints) -> tuple[Ints, Ints]:
    """The step (``state * 4 + how``, -1 for none) of the longest form that leads on, and its length."""
    best, length = np.full(len(rows), -1, dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    first = points.at(rows, start)
    node = walk.roots[np.minimum(first, len(walk.roots) - 1)]
    live = np.flatnonzero(node >= 0)
    node, depth = node[live], 1
    while len(live):
        node = _looked_up(walk.edges, walk.targets, _key(node, points.at(rows[live], start[live] + depth)))
        on = node >= 0
        live, node, depth = live[on], node[on], depth + 1
        ends = walk.forms[node] >= 0
        here, form = live[ends], walk.forms[node[ends]]
        scope = walk.scopes[state[here]]
        step = np.where(scope >= 0, _looked_up(walk.within, walk.within_to, _key(np.maximum(scope, 0), form)), -1)
        step = np.where(step >= 0, step, _looked_up(walk.again, walk.again_to, _key(state[here], form)))
        leads = step >= 0
        best[here[leads]], length[here[leads]] = step[leads], depth
    return best, length


def _stands(texts: pl.Series, end: Ints, how: Ints, rows: Ints) -> npt.NDArray[np.bool_]:
    """Whether the short form that each row ends with is the place and not the beginning of another name."""
    told = pl.DataFrame({"text": texts.gather(rows), "end": end[rows], "how": how[rows]})
    rest = pl.col("text").str.slice(pl.col("end"), 10)
    stands = pl.when(pl.col("how") == WEAK).then(rest.str.contains(_TOWN_ON)).otherwise(~rest.str.contains(_ROAD_ON))
    return told.select(stands.fill_null(value=True)).to_series().to_numpy()

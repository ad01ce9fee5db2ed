"""What the headers of a feed mean: header -> target.

The settings' columns come first, then the usual headers of the feed's kind. Letter case, full-width letters, blanks,
``_``, ``-`` and the mark of an obligatory field (``*``, (必填)) make no difference. Of several headers of one target the
best one counts (:data:`~pipeline.core.feed_words.ONE_COLUMN`); a second mobile is another phone.

The first line of a file that has no header line is a customer's data. A header that looks like a value is therefore
told by its position only, and when little was understood only headers close to a known one are told.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz, process

from connectors.sources.feed import Feed, place_of
from connectors.sources.files import Unusable
from pipeline.core.feed_words import ONE_COLUMN, PARTY_FIELD_WORDS, UNUSED_WORDS
from pipeline.core.feeds import KINDS, targets_of, words_of
from pipeline.ports import Problem

NEAR = 50.0
"""Similarity, 0–100, from which a header is named as the nearest one."""

Origin = Literal["line", "schema", "keys"]
"""Where headers come from: a line that may be a row of data; a schema or the settings; the keys of JSON objects, which
may differ in letter case only."""

SURELY_HEADER = 80.0
"""Similarity to a known header from which an unknown one is no customer's value."""

_LOOKS_LIKE_DATA = re.compile(r"[0-9]{5}|@|[\x00-\x1f\ufffd]")
_OBLIGATORY_MARK = re.compile(r"\((?:必填|选填|必填项|选填项|非必填|必录|文本|text)\)$")
_JOINTS = str.maketrans("", "", "_-")
_OF_A_ROW = ("plate", "vin")


@dataclass(frozen=True)
class Understanding:
    """Meaning of the headers of one file, as they may be told. ``targets``: one per header, None when not wanted.

    ``ranks``: how good each column is for its target, the least first. ``unused``: known headers nothing is kept of.
    """

    headers: tuple[str, ...]
    targets: tuple[str | None, ...]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]
    ranks: tuple[int, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Header -> target, in file order."""
        return {header: target for header, target in zip(self.headers, self.targets, strict=True) if target}

    @property
    def sources(self) -> tuple[tuple[int, str], ...]:
        """Position and target of each wanted column, of one target's columns the best first."""
        found = [(position, target) for position, target in enumerate(self.targets) if target]
        return tuple(sorted(found, key=lambda column: self.ranks[column[0]]) if self.ranks else found)


NO_HEADERS = Understanding((), (), (), ())
"""An empty file's."""


def plain(header: str) -> str:
    """Form in which headers are compared."""
    text = unicodedata.normalize("NFKC", header).casefold()
    kept = (character for character in text if not character.isspace() and unicodedata.category(character)[0] != "C")
    bare = "".join(kept).strip("*:'\"\ufffd")
    return _OBLIGATORY_MARK.sub("", bare).translate(_JOINTS).strip("*:") or bare


def understood(headers: Sequence[str], feed: Feed) -> int:
    """How many of ``headers`` have a target or are known as not wanted or not used."""
    words = _Words(feed)
    names = [plain(header) for header in headers]
    return sum(
        bool(name) and (name in words.ignored or bool(words.target(name)) or words.is_unused(name)) for name in names
    )


def understand(
    headers: Sequence[str], feed: Feed, file: str, origin: Origin = "line", no_values: Sequence[int] = ()
) -> Understanding:
    """Meaning of ``headers``, in file order; raises nothing, every problem is in the answer.

    ``no_values``: positions of columns whose type holds no plain values, which so have no meaning.
    """
    words = _Words(feed)
    names = [plain(header) for header in headers]
    wanted = _wanted(names, words, origin, no_values)
    targets = _best(wanted, names, words, origin)
    shown = _shown(headers, names, wanted, words, origin)
    seen = _Seen(names, targets, shown)
    left = [position for position, target in enumerate(targets) if target is None and names[position]]
    unused = [position for position in left if wanted[position] or words.is_unused(names[position])]
    unknown = tuple(shown[at] for at in left if at not in unused and names[at] not in words.ignored)
    problems = (
        *_bad_settings(seen, feed),
        *(() if origin == "keys" else _duplicates(seen, words)),
        *_missing(seen, feed, words),
        *_doubled(seen, words),
        *_of_no_party(seen),
        *_unknown(unknown, any(targets)),
    )
    place = place_of(feed.name, file)
    placed = tuple(Problem("C12", place, problem, advice, refuses) for problem, advice, refuses in problems)
    ranks = tuple(words.rank(name) for name in names)
    return Understanding(shown, tuple(targets), unknown, placed, ranks, tuple(shown[at] for at in unused))


def key_of(targets: set[str], feed: Feed) -> tuple[str, ...]:
    """Targets that name a row: those told, else the first usual way that the feed has. Raises :class:`Unusable`."""
    told = tuple(feed.settings.key)
    if missing := [target for target in told if target not in targets]:
        problem = f"the key in the settings needs {_listed(missing)}, which the file does not have"
        raise Unusable(problem, "Correct key: in the settings, or name the header under columns:.")
    return told or next((way for way in feed.kind.keys if targets.issuperset(way)), ())


class _Words:
    """The headers one feed may have, in compared form."""

    def __init__(self, feed: Feed) -> None:
        self.told = {plain(name): target for name, target in feed.settings.columns.items()}
        self.ignored = {plain(name) for name in (*feed.settings.ignored, *feed.kind.unwanted)} - set(self.told)
        self.usual = _usual_words(feed.kind.name)
        self._ranks = _ranks(feed.kind.name)
        self.own = {plain(word) for words in feed.kind.own_words.values() for word in words}

    def target(self, name: str) -> str | None:
        """Target of a header in compared form, None when it has none or is not wanted."""
        if name in self.ignored:
            return None
        return self.told.get(name) or self.usual.get(name)

    def rank(self, name: str) -> int:
        """How good a header is for its target, the least first; those of the settings are equally the best."""
        return -1 if name in self.told else self._ranks.get(name, len(self._ranks))

    def is_unused(self, name: str) -> bool:
        """Whether the header is a usual one of which nothing is kept."""
        ways = (name, *(name[place + 1 :] for place, character in enumerate(name) if character == "."))
        return name not in self.told and not _unused_words().isdisjoint(ways)


class _Seen(NamedTuple):
    """Headers of a file by position: compared form, target, and what may be told of it."""

    names: Sequence[str]
    targets: Sequence[str | None]
    shown: Sequence[str]


@cache
def _usual_words(kind: str) -> dict[str, str]:
    """Compared form of every usual header -> target."""
    return words_of(KINDS[kind], plain)


@cache
def _ranks(kind: str) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(_usual_words(kind))}


@cache
def _unused_words() -> frozenset[str]:
    return frozenset(plain(word) for word in UNUSED_WORDS)


def _wanted(names: Sequence[str], words: _Words, origin: Origin, no_values: Sequence[int]) -> list[str | None]:
    """Target of each header by itself. A key within an object is also known by its way or its own name alone."""
    targets = [None if position in no_values else words.target(name) for position, name in enumerate(names)]
    if origin == "keys":
        tails = [name.rpartition(".")[2] for name in names]
        for position, name in enumerate(names):
            if targets[position] is None and "." in name and name not in words.ignored and not words.is_unused(name):
                alone = words.target(tails[position]) if tails.count(tails[position]) == 1 else None
                targets[position] = words.target(name.replace(".", "")) or alone
    if "name" not in targets:
        return targets
    return [
        target.rpartition(".")[2] if target and name in words.own else target
        for name, target in zip(names, targets, strict=True)
    ]


def _best(wanted: Sequence[str | None], names: Sequence[str], words: _Words, origin: Origin) -> list[str | None]:
    """``wanted`` without the lesser columns of a target that needs one; lesser mobiles become other phones.

    Objects of one file may be of several shapes, each with its own key for the same: there all stay.
    """
    if origin == "keys":
        return list(wanted)
    best: dict[str, int] = {}
    ranks = [words.rank(name) for name in names]
    for target, rank in zip(wanted, ranks, strict=True):
        if target:
            best[target] = min(rank, best.get(target, rank))
    found: list[str | None] = []
    for name, target, rank in zip(names, wanted, ranks, strict=True):
        if target is None or rank == best[target]:
            found.append(target)
        elif target in ONE_COLUMN:
            found.append(None)
        elif target.rpartition(".")[2] == "mobile" and name not in words.own:
            found.append(target.removesuffix("mobile") + "other_phones")
        else:
            found.append(target)
    return found


_Told = tuple[str, str, bool]
"""Problem, advice, whether it refuses the feed."""


def _shown(
    headers: Sequence[str], names: Sequence[str], targets: Sequence[str | None], words: _Words, origin: Origin
) -> tuple[str, ...]:
    """What may be told of each header: the header, or its position where it may be a customer's value."""
    data = [len(name) > 40 or bool(_LOOKS_LIKE_DATA.search(name)) for name in names]
    found, filled = sum(target is not None for target in targets), sum(bool(name) for name in names)
    doubtful = origin == "line" and (found * 4 < filled or (any(data) and found * 2 < filled))
    shown = []
    for position, (header, name) in enumerate(zip(headers, names, strict=True)):
        known = targets[position] is not None or name in words.ignored
        clear = known or (not data[position] and not (doubtful and not _near_a_word(name, words)))
        shown.append(" ".join(header.split()) if name and clear else f"column {position + 1}")
    return tuple(shown)


def _near_a_word(name: str, words: _Words) -> bool:
    return process.extractOne(name, words.usual.keys(), scorer=fuzz.ratio, score_cutoff=SURELY_HEADER) is not None


def _bad_settings(seen: _Seen, feed: Feed) -> list[_Told]:
    """Targets and keys in the settings that the kind does not have; headers in them that the file does not have."""
    settings = feed.settings
    known = targets_of(feed.kind)
    found: list[_Told] = []
    for target in sorted({*settings.columns.values(), *settings.defaults, *settings.key}.difference(known)):
        near = process.extractOne(target, sorted(known), scorer=fuzz.ratio)
        nearest = f" The nearest is {near[0]}." if near else ""
        found.append((f"{target} is no target of a {feed.kind.name} feed", f"Correct the settings.{nearest}", True))
    if absent := [header for header in settings.columns if plain(header) not in seen.names]:
        found.append((f"the settings name {_listed(absent)}, which the file does not have", "Correct columns:.", False))
    return found


def _duplicates(seen: _Seen, words: _Words) -> list[_Told]:
    first: dict[str, int] = {}
    found: list[_Told] = []
    for position, name in enumerate(seen.names):
        if not name or name in words.ignored or (seen.targets[position] is None and words.is_unused(name)):
            continue
        before = first.setdefault(name, position)
        if before != position:
            what = f"header {seen.shown[position]} stands twice, in columns {before + 1} and {position + 1}"
            found.append((what, "Have one renamed, or put it under ignored: when neither is wanted.", True))
    return found


def _missing(seen: _Seen, feed: Feed, words: _Words) -> list[_Told]:
    """Obligatory targets nobody delivers, each with the header that comes nearest to one of its words."""
    present = {target for target in seen.targets if target} | set(feed.settings.defaults)
    spare = {
        shown: name
        for position, (name, target, shown) in enumerate(zip(*seen, strict=True))
        if target is None and name and shown != f"column {position + 1}"
    }
    found: list[_Told] = []
    for choice in feed.kind.obligatory:
        if present.isdisjoint(choice):
            advice = _nearest(choice, spare, words) or _no_nearest(any(seen.targets))
            found.append((f"no column holds {' or '.join(choice)}", advice, True))
    return found


def _nearest(choice: tuple[str, ...], spare: dict[str, str], words: _Words) -> str:
    """Advice that names the header nearest to any word of the targets in ``choice``, empty when none is near."""
    best, advice = NEAR, ""
    for word, target in words.usual.items():
        match = process.extractOne(word, spare, scorer=fuzz.ratio, score_cutoff=best) if target in choice else None
        if match and (match[1] > best or not advice):
            best = match[1]
            advice = f'The nearest header is {match[2]}. If that is it, say columns: {{"{match[2]}": {target}}}.'
    return advice


def _no_nearest(any_understood: bool) -> str:
    if any_understood:
        return (
            "No header comes near it. Name its header under columns:, or one value for the whole feed under defaults:."
        )
    return (
        "None of its headers is known. If the file has no header line, give the headers under header:; "
        "if it is not the file it should be, have it delivered again."
    )


def _doubled(seen: _Seen, words: _Words) -> list[_Told]:
    """Targets that several columns go to, the best column first."""
    places: dict[str, list[tuple[int, int, str]]] = {}
    for position, (name, target, shown) in enumerate(zip(*seen, strict=True)):
        if target:
            places.setdefault(target, []).append((words.rank(name), position, shown))
    headers = {target: list(dict.fromkeys(shown for _, _, shown in sorted(found))) for target, found in places.items()}
    return [
        (f"{_listed(shown)} all mean {target}", "Row by row, the first of them that is filled is used.", False)
        for target, shown in headers.items()
        if len(shown) > 1
    ]


def _of_no_party(seen: _Seen) -> list[_Told]:
    """Columns that do not say whose they are, in rows that tell of several parties."""
    targets = [target for target in seen.targets if target]
    if not any("." in target for target in targets) or {"role", "name"} & set(targets):
        return []
    bare = [
        (shown, target)
        for target, shown in zip(seen.targets, seen.shown, strict=True)
        if target in PARTY_FIELD_WORDS and target not in _OF_A_ROW
    ]
    if not bare:
        return []
    party = next(target.partition(".")[0] for target in targets if "." in target)
    shown, target = bare[0]
    advice = (
        "They make a contact of their own, or are not used where they cannot. "
        f'Say whose they are, such as columns: {{"{shown}": {party}.{target}}}.'
    )
    return [(f"{_listed([shown for shown, _ in bare])} tell of no party that the other columns name", advice, False)]


def _unknown(unknown: Sequence[str], any_understood: bool) -> list[_Told]:
    if not unknown or not any_understood:
        return []
    return [(f"not known: {_listed(unknown)}", "Name them under columns: or ignored:.", False)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")

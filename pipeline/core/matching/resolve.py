"""Components -> groups: which links hold, and which are refused because two records cannot be of one person.

Inside a component that holds a conflict links are taken heaviest first (Kruskal 1956) and never join two different
lifetime numbers of one kind, two incompatible complete names, or a person and an organisation. A telling without a
complete name or a document that could be of two persons about as well is left alone: it belongs in the review queue.

What people decided goes before all this: an edge that weighs :data:`SURE` joins whatever the data say, and no group holds
both sides of a decision that two are not one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.digest import places
from pipeline.core.matching.components import connect
from pipeline.core.matching.describe import CHANGEABLE, COMPLETE, LIFETIME
from pipeline.core.matching.names import nearness

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Values = frozenset[int]
_Sides = list[Values]
_NOTHING: Final[Values] = frozenset()

EDGE_SCHEMA: Final = pl.Schema(
    {"left": pl.UInt64(), "right": pl.UInt64(), "weight": pl.Int64(), "pattern": pl.UInt32(), "agreed": pl.UInt32()}
)
NEEDED: Final = (
    *(
        "telling",
        "kind",
        "name_state",
        "name",
        "sound",
        "name_code",
        "sound_code",
        "cert_state",
        "cert_person",
        "records",
    ),
)
"""Columns of a telling that decide what may be joined."""

KEPT: Final = ""
TWO_NUMBERS: Final = "two_lifetime_numbers"
TWO_NAMES: Final = "two_names"
TWO_KINDS: Final = "person_and_organisation"
AMBIGUOUS: Final = "ambiguous"
TOO_LARGE: Final = "component_too_large"
DECIDED: Final = "decided"

SURE: Final = 1_000_000
"""Weight in millibits of an edge that somebody decided."""

APART_SCHEMA: Final = pl.Schema({"number": pl.UInt32(), "side": pl.UInt8(), "telling": pl.UInt64()})
"""A telling and the side, 0 or 1, on which it stands in a decision that two are not one."""

STEP: Final = 1000
"""Millibits by which the threshold rises in a component that is too large."""

CLEARLY: Final = 3
"""How many times as many records must speak for one person as for another before a telling without a name is his."""

BAND: Final = 1500
"""Millibits within which two links of such a telling are about as good."""

_APART: Final = [0, 3]
"""Nearness of two persons' names: incompatible, or a Han and a Latin name that do not sound alike."""


@dataclass(frozen=True)
class Resolved:
    """``groups``: ``telling``, ``group`` (smallest telling of it). ``fate``: per edge, KEPT or why it was refused."""

    groups: pl.DataFrame
    fate: pl.Series


def resolve(tellings: pl.DataFrame, edges: pl.DataFrame, largest: int, apart: pl.DataFrame | None = None) -> Resolved:
    """Groups of whole components.

    ``tellings``: NEEDED, every telling of the components, each once. ``edges``: EDGE_SCHEMA, heavy enough to link.
    ``largest``: tellings that may hang together; larger components lose their lightest links first. ``apart``: APART_SCHEMA, what was decided not to be one.
    """
    tellings = tellings.sort("telling")
    codes = tellings["telling"]
    left, right = (places(codes.to_numpy(), edges[side].to_numpy()) for side in ("left", "right"))
    weight = edges["weight"].to_numpy()
    fate = np.full(edges.height, KEPT, object)
    fate[_too_light(left, right, weight, tellings.height, largest)] = TOO_LARGE
    held = fate == KEPT
    doubtful = np.zeros(edges.height, np.bool_)
    doubtful[held] = _ambiguous(tellings, left[held], right[held], weight[held])
    fate[doubtful & (weight < SURE)] = AMBIGUOUS
    alive = np.flatnonzero(fate == KEPT)
    component = connect(left[alive], right[alive], tellings.height)
    conflicts = _Conflicts(tellings, component, APART_SCHEMA.to_frame(eager=True) if apart is None else apart)
    contested = alive[conflicts.contested[component[left[alive]]]]
    order = contested[
        np.lexsort((right[contested], left[contested], -_told(tellings, left, right)[contested], -weight[contested]))
    ]
    for place, reason in _refused(order, left, right, weight >= SURE, conflicts):
        fate[place] = reason
    kept = np.flatnonzero(fate == KEPT)
    groups = connect(left[kept], right[kept], tellings.height)
    first = np.full(groups.max(initial=-1) + 1, tellings.height, np.int64)
    np.minimum.at(first, groups, np.arange(tellings.height))
    return Resolved(
        pl.DataFrame({"telling": codes, "group": codes.gather(first[groups])}),
        pl.Series("fate", fate, dtype=pl.String),
    )


def _too_light(left: Places, right: Places, weight: npt.NDArray[np.int64], nodes: int, largest: int) -> Flags:
    """Edges of components with more than ``largest`` nodes that are too light to hold there, by rising thresholds."""
    light = np.zeros(len(left), np.bool_)
    while True:
        held = np.flatnonzero(~light)
        component = connect(left[held], right[held], nodes)
        over = np.bincount(component) > largest
        inside = held[over[component[left[held]]]]
        if not len(inside):
            return light
        # Of each component its own: what else is in the partition decides nothing.
        of = component[left[inside]]
        lightest = np.full(len(over), np.iinfo(np.int64).max)
        np.minimum.at(lightest, of, weight[inside])
        light[inside[weight[inside] < lightest[of] + STEP]] = True


def _told(tellings: pl.DataFrame, left: Places, right: Places) -> Places:
    """How many records tell either side of each edge."""
    records = tellings["records"].to_numpy()
    return records[left] + records[right]  # type: ignore[no-any-return]


class _Conflicts:
    """What each telling says that can forbid: ``life`` (0 none), ``name`` (0 none), ``kind`` (0 unknown); pairs of names.

    ``sides``: place of a telling -> sides of decisions on which it stands, twice the number of the decision plus the side.
    """

    def __init__(self, tellings: pl.DataFrame, component: npt.NDArray[np.int32], apart: pl.DataFrame) -> None:
        said = tellings.select(
            pl.Series("component", component),
            life=pl.when(pl.col("cert_state") == LIFETIME).then("cert_person").otherwise(0),
            name=pl.when(pl.col("name_state") == COMPLETE).then("name_code").otherwise(0),
            kind="kind",
            spelt="name",
            sound="sound",
        ).with_row_index("place")
        self.contested = np.zeros(component.max(initial=-1) + 1, np.bool_)
        for column in ("life", "kind"):
            self.contested |= _told_several(component, said[column].to_numpy())
        named = said.filter(
            (pl.col("name") > 0) & pl.Series(_told_several(component, said["name"].to_numpy())[component])
        )
        clashes = _clashes(named.select("component", "name", "spelt", "sound").unique(["component", "name"]))
        self.clash = set(zip(clashes["name"], clashes["name_other"], strict=True))
        self.contested[clashes["component"].to_numpy()] = True
        self.sides: dict[int, set[int]] = {}
        places = tellings["telling"].search_sorted(apart["telling"]).to_numpy()
        for place, number, side in zip(
            places.tolist(), apart["number"].to_list(), apart["side"].to_list(), strict=True
        ):
            self.sides.setdefault(place, set()).add(2 * number + side)
        self.contested[component[places]] = True
        disputed = said.filter(pl.Series(self.contested[component]))
        self.life, self.name, self.kind = (
            dict(zip(disputed["place"], disputed[column], strict=True)) for column in ("life", "name", "kind")
        )


def _told_several(component: npt.NDArray[np.int32], values: npt.NDArray[np.unsignedinteger]) -> Flags:
    """Components whose tellings tell several of ``values``; 0 tells nothing."""
    told = np.flatnonzero(values)
    of, value = component[told], values[told]
    one = np.zeros(component.max(initial=-1) + 1, values.dtype)
    one[of] = value
    several = np.zeros(len(one), np.bool_)
    several[of[value != one[of]]] = True
    return several


def _clashes(names: pl.DataFrame) -> pl.DataFrame:
    """Names of one component that are incompatible, both ways round."""
    pairs = names.join(names, on="component", suffix="_other").filter(pl.col("name") < pl.col("name_other"))
    near = nearness(pairs.select("spelt", "sound"), pairs.select(spelt="spelt_other", sound="sound_other"))
    bad = pairs.filter(near.is_in(_APART)).select("component", "name", "name_other")
    return pl.concat([bad, bad.select("component", name="name_other", name_other="name")])


def _refused(
    order: Places, left: Places, right: Places, decided: Flags, conflicts: _Conflicts
) -> list[tuple[int, str]]:
    """Edges of ``order`` that cannot be, with the reason. A loop, over the few edges of contested components."""
    parent: dict[int, int] = {}
    said = [_Said(values) for values in (conflicts.life, conflicts.name, conflicts.kind)]
    lives, names, kinds = said
    sides: dict[int, set[int]] = dict(conflicts.sides)

    def root(place: int) -> int:
        above = parent.setdefault(place, place)
        while above != place:
            parent[place] = parent[above]
            place, above = above, parent[above]
        return place

    refused = []
    for edge, one, other in zip(order.tolist(), left[order].tolist(), right[order].tolist(), strict=True):
        a, b = root(one), root(other)
        if a == b:
            continue
        if sides and any(tag ^ 1 in sides.get(b, _NOTHING) for tag in sides.get(a, _NOTHING)):
            refused.append((edge, DECIDED))
            continue
        if not decided[edge] and any(one.news(a, b) for one in said):
            life, name, kind = ([of[a], of[b]] for of in (lives, names, kinds))
            reason = _against(life, name, kind, conflicts)
            if reason != KEPT:
                refused.append((edge, reason))
                continue
        parent[b] = a
        for one in said:
            one.join(a, b)
        if b in sides:
            sides[a] = sides.get(a, set()) | sides[b]
    return refused


class _Said(dict[int, Values]):
    """What the tellings of a group say, under the place of its root; a telling says one value, or 0: nothing."""

    def __init__(self, values: Mapping[int, int]) -> None:
        super().__init__()
        self._values = values
        self._alone: dict[int, Values] = {0: _NOTHING}

    def __missing__(self, place: int) -> Values:
        value = self._values[place]
        self[place] = said = self._alone.setdefault(value, frozenset((value,))) if value else _NOTHING
        return said

    def news(self, one: int, other: int) -> bool:
        """Whether both groups say something, and not the same."""
        a, b = self[one], self[other]
        return a is not b and bool(a) and bool(b)

    def join(self, one: int, other: int) -> None:
        """``one`` says what ``other`` says, too."""
        a, b = self[one], self[other]
        if a is not b and b:
            self[one] = a | b if a else b


def _against(life: _Sides, name: _Sides, kind: _Sides, conflicts: _Conflicts) -> str:
    """Why the data forbid to join two groups, by what each of them says; KEPT when they do not."""
    if _two_numbers(life[0] | life[1]) and not _nothing_new(life):
        return TWO_NUMBERS
    if any((x, y) in conflicts.clash for x in name[0] for y in name[1]) and not _nothing_new(name):
        return TWO_NAMES
    if len(kind[0] | kind[1]) > 1 and not _nothing_new(kind):
        return TWO_KINDS
    return KEPT


def _nothing_new(said: _Sides) -> bool:
    """One side says nothing that the other does not: what is joined by decision has its conflict already."""
    return said[0] <= said[1] or said[1] <= said[0]


def _two_numbers(numbers: Values) -> bool:
    """Two of one kind: a resident id and a travel permit can be of one person, two resident ids cannot."""
    # The first of seventeen digits: 8 residence permits, 9 permanent residence; travel permits lie far above.
    kinds = [number // 10**16 if number >= 8 * 10**16 else 0 for number in numbers]
    return len(kinds) > len(set(kinds))


def _ambiguous(tellings: pl.DataFrame, left: Places, right: Places, weight: npt.NDArray[np.int64]) -> Flags:
    """Edges from a telling that names nobody to persons of whom two are about as likely."""
    state, cert = tellings["name_state"].to_numpy(), tellings["cert_state"].to_numpy()
    nobody = (state != COMPLETE) & (cert != LIFETIME) & (cert != CHANGEABLE)
    named = state == COMPLETE
    ends = pl.DataFrame(
        {
            "weak": np.concatenate([left, right]),
            "strong": np.concatenate([right, left]),
            "weight": np.concatenate([weight, weight]),
        }
    )
    ends = ends.filter(pl.Series(nobody[ends["weak"].to_numpy()] & named[ends["strong"].to_numpy()]))
    good = ends.filter(pl.col("weight") >= pl.col("weight").max().over("weak") - BAND)
    good = good.with_columns(
        tellings.select("sound_code", "records", "telling").select(pl.all().gather(good["strong"]))
    )
    who = (
        good.sort("telling")
        .group_by("weak", "sound_code", maintain_order=True)
        .agg(pl.col("records").sum(), pl.col("strong").first(), pl.col("telling").first())
        .sort("weak", pl.col("records"), "telling", descending=[False, True, False])
    )
    best = pl.col("records", "strong").first().over("weak").name.prefix("best_")
    rivals = who.with_columns(best).filter(pl.col("strong") != pl.col("best_strong"))
    forms = tellings.select("sound", spelt="name")
    near = nearness(*(forms.select(pl.all().gather(rivals[side])) for side in ("best_strong", "strong")))
    about_as_well = pl.col("best_records") < CLEARLY * pl.col("records")
    unsure = rivals.filter((near.is_in(_APART)) & about_as_well)["weak"].to_numpy()
    doubtful = np.zeros(tellings.height, np.bool_)
    doubtful[unsure] = True
    edges: Flags = (doubtful[left] & named[right]) | (doubtful[right] & named[left])
    return edges

"""Components -> groups: which links hold, and which are refused because two records cannot be of one person.

First the tellings that name somebody, by a complete name or a document, are joined (:mod:`conflicts`); then those that name
nobody, like 王先生 or a nickname, are attached to the one person they can be of (:mod:`attach`).

What people decided goes before all this: an edge that weighs :data:`SURE` joins whatever the data say, and no group holds
both sides of a decision that two are not one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.digest import sides_among
from pipeline.core.matching.attach import attached, other_phone
from pipeline.core.matching.components import connect
from pipeline.core.matching.conflicts import DECIDED, KEPT, TWO_KINDS, TWO_NAMES, TWO_NUMBERS, Conflicts, refused
from pipeline.core.matching.describe import CHANGEABLE, COMPLETE, LIFETIME, NAMELESS, NICKNAME

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EDGE_SCHEMA: Final = pl.Schema(
    {"left": pl.UInt64(), "right": pl.UInt64(), "weight": pl.Int64(), "pattern": pl.UInt32(), "agreed": pl.UInt32()}
)
NEEDED: Final = (
    *("telling", "kind", "name_state", "name", "sound", "name_code", "sound_code", "surname_code", "given_code"),
    *("cert_state", "cert_person", "cert_code", "cert_tail", "gender", "mobile", "home_code", "plate_code", "vin_code"),
    *("mobile_head", "mobile_tail", "openid_code", "records", "owner"),
)
"""Columns of a telling that decide what may be joined."""

AMBIGUOUS: Final = "ambiguous"
OTHER_PERSON: Final = "other_person"
TOO_LARGE: Final = "component_too_large"

FATES: Final = (KEPT, TOO_LARGE, TWO_NUMBERS, TWO_NAMES, TWO_KINDS, DECIDED, OTHER_PERSON, AMBIGUOUS)
"""What can become of an edge. Its place stands for it, for edges are many; 0 for those that hold."""
FATE: Final = pl.Enum(FATES)
_NUMBER: Final = {fate: np.uint8(number) for number, fate in enumerate(FATES)}

SURE: Final = 1_000_000
"""Weight in millibits of an edge that somebody decided."""

APART_SCHEMA: Final = pl.Schema({"number": pl.UInt32(), "side": pl.UInt8(), "telling": pl.UInt64()})
"""A telling and the side, 0 or 1, on which it stands in a decision that two are not one."""

STEP: Final = 1000
"""Millibits by which the threshold rises in a component that is too large."""


@dataclass(frozen=True)
class Resolved:
    """``groups``: ``telling``, ``group`` (smallest telling of it), by telling. ``first``: of each the place of its group's
    first one. ``fate``: per edge (FATE), KEPT or why it was refused.
    """

    groups: pl.DataFrame
    first: Places
    fate: pl.Series


def resolve(tellings: pl.DataFrame, edges: pl.DataFrame, largest: int, apart: pl.DataFrame | None = None) -> Resolved:
    """Groups of whole components.

    ``tellings``: NEEDED, every telling of the components, each once. ``edges``: EDGE_SCHEMA, heavy enough to link.
    ``largest``: tellings that may hang together; larger components lose their lightest links first. ``apart``: APART_SCHEMA, what was decided not to be one.
    """
    tellings = in_order(tellings)
    apart = APART_SCHEMA.to_frame(eager=True) if apart is None else apart
    codes = tellings["telling"]
    left, right = sides_among(codes, edges)
    weight = edges["weight"].to_numpy()
    fate = np.zeros(edges.height, np.uint8)
    fate[_too_light(left, right, weight, tellings.height, largest)] = _NUMBER[TOO_LARGE]
    firm = (weight >= SURE) | _of_somebody(tellings, left, right)
    alive = np.flatnonzero((fate == 0) & firm)
    component = connect(left.take(alive), right.take(alive), tellings.height)
    conflicts = Conflicts(tellings, component, apart)
    contested = alive[conflicts.contested.take(component.take(left.take(alive)))]
    order = contested[
        np.lexsort((right[contested], left[contested], -_told(tellings, left, right)[contested], -weight[contested]))
    ]
    for place, reason in refused(order, left, right, weight >= SURE, conflicts):
        fate[place] = _NUMBER[reason]
    held = contested[fate[contested] == 0]
    groups = _split(component, conflicts.contested[component], left[held], right[held])
    at = np.flatnonzero((fate == 0) & ~firm)
    groups, fate[at] = _with_nobodies(
        tellings, groups, _Loose(at, left[at], right[at]), edges["agreed"].to_numpy(), apart
    )
    # What was refused at first may have met by another way.
    fate[(groups.take(left) == groups.take(right)) & (fate != _NUMBER[TOO_LARGE])] = 0
    first = _firsts(groups).take(groups)
    return Resolved(
        pl.DataFrame({"telling": codes, "group": codes.gather(first)}),
        first,
        pl.Series("fate", fate).cat.to(FATE),
    )


def in_order(tellings: pl.DataFrame) -> pl.DataFrame:
    """``tellings`` by their digests."""
    codes = tellings["telling"].to_numpy()
    return tellings if (codes[1:] > codes[:-1]).all() else tellings[np.argsort(codes)]


def _split(component: npt.NDArray[np.int32], contested: Flags, left: Places, right: Places) -> Places:
    """Of every telling the first one of its group: of its component, or of what ``left`` - ``right`` still connect where
    that is ``contested``. Few are, so that only those are connected again.
    """
    groups = _firsts(component).take(component)
    inside = np.flatnonzero(contested)
    if not len(inside):
        return groups
    number = np.zeros(len(component), np.int64)
    number[inside] = np.arange(len(inside))
    parts = connect(number[left], number[right], len(inside))
    groups[inside] = inside[_firsts(parts)[parts]]
    return groups


def _firsts(groups: npt.NDArray[np.integer]) -> Places:
    """Per group the first telling that is of it."""
    first = np.full(groups.max(initial=-1) + 1, len(groups), np.int64)
    np.minimum.at(first, groups, np.arange(len(groups)))
    return first


def _too_light(left: Places, right: Places, weight: npt.NDArray[np.int64], nodes: int, largest: int) -> Flags:
    """Edges of components with more than ``largest`` nodes that are too light to hold there, by rising thresholds."""
    light = np.zeros(len(left), np.bool_)
    while True:
        held = np.flatnonzero(~light)
        component = connect(left.take(held), right.take(held), nodes)
        over = np.bincount(component) > largest
        inside = held[over.take(component.take(left.take(held)))]
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
    return records.take(left) + records.take(right)  # type: ignore[no-any-return]


def _of_somebody(tellings: pl.DataFrame, left: Places, right: Places) -> Flags:
    """Edges whose sides both tell a complete name, or both a document that is right, or are of one WeChat account.

    Also those between tellings that call nobody by one word beside one phone and one plate. A document without a name does
    not name somebody who tells another phone: relatives' numbers are mixed up every day, and no name says whose it is.
    """

    def equal(column: str) -> Flags:
        values = tellings[column].to_numpy()
        one = values.take(left)
        same: Flags = (one == values.take(right)) & (one != 0)
        return same

    whole, documented = _whole(tellings), np.isin(tellings["cert_state"].to_numpy(), (LIFETIME, CHANGEABLE))
    unnamed = np.isin(tellings["name_state"].to_numpy(), (NAMELESS, NICKNAME))
    strange = (unnamed.take(left) != unnamed.take(right)) & other_phone(tellings, left, right)
    firm: Flags = (
        (whole.take(left) & whole.take(right))
        | (documented.take(left) & documented.take(right) & ~strange)
        | equal("openid_code")
        | (equal("name_code") & equal("mobile") & equal("plate_code"))
    )
    return firm


def _whole(tellings: pl.DataFrame) -> Flags:
    whole: Flags = tellings["name_state"].to_numpy() == COMPLETE
    return whole


@dataclass(frozen=True)
class _Loose:
    """Edges with a side that names nobody: their places among all edges, and the places of their sides."""

    at: Places
    left: Places
    right: Places


def _with_nobodies(
    tellings: pl.DataFrame, groups: Places, loose: _Loose, agreed: npt.NDArray[np.uint32], apart: pl.DataFrame
) -> tuple[Places, npt.NDArray[np.uint8]]:
    """Groups after whoever names nobody is attached, and what becomes of the ``loose`` edges, by number."""
    whole = np.bincount(groups, _whole(tellings)) > 0
    left, right = groups.take(loose.left), groups.take(loose.right)
    reach = whole[left] != whole[right]
    turned = whole[left][reach]
    ends = pl.DataFrame(
        {
            "weak": np.where(turned, loose.right[reach], loose.left[reach]),
            "strong": np.where(turned, loose.left[reach], loose.right[reach]),
            "agreed": agreed[loose.at[reach]],
        }
    )
    joins, against = attached(tellings, groups, whole[groups], ends)
    joins = _undecided(tellings, groups, joins, apart)
    told = np.arange(len(whole))
    told[joins["unit"].to_numpy()] = joins["person"].to_numpy()
    after = told.take(groups)
    # Whose person is known, and who contradicts, is no question any more.
    settled = (whole[told[left]] & whole[told[right]]) | _any_of(against, left, right)
    apart_now = np.where(settled, _NUMBER[OTHER_PERSON], _NUMBER[AMBIGUOUS])
    return after, np.where(after[loose.left] == after[loose.right], np.uint8(0), apart_now)


def _any_of(pairs: pl.DataFrame, left: Places, right: Places) -> Flags:
    """Which of ``left`` - ``right`` are in ``pairs``, either way round."""
    width = np.int64(max(left.max(initial=0), right.max(initial=0)) + 1)
    unit, person = pairs["unit"].to_numpy(), pairs["person"].to_numpy()
    wanted = np.concatenate([unit * width + person, person * width + unit])
    found: Flags = np.isin(left * width + right, wanted)
    return found


def _undecided(tellings: pl.DataFrame, groups: Places, joins: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """``joins`` without those by which both sides of a decision would be in one group."""
    if not apart.height or not joins.height:
        return joins
    at = tellings["telling"].search_sorted(apart["telling"]).to_numpy()
    tags = apart.with_columns(unit=pl.Series(groups[at])).join(joins, on="unit", how="left")
    tags = tags.with_columns(after=pl.coalesce("person", "unit"))
    both = tags.group_by("number", "after").agg(sides=pl.col("side").n_unique()).filter(pl.col("sides") > 1)
    return joins.join(tags.join(both, on=["number", "after"], how="semi"), on="unit", how="anti")

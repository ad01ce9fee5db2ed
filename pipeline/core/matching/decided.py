"""What people decided about two ends, where the records of both have met.

An end is a record, or a customer: then the records it had last night. The record that stands for an end on the first
night it is known stands for it ever after, for a customer that is joined has no records of its own any more.
"""

from typing import Final

import numpy as np
import polars as pl

from pipeline.core.digest import Digests, digest
from pipeline.core.matching.describe import COMPLETE, LIFETIME
from pipeline.core.matching.names import INCOMPATIBLE, nearness
from pipeline.core.matching.resolve import APART_SCHEMA, EDGE_SCHEMA, SURE
from pipeline.core.rules.deviations import kind_of_number

ENDS_SCHEMA: Final = pl.Schema(
    {"number": pl.UInt32(), "same": pl.Boolean(), "side": pl.UInt8(), "of_customer": pl.Boolean(), "end": pl.UInt64()}
)
"""Number of a decision, whether it says same, side 0 or 1, and the digest of a record or customer id of that side.

``of_customer``: the decision names a customer on that side, whatever stands for it by now.
"""

TAGS_SCHEMA: Final = pl.Schema(
    {
        "number": pl.UInt32(),
        "same": pl.Boolean(),
        "side": pl.UInt8(),
        "record": pl.UInt64(),
        "telling": pl.UInt64(),
        "named": pl.Boolean(),
    }
)
"""A record that is of a side of a decision. ``named``: as a record, not by its former customer."""

STATES_SCHEMA: Final = pl.Schema(
    {"number": pl.UInt32(), "state": pl.String(), "record_a": pl.String(), "record_b": pl.String()}
)
"""What became of a decision both ends of which are known, and the records that stand for them."""

HONOURED: Final = "honoured"
CONTRADICTED: Final = "contradicted_by_data"
OVERRULED: Final = "overruled"

_STRIKING: Final = 10_000
"""Millibits from which data speak against a decision that two are not one."""


def alone(records: pl.Series, customers: pl.Series, ends: pl.DataFrame) -> Digests:
    """Sorted digests among ``records`` that must not share a telling: they, or their former customers, are ends."""
    wanted = ends["end"].to_numpy()
    decided = np.isin(records.to_numpy(), wanted) | np.isin(digest(customers), wanted)
    return np.sort(records.to_numpy()[decided])


def hung_together(ends: pl.DataFrame) -> pl.DataFrame:
    """``left`` and ``right``: ends that must meet in one component."""
    first = ends.unique("number", keep="first", maintain_order=True).select("number", left="end")
    return ends.join(first, on="number").select("left", right="end").filter(pl.col("left") != pl.col("right"))


def tags(members: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    """TAGS_SCHEMA of ``members`` (``record``, ``telling``, ``customer_id``: last night's), of decisions whose ends both are there."""
    if ends.is_empty():
        return TAGS_SCHEMA.to_frame(eager=True)
    former = members.filter(pl.col("customer_id").is_not_null())
    former = former.with_columns(end=pl.Series(digest(former["customer_id"]), dtype=pl.UInt64))
    parts = [
        members.join(ends, left_on="record", right_on="end").with_columns(named=pl.lit(value=True)),
        former.join(ends, on="end").with_columns(named=pl.lit(value=False)),
    ]
    told = pl.concat([part.select(TAGS_SCHEMA.names()) for part in parts])
    told = told.filter(pl.col("named") | ~pl.col("number").is_in(_ended(told, ends).implode()))
    told = told.filter(pl.col("named") | ~pl.col("named").any().over("number", "record")).unique()
    whole = told.group_by("number").agg(sides=pl.col("side").n_unique()).filter(pl.col("sides") == 2)
    return told.join(whole, on="number", how="semi").sort("number", "side", "record")


def _ended(told: pl.DataFrame, ends: pl.DataFrame) -> pl.Series:
    """Decisions about a customer that has ended: its records are another's now, so only records that stand for ends count."""
    customers = ends.filter("of_customer").select("number", "side").unique()
    living = told.filter(~pl.col("named")).select("number", "side")
    return customers.join(living, on=["number", "side"], how="anti")["number"].unique()


def apart(told: pl.DataFrame) -> pl.DataFrame:
    """APART_SCHEMA of ``told`` (TAGS_SCHEMA): the tellings that must not be of one group."""
    return told.filter(~pl.col("same")).select(APART_SCHEMA.names()).unique().sort(APART_SCHEMA.names())


def with_joined(edges: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """``edges`` (EDGE_SCHEMA) and those that decisions add, which weigh more than any other."""
    same = told.filter("same")
    if same.is_empty():
        return edges
    ends = _standing(same)
    pairs = ends.select(
        left=pl.min_horizontal("telling_a", "telling_b"), right=pl.max_horizontal("telling_a", "telling_b")
    )
    pairs = pairs.filter(pl.col("left") != pl.col("right")).unique().sort("left", "right")
    compared = edges.select("left", "right", "pattern", "agreed")
    joined = pairs.join(compared, on=["left", "right"], how="left", maintain_order="left").with_columns(
        pl.col("pattern", "agreed").fill_null(0), weight=pl.lit(SURE, pl.Int64)
    )
    others = edges.join(pairs, on=["left", "right"], how="anti", maintain_order="left")
    return pl.concat([others, joined.select(EDGE_SCHEMA.names())])


def states(told: pl.DataFrame, tellings: pl.DataFrame, groups: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """STATES_SCHEMA of ``told`` (TAGS_SCHEMA).

    ``tellings``: with ``record_id`` and what forbids; ``groups``: their groups; ``edges``: all that were weighed.
    """
    group = groups.select("telling", "group")
    standing = _standing(told)
    for side in ("a", "b"):
        standing = standing.join(
            group.rename({"telling": f"telling_{side}", "group": f"group_{side}"}), on=f"telling_{side}"
        )
        named = tellings.select(pl.col("telling").alias(f"telling_{side}"), pl.col("record_id").alias(f"record_{side}"))
        standing = standing.join(named, on=f"telling_{side}")
    against = pl.concat([_incompatible(told.filter("same"), tellings), _striking(told.filter(~pl.col("same")), edges)])
    one = pl.col("group_a") == pl.col("group_b")
    state = (
        pl.when(one != pl.col("same"))
        .then(pl.lit(OVERRULED))
        .when(pl.col("number").is_in(against.implode()))
        .then(pl.lit(CONTRADICTED))
        .otherwise(pl.lit(HONOURED))
    )
    return standing.with_columns(state=state).select(STATES_SCHEMA.names()).sort("number")


def _standing(told: pl.DataFrame) -> pl.DataFrame:
    """``number``, ``same``, ``telling_a`` and ``telling_b``: of each side the record named, else the smallest."""
    order = told.sort("number", "side", ~pl.col("named"), "record").unique(["number", "side"], keep="first")
    one, other = (order.filter(pl.col("side") == side) for side in (0, 1))
    return one.select("number", "same", telling_a="telling").join(
        other.select("number", telling_b="telling"), on="number"
    ).sort("number")  # fmt: skip


def _incompatible(told: pl.DataFrame, tellings: pl.DataFrame) -> pl.Series:
    """Decisions for one where lifetime numbers, names or kinds of the sides are not one's."""
    said = told.join(tellings, on="telling").select(
        "number",
        "side",
        "kind",
        "sound",
        spelt="name",
        life=pl.when(pl.col("cert_state") == LIFETIME).then("cert_person").otherwise(0),
        whole=pl.col("name_state") == COMPLETE,
    )
    said = said.with_columns(life_kind=kind_of_number("life")).unique()
    pairs = said.filter(pl.col("side") == 0).join(said.filter(pl.col("side") == 1), on="number", suffix="_2")
    near = nearness(pairs.select("spelt", "sound"), pairs.select(spelt="spelt_2", sound="sound_2"))
    two_names = pl.col("whole") & pl.col("whole_2") & (pl.lit(near) == INCOMPATIBLE)
    told_both = (pl.col("life") > 0) & (pl.col("life_2") > 0) & (pl.col("life_kind") == pl.col("life_kind_2"))
    two_kinds = (pl.col("kind") > 0) & (pl.col("kind_2") > 0) & (pl.col("kind") != pl.col("kind_2"))
    return pairs.filter((told_both & (pl.col("life") != pl.col("life_2"))) | two_names | two_kinds)["number"].unique()


def _striking(told: pl.DataFrame, edges: pl.DataFrame) -> pl.Series:
    """Decisions against one whose sides have a link that is next to certain."""
    heavy = edges.filter((pl.col("weight") >= _STRIKING) & (pl.col("weight") < SURE)).select("left", "right")
    sides = told.select("number", "side", "telling")
    met = heavy.join(sides, left_on="left", right_on="telling").join(
        sides, left_on=["right", "number"], right_on=["telling", "number"], suffix="_2"
    )
    return met.filter(pl.col("side") != pl.col("side_2"))["number"].unique()

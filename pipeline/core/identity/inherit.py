"""Tonight's groups and last night's customers -> tonight's customers and the events that lead from one to the other.

A group keeps the id most of its records had; a former id goes to the group with most of its records. All pairs of a
group and a former id stand in one order: most records first, then the oldest id, then the smallest record; from the
top, a pair is taken when both are still free. So every id that can live on does, and a customer whose records are the
same as last night keeps its id whatever happens to others.

Only anchors count (records with a source key; all records of a group that has none). A pair that rests on other records
alone comes after all these: it decides nothing against an anchor, but a customer known by such records keeps its id
when the first anchor joins it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.identity.events import events
from pipeline.core.identity.new_id import new_ids
from pipeline.errors import RunError

COLUMNS: Final = ("record", "group", "customer_id", "anchor")
"""Columns of ``members`` that are read."""


_GROUPS: Final = pl.Schema({"group": pl.UInt64, "smallest": pl.UInt64, "anchored": pl.Boolean, "records": pl.UInt32})


@dataclass
class Inherited:
    """``customers``: ``group`` UInt64, ``customer_id`` String, one row per group, by group, ``customer_id`` distinct.

    ``events``: rows of the table ``identity_events``.
    """

    customers: pl.DataFrame
    events: pl.DataFrame


def inherit(members: pl.DataFrame, on: date) -> Inherited:
    """Ids of tonight's groups.

    ``members``: one row per record known tonight or last night, of all groups and former customers that share a record:
    ``record`` UInt64; ``group`` UInt64, null when the record is gone; ``customer_id`` String, last night's, null for a
    new record; ``anchor`` Boolean, the record has a source key of its own. Row order decides nothing.

    Raises :class:`RunError` when a record is there twice. New ids are distinct within the frame; that two frames do not
    give the same one is for the caller to refuse.
    """
    frame = members.select(COLUMNS)
    if frame["record"].n_unique() != frame.height:
        raise RunError("identity", "a record is there more than once", "Report it; nothing was published.")
    groups = _groups(frame)
    customers = groups.join(_kept(frame, groups), on="group", how="left").sort("group")
    new = customers["customer_id"].is_null()
    issued = frame["customer_id"].drop_nulls().unique()
    ids = new_ids(customers.filter(new)["smallest"].to_numpy(), on, issued)
    at = new.arg_true()
    customers = customers.with_columns(customers["customer_id"].scatter(at, ids), new=new)
    return Inherited(customers.select("group", "customer_id"), events(frame, customers, on))


def _groups(frame: pl.DataFrame) -> pl.DataFrame:
    """Of every group ``smallest``, its smallest anchor or, when it has none, record; ``anchored``; ``records``."""
    grouped = frame.select("group", "record", "anchor").drop_nulls("group")
    group, record, anchor = (grouped[name].to_numpy() for name in grouped.columns)
    order = runs.beside(group)
    group, record, anchor = group.take(order), record.take(order), anchor.take(order)
    starts = runs.starts(group)
    if not len(starts):
        return _GROUPS.to_frame()
    anchored = np.logical_or.reduceat(anchor, starts)
    lengths = np.diff(starts, append=len(group))
    counts = anchor | ~np.repeat(anchored, lengths)
    smallest = np.minimum.reduceat(np.where(counts, record, np.iinfo(np.uint64).max), starts)
    columns = (group.take(starts), smallest, anchored, lengths)
    return pl.DataFrame(dict(zip(_GROUPS, columns, strict=True)), schema=_GROUPS)


def _kept(frame: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Pairs of ``group`` and ``customer_id`` where the group inherits the id."""
    shared = frame.filter(pl.all_horizontal(pl.col("group", "customer_id").is_not_null()))
    pairs = shared.select("group", "customer_id").unique()
    sole = pairs.select(pl.col("group").is_unique() & pl.col("customer_id").is_unique()).to_series()
    contested = pairs.filter(~sole)
    settled = pairs.filter(sole)
    if contested.is_empty():
        return settled
    asked = shared.join(contested, on=["group", "customer_id"], how="semi").join(groups, on="group")
    return pl.concat([settled, _won(_ballots(asked))])


def _ballots(asked: pl.DataFrame) -> pl.DataFrame:
    """Pairs of ``group`` and ``customer_id``, best first, of records with both and ``anchored`` of their group."""
    counts = pl.col("anchor") | ~pl.col("anchored")
    first = pl.coalesce(pl.col("record").filter(counts).min(), pl.col("record").min())
    return (
        asked.group_by("group", "customer_id")
        .agg(votes=counts.sum(), all=pl.len(), first=first)
        .with_columns(pl.when(pl.col("votes") == 0).then("all").otherwise(0).alias("all"))
        .sort(["votes", "all", "customer_id", "first"], descending=[True, True, False, False])
        .select("group", "customer_id")
    )


def _won(ballots: pl.DataFrame) -> pl.DataFrame:
    """``ballots`` both sides of which were free when their turn came."""
    groups: set[int] = set()
    ids: set[str] = set()
    won: list[int] = []
    # Each pair depends on those before it; only customers that split or joined tonight come here.
    for place, (group, former) in enumerate(ballots.iter_rows()):
        if group not in groups and former not in ids:
            groups.add(group)
            ids.add(former)
            won.append(place)
    return ballots[won]

"""Records in the order of their customers, and one record chosen for each customer and unit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import Digests

Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

NONE = -1
"""Stands for no record."""


@dataclass
class Groups:
    """``ids``: the customers, sorted. ``of``: number of each record's customer. ``order``: records by customer.

    ``starts``: where each customer begins in ``order``.
    """

    ids: pl.Series
    of: npt.NDArray[np.uint32]
    order: Places
    starts: Places

    def best(self, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Largest of ``values`` (one per record) of each customer."""
        found: npt.NDArray[np.uint64] = np.maximum.reduceat(values[self.order], self.starts)
        return found


def grouped(customers: pl.Series) -> Groups:
    """Records by their customer ids (String, no null); at least one."""
    frame = customers.alias("customer_id").to_frame().with_row_index("record")
    told = frame.group_by("customer_id").agg("record").sort("customer_id")
    order = told["record"].explode().to_numpy().astype(np.intp)
    lengths = told["record"].list.len().to_numpy()
    of = np.empty(len(order), np.uint32)
    of[order] = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    return Groups(told["customer_id"], of, order, np.cumsum(lengths, dtype=np.intp) - lengths)


def chosen(score: Digests, members: pl.DataFrame, fields: tuple[str, ...], groups: Groups) -> Places:
    """Place of the record each customer takes ``fields`` from, :data:`NONE` where no record scores above 0.

    The best score wins; of several, the value most of the customer's records tell (whatever their score), then the
    smallest value, field by field with null first, then the smallest record id.
    """
    found = np.full(len(groups.ids), NONE, np.intp)
    if not score.any():
        return found
    candidates = np.flatnonzero((score > 0) & (score == groups.best(score)[groups.of]))
    contested = _take(found, candidates, members, fields, groups)
    if len(contested):
        tellers = _tellers(score > 0, contested, members, fields, groups)
        told_most = contested[tellers[contested] == groups.best(tellers)[groups.of[contested]]]
        contested = _take(found, told_most, members, fields, groups)
    if len(contested):
        _take_smallest(found, contested, members, fields, groups)
    return found


def _take(found: Places, candidates: Places, members: pl.DataFrame, fields: tuple[str, ...], groups: Groups) -> Places:
    """Set ``found`` of each customer to one of its ``candidates``; those of customers whose candidates differ."""
    of = groups.of[candidates]
    found[of] = candidates
    other = found[of] != candidates
    # Records that tell the same from the same source are the same choice.
    differs = _differ(members.select(*fields, "source"), candidates[other], found[of[other]])
    return candidates[np.isin(of, of[other][differs])] if differs.any() else candidates[:0]


def _differ(told: pl.DataFrame, one: Places, other: Places) -> Flags:
    names = [column.name for column in told if column.null_count() < len(column)]
    if not len(one) or not names:
        return np.zeros(len(one), np.bool_)
    here, there = (pl.Series(places, dtype=pl.UInt32) for places in (one, other))
    unlike = [pl.col(name).gather(here).ne_missing(pl.col(name).gather(there)) for name in names]
    return told.select(pl.any_horizontal(unlike)).to_series().to_numpy()


def _tellers(
    tells: Flags, contested: Places, members: pl.DataFrame, fields: tuple[str, ...], groups: Groups
) -> Digests:
    """How many records of its customer tell what each of ``contested`` tells; 0 for other records."""
    asked = np.zeros(len(groups.ids), np.bool_)
    asked[groups.of[contested]] = True
    at = np.flatnonzero(asked[groups.of] & tells)
    # By digest, which only counts here and is never kept.
    told = members.select(fields)[at].with_columns(_customer=pl.Series(groups.of[at])).hash_rows(seed=0)
    counts = np.zeros(len(tells), np.uint64)
    counts[at] = told.alias("told").to_frame().select(pl.len().over("told")).to_series().to_numpy()
    # Records with a lower score have a say, but are not to be chosen.
    of_contested = np.zeros(len(tells), np.uint64)
    of_contested[contested] = counts[contested]
    return of_contested


def _take_smallest(
    found: Places, contested: Places, members: pl.DataFrame, fields: tuple[str, ...], groups: Groups
) -> None:
    """Set ``found`` of each customer to that of its ``contested`` records with the smallest value and record id."""
    left = contested[np.argsort(groups.of[contested], kind="stable")]
    for name in (*fields, "record_id"):
        of = groups.of[left]
        starts = runs.starts(of)
        if len(starts) == len(left):
            break
        told = members[name].gather(left)
        if told.null_count() < len(told):
            # Null is smaller than any value.
            ranks = told.rank("dense").fill_null(0).to_numpy()
            smallest = np.minimum.reduceat(ranks, starts)
            left = left[ranks == np.repeat(smallest, np.diff(starts, append=len(left)))]
    found[groups.of[left]] = left

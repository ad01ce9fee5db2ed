"""Wide sums of calibers that count customers: each counts once in every cell he is in, as the worst of his parties.

Most are in one finest cell and add up like parties. The others are counted margin by margin, of which there are two dozen:
what a customer's parties count as is one number, a set of states for each caliber, so that sets are united once and not
caliber by caliber.
"""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.cells import (
    COUNTED_IN,
    DIMENSIONS,
    MEASURES,
    NOTHING,
    PERIODS,
    Cells,
    column,
    finest,
    own_columns,
    periods,
)
from pipeline.core.authenticity.states import AUTHENTIC, CODES, EXCLUDED, REFUTED, opens, states
from pipeline.core.distinct import encoded, placed

Numbers = npt.NDArray[np.uint64]

_DECIDED = len(CODES)
"""Bit of a set of states, after those of the states: evidence decides one of the parties."""
_WIDTH = _DECIDED + 1
"""Bits of a set: of so many calibers the sets are one number."""
_TOGETHER = 64 // _WIDTH
_NONE = len(CODES)
"""State of who is not counted: no bit stands for it."""
_BITS = np.array([*(1 << state for state in range(_NONE)), 0], np.uint64)


class _Several(NamedTuple):
    """Customers in several finest cells, a row for each: number of the customer, what he counts as there.

    ``sets``: a number for every :data:`_TOGETHER` calibers. ``people``: more than any number.
    """

    who: Numbers
    sets: Sequence[Numbers]
    premium: npt.NDArray[np.int64]
    people: int


def of_customers(
    told: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> Cells:
    """:class:`Cells` of ``told`` (a row per person of a policy) under calibers by customer; all of a customer must be there.

    A party without a customer is one of its own. The worst state of the customer's parties is his.
    """
    who = told.select(who=pl.coalesce("customer_id", pl.concat_str("policy_no", pl.lit("/"), "counted_as")))["who"]
    own = own_columns(dimensions)
    numbered = told.with_columns(who=encoded(who)[0].cast(pl.UInt64))
    by_cell = numbered.group_by("who", "month", *own).agg(_worst(calibers))
    again = by_cell["who"].is_duplicated()
    spread = by_cell.filter(again).with_columns(pl.col("who").rank("dense").cast(pl.UInt64))
    return Cells(finest(by_cell.filter(~again), calibers, dimensions), _spread(spread, calibers, on, dimensions))


def _worst(calibers: Sequence[Caliber]) -> list[pl.Expr]:
    return [
        pl.col(states(calibers)).min(),
        *(pl.col(open_).all().alias(open_) for open_ in opens(calibers)),
        pl.col("premium").sum(),
    ]


def _spread(several: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str]) -> pl.DataFrame:
    """Margins of customers in ``several`` finest cells: a row for each, with the number ``who`` of the customer."""
    if several.is_empty():
        return NOTHING.margins.drop(COUNTED_IN)
    values = {"city": pl.lit(""), **{name: pl.col(name).fill_null("") for name in own_columns(dimensions)}}
    told = several.with_columns(**values).with_columns(**periods(on))
    # Numbers instead of words: each row is in two dozen margins.
    codes, words = {}, {}
    for name in (*dimensions, *PERIODS):
        codes[name], words[name] = placed(told[name])
    counted = _Several(
        several["who"].to_numpy(),
        [_sets(several, calibers[first : first + _TOGETHER]) for first in range(0, len(calibers), _TOGETHER)],
        several["premium"].fill_null(0).to_numpy(),
        several.height + 1,
    )
    inside = {kind: np.flatnonzero(told[kind].is_not_null().to_numpy()) for kind in PERIODS}
    margins = list(product(PERIODS, dimensions))
    cells, rows, starts = [], [], [0]
    for kind, dimension in margins:
        own, width = inside[kind], np.uint64(len(words[dimension]))
        cells.append(np.uint64(starts[-1]) + codes[kind][own] * width + codes[dimension][own])
        rows.append(own)
        starts.append(starts[-1] + len(words[kind]) * len(words[dimension]))
    # All margins at once: each of them is small.
    cell, sums = _summed(np.concatenate(cells), np.concatenate(rows), starts[-1], counted, calibers)
    return sums.with_columns(_named(cell, starts, margins, words))


def _sets(several: pl.DataFrame, calibers: Sequence[Caliber]) -> Numbers:
    """What each row counts as under each of ``calibers``: a bit for its state, and one if evidence decides."""
    told = np.zeros(several.height, np.uint64)
    for place, (state, open_) in enumerate(zip(states(calibers), opens(calibers), strict=True)):
        bits = _BITS[several[state].fill_null(_NONE).to_numpy()]
        bits[(~several[open_].fill_null(value=True)).to_numpy()] |= np.uint64(1 << _DECIDED)
        told |= bits << np.uint64(place * _WIDTH)
    return told


def _marks() -> npt.NDArray[np.bool_]:
    """For each measure, which sets of states add to it: a set counts as the worst state in it."""
    sets = np.arange(1 << _WIDTH)
    is_in = {state: (sets >> state & 1).astype(bool) for state in CODES.values()}
    counted = (sets & ((1 << _DECIDED) - 1)) != 0
    worst = np.full(len(sets), EXCLUDED)
    for state in sorted(is_in, reverse=True):
        worst[is_in[state]] = state
    marks = {
        "population": counted,
        "denominator": counted & (worst != EXCLUDED),
        "numerator": counted & (worst == AUTHENTIC),
        "refuted": counted & (worst == REFUTED),
        "unverified": counted & (sets >> _DECIDED == 0),
    }
    return np.array([marks[measure] for measure in MEASURES])


_MARKS = _marks()


def _summed(
    cells: Numbers, rows: npt.NDArray[np.intp], most: int, counted: _Several, calibers: Sequence[Caliber]
) -> tuple[npt.NDArray[np.intp], pl.DataFrame]:
    """Cells, sorted, and the sums of each: the customer of each of ``rows`` counts once in the cell beside it."""
    people = np.uint64(counted.people)
    order = runs.order(cells * people + counted.who[rows], most * counted.people)
    cells, rows = cells[order], rows[order]
    who = counted.who[rows]
    persons = np.flatnonzero(np.concatenate([[True], (cells[1:] != cells[:-1]) | (who[1:] != who[:-1])]))
    of_person = cells[persons]
    begins = runs.starts(of_person)
    premium = np.add.reduceat(counted.premium[rows], persons)
    columns: dict[str, npt.NDArray[np.int64]] = {}
    for place, caliber in enumerate(calibers):
        if place % _TOGETHER == 0:
            united = np.bitwise_or.reduceat(counted.sets[place // _TOGETHER][rows], persons)
        state = (united >> np.uint64(place % _TOGETHER * _WIDTH)).astype(np.intp) & ((1 << _WIDTH) - 1)
        if caliber.weight == "premium":
            sums = [np.add.reduceat(premium * mark[state], begins) for mark in _MARKS]
        else:
            sums = _counts(state, begins, counted.people)
        columns |= {column(measure, caliber): one for measure, one in zip(MEASURES, sums, strict=True)}
    return of_person[begins].astype(np.intp), pl.DataFrame(columns)


def _counts(state: npt.NDArray[np.intp], begins: npt.NDArray[np.intp], people: int) -> list[npt.NDArray[np.int64]]:
    """Persons per cell that each measure counts. As many counters as have room are added up as one number."""
    bits = people.bit_length()
    told: list[npt.NDArray[np.int64]] = []
    while len(told) < len(MEASURES):
        some = _MARKS[len(told) : len(told) + 64 // bits]
        shifts = np.arange(len(some), dtype=np.uint64) * np.uint64(bits)
        table = (some.astype(np.uint64) << shifts[:, None]).sum(axis=0, dtype=np.uint64)
        sums = np.add.reduceat(table[state], begins)
        told += [(sums >> shift & np.uint64((1 << bits) - 1)).astype(np.int64) for shift in shifts]
    return told


def _named(
    cell: npt.NDArray[np.intp], starts: Sequence[int], margins: Sequence[tuple[str, str]], words: dict[str, pl.Series]
) -> list[pl.Series]:
    """What each cell is of, in the columns of CELL: the cells of a margin are numbered from its start on."""
    margin = np.searchsorted(np.array(starts), cell, side="right") - 1
    at = cell - np.array(starts)[margin]
    kinds, dimensions = (list(names) for names in zip(*margins, strict=True))
    width = np.array([len(words[name]) for name in dimensions])[margin]
    return [
        _word(kinds, margin, at // width, words).alias("period"),
        _word(dimensions, margin, at % width, words).alias("value"),
        pl.Series("period_kind", kinds).gather(margin),
        pl.Series("dimension", dimensions).gather(margin),
    ]


def _word(
    names: Sequence[str], margin: npt.NDArray[np.intp], place: npt.NDArray[np.intp], words: dict[str, pl.Series]
) -> pl.Series:
    """Of each row the word at ``place`` among those of the name of its margin."""
    own = list(dict.fromkeys(names))
    starts = np.cumsum([0, *(len(words[name]) for name in own)])
    first = np.array([starts[own.index(name)] for name in names])
    return pl.concat([words[name] for name in own]).gather(first[margin] + place)

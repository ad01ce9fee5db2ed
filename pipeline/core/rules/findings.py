"""The outcome matrix as the observations table shows it: failed rules with severity and reason, and unknown rules; and
findings as numbers.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.core.distinct import numbered_rows
from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import CODES, Outcomes, severity_of
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, UNKNOWN
from pipeline.core.schema import FINDINGS, TEXTS

Numbers = npt.NDArray[np.intp]

GRADED: Final = ("F", "W")
"""Severities that a verdict asks for: what is mere information decides nothing."""

NUMBERED: Final = pl.List(pl.UInt16())
"""Findings as numbers (:func:`in_numbers`)."""

_NONE = 0xFFFF
"""Number of what is no graded finding."""


class Found(NamedTuple):
    """``failed_rules`` and ``unknown_rules`` of every observation, and ``graded``: the failed ones :func:`in_numbers`."""

    failed: pl.Series
    unknown: pl.Series
    graded: pl.Series


def findings(matrix: Outcomes, settings: RuleSettings) -> Found:
    """What failed and what is unknown of every observation, in the catalogue's order; empty where none is."""
    words = _words(settings)
    rows, places = _cells(matrix >= FAILED)
    cells = places * CODES + matrix[rows, places]
    failed = words.select(pl.all().gather(cells)).to_struct()
    unknown_rows, unknown_places = _cells(matrix == UNKNOWN)
    unknown = pl.Series([rule.id for rule in RULES]).gather(unknown_places)
    return Found(
        _lists("failed_rules", rows, failed, len(matrix)).cast(FINDINGS),
        _lists("unknown_rules", unknown_rows, unknown, len(matrix)).cast(TEXTS),
        _graded(rows, _numbers(words)[cells], len(matrix)),
    )


def in_numbers(failed: pl.Series) -> pl.Series:
    """``failed_rules`` as numbers: places in :func:`known` of the :data:`GRADED` ones, in their order.

    Lists of words cost many times as much to carry as lists of numbers.
    """
    lengths = failed.list.len().fill_null(0)
    each = failed.filter(lengths > 0).explode()
    if each.is_empty():
        return pl.Series("findings", [[]], dtype=NUMBERED).new_from_index(0, len(failed))
    codes, found = numbered_rows(each.struct.unnest().select(known().columns))
    numbers = _numbers(found)
    if (numbers[found["severity"].is_in(GRADED).to_numpy()] == _NONE).any():
        raise ValueError("a finding of no rule of the catalogue")
    rows = np.repeat(np.arange(len(failed)), lengths.to_numpy())
    return _graded(rows, numbers[codes.to_numpy()], len(failed))


def _numbers(found: pl.DataFrame) -> npt.NDArray[np.uint16]:
    """Place of each of ``found`` (rule, severity, reason) among :func:`known`."""
    places = known().with_row_index("place")
    told = found.join(places, on=known().columns, how="left", maintain_order="left")["place"]
    numbers: npt.NDArray[np.uint16] = told.cast(pl.UInt16).fill_null(_NONE).to_numpy()
    return numbers


def _graded(rows: Numbers, numbers: npt.NDArray[np.uint16], height: int) -> pl.Series:
    wanted = numbers != _NONE
    return _lists("findings", rows[wanted], pl.Series(numbers[wanted]), height)


@cache
def known() -> pl.DataFrame:
    """Rule, severity and reason of every finding there is whose severity is :data:`GRADED`."""
    rows = [(rule.id, severity, way.code) for rule in RULES for way in rule.reasons for severity in GRADED]
    return pl.DataFrame(rows, schema=["rule", "severity", "reason"], orient="row")


def _words(settings: RuleSettings) -> pl.DataFrame:
    """rule, severity and reason of every (rule, outcome code), one row each."""
    rule, severity, reason = [""] * (len(RULES) * CODES), [""] * (len(RULES) * CODES), [""] * (len(RULES) * CODES)
    for row, entry in enumerate(RULES):
        for place, way in enumerate(entry.reasons):
            cell = row * CODES + FAILED + place
            rule[cell], severity[cell], reason[cell] = entry.id, severity_of(entry, place, settings), way.code
    return pl.DataFrame({"rule": rule, "severity": severity, "reason": reason})


def _cells(marked: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Row and column numbers of marked cells, by row, then by column."""
    by_rule = [np.flatnonzero(marked[:, place]) for place in range(marked.shape[1])]
    rows = np.concatenate(by_rule)
    places = np.repeat(np.arange(len(by_rule)), [len(found) for found in by_rule])
    order = np.argsort(rows, kind="stable")
    return rows[order], places[order]


def _lists(name: str, rows: Numbers, values: pl.Series, height: int) -> pl.Series:
    offsets = np.zeros(height + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=height), out=offsets[1:])
    told = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.Series(name, pa.LargeListArray.from_arrays(pa.array(offsets), told))

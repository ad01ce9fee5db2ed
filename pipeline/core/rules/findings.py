"""The outcome matrix as the observations table shows it: failed rules with severity and reason, and unknown rules."""

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import CODES, Outcomes, severity_of
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, UNKNOWN
from pipeline.core.schema import FINDINGS, TEXTS

Numbers = npt.NDArray[np.intp]


def findings(matrix: Outcomes, settings: RuleSettings) -> tuple[pl.Series, pl.Series]:
    """``failed_rules`` and ``unknown_rules`` of every observation in the catalogue's order; empty where none is."""
    words = _words(settings)
    rows, places = _cells(matrix >= FAILED)
    failed = words.select(pl.all().gather(places * CODES + matrix[rows, places])).to_struct()
    unknown_rows, unknown_places = _cells(matrix == UNKNOWN)
    unknown = pl.Series([rule.id for rule in RULES]).gather(unknown_places)
    return (
        _lists("failed_rules", rows, failed, len(matrix)).cast(FINDINGS),
        _lists("unknown_rules", unknown_rows, unknown, len(matrix)).cast(TEXTS),
    )


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

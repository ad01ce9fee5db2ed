"""Counts that merge: outcomes per rule, source, unit and channel. Integers only, so no order of merging matters."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import CODES, Outcomes, severities
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import NOT_ASKED, SEVERITIES, UNKNOWN
from pipeline.core.schema import RULE_STATS

KEYS = RULE_STATS.sorted_by
_COUNTS = [column.name for column in RULE_STATS.columns if column.name not in KEYS]


def rule_stats(
    matrix: Outcomes, source: pl.Series, unit: pl.Series, channel: pl.Series, settings: RuleSettings
) -> pl.DataFrame:
    """Outcomes of ``matrix`` counted, in the rule_stats table's schema and order; without rules asked of nobody."""
    told = pl.DataFrame({"source": source, "unit": unit, "channel": channel}).with_columns(pl.all().fill_null(""))
    groups = told.unique().sort(pl.all())
    numbers = told.join(groups.with_row_index("group"), on=groups.columns, maintain_order="left")["group"].to_numpy()
    counts = _by_code(numbers.astype(np.int64), groups.height, matrix)
    severity = severities(settings)
    failed = {
        f"failed_{name.lower()}": (counts * (severity == 1 + place)[:, None, :]).sum(axis=2)
        for place, name in enumerate(SEVERITIES)
    }
    asked = counts.sum(axis=2) - counts[:, :, NOT_ASKED]
    figures = {
        "evaluated": asked - counts[:, :, UNKNOWN],
        "failed": sum(failed.values()),
        **failed,
        "unknown": counts[:, :, UNKNOWN],
        "standing": sum(failed.values()),
    }
    rules, at = np.nonzero(asked)
    return (
        groups.select(pl.all().gather(at))
        .with_columns(
            rule=pl.Series([rule.id for rule in RULES], dtype=pl.String).gather(rules),
            **{name: pl.Series(values[rules, at]) for name, values in figures.items()},
        )
        .select(RULE_STATS.schema.names())
        .cast(RULE_STATS.schema)
        .sort(KEYS)
    )


def standing_change(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """RULE_STATS that add to ``standing`` what rulings changed: statistics of some observations ``before`` and ``after``."""
    change = pl.concat(
        [before.select(*KEYS, standing=-pl.col("failed")), after.select(*KEYS, standing=pl.col("failed"))]
    )
    told = change.group_by(KEYS).agg(pl.col("standing").sum()).filter(pl.col("standing") != 0)
    nothing = [pl.lit(0, pl.Int64).alias(name) for name in _COUNTS if name != "standing"]
    return told.with_columns(nothing).select(RULE_STATS.schema.names()).cast(RULE_STATS.schema)


def _by_code(groups: npt.NDArray[np.int64], height: int, matrix: Outcomes) -> npt.NDArray[np.int64]:
    """Rules × groups × codes: how often each outcome was given."""
    counts = np.zeros((len(RULES), height, CODES), np.int64)
    for place, rule in enumerate(RULES):
        if rule.asked is not None:
            told = np.bincount(groups * CODES + matrix[:, place], minlength=height * CODES)
            counts[place] = told.reshape(height, CODES)
    return counts


def merge(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Counts of several frames together. Associative, commutative; an empty frame is neutral."""
    together = pl.concat([RULE_STATS.schema.to_frame(eager=True), *frames])
    return together.group_by(KEYS).agg(pl.col(_COUNTS).sum()).sort(KEYS).select(RULE_STATS.schema.names())

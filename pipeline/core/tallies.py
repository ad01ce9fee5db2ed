"""Counts that merge: outcomes per rule, source, unit and channel. Integers only, so that no order of merging matters."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import CODES, Outcomes, severities
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import NOT_ASKED, SEVERITIES, UNKNOWN
from pipeline.core.schema import RULE_STATS

KEYS = RULE_STATS.sorted_by
_COUNTS = [column.name for column in RULE_STATS.columns if column.name not in KEYS]


def rule_stats(matrix: Outcomes, source: pl.Series, unit: pl.Series, channel: pl.Series, settings: RuleSettings) -> pl.DataFrame:
    """Outcomes of ``matrix`` counted, in the rule_stats table's schema and order. Rows of rules nobody was asked are left out."""
    told = pl.DataFrame({"source": source, "unit": unit, "channel": channel}).with_columns(pl.all().fill_null(""))
    groups = told.unique().sort(pl.all())
    numbers = told.join(groups.with_row_index("group"), on=groups.columns, maintain_order="left")["group"].to_numpy()
    start = numbers.astype(np.int64) * CODES
    severity = severities(settings)
    parts = [
        _counted(rule.id, groups, np.bincount(start + matrix[:, place], minlength=groups.height * CODES), severity[place])
        for place, rule in enumerate(RULES)
        if rule.asked is not None
    ]
    return merge(parts)


def _counted(rule: str, groups: pl.DataFrame, counts: "np.ndarray[tuple[int], np.dtype[np.intp]]", severity: Outcomes) -> pl.DataFrame:
    by_code = counts.reshape(groups.height, CODES)
    failed = {f"failed_{name.lower()}": by_code[:, severity == 1 + place].sum(axis=1) for place, name in enumerate(SEVERITIES)}
    asked = by_code.sum(axis=1) - by_code[:, NOT_ASKED]
    frame = groups.with_columns(
        rule=pl.lit(rule),
        evaluated=pl.Series(asked - by_code[:, UNKNOWN]),
        failed=pl.Series(by_code[:, severity > 0].sum(axis=1)),
        unknown=pl.Series(by_code[:, UNKNOWN]),
        **{name: pl.Series(values) for name, values in failed.items()},
    )
    return frame.filter(pl.Series(asked > 0)).select(RULE_STATS.schema.names()).cast(dict(RULE_STATS.schema))


def merge(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Counts of several frames together. Associative, commutative; an empty frame is neutral."""
    together = pl.concat([RULE_STATS.schema.to_frame(eager=True), *frames])
    return together.group_by(KEYS).agg(pl.col(_COUNTS).sum()).sort(KEYS).select(RULE_STATS.schema.names())

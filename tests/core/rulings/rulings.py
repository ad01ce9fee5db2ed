"""Hand-made rows of a filled-in work list and the rulings they are."""

from datetime import date, datetime

import polars as pl

from pipeline.core.rulings.ruling_table import RULINGS
from pipeline.core.rulings.understand import Understood, understand
from pipeline.core.standardise import FeedSpec

NIGHT = date(2026, 3, 2)
RECORD = "underwriting/P1/policyholder"
SPEC = FeedSpec("decisions", "decisions", (), NIGHT)
KNOWN = pl.DataFrame(
    {
        "record_id": [RECORD, "underwriting/P2/policyholder"],
        "unit": "江宁",
        "policy_no": ["P1", "P2"],
        "role": "policyholder",
    }
)
NOON = datetime(2026, 3, 2, 12)


def row(**changes: str | None) -> dict[str, str | None]:
    """A row as it comes back, a value corrected."""
    usual = {
        "record": RECORD,
        "policy_no": "P1",
        "role": "policyholder",
        "rule": "P02",
        "field": "phone",
        "status": "已修正",
        "corrected": "13905142687",
        "decided_by": "王专员",
        "decided_at": "2026-03-02 09:00",
        "why": None,
        "expires_on": None,
        "reviewed_by": None,
        "seen_at": "2026-02-20 08:00:00",
    }
    return usual | changes


def false_positive(**changes: str | None) -> dict[str, str | None]:
    return row(status="误报", corrected=None, why="客户确系此号", expires_on="2026-12-31", **changes)


def understood(*rows: dict[str, str | None]) -> Understood:
    told = pl.DataFrame(rows, schema=dict.fromkeys(row(), pl.String()))
    placed = told.with_columns(feed_file=pl.lit("江宁.xlsx"), feed_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return understand(placed, SPEC, KNOWN)


def rulings(*rows: dict[str, str | None]) -> pl.DataFrame:
    return understood(*rows).rulings


def none() -> pl.DataFrame:
    return RULINGS.schema.to_frame(eager=True)

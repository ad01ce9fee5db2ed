"""Members as tests write them: only what matters, everything else null."""

from datetime import date, datetime

import polars as pl

from pipeline.core.golden.records import golden
from pipeline.core.golden.settings import GoldenSettings
from pipeline.core.schema import OBSERVATIONS

ON = date(2026, 11, 22)
SETTINGS = GoldenSettings(ON)
WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}


def finding(rule: str, severity: str = "F", reason: str = "") -> dict[str, str]:
    return {"rule": rule, "severity": severity, "reason": reason}


def repair(field: str, *codes: str) -> dict[str, str]:
    return {"field": field, "repair": "+".join(codes), "raw": "?"}


def member(number: int, source: str = "underwriting", day: int = 1, customer: str = "A", **columns: object) -> dict:
    return {
        "customer_id": customer,
        "record_id": f"{source}/{number}/policyholder",
        "source": source,
        "observed_at": datetime(2026, 1, day),
        **columns,
    }


def members(*rows: dict) -> pl.DataFrame:
    extra = {name: pl.Int64 for row in rows for name in row if name.endswith("_verified") and name != "sms_verified"}
    schema = {"customer_id": pl.String, **OBSERVATIONS.schema, **extra}
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def of(*rows: dict, with_settings: GoldenSettings = SETTINGS) -> dict:
    """Golden record of one customer."""
    (row,) = golden(members(*rows), with_settings).rows(named=True)
    return row

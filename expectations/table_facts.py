"""Facts about every published table: rows, null and repeated keys, whether it is as documented, whether it is there."""

import logging

import polars as pl

from pipeline.core.published import TABLES
from pipeline.core.schema import Table
from pipeline.ports import PublishedNight

log = logging.getLogger(__name__)

UNREADABLE = (OSError, pl.exceptions.PolarsError)
"""What reading a table that is missing or damaged raises."""


def table_facts(night: PublishedNight) -> pl.DataFrame:
    """One row per table that should be there: rows, null and repeated keys, whether it is as documented."""
    return pl.DataFrame([_facts_or_missing(night, table) for table in TABLES])


def _facts_or_missing(night: PublishedNight, table: Table) -> dict[str, object]:
    try:
        return _facts(night, table.name, table.schema, table.sorted_by)
    except UNREADABLE:
        log.error("table %s cannot be read", table.name)  # noqa: TRY400  a message of polars may quote a value
        return {
            "table": table.name,
            "rows": 0,
            "key_nulls": 0,
            "key_duplicates": 0,
            "as_documented": False,
            "missing_files": 1,
        }


_WITHOUT_KEY = (
    "rejects",
    "changes",
    "identity_events",
    "evidence",
    "refused_links",
    "review_pairs",
    "leads",
    "decisions",
    "rulings",
    "overridden_evidence",
    "numbers",
)
"""Tables whose order is no key, or in which a part of it may be empty."""
_MAY_BE_NULL = {"parties": (), "worklists": ("unit", "salesperson_code", "field", "rule"), "claims_capture": ("day",)}


def _facts(night: PublishedNight, name: str, schema: pl.Schema, keys: tuple[str, ...]) -> dict[str, object]:
    rows, key = night.scan(name), [] if name in _WITHOUT_KEY else list(keys)
    required = [column for column in key if column not in _MAY_BE_NULL.get(name, ())]
    facts = rows.select(
        rows=pl.len(),
        nulls=pl.sum_horizontal(pl.lit(0), *(pl.col(column).is_null().sum() for column in required)),
        distinct=pl.struct(key).hash().n_unique() if key else pl.len(),
    ).collect().row(0, named=True)  # fmt: skip
    if facts["distinct"] < facts["rows"]:
        # Two keys of one hash, or one key twice: only the keys themselves tell.
        facts["distinct"] = rows.select(pl.struct(key).n_unique()).collect().item()
    return {
        "table": name,
        "rows": int(facts["rows"]),
        "key_nulls": int(facts["nulls"]),
        "key_duplicates": int(facts["rows"]) - int(facts["distinct"]) if facts["rows"] else 0,
        "as_documented": rows.collect_schema() == schema,
        "missing_files": 0,
    }

"""Facts about every published table: rows, null and repeated keys, impossible numbers, columns, whether it is there."""

import logging
from collections.abc import Collection

import polars as pl

from pipeline.core.published import TABLES
from pipeline.core.schema import COUNT, RATIO, Table
from pipeline.ports import PublishedNight

log = logging.getLogger(__name__)

SHARE = "0–1"
"""What the documentation of a column says that holds a share."""

ABSENT = "–"
"""A column that is only documented, or only published."""

UNREADABLE = (OSError, pl.exceptions.PolarsError)
"""What reading a table that is missing or damaged raises."""


def table_facts(night: PublishedNight) -> pl.DataFrame:
    """One row per table that should be there: rows, null and repeated keys, counts below 0, shares outside 0 to 1."""
    return pl.DataFrame([_facts_or_missing(night, table) for table in TABLES])


def _facts_or_missing(night: PublishedNight, table: Table) -> dict[str, object]:
    try:
        return _facts(night, table)
    except UNREADABLE:
        log.error("table %s cannot be read", table.name)  # noqa: TRY400  a message of polars may quote a value
        return {
            "table": table.name,
            "rows": 0,
            "key_nulls": 0,
            "key_duplicates": 0,
            "negative_counts": 0,
            "impossible_shares": 0,
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


def _facts(night: PublishedNight, table: Table) -> dict[str, object]:
    name = table.name
    rows, key = night.scan(name), [] if name in _WITHOUT_KEY else list(table.sorted_by)
    required = [column for column in key if column not in _MAY_BE_NULL.get(name, ())]
    there = set(rows.collect_schema())
    counts = [one.name for one in table.columns if one.dtype == COUNT and one.name in there]
    shares = [one.name for one in table.columns if one.dtype == RATIO and SHARE in one.en and one.name in there]
    none = pl.lit(0)
    facts = rows.select(
        rows=pl.len(),
        nulls=pl.sum_horizontal(none, *(pl.col(column).is_null().sum() for column in required)),
        distinct=pl.struct(key).hash().n_unique() if key else pl.len(),
        negative=pl.sum_horizontal(none, *((pl.col(column) < 0).sum() for column in counts)),
        outside=pl.sum_horizontal(none, *((~pl.col(column).is_between(0, 1)).sum() for column in shares)),
    ).collect().row(0, named=True)  # fmt: skip
    if facts["distinct"] < facts["rows"]:
        # Two keys of one hash, or one key twice: only the keys themselves tell.
        facts["distinct"] = rows.select(pl.struct(key).n_unique()).collect().item()
    return {
        "table": name,
        "rows": int(facts["rows"]),
        "key_nulls": int(facts["nulls"]),
        "key_duplicates": int(facts["rows"]) - int(facts["distinct"]) if facts["rows"] else 0,
        "negative_counts": int(facts["negative"]),
        "impossible_shares": int(facts["outside"]),
        "missing_files": 0,
    }


def table_columns(night: PublishedNight) -> pl.DataFrame:
    """One row per column that is documented or published: its place and type in either."""
    rows = []
    for table in TABLES:
        told = _places(table.schema)
        there = _places(_schema(night, table.name))
        rows += [
            {
                "table": f"{table.name}.{name}",
                "documented": told.get(name, ABSENT),
                "published": there.get(name, ABSENT),
            }
            for name in sorted({*told, *there})
        ]
    return pl.DataFrame(rows)


def _schema(night: PublishedNight, table: str) -> pl.Schema:
    try:
        return night.scan(table).collect_schema()
    except UNREADABLE:
        return pl.Schema()


def _places(schema: pl.Schema) -> dict[str, str]:
    return {name: f"{place} {dtype}" for place, (name, dtype) in enumerate(schema.items(), 1)}


def codes(night: PublishedNight, columns: Collection[str]) -> pl.DataFrame:
    """The values of each of ``columns``, which are named ``table.column``; one that cannot be read is not there."""
    of_table: dict[str, list[str]] = {}
    for name in sorted(columns):
        table, _, column = name.partition(".")
        of_table.setdefault(table, []).append(column)
    told: dict[str, pl.Series] = {}
    for table, names in of_table.items():
        try:
            rows = night.scan(table).select(pl.col(names).drop_nulls().unique().sort().implode()).collect()
        except UNREADABLE:
            continue
        told |= {f"{table}.{column}": rows[column][0] for column in names}
    longest = max((values.len() for values in told.values()), default=0)
    return pl.DataFrame({name: values.extend_constant(None, longest - values.len()) for name, values in told.items()})

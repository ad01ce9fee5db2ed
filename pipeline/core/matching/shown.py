"""Rows of published tables as an explanation shows them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import polars as pl

from pipeline.core.matching.explanation import Event, Field, Finding, Record
from pipeline.core.matching.material import SHOWN, Material
from pipeline.core.matching.meanings import Meaning
from pipeline.core.rules.catalogue import RULES
from pipeline.core.schema import GOLDEN_UNITS, OBSERVATIONS

_RULES: Final = {rule.id: Meaning(rule.zh, rule.en) for rule in RULES}
_COLUMNS: Final = {column.name: Meaning(column.zh, column.name) for column in OBSERVATIONS.columns}


def records(material: Material, customers: set[str], wanted: Iterable[str] = ()) -> tuple[Record, ...]:
    """The records of ``customers``, or those ``wanted``; those of one telling stand together."""
    named = list(wanted)
    own = pl.col("record_id").is_in(named) if named else pl.col("customer_id").is_in(list(customers))
    rows = material.records.filter(own).sort("telling", "record_id", nulls_last=True)
    numbers = {
        telling: place for place, telling in enumerate(rows["telling"].drop_nulls().unique(maintain_order=True), 1)
    }
    shown = [name for name in SHOWN if rows[name].drop_nulls().len()]
    return tuple(
        Record(
            row["record_id"],
            row["customer_id"] or "",
            numbers.get(row["telling"], 0),
            {name: said(row[name]) for name in shown},
            tuple(_finding(found) for found in row["failed_rules"] or ()),
        )
        for row in rows.iter_rows(named=True)
    )


def _finding(found: Mapping[str, str]) -> Finding:
    rule = found["rule"]
    return Finding(rule, _RULES.get(rule, Meaning(rule, rule)), found["severity"], found["reason"])


def golden(table: pl.DataFrame, customer: str) -> tuple[Field, ...]:
    """The fields of the golden record of ``customer`` that are told, each with its origin."""
    fields: list[Field] = []
    for row in table.filter(pl.col("customer_id") == customer).iter_rows(named=True):
        for unit, (_, _, names) in GOLDEN_UNITS.items():
            origin = (said(row[f"{unit}_source"]), said(row[f"{unit}_date"]))
            fields.extend(
                Field(name, _COLUMNS[name], said(row[name]), *origin) for name in names if row[name] is not None
            )
    return tuple(fields)


def parties(table: pl.DataFrame) -> Mapping[str, str]:
    """Customer id -> name, document and phone of its golden record."""
    rows = table.select("customer_id", "name", "cert_type", "cert_no", "mobile").iter_rows()
    return {customer: " ".join(part for part in told if part) for customer, *told in rows}


def events(table: pl.DataFrame) -> tuple[Event, ...]:
    """Events, oldest first."""
    rows = table.sort("business_date", "event", "customer_id").iter_rows(named=True)
    return tuple(
        Event(row["business_date"], row["event"], row["customer_id"], row["other_id"] or "", row["records"])
        for row in rows
    )


def columns(records: pl.DataFrame) -> Mapping[str, Meaning]:
    """What the columns are called."""
    return {name: _COLUMNS[name] for name in SHOWN if name in records.columns}


def said(value: object) -> str:
    """A value as text; nothing for null."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, list):
        return "、".join(said(part) for part in value)
    return "" if value is None else str(value)

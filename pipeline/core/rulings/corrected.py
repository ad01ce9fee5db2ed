"""Observations with the values stewards corrected, standardised like a source's.

A corrected observation keeps its place and its name; the source's value stays beside it as a repair. What a source told
anew after the steward saw it stands.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from pipeline.core.cleaning import Words, clean
from pipeline.core.fields import certificate, phone
from pipeline.core.rulings.ruling_table import FIELDS
from pipeline.core.schema import REPAIRS

CORRECTION: Final = "steward"
"""The repair by which a value is known to be a steward's."""

APPLIED: Final = "applied"
SUPERSEDED: Final = "superseded"
UNUSABLE: Final = "unusable_value"

PROVED_BY: Final = pl.List(pl.Struct({"field": pl.String(), "at": pl.Datetime("us")}))
"""Fields of evidence that must confirm what was corrected, and since when."""

_ADDRESS: Final = (
    *("address", "province", "city", "county", "road", "house_number", "building", "building_unit", "room"),
    "region_code",
)
_COLUMNS: Final = {"phone": ("mobile", "landline"), "address": _ADDRESS}
_SHOWN: Final = ("name", "cert_type", "cert_no", "mobile", "landline", "address", "birth_date")
"""Columns a correction is told of as a repair."""

_WORDS: Final = Words({}, frozenset(), ())


@dataclass(frozen=True)
class Corrections:
    """``rows``: the observations that differ, in the columns they came in, with ``_corrected`` (PROVED_BY).

    ``results``: ``number`` of each ruling whose record is there, and ``state``: APPLIED, SUPERSEDED or UNUSABLE.
    """

    rows: pl.DataFrame
    results: pl.DataFrame


def still_of(rulings: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """``rulings`` whose record is in ``standing``, with ``fresh``: the source has not told it anew since it was seen."""
    met = rulings.join(standing.select("record_id", "observed_at"), on="record_id", maintain_order="left")
    seen = pl.col("observed_at").dt.truncate("1s") <= pl.col("seen_at")
    decided = pl.col("observed_at").dt.date() <= pl.col("decided_at").dt.date()
    return met.with_columns(fresh=pl.coalesce(seen, decided, pl.lit(value=True)))


def corrected(standing: pl.DataFrame, rulings: pl.DataFrame) -> Corrections:
    """``standing`` observations with the values of ``rulings`` (RULINGS with ``number``; corrected, with a value, in force)."""
    met = still_of(rulings, standing)
    fresh = met.filter("fresh")
    rows = standing.join(fresh.select("record_id").unique(), on="record_id", how="semi", maintain_order="left")
    before = rows
    usable = []
    # The type before the number, which is read by it.
    for field in sorted(FIELDS, key=list(FIELDS).index):
        own = fresh.filter(pl.col("field") == field).select("number", "record_id", "value")
        if own.height:
            rows, used = _with_field(rows, field, own)
            usable.append(used)
    numbers = pl.concat(usable) if usable else pl.Series([], dtype=pl.UInt32)
    results = met.select(
        "number",
        state=pl.when(~pl.col("fresh"))
        .then(pl.lit(SUPERSEDED))
        .when(pl.col("number").is_in(numbers.implode()))
        .then(pl.lit(APPLIED))
        .otherwise(pl.lit(UNUSABLE)),
    )
    return Corrections(_told(before, rows, fresh), results)


def _with_field(rows: pl.DataFrame, field: str, own: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """``rows`` with the values of ``own`` (number, record_id, value), and the numbers of those that could be read."""
    once = own.unique("record_id", keep="last", maintain_order=True)
    asked = once.join(rows, on="record_id", maintain_order="left")
    values = _read(field, asked).with_columns(record_id=asked["record_id"])
    there = pl.any_horizontal(pl.col(_columns(field)).is_not_null())
    good = values.select(there.alias("good"))["good"]
    new = (
        values.filter(good)
        .rename({name: f"new_{name}" for name in _columns(field)})
        .with_columns(has=pl.lit(value=True))
    )
    met = rows.join(new, on="record_id", how="left", maintain_order="left")
    told = met.with_columns(
        pl.when(pl.col("has").is_not_null()).then(pl.col(f"new_{name}")).otherwise(pl.col(name)).alias(name)
        for name in _columns(field)
    )
    return told.select(rows.columns), own.join(new, on="record_id", how="semi")["number"]


def _columns(field: str) -> tuple[str, ...]:
    return _COLUMNS.get(field, (field,))


def _read(field: str, asked: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``field`` from the column ``value``; ``asked`` has the observation's own beside it."""
    value = asked["value"]
    if field == "phone":
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(value))
        cells = phone.arrange(value, nothing, nothing).select("mobile", "landline")
        # A corrected mobile leaves a landline beside it; a corrected landline that was the only number is replaced.
        kept = pl.when(asked["mobile"].is_not_null() & cells["mobile"].is_not_null()).then(asked["landline"])
        return cells.with_columns(landline=pl.coalesce("landline", kept))
    if field == "cert_no":
        return certificate.clean(value, asked["cert_type"]).select(cert_no="value")
    told = clean(pl.DataFrame({field: value}), _WORDS).columns
    if field == "address":
        code = pl.when(told["address"].is_not_null()).then(pl.coalesce(told["region_code"], asked["region_code"]))
        return told.with_columns(region_code=code).select(_ADDRESS)
    return told.select(field)


def _told(before: pl.DataFrame, rows: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """Rows that differ from ``before``, with the repairs that say so and ``_corrected``."""
    changed = [(before[name].ne_missing(rows[name])).alias(name) for name in _SHOWN]
    marks = pl.DataFrame([rows["record_id"], *changed])
    changes = marks.unpivot(index="record_id", variable_name="field", value_name="changed").filter("changed")
    some = rows.join(changes.select("record_id").unique(), on="record_id", how="semi", maintain_order="left")
    proofs = _proofs(changes, fresh)
    repairs = _repairs(before, changes)
    return (
        some.drop("repairs")
        .join(repairs, on="record_id", how="left", maintain_order="left")
        .join(proofs, on="record_id", how="left", maintain_order="left")
        .select(*rows.columns, "_corrected")
    )


def _proofs(changes: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """``_corrected`` per record: the fields of evidence its changed columns need, each since its last correction."""
    of_column = {name: "phone" if name in ("mobile", "landline") else name for name in _SHOWN}
    told = changes.select("record_id", field=pl.col("field").replace_strict(of_column)).unique()
    since = fresh.group_by("record_id", "field").agg(at=pl.col("decided_at").max())
    proved = told.join(since, on=["record_id", "field"]).with_columns(field=pl.col("field").replace_strict(FIELDS))
    latest = proved.group_by("record_id", "field").agg(pl.col("at").max()).sort("record_id", "field")
    return (
        latest.group_by("record_id", maintain_order=True)
        .agg(_corrected=pl.struct("field", "at"))
        .cast({"_corrected": PROVED_BY})
    )


def _repairs(before: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """``repairs`` per record: what was repaired of other fields, and the source's value of those corrected."""
    records = changes.select("record_id").unique()
    had = (
        before.select("record_id", "repairs")
        .join(records, on="record_id", how="semi")
        .explode("repairs")
        .drop_nulls("repairs")
        .unnest("repairs")
    )
    values = before.select("record_id", *(pl.col(name).cast(pl.String) for name in _SHOWN)).unpivot(
        index="record_id", variable_name="field", value_name="value"
    )
    delivered = had.sort("record_id", "field", "repair", "raw").unique(["record_id", "field"], keep="first")
    told = (
        changes.select("record_id", "field")
        .join(values, on=["record_id", "field"])
        .join(delivered.select("record_id", "field", "raw"), on=["record_id", "field"], how="left")
        .select("record_id", "field", repair=pl.lit(CORRECTION), raw=pl.coalesce("raw", "value"))
    )
    kept = had.join(told, on=["record_id", "field"], how="anti").select(told.columns)
    both = pl.concat([kept, told]).sort("record_id", "field", "repair", "raw")
    return (
        both.group_by("record_id", maintain_order=True)
        .agg(repairs=pl.struct("field", "repair", "raw"))
        .cast({"repairs": REPAIRS})
    )

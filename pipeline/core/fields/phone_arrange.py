"""Numbers of a party put into the field they belong to."""

from functools import cache

import polars as pl

from pipeline.core.fields.phone_check import PERSONAL_KINDS, check

MOBILE, LANDLINE, OTHER = 0, 1, 2
"""The cell a number came in."""

_MISSING = ("masked", "letters", "too_short")
"""Reasons of rule P11, by which a number counts as missing: a valid one may take its place."""


def place(cells: pl.DataFrame) -> pl.DataFrame:
    """Where the numbers of each row belong.

    ``cells``: one row per number: ``row``, ``cell`` (MOBILE, LANDLINE or OTHER) and ``number``, in the row's order.
    Gives one row per ``row``: ``mobile``, ``landline``, ``other_phones`` (null when none) and the Booleans
    ``mobile_moved``, ``landline_moved``, ``other_phones_moved``: a number left that cell. No number is lost; one told
    twice is kept once.

    A mobile cell keeps what it has, unless that is a landline or missing in the sense of P11; else the first valid
    mobile of the landline cell, then of the others, fills it. A landline cell keeps what is not of mobile form.
    """
    facts = check(cells["number"])
    cells = cells.with_columns(
        lined=(facts["kind"] == "landline").fill_null(False),
        foreign=(facts["kind"] == "foreign").fill_null(False),
        personal=facts["kind"].is_in(PERSONAL_KINDS).fill_null(False),
        missing=facts["reason"].is_in(_MISSING).fill_null(False),
        mobile_form=cells["number"].str.contains(r"^1[3-9][0-9]{9}(?:-[0-9]+)?$|^14[0-9]{11}$"),
    )
    rows = cells.group_by("row", maintain_order=True).agg(
        *_candidates(),
        own_mobile=_first(pl.col("cell") == MOBILE),
        own_landline=_first(pl.col("cell") == LANDLINE),
        landline_in_mobile=((pl.col("cell") == MOBILE) & pl.col("lined")).any(),
        mobile_in_landline=((pl.col("cell") == LANDLINE) & pl.col("mobile_form")).any(),
    )
    rows = rows.with_columns(mobile=pl.coalesce("m1", "m2", "m3", "m4", "m5"))
    rows = rows.with_columns(landline=pl.coalesce(*(_unless_mobile(name) for name in ("l1", "l2", "l3"))))
    return rows.select(
        "row",
        "mobile",
        "landline",
        other_phones=_others(cells, rows),
        mobile_moved=pl.col("own_mobile").ne(pl.col("mobile")).fill_null(False) | pl.col("landline_in_mobile"),
        landline_moved=pl.col("own_landline").ne_missing(pl.col("landline")) & pl.col("own_landline").is_not_null()
        | pl.col("mobile_in_landline"),
        other_phones_moved=pl.coalesce("m1", "m2").is_null() & pl.col("m3").is_not_null(),
    )


def _first(which: pl.Expr) -> pl.Expr:
    """First number of a row for which ``which`` holds, null when there is none."""
    return pl.col("number").filter(which).first()


@cache
def _candidates() -> tuple[pl.Expr, ...]:
    """What may fill the mobile field (m1 before m2 …) and the landline field (l1 before l2 …)."""
    mobile, landline, other = (pl.col("cell") == cell for cell in (MOBILE, LANDLINE, OTHER))
    lined, missing = pl.col("lined"), pl.col("missing")
    return (
        _first(mobile & ~lined & ~missing).alias("m1"),
        _first(landline & pl.col("personal")).alias("m2"),
        _first(other & pl.col("personal")).alias("m3"),
        _first(mobile & ~lined).alias("m4"),
        _first(landline & (pl.col("mobile_form") | pl.col("foreign"))).alias("m5"),
        _first(landline & ~pl.col("mobile_form") & ~missing).alias("l1"),
        _first(mobile & lined).alias("l2"),
        _first(landline & ~pl.col("mobile_form")).alias("l3"),
    )


@cache
def _unless_mobile(name: str) -> pl.Expr:
    """Candidate ``name`` for the landline field unless it already is the mobile number."""
    return pl.when(pl.col(name).ne_missing(pl.col("mobile"))).then(name)


def _others(cells: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Numbers of each of ``rows`` that are neither its mobile nor its landline number; null when none."""
    told = cells.select("row", "number").join(rows.select("row", "mobile", "landline"), on="row", maintain_order="left")
    rest = (
        told.filter(pl.col("number").ne_missing(pl.col("mobile")) & pl.col("number").ne_missing(pl.col("landline")))
        .group_by("row")
        .agg(rest=pl.col("number").unique(maintain_order=True))
    )
    return rows.select("row").join(rest, on="row", how="left", maintain_order="left")["rest"]

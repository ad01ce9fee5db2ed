"""The phone numbers of one cell, as people write them: one or several, the best of them first."""

from functools import cache

import polars as pl

from pipeline.core.fields.phone_check import PERSONAL_KINDS, check
from pipeline.core.fields.phone_number import CODES, NONE, canonical
from pipeline.core.fields.phone_text import CELL_CODES, pieces, trimmed, unwrapped

REPAIRS = tuple(sorted((*CELL_CODES, *CODES, "float_tail", "split")))
"""Every repair code of a phone cell."""

_NUMBER_CODES = (*CODES, "float_tail")
_NUMBER_LIKE = r"""^[0-9+*#()\[\]{}<>. \-_~:'"=]*[0-9][0-9+*#()\[\]{}<>. \-_~:'"=]*$"""
_EDGE = r"(?-u:\b)"
_MOBILE = r"1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
_MOBILE_WITHIN = rf"(\+86[- ]?{_MOBILE}|{_EDGE}(?:0086[- ]?|86[- ]?|0)?{_MOBILE}){_EDGE}"
_LANDLINE = r"0(?:10|2[0-9]|[3-9][0-9]{2})[- ]?[2-8][0-9]{2,3}[- ]?[0-9]{4}(?:[-#][0-9]{1,6})?"
_LANDLINE_WITHIN = rf"{_EDGE}({_LANDLINE}){_EDGE}"
_TWO_MOBILES = rf"{_EDGE}(1[3-9][0-9]{{9}})(1[3-9][0-9]{{9}}){_EDGE}"
_LOCALS_APART = r"([0-9*]{7,}) +([0-9*]{7,})"
_DATE = r"^(?:19|20)[0-9]{2}[-.][0-9]{1,2}[-.][0-9]{1,2}$"
"""A date in the wrong column would pass for a local number."""
_COMPOUND = 12
"""Digits from which a piece that is no number may be several."""
_SHORTEST = 5
"""Digits below which a piece beside a number is not a number of its own (``84550000/1``)."""


def read(cells: pl.Series, home_area: str | None) -> pl.DataFrame:
    """``value``, ``repair`` and ``others`` (null when none) of each cell, rows aligned; no cell is null."""
    frame = unwrapped(cells)
    frame = frame.join(_chosen(_numbers(pieces(frame), home_area)), on="row", how="left", maintain_order="left")
    numbered = pl.col("value").is_not_null()
    flags = {code: pl.col(code) for code in REPAIRS} | {
        "note": pl.col("note") & numbered,
        "separators": pl.col("separators") | (pl.col("regrouped") & numbered),
    }
    codes = [pl.when(flags[code]).then(pl.lit(code)) for code in REPAIRS]
    repair = pl.concat_str(codes, separator="+", ignore_nulls=True)
    return frame.select(value=pl.coalesce("value", "text"), repair=pl.when(repair != "").then(repair), others="others")


def _numbers(parts: pl.DataFrame, home_area: str | None) -> pl.DataFrame:
    """One row per number of ``parts`` in the cell's order: ``row``, ``number``, ``numeric`` and the repair flags."""
    parts = parts.with_row_index("at")
    read_so_far: list[pl.DataFrame] = []
    while not parts.is_empty() or not read_so_far:
        answers = _read_pieces(parts, home_area)
        cut = answers.select(pl.when(_compound()).then(_cut())).to_series()
        several = (cut.list.len() > 1).fill_null(False)
        read_so_far.append(answers.filter(~several))
        further = answers.select("row", "at", "float_tail", piece=cut).filter(several)
        parts = trimmed(further.explode("piece", empty_as_null=True, keep_nulls=True))
    return pl.concat(read_so_far).sort("at", maintain_order=True)


@cache
def _compound() -> pl.Expr:
    """A piece of digits that is no number, but long enough for two."""
    return (pl.col("grade") == NONE) & pl.col("numeric") & (pl.col("number").str.count_matches("[0-9*]") >= _COMPOUND)


@cache
def _cut() -> pl.Expr:
    """The parts of a piece around the complete numbers within it: as it is written, else as it is squeezed."""
    written, squeezed = (_parts_of(pl.col(form)) for form in ("piece", "number"))
    return pl.when(written.list.len() > 1).then(written).otherwise(squeezed)


def _parts_of(text: pl.Expr) -> pl.Expr:
    """``text`` cut around the complete numbers within it, without empty parts."""
    apart = (
        text.str.replace_all(_TWO_MOBILES, "$1/$2")
        .str.replace_all(_MOBILE_WITHIN, "/$1/")
        .str.replace_all(_LANDLINE_WITHIN, "/$1/")
        .str.replace_all(_LOCALS_APART, "$1/$2")
    )
    return apart.str.split("/").list.eval(pl.element().str.strip_chars()).list.filter(pl.element() != "")


def _read_pieces(parts: pl.DataFrame, home_area: str | None) -> pl.DataFrame:
    """``parts`` with what :func:`canonical` reads in those of digits and separators; words stay as they are."""
    numeric = parts["piece"].str.contains(_NUMBER_LIKE) & ~parts["piece"].str.contains(_DATE)
    answers = canonical(parts["piece"].set(~numeric, None), home_area)
    return pl.concat([parts, answers], how="horizontal").select(
        "row",
        "at",
        "piece",
        number=pl.coalesce("number", "piece"),
        grade="grade",
        numeric=numeric,
        float_tail="float_tail",
        separators=(pl.col("separators") & numeric).fill_null(False) | pl.col("edged"),
        **{code: pl.col(code).fill_null(False) for code in CODES if code != "separators"},
    )


def _chosen(numbers: pl.DataFrame) -> pl.DataFrame:
    """Per ``row``: ``value``, ``others`` and the repair flags. No row for a cell in which no piece is of digits."""
    telling = pl.col("number").str.contains("[1-9*]")
    alone = numbers.select((pl.len().over("row") == 1) & pl.col("numeric") & telling).to_series()
    single = numbers.filter(alone).select(
        "row", *_NUMBER_CODES, value="number", others=pl.lit(None, pl.List(pl.String)), split=pl.lit(False)
    )
    return single if alone.all() else pl.concat([single, _best_first(numbers.filter(~alone)).select(single.columns)])


def _best_first(numbers: pl.DataFrame) -> pl.DataFrame:
    """As :func:`_chosen`, of cells with several pieces."""
    digits = pl.col("number").str.count_matches("[0-9*]")
    told = numbers.filter(pl.col("number").str.contains("[1-9*]")).with_columns(long=digits >= _SHORTEST)
    told = told.filter(pl.col("numeric").any().over("row") & (pl.col("long") | ~pl.col("long").any().over("row")))
    facts = check(told["number"])
    rank = (
        pl.when(facts["kind"].is_in(PERSONAL_KINDS))
        .then(0)
        .when(facts["usable"])
        .then(1)
        .when(told["numeric"])
        .then(2)
        .otherwise(3)
    )
    best = pl.col("number").sort_by("rank", maintain_order=True).first()
    chosen = (
        told.with_columns(rank=rank)
        .group_by("row", maintain_order=True)
        .agg(
            *(pl.col(code).any() for code in _NUMBER_CODES),
            value=best,
            others=pl.col("number").filter(pl.col("number") != best).unique(maintain_order=True),
        )
    )
    pieces_of_row = numbers.group_by("row").agg(
        split=(pl.col("number") != "").sum() > 1, gaps=(pl.col("number") == "").any()
    )
    return chosen.join(pieces_of_row, on="row", how="left").with_columns(
        others=pl.when(pl.col("others").list.len() > 0).then("others"),
        separators=pl.col("separators") | pl.col("gaps"),
    )

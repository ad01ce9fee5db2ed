"""Work lists without whole values, for who may see what is wrong but not whose: one workbook per unit beside the page.

Nothing in a row says which party it is about, and rows that look alike are one with their number, so that no two masked
fields of one person can be put together. Whole values are in the lists below ``worklists/``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import xlsxwriter

from expectations.measure import LEAST_PARTIES
from expectations.scorecard import words
from pipeline.core import masks
from pipeline.core.fields import address, dates, text
from pipeline.core.lists.file_names import file_names
from pipeline.core.rules.catalogue import BY_ID
from pipeline.ports import PublishedNight
from pipeline.sheet_rows import PATTERN_ROWS, Pattern, cells_of, rows_of

FOLDER = "lists"
MOST_ROWS = 150
"""Rows of a workbook, the most frequent first."""

HEADINGS = ("规则", "问题", "字段", "现值（已遮盖）", "建议", "条数")
_WIDTHS = (8, 44, 10, 24, 36, 8)
_LOOK = ("rule", "reason", "field", "shown", "advice")
OTHERS = "其他单位"


def units(night: PublishedNight) -> list[str]:
    """Units with enough parties for a file of their own: what a damaged row calls a unit may be a customer's value."""
    sizes = night.scan("parties").drop_nulls("unit").group_by("unit").len().filter(pl.col("len") >= LEAST_PARTIES)
    return sorted(sizes.collect()["unit"].to_list())


def corrections(night: PublishedNight, own: Sequence[str]) -> pl.DataFrame:
    """What is to be corrected: unit, rule, first reason and advice, field, masked value, number of entries."""
    told = night.scan("worklists").filter(pl.col("list") == "corrections")
    rows = told.select(
        unit=pl.when(pl.col("unit").is_in(list(own))).then("unit").otherwise(pl.lit(OTHERS)),
        rule=pl.col("rule").fill_null(""),
        reason=pl.col("reasons").list.first().fill_null(""),
        advice=pl.col("advice").list.first().fill_null(""),
        field=pl.col("field").fill_null(""),
        value="value",
    ).collect()
    parts = [
        part.with_columns(shown=_masked(str(part["field"][0]), part["value"]))
        for part in rows.partition_by("field", maintain_order=True)
    ]
    empty = rows.clear().with_columns(shown=pl.lit("", pl.String))
    whole = pl.concat([empty, *parts]).with_columns(pl.col("shown").fill_null(""))
    counted = whole.group_by("unit", *_LOOK).agg(count=pl.len().cast(pl.Int64))
    return counted.sort("unit", "count", *_LOOK, descending=[False, True, *(False for _ in _LOOK)])


def _masked(field: str, values: pl.Series) -> pl.Series:
    if field == "birth_date":
        return dates.mask(values.str.to_date(strict=False))
    known: dict[str, masks.Mask] = {
        "phone": masks.MASKS["mobile"],
        "address": address.mask,
        "cert_type": lambda told: told,
    }
    mask: masks.Mask = known.get(field) or masks.MASKS.get(field, text.mask)
    return mask(values)


def write(night: PublishedNight, folder: Path) -> Mapping[str, str]:
    """Write a workbook per unit below ``folder/lists``; gives unit -> its place beside the page."""
    rows = corrections(night, units(night))
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    made = {}
    names = file_names(rows["unit"])
    pattern = _pattern(night)
    sizes = rows.group_by("unit", maintain_order=True).agg(rows=pl.len(), rest=pl.col("count").slice(MOST_ROWS).sum())
    # What is said in the rows of all units is said in one go.
    shown = rows.group_by("unit", maintain_order=True).head(MOST_ROWS)
    told = rows_of(_told(shown), pattern.looks, sizes["rows"].clip(upper_bound=MOST_ROWS).to_list())
    left_out = cells_of(_left_out(sizes["rest"], night), pattern.looks[:2])
    for unit, rest, own, below in zip(sizes["unit"], sizes["rest"], told, left_out, strict=True):
        name = f"{names[unit]}.xlsx"
        with (target / name).open("wb") as book:
            pattern.write(book, own, below if rest else "")
        made[unit] = f"{FOLDER}/{name}"
    return made


def _pattern(night: PublishedNight) -> Pattern:
    """The workbook of a unit, with the first of its rows empty."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    made = BytesIO()
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": datetime.combine(night.day, datetime.min.time())})
        sheet = book.add_worksheet("遮盖清单")
        heading = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        text_ = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet.write_row(0, 0, HEADINGS, heading)
        for column in range(len(_LOOK)):
            sheet.write_blank(1, column, None, text_)
        sheet.write_number(1, len(_LOOK), 0)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, PATTERN_ROWS, len(HEADINGS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return Pattern.of(made)


def _left_out(rest: pl.Series, night: PublishedNight) -> pl.DataFrame:
    """What says how many entries have no row."""
    said = pl.format("其余 {} 条见完整清单 {}", rest, pl.lit(f"worklists/{night.day}/corrections/"))
    return pl.select(rule=pl.lit(None, pl.String), reason=said)


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` in words."""
    reasons, advices = ({code: zh for code, (zh, _) in known.items()} for known in (words.reasons(), words.advices()))
    rule = pl.col("rule").replace_strict({one.id: one.zh for one in BY_ID.values()}, default=None)
    field = pl.col("field").replace({name: zh for name, (zh, _) in words.LIST_FIELDS.items()})
    return rows.select(
        "rule",
        pl.col("reason").replace_strict(reasons, default=pl.coalesce(rule, "reason")),
        field,
        "shown",
        pl.col("advice").replace_strict(advices, default=""),
        "count",
    )

"""Work lists without whole values, for who may see what is wrong but not whose: one workbook per unit beside the page.

Nothing in a row says which party it is about, and rows that look alike are one with their number, so that no two masked
fields of one person can be put together. Whole values are in the lists below ``worklists/``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
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
    for (unit,), own in rows.group_by("unit", maintain_order=True):
        name = f"{names[str(unit)]}.xlsx"
        _workbook(own, target / name, night)
        made[str(unit)] = f"{FOLDER}/{name}"
    return made


def _workbook(own: pl.DataFrame, path: Path, night: PublishedNight) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": datetime.combine(night.day, datetime.min.time())})
        sheet = book.add_worksheet("遮盖清单")
        heading = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        text_ = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet.write_row(0, 0, HEADINGS, heading)
        for place, row in enumerate(own.head(MOST_ROWS).iter_rows(named=True), 1):
            for column, value in enumerate(_cells(row)):
                sheet.write_string(place, column, value, text_)
            sheet.write_number(place, len(_LOOK), row["count"])
        last = min(own.height, MOST_ROWS)
        if own.height > MOST_ROWS:
            rest = int(own["count"][MOST_ROWS:].sum())
            sheet.write_string(last + 1, 1, f"其余 {rest} 条见完整清单 worklists/{night.day}/corrections/", text_)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(HEADINGS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)


def _cells(row: Mapping[str, str]) -> Sequence[str]:
    rule = BY_ID.get(row["rule"])
    reason = words.reasons().get(row["reason"], (rule.zh if rule else row["reason"], ""))[0]
    advice = words.advices().get(row["advice"], ("", ""))[0]
    return (row["rule"], reason, words.LIST_FIELDS.get(row["field"], (row["field"], ""))[0], row["shown"], advice)

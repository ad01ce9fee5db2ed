"""Work lists as files people open: below ``<output>/worklists/<date>/<list>``, one CSV and one workbook per unit.

The folder is 0700: it holds whole numbers. A cell that a spreadsheet would take for a formula is put in quotes (OWASP, CSV
injection); ids and phones are text in the workbook. Whoever fills in a workbook can change only what is to be filled in;
hidden columns say which finding a row is about, so that it can come back as a feed of kind ``decisions``.
"""

import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.core.lists.file_names import file_names
from pipeline.sheet_rows import PATTERN_ROWS, Pattern, rows_of

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "callbacks": {
        "list_id": "抽样名单",
        "stratum": "层",
        "inclusion_probability": "入样概率",
        "policy_no": "保单号",
        "role": "角色",
        "name": "被访人",
        "phone": "电话",
        "call_group": "同号组",
        "tries": "最多次数",
        "first_try_on": "首次外呼日",
        "later_tries_on": "再次外呼日",
        "hours": "外呼时段",
    },
    "corrections": {
        "salesperson_code": "业务员代码",
        "policy_no": "保单号",
        "role_zh": "角色名称",
        "field_zh": "问题字段",
        "value": "现值",
        "proposed": "建议值",
        "proposed_by": "建议来源",
        "reasons": "问题",
        "advice": "建议",
    },
    "lapsed": {"policy_no": "保单号", "name": "姓名", "phone": "电话"},
    "leads": {"key": "线索", "name": "姓名", "phone": "电话"},
}
"""List -> columns its readers need, and no other, with their headings."""

KEYS: Mapping[str, Mapping[str, str]] = {
    "corrections": {
        "record_id": "记录号",
        "role": "角色",
        "rule": "规则",
        "field": "字段",
        "observed_at": "所见信息时间",
    }
}
"""List -> columns by which a filled-in row is known again; nobody needs to see them."""

STATE = "状态"
STATES = ("待处理", "已修正", "误报", "无法联系")
TO_FILL: Mapping[str, tuple[str, ...]] = {
    "corrections": (STATE, "更正值", "处理人", "处理时间", "理由", "有效期至", "复核人"),
}
_TO_NOTE = (STATE, "更正值", "备注")
"""Columns to fill in: of lists that come back, and of the others."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "role_zh": {"policyholder": "投保人", "insured": "被保险人", "owner": "车主"},
    "field_zh": {
        "name": "姓名",
        "cert_type": "证件类型",
        "cert_no": "证件号码",
        "phone": "电话",
        "address": "地址",
        "birth_date": "出生日期",
        "email": "电子邮箱",
        "relation": "关系",
        "vehicle": "车辆",
        "conduct": "业务行为",
        "record": "整条信息",
        "phone_in_use": "电话在用",
    },
    "proposed_by": {
        "wechat": "微信",
        "claims": "理赔",
        "inbound_call": "客户来电",
        "cert_no": "证件号码",
        "golden_record": "客户档案",
    },
}
ROWS_IN_TURN = 20_000
"""Rows whose texts are made at once: enough that fixed costs do not show, few enough for memory."""

AT_A_TIME = 2
"""Turns whose files are written beside each other: packing and making texts each leave a processor to the other."""

_WIDTH = 14
_WIDTHS: Mapping[str, int] = {
    **dict.fromkeys(("保单号", "现值", "建议值", "更正值", "理由", "抽样名单"), 24),
    **dict.fromkeys(("问题", "建议"), 44),
}
"""Characters a column is wide, where it holds more than a word or two."""

_HINT = "已修正请填更正值；误报须填理由和有效期至，超出允许比例须由他人复核"
_FORMULA = "^[=+\\-@\t\r\n]"
_OTHER = "其他单位"


def write_worklists(
    rows: pl.DataFrame, texts: Mapping[str, str], folder: Path, day: date, units: Collection[str]
) -> list[Path]:
    """Write ``rows`` (WORKLISTS) of the night ``day``; those of an earlier run of it are replaced. Gives the folders.

    ``texts``: code of a reason or advice -> what it says. ``units``: those that get files of their own; the others
    share one, for what a damaged delivery calls a unit may be a customer's value, which no file name may carry.
    """
    own_files = pl.col("unit").is_null() | (pl.col("unit") == "") | pl.col("unit").is_in(sorted(units))
    rows = rows.with_columns(file=pl.when(own_files).then(pl.col("unit").fill_null("")).otherwise(pl.lit(_OTHER)))
    rows = rows.with_columns(pl.col("file").replace_strict(file_names(rows["file"].unique()), return_dtype=pl.String))
    place = folder / day.isoformat()
    shutil.rmtree(place, ignore_errors=True)
    written = []
    for name, columns in COLUMNS.items():
        of_list = rows.filter(pl.col("list") == name)
        if not of_list.height:
            continue
        target = place / name
        os.makedirs(target, mode=0o700)
        wanted = _Columns(columns, KEYS.get(name, {}), TO_FILL.get(name, _TO_NOTE))
        write = partial(_write_files, of_list, wanted, _pattern(wanted, day), texts, target)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(write, _in_turn(of_list)))
        written.append(target)
    if place.exists():
        os.chmod(folder, 0o700)
        os.chmod(place, 0o700)
    return written


class _Columns(NamedTuple):
    """Columns of a list: what its readers need, what a row is known again by, what is to be filled in."""

    seen: Mapping[str, str]
    keys: Mapping[str, str]
    to_fill: Sequence[str]


def _in_turn(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The files of ``rows`` in order, so many at a time as make a good number of rows."""
    files = rows.group_by("file", maintain_order=True).len()
    turns = files.select("file", turn=(pl.col("len").cum_sum() - pl.col("len")) // ROWS_IN_TURN)
    return turns.partition_by("turn", maintain_order=True, include_key=False)


def _rows_of(rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Those of ``rows`` that are in ``files``, those of a file together."""
    own = rows.join(files.with_row_index("place"), on="file", nulls_equal=True, maintain_order="left")
    return own.sort("place", maintain_order=True).drop("place")


def _write_files(
    rows: pl.DataFrame,
    columns: _Columns,
    pattern: Pattern,
    texts: Mapping[str, str],
    target: Path,
    files: pl.DataFrame,
) -> None:
    """These ``files`` of ``rows``: what can be said of all at once is said once."""
    rows = _rows_of(rows, files)
    seen, keys = _told(rows, columns.seen, texts), _told(rows, columns.keys, texts)
    filled_in = [pl.lit(STATES[0] if name == STATE else None, pl.String).alias(name) for name in columns.to_fill]
    harmless = _harmless(pl.concat([seen, keys], how="horizontal"))
    names, sizes = rows.group_by("file", maintain_order=True).len().get_columns()
    told = rows_of(pl.concat([seen.with_columns(filled_in), keys], how="horizontal"), pattern.looks, sizes.to_list())
    start = 0
    for name, own in zip(names, told, strict=True):
        stem = target / str(name)
        with _created(stem.with_suffix(".csv")) as file:
            harmless.slice(start, own.size).write_csv(file, include_bom=True, line_terminator="\r\n")
        with _created(stem.with_suffix(".xlsx")) as file:
            pattern.write(file, own)
        start += own.size


def _created(path: Path) -> IO[bytes]:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _told(own: pl.DataFrame, columns: Mapping[str, str], texts: Mapping[str, str]) -> pl.DataFrame:
    """Columns a reader needs, as text, codes in words."""
    words = pl.element().replace(dict(texts))
    own = own.with_columns(
        pl.col(name.removesuffix("_zh")).replace(dict(meanings)).alias(name) for name, meanings in _WORDS.items()
    ).with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"))
    lists = [name for name in columns if own.schema[name] == pl.List(pl.String)]
    return own.with_columns(pl.col(name).list.eval(words).list.join("；") for name in lists).select(
        pl.col(name).cast(pl.String).fill_null("").alias(heading) for name, heading in columns.items()
    )


def _harmless(told: pl.DataFrame) -> pl.DataFrame:
    """``told`` with what a spreadsheet would take for a formula in quotes."""
    risky = pl.col(pl.String).str.contains(_FORMULA)
    return told.with_columns(pl.when(risky).then("'" + pl.col(pl.String)).otherwise(pl.col(pl.String)).name.keep())


def _pattern(columns: _Columns, day: date) -> Pattern:
    """The workbook of a list, with the first of its rows empty."""
    seen, keys, to_fill = list(columns.seen.values()), list(columns.keys.values()), columns.to_fill
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    made = BytesIO()
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": datetime.combine(day, datetime.min.time())})
        sheet = book.add_worksheet("清单")
        heading = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        text = book.add_format({"num_format": "@"})
        open_ = book.add_format({"num_format": "@", "locked": False, "bg_color": "#FFFBE6"})
        first, last = len(seen), len(seen) + len(to_fill) - 1
        sheet.write_row(0, 0, [*seen, *to_fill, *keys], heading)
        # How the cells of each column look; what they say is filled in for every workbook.
        for place in range(last + len(keys) + 1):
            sheet.write_blank(1, place, None, open_ if first <= place <= last else text)
        _make_fillable(sheet, to_fill, first)
        for place, heading_ in enumerate([*seen, *to_fill]):
            sheet.set_column(place, place, _WIDTHS.get(heading_, _WIDTH), text)
        if keys:
            sheet.set_column(last + 1, last + len(keys), 18, text, {"hidden": True})
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, PATTERN_ROWS, last)
    return Pattern.of(made)


def _make_fillable(sheet: Worksheet, to_fill: Sequence[str], first: int) -> None:
    """A list to choose the state from, and everything locked that is not to be filled in."""
    choice = {
        "validate": "list",
        "source": list(STATES),
        "error_title": STATE,
        "error_message": "、".join(STATES),
        "input_title": STATE,
        "input_message": _HINT if "复核人" in to_fill else "",
    }
    sheet.data_validation(1, first, PATTERN_ROWS, first, choice)
    sheet.protect(
        "", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True, "format_cells": True}
    )

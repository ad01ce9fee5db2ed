"""The call-back vendor's workbook: a merged title, merged group headings, the headers, the calls, a total row."""

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, pick_one, where

HEADERS = (
    "序号",
    "保单号",
    "角色",
    "被访人",
    "被叫号码",
    "呼叫时间",
    "结果代码",
    "通话时长(秒)",
    "坐席",
    "供应商",
    "名单编号",
    "抽样层",
    "入样概率",
    "备注",
)
_GROUPS = (("保单信息", 0, 3), ("呼叫情况", 4, 9), ("抽样与备注", 10, 13))
_FIRST_LINE = 3
_WHEN, _NUMBER, _TALK = (HEADERS.index(header) for header in ("呼叫时间", "被叫号码", "通话时长(秒)"))
_TEXTUAL_NUMBERS = 1 / 6
"""Share of dialled mobiles that stand in text cells; the others are numeric."""


def write_workbook(city: City, calls: pl.DataFrame, path: Path) -> None:
    """Write ``calls`` to one sheet of a new workbook."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"title": "synthetic", "created": datetime.combine(city.date, datetime.min.time())})
    sheet = book.add_worksheet(f"{city.date:%m月%d日}")
    bold = book.add_format({"bold": True, "align": "center"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.merge_range(0, 0, 0, len(HEADERS) - 1, f"中介业务客户回访结果日报 {city.date:%Y年%m月%d日}", bold)
    for title, first, last in _GROUPS:
        sheet.merge_range(1, first, 1, last, title, bold)
    sheet.write_row(2, 0, HEADERS, bold)
    numeric = city.rng("numeric cells").random(calls.height) > _TEXTUAL_NUMBERS
    numeric &= calls["dialled"].str.contains("^1[0-9]{10}$").fill_null(value=False).to_numpy()
    for place, row in enumerate(_as_written(calls, city.rng("blanks")).rows()):
        line = place + _FIRST_LINE
        for column, value in enumerate(row):
            if value is None:
                continue
            if column == _WHEN:
                sheet.write_datetime(line, column, value, moment)
            elif column == _NUMBER and numeric[place]:
                sheet.write_number(line, column, int(value))
            elif isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    last = calls.height + _FIRST_LINE
    sheet.write_string(last, 0, "合计")
    sheet.write_number(last, 1, calls.height)
    sheet.write_number(last, _TALK, int(calls["talk"].sum()))
    book.close()


def _as_written(calls: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Columns of the sheet in the order of :data:`HEADERS`; codes are text, with a blank before or behind here and there."""
    code = calls["code"].cast(pl.String).str.zfill(2)
    blank: Ints = np.minimum(rng.integers(0, 12, calls.height), 2)
    return calls.select(
        pl.int_range(1, pl.len() + 1).alias("number"),
        "policy_no",
        "role_word",
        "name",
        "dialled",
        "when",
        pick_one(blank, (code + " ", " " + code, code)).alias("written_code"),
        "talk",
        "caller",
        "vendor",
        "list_id",
        "stratum",
        "probability",
        where(calls["code"] == 99, "客户情况特殊", None).alias("remark"),
    )

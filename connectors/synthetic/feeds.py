"""Writes a night's deliveries as the files they really come as, and the settings that read them."""

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from connectors.synthetic.calendar_days import date_of
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery
from connectors.synthetic.draw import stream
from connectors.synthetic.wechat import json_lines

FILES = {
    "underwriting": "underwriting_{}.txt",
    "claims": "claims_{}.csv",
    "wechat": "wechat_{}.jsonl",
    "callbacks": "callbacks_{}.xlsx",
    "verifications": "verifications_{}.csv",
    "sms": "sms_{}.csv",
    "leads": "leads_{}.csv",
    "directory": "directory_{}.csv",
    "do_not_call": "do_not_call_{}.csv",
}
"""Feed -> name of its file, {} being the business date."""

SETTINGS = """# Settings of a synthetic city: every person, number and company in its feeds is invented.
output: output
business_date: {date}
feeds:
  underwriting:
    path: feeds/{{date}}/underwriting_*.txt
    trailer: "{{stem}}.ok"
    quote: ""
  claims:
    path: feeds/{{date}}/claims_*.csv
  wechat:
    path: feeds/{{date}}/wechat_*.jsonl
    columns: {{phone_info.phoneNumber: mobile, unionid: unionid}}
    ignored:
      [ToUserName, MsgType, phone_info, phone_info.purePhoneNumber, phone_info.countryCode, phone_info.watermark, phone_info.watermark.timestamp, phone_info.watermark.appid]
    codes:
      capture_route: {{bind: binding, subscribe: subscribe}}
  callbacks:
    path: feeds/{{date}}/callbacks_*.xlsx
    ignored: [序号, 备注]
  verifications:
    path: feeds/{{date}}/verifications_*.csv
    codes:
      capture_route: {{三要素核验: three_factor, 号码状态: number_status, 身份核验: identity}}
  sms:
    path: feeds/{{date}}/sms_*.csv
    codes:
      capture_route: {{车展促销: campaign, 满意度调查: satisfaction}}
  leads:
    path: feeds/{{date}}/leads_*.csv
  directory:
    path: feeds/{{date}}/directory_*.csv
    mode: full
  do_not_call:
    path: feeds/{{date}}/do_not_call_*.csv
    mode: full
    ignored: [原因]
"""

_CHUNK = 50_000


def write_night(city: City, deliveries: list[Delivery], folder: Path) -> None:
    """Write every delivery of tonight into ``folder``, one file each, and the trailer of underwriting."""
    folder.mkdir(parents=True, exist_ok=True)
    for delivery in deliveries:
        path = folder / file_name(delivery.feed, city)
        if delivery.feed == "underwriting":
            _write_unload(delivery.rows, path)
            path.with_suffix(".ok").write_text(f"{delivery.rows.height}\n", encoding="ascii")
        elif delivery.feed == "wechat":
            path.write_text("".join(line + "\n" for line in json_lines(delivery.rows)), encoding="utf-8", newline="")
        elif delivery.feed == "callbacks":
            _write_workbook(city, delivery.rows, path)
        else:
            with path.open("wb") as file:
                delivery.rows.write_csv(file, include_bom=delivery.feed == "claims", line_terminator="\r\n")


def file_name(feed: str, city: City) -> str:
    """Name of tonight's file of ``feed``."""
    return FILES[feed].format(city.date.strftime("%Y%m%d"))


def _write_unload(rows: pl.DataFrame, path: Path) -> None:
    """GB18030 text, ``|`` between the columns, ``\\N`` for null, no quoting: what a database unload looks like."""
    with path.open("wb") as file:
        for start in range(0, max(rows.height, 1), _CHUNK):
            part = rows.slice(start, _CHUNK)
            text = part.write_csv(separator="|", null_value="\\N", quote_style="never", include_header=start == 0)
            file.write(text.encode("gb18030"))


_COLUMNS = (
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


def _write_workbook(city: City, rows: pl.DataFrame, path: Path) -> None:
    """One sheet: a merged title, merged group headings, the headers, the calls, a total row."""
    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"title": "synthetic", "created": datetime.combine(city.date, datetime.min.time())})
    sheet = book.add_worksheet(city.date.strftime("%m月%d日"))
    bold, moment = (
        book.add_format({"bold": True, "align": "center"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    )
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, f"中介业务客户回访结果日报 {city.date:%Y年%m月%d日}", bold)
    sheet.merge_range(1, 0, 1, 3, "保单信息", bold)
    sheet.merge_range(1, 4, 1, 9, "呼叫情况", bold)
    sheet.merge_range(1, 10, 1, 13, "抽样与备注", bold)
    sheet.write_row(2, 0, _COLUMNS, bold)
    blank = stream(city.seed, city.night, "workbook").integers(0, 12, rows.height)
    total = 0
    for place, row in enumerate(_as_written(rows, blank).rows()):
        line = place + 3
        for column, value in enumerate(row):
            if column == 5:
                sheet.write_datetime(line, column, value, moment)
            elif isinstance(value, (int, float)):
                sheet.write_number(line, column, value)
            elif value is not None:
                sheet.write_string(line, column, value)
        total += row[7] or 0
    last = rows.height + 3
    sheet.write_string(last, 0, "合计")
    sheet.write_number(last, 1, rows.height)
    sheet.write_number(last, 7, total)
    book.close()


def _as_written(rows: pl.DataFrame, blank: np.ndarray) -> pl.DataFrame:
    """Columns of the sheet; :func:`dialled_cell` says which numbers are numeric, codes are text with blanks here and there."""
    code = rows["code"].cast(pl.String).str.zfill(2)
    spaced = pl.Series(blank)
    codes = pl.select(
        pl.when(spaced == 0).then(code + " ").when(spaced == 1).then(" " + code).otherwise(code)
    ).to_series()
    number = rows["dialled"].str.contains("^1[0-9]{10}$").fill_null(value=False)
    frame = pl.DataFrame(
        {
            "n": np.arange(rows.height) + 1,
            "policy": rows["policy_no"],
            "role": rows["role"].replace_strict({0: "投保人", 1: "被保险人"}, return_dtype=pl.String),
            "name": rows["name"],
            "phone": rows["dialled"],
            "when": rows["when"],
            "code": codes,
            "talk": rows["talk"],
            "caller": rows["caller_code"],
            "vendor": rows["vendor"],
            "list": rows["list_id"],
            "stratum": rows["stratum"],
            "probability": rows["probability"],
            "remark": pl.select(pl.when(rows["code"] == 99).then(pl.lit("其他情况"))).to_series(),
        }
    )
    numeric = number & (spaced < 10)
    values = frame["phone"].to_list()
    phones = pl.Series(
        [int(value) if flag else value for value, flag in zip(values, numeric, strict=True)], dtype=pl.Object
    )
    return frame.with_columns(phone=phones)


def write_settings(city: City, folder: Path) -> Path:
    """``nightly.yaml`` for tonight."""
    path = folder / "nightly.yaml"
    path.write_text(SETTINGS.format(date=date_of(city.day).isoformat()), encoding="utf-8")
    return path

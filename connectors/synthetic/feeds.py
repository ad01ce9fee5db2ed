"""Writes a night's deliveries as the files they really come as, and the settings that read them."""

from pathlib import Path

import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery
from connectors.synthetic.wechat import json_lines
from connectors.synthetic.workbook import write_workbook

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
    ignored:
      - ToUserName
      - MsgType
      - phone_info.purePhoneNumber
      - phone_info.countryCode
      - phone_info.watermark.timestamp
      - phone_info.watermark.appid
    codes:
      capture_route: {{bind: binding}}
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

_ROWS_AT_ONCE = 50_000


def write_night(city: City, deliveries: list[Delivery], folder: Path) -> None:
    """Write every delivery of tonight into ``folder``, one file each, and the trailer of underwriting."""
    folder.mkdir(parents=True, exist_ok=True)
    for delivery in deliveries:
        path = folder / file_name(delivery.feed, city)
        if delivery.feed == "underwriting":
            _write_unload(delivery.rows, path)
            path.with_suffix(".ok").write_text(f"{delivery.rows.height}\n", encoding="ascii")
        elif delivery.feed == "wechat":
            path.write_bytes("".join(line + "\n" for line in json_lines(delivery.rows)).encode())
        elif delivery.feed == "callbacks":
            write_workbook(city, delivery.rows, path)
        else:
            with path.open("wb") as file:
                delivery.rows.write_csv(file, include_bom=delivery.feed == "claims", line_terminator="\r\n")


def file_name(feed: str, city: City) -> str:
    """Name of tonight's file of ``feed``."""
    return FILES[feed].format(city.date.strftime("%Y%m%d"))


def write_settings(city: City, folder: Path) -> Path:
    """``nightly.yaml`` for tonight; gives its path."""
    path = folder / "nightly.yaml"
    path.write_text(SETTINGS.format(date=city.date.isoformat()), encoding="utf-8")
    return path


def _write_unload(rows: pl.DataFrame, path: Path) -> None:
    r"""GB18030 text, ``|`` between the columns, ``\N`` for null, no quoting: what a database unload looks like."""
    with path.open("wb") as file:
        for start in range(0, max(rows.height, 1), _ROWS_AT_ONCE):
            part = rows.slice(start, _ROWS_AT_ONCE)
            text = part.write_csv(separator="|", null_value="\\N", quote_style="never", include_header=start == 0)
            file.write(text.encode("gb18030"))

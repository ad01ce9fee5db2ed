import csv
import io
import json
import re
import zipfile
from collections import Counter

import pytest
from python_calamine import CalamineWorkbook

from connectors.synthetic.business import VENDORS
from connectors.synthetic.checks import NUMBER_STATUS
from connectors.synthetic.intermediaries import units
from tests.connectors.synthetic.cities import NIGHTS, city, rows, truth

CALLBACK_CODES = [
    "00",
    "01",
    "02",
    "10",
    "11",
    "12",
    "20",
    "21",
    "22",
    "23",
    "24",
    "25",
    "26",
    "27",
    "30",
    "31",
    "40",
    "50",
    "51",
    "99",
]
"""Codes of the call-back result map."""


def raw(name: str, night: str = NIGHTS[0]) -> bytes:
    return (city() / "feeds" / night / name.format(night)).read_bytes()


@pytest.mark.parametrize("night", NIGHTS)
def test_the_trailer_holds_the_number_of_rows(night: str) -> None:
    text = raw("underwriting_{}.txt", night).decode("gb18030")
    assert (
        int(raw("underwriting_{}.ok", night))
        == text.count("\n") - 1
        == truth("rows", night).filter(feed="underwriting").height
    )


def test_underwriting_is_an_unload_in_a_chinese_encoding() -> None:
    data = raw("underwriting_{}.txt")
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    header, *lines = data.decode("gb18030").split("\n")[:-1]
    assert header.startswith("保单号|") and '"' not in data.decode("gb18030")
    assert {line.count("|") for line in lines} == {header.count("|")}
    assert any("|\\N|" in line for line in lines)


def test_a_policy_has_one_row_and_a_vehicle_usually_two() -> None:
    told = rows("underwriting")
    assert len({row["保单号"] for row in told}) == len(told)
    kinds = Counter(row["险种"] for row in told)
    assert set(kinds) == {"交强险", "商业险"}
    assert 0.75 < kinds["商业险"] / kinds["交强险"] < 0.97


def test_character_columns_are_padded_to_their_width() -> None:
    numbers = [row["投保人证件号码"] for row in rows("underwriting") if row["投保人证件号码"]]
    assert {len(number) for number in numbers if len(number.strip()) == 18} == {20}


def test_the_city_has_sixty_units() -> None:
    assert len(set(units())) == 60
    assert {row["经营单位"] for row in rows("underwriting")} <= set(units())


def test_claims_are_csv_with_a_mark_and_with_line_breaks_inside_cells() -> None:
    data = raw("claims_{}.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in table} == {len(table[0])}
    assert {row["采集方式"] for row in rows("claims")} <= {"柜台", "理赔夜市", "电动车巡查"}


def test_every_route_of_capture_occurs_in_a_year() -> None:
    assert {row["采集方式"] for row in rows("claims")} >= {"柜台", "理赔夜市"}


def test_wechat_is_json_with_emoji_and_repeated_messages() -> None:
    lines = raw("wechat_{}.jsonl").decode("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    times = Counter(message["MsgId"] for message in told)
    assert {1, 2} <= set(times.values()) <= {1, 2, 3}
    assert any(ord(character) > 0xFFFF for message in told for character in message["nickname"])
    assert all(re.fullmatch("o[A-Za-z0-9_-]{27}", message["FromUserName"]) for message in told)
    phones = [message["phone_info"] for message in told if "phone_info" in message]
    assert all(phone["countryCode"] == "86" and phone["purePhoneNumber"].isdigit() for phone in phones)


def test_call_backs_are_a_workbook_with_merged_cells_and_a_total() -> None:
    path = city() / "feeds" / NIGHTS[0] / f"callbacks_{NIGHTS[0]}.xlsx"
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    table = sheet.to_python()
    assert table[0][0].startswith("中介业务客户回访结果日报")
    assert ((0, 0), (0, 13)) in sheet.merged_cell_ranges and ((1, 4), (1, 9)) in sheet.merged_cell_ranges
    assert table[-1][0] == "合计" and table[-1][1] == len(table) - 4
    assert table[-1][7] == sum(row[7] for row in table[3:-1])
    properties = zipfile.ZipFile(path).read("docProps/core.xml").decode()
    assert properties.count("2026-06-30T00:00:00Z") == 2


def test_dialled_numbers_are_numeric_cells_and_codes_are_text_with_blanks() -> None:
    told = [row for night in NIGHTS for row in rows("callbacks", night)]
    assert {type(row["被叫号码"]) for row in told} == {float, str}
    assert all(isinstance(row["结果代码"], str) for row in told)
    assert {row["结果代码"].strip() for row in told} <= set(CALLBACK_CODES)
    assert any(row["结果代码"] != row["结果代码"].strip() for row in told)
    assert {row["供应商"] for row in told} <= set(VENDORS)


def test_a_drawn_call_tells_list_stratum_and_probability_and_another_none_of_them() -> None:
    for row in rows("callbacks"):
        told = [row[header] not in ("", None) for header in ("名单编号", "抽样层", "入样概率")]
        assert all(told) or not any(told)
        assert not told[0] or 0.06 <= row["入样概率"] <= 1


def test_number_status_uses_the_codes_of_its_vendor() -> None:
    told = [row for row in rows("verifications") if row["核验类型"] == "号码状态"]
    assert told
    assert all(row["核验结果"] in NUMBER_STATUS[row["供应商"]] for row in told)
    assert all(row["姓名"] is None and row["证件号码"] is None for row in told)


def test_the_directory_lists_everybody_the_rules_ask_for() -> None:
    told = rows("directory")
    assert {row["名录类别"] for row in told} == {"员工", "代理人", "车商", "修理厂", "网点", "隐私号"}
    assert len({row["记录号"] for row in told}) == len(told)


def test_some_patrol_contacts_did_not_agree_and_some_are_customers() -> None:
    told = [
        (line, row)
        for night in NIGHTS
        for line, row in zip(
            truth("parties", night).filter(feed="leads").iter_rows(named=True), rows("leads", night), strict=True
        )
    ]
    assert {row["是否同意"] for _, row in told} <= {"是", "否", None}
    customers = set(truth("standing")["person_id"])
    assert 0 < sum(line["person_id"] in customers for line, _ in told) < len(told)


def test_every_feed_has_a_row_of_the_business_day() -> None:
    clocks = {
        "underwriting": "更新时间", "claims": "更新时间", "verifications": "核验时间", "sms": "发送时间", "leads": "采集时间",
        "directory": "更新时间", "do_not_call": "登记时间",
    }  # fmt: skip
    for night in NIGHTS:
        for feed, clock in clocks.items():
            newest = max(row[clock] for row in rows(feed, night) if row[clock])
            assert re.sub("[^0-9]", "", newest)[:8] == night, (feed, night)

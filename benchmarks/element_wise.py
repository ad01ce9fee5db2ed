"""The same value questions in the usual element-wise Beam style, as the peer the night is measured against.

One dict per record, phonenumbers and python-stdnum asked record by record, one DoFn per kind of field.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import apache_beam as beam
import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from vininfo import Vin

Record = dict[str, Any]

NAME = re.compile(r"^[\u4e00-\u9fff〇]{1,}(·[\u4e00-\u9fff〇]+)*$")
PLATE = re.compile(r"^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5,6}$")
ADDRESS = re.compile(r"(路|街|道|巷|里|村|组|小区|苑|园|号|栋|幢|室)")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
NULL_WORDS = {"", "无", "未知", "不详", "暂无", "空", "null", "none", "-", "0", "\\N"}
PLACEHOLDERS = {"测试", "测试客户", "客户", "车主", "老板", "本人", "同上"}
TITLE = re.compile(r"(先生|女士|小姐|师傅|老师|经理|太太)$")
ORGANISATION = re.compile(r"(公司|集团|厂|商行|经营部|银行|医院|学校|合作社)")
PARTIES = {"policyholder": "投保人", "insured": "被保险人", "owner": "车主"}
FULL_WIDTH = {0x3000: " "} | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def tidy(value: str | None) -> str | None:
    """One value cleaned: full-width forms, blanks, null words."""
    if value is None:
        return None
    value = value.translate(FULL_WIDTH).replace("\u200b", "").replace("\ufeff", "").strip()
    return None if value.lower() in NULL_WORDS else value


class Parse(beam.DoFn):  # type: ignore[misc]
    """Line -> one dict per party."""

    def __init__(self, header: list[str]) -> None:
        self.header = header

    def process(self, line: str) -> Iterator[Record]:
        row = {key: tidy(value) for key, value in zip(self.header, line.split("|"), strict=False)}
        for role, word in PARTIES.items():
            fields = {key.removeprefix(word): value for key, value in row.items() if key.startswith(word)}
            if any(fields.values()):
                shared = {key: value for key, value in row.items() if not key.startswith(tuple(PARTIES.values()))}
                yield {**shared, **fields, "role": role, "failed": []}


class CheckName(beam.DoFn):  # type: ignore[misc]
    """Names: missing, characters, placeholders, titles, masks, repetition, length."""

    def process(self, record: Record) -> Iterator[Record]:
        name = next((record[key] for key in ("姓名", "名称", "") if record.get(key)), None)
        failed = list(record["failed"])
        if not name:
            failed.append("N01")
        else:
            organisation = bool(ORGANISATION.search(name))
            checks = {
                "N02": not NAME.match(name) and not organisation,
                "N03": len(name) == 1 or len(name) > 20,
                "N04": name in PLACEHOLDERS,
                "N05": bool(TITLE.search(name)) and len(name) <= 4,
                "N06": any(mark in name for mark in "*＊×○某"),
                "N07": len(name) >= 3 and len(set(name)) == 1,
                "N08": organisation and record.get("客户类型") in ("1", "个人"),
            }
            failed.extend(rule for rule, bad in checks.items() if bad)
        yield {**record, "name": name, "failed": failed}


class CheckDocument(beam.DoFn):  # type: ignore[misc]
    """Documents: resident ids and credit codes by python-stdnum, birth date and sex against them."""

    def process(self, record: Record) -> Iterator[Record]:
        number = (
            (record.get("证件号码") or record.get("证件号") or record.get("身份证号") or "").upper().replace(" ", "")
        )
        failed = list(record["failed"])
        if not number:
            failed.append("D01")
        elif len(number) == 18 and number[:17].isdigit():
            try:
                ric.validate(number)
            except ValidationError:
                failed.append("D04")
            else:
                born = ric.get_birth_date(number)
                told = record.get("出生日期")
                if told and self._date(told) != born:
                    failed.append("D08")
                if record.get("性别") in ("男", "女") and (int(number[16]) % 2 == 1) != (record["性别"] == "男"):
                    failed.append("D09")
            if len(set(number)) == 1:
                failed.append("D12")
        elif len(number) == 18:
            try:
                uscc.validate(number)
            except ValidationError:
                failed.append("D19")
        yield {**record, "cert_no": number, "failed": failed}

    @staticmethod
    def _date(text: str) -> Any:
        for form in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007
            except ValueError:
                continue
        return None


class CheckPhone(beam.DoFn):  # type: ignore[misc]
    """Phones by phonenumbers."""

    def process(self, record: Record) -> Iterator[Record]:
        told = next((record[key] for key in ("手机号", "手机号码", "联系电话", "电话") if record.get(key)), None)
        failed = list(record["failed"])
        mobile = None
        if not told:
            failed.append("P01")
        elif "*" in told:
            failed.append("P11")
        else:
            try:
                number = phonenumbers.parse(told, "CN")
            except phonenumbers.NumberParseException:
                failed.append("P02")
            else:
                if not phonenumbers.is_valid_number(number):
                    failed.append("P02")
                mobile = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE:
                    failed.append("P03")
                if len(set(mobile[-8:])) == 1:
                    failed.append("P06")
        yield {**record, "mobile": mobile, "failed": failed}


class CheckRest(beam.DoFn):  # type: ignore[misc]
    """Address, e-mail, plate, VIN, engine, validity dates."""

    def process(self, record: Record) -> Iterator[Record]:
        failed = list(record["failed"])
        address = record.get("地址") or record.get("联系地址") or ""
        if not address:
            failed.append("A01")
        elif len(address) < 5 or not ADDRESS.search(address) or not any(char.isdigit() for char in address):
            failed.append("A02")
        email = record.get("电子邮箱") or record.get("邮箱")
        if email and not EMAIL.match(email):
            failed.append("E01")
        plate = (record.get("车牌号") or record.get("号牌号码") or "").replace("·", "").upper()
        if plate and not PLATE.match(plate):
            failed.append("V01")
        vin = (record.get("车架号") or "").upper()
        if len(vin) != 17 or set(vin) & set("IOQ"):
            failed.append("V03")
        elif not Vin(vin).verify_checksum():
            failed.append("V04")
        engine = record.get("发动机号") or ""
        if len(engine) < 4 or len(set(engine)) == 1:
            failed.append("V06")
        yield {**record, "failed": failed}


def validated(lines: beam.PCollection, header: list[str]) -> beam.PCollection:
    """The usual pipeline: parse, then a DoFn per kind of field, a dict per record throughout."""
    return (
        lines
        | "Parse" >> beam.ParDo(Parse(header))
        | "Name" >> beam.ParDo(CheckName())
        | "Document" >> beam.ParDo(CheckDocument())
        | "Phone" >> beam.ParDo(CheckPhone())
        | "Rest" >> beam.ParDo(CheckRest())
    )

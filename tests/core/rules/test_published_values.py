"""Published and real values, as delivered: no valid one is ever called false, and every known false one is.

People are paid by the F findings, so a valid value with one is the worst defect there is.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import evaluate
from pipeline.core.rules.facts import examine
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED
from pipeline.core.standardise import FeedSpec, standardise

NIGHT = date(2026, 11, 20)
PERSON: dict[str, str | None] = {
    "policy_no": "P1",
    "policyholder.name": "王小明",
    "policyholder.cert_type": "居民身份证",
    "policyholder.cert_no": "320102198801011236",
    "policyholder.mobile": "13905142687",
    "policyholder.address": "南京市玄武区北京东路41号",
    "plate": "苏A12345",
    "vin": "LSVAB2BR8KN123456",
}
ORGANISATION: dict[str, str | None] = {
    "policyholder.name": "南京江宁商贸有限公司",
    "policyholder.customer_type": "单位",
}


Told = Mapping[str, str | None]


def found(*told: Told) -> list[set[str]]:
    """Rules with severity F that policyholders fail who are each PERSON but for ``told``."""
    rows = [PERSON | dict(one) | {"policy_no": f"P{place}"} for place, one in enumerate(told)]
    columns = dict.fromkeys(name for row in rows for name in row)
    frame = pl.DataFrame({name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in columns})
    numbered = frame.with_columns(feed_file=pl.lit("f"), feed_row=pl.int_range(1, pl.len() + 1))
    spec = FeedSpec("underwriting", "underwriting", ("policy_no",), NIGHT)
    outcomes = evaluate(examine(standardise(numbered, spec).observations, NIGHT), NIGHT, RuleSettings())
    return [{RULES[place].id for place in range(len(RULES)) if _refutes(place, int(row[place]))} for row in outcomes]


def _refutes(place: int, code: int) -> bool:
    return code >= FAILED and RULES[place].reasons[code - FAILED].severity == "F"


def of_type(kind: str, number: str) -> Told:
    return {"policyholder.cert_type": kind, "policyholder.cert_no": number}


VALID_DOCUMENTS = {
    # A year of birth before the county's code, an abolished code, a lower-case x, full width, a leap day of 1960.
    "居民身份证": "320115196001010019 320103196002291232 32010219880101123６ 810000199003074016 33010219200403064x",
    "第二代居民身份证": "320102198801011236",
    "港澳台居民居住证": "810000199003074016 820000199003074018 830000199201300022",
    "外国人永久居留身份证": "932682198501010017 911398199012310021 KAZ110090123105",
    "护照": "E12345678 EA1234567 G12345678 141234567 MA1234567 L898902C3 C01X00T47 KJ0123456",
    "中国护照": "E12345678 EA1234567 G12345678 141234567 P1234567 D12345678 SE1234567 PE1234567 MA1234567 K12345678 KJ0123456",
    "港澳居民来往内地通行证": "H12345678 M1234567801 H0123456700",
    "台湾居民来往大陆通行证": "00123456 0123456701 1234567890(B)",
    "军官证": "军字第2001988号 士字第P011816X号 军2001988",
    "驾驶证": "320102198801011236 320100123456",
    "户口簿": "320102201601011236",
}


def test_a_valid_document_is_never_called_false() -> None:
    numbers = [(kind, number) for kind, told in VALID_DOCUMENTS.items() for number in told.split()]
    outcomes = found(*(of_type(*number) for number in numbers))
    assert {number: ids for number, ids in zip(numbers, outcomes, strict=True) if ids} == {}


VALID_NUMBERS_OF_ORGANISATIONS = {
    # Companies, universities and a ministry that publish their codes; a village collective (N), an early Xiamen code.
    "营业执照": "9144030071526726XG 914403001922038216 91330100799655058B 91100000710931483R 91110000802100433B "
    "91100000100003962T 91110108551385082Q 91350211M0000XUF46",
    "统一社会信用代码": "12100000400002259P 12100000400000624D 11100000000013338W N2320115MF1234567H",
    "社会团体法人登记证书": "91320100MA1X7K3P4X",
    "组织机构代码证": "12345678-8 D2143569-X",
}


def test_a_valid_number_of_an_organisation_is_never_called_false() -> None:
    numbers = [(kind, number) for kind, told in VALID_NUMBERS_OF_ORGANISATIONS.items() for number in told.split()]
    outcomes = found(*(ORGANISATION | of_type(*number) for number in numbers))
    assert {number: ids for number, ids in zip(numbers, outcomes, strict=True) if ids} == {}


VALID = {
    "policyholder.mobile": (
        *("19212345678", "14912345678", "17012345678", "+86 139-1234-5678", "008613912345678", "013912345678"),
        *(
            "1791113912345678",
            "1252013912345678",
            "13912345678.0",
            "１３９１２３４５６７８",
            "13912345678/025-84550000",
        ),
        *("025-84550000-8001", "2584550000", "(025)84550000", "0512-65221234", "0550-3021234", "010-62345678"),
        *("+852 6123 4567", "00852-61234567", "+853-66123456", "+886912345678", "+1-650-253-0000", "13888888888"),
    ),
    "policyholder.name": (
        *(
            "阿卜杜拉•买买提",
            "古丽努尔·阿不都热合曼",
            "巴音孟克其其格",
            "次仁央宗",
            "马䶮",
            "𠮷田一郎",
            "张\ue863",
            "毛毛",
            "王〇",
        ),
        *("欧阳娜娜", "王 小 明", "张建厂", "李大学", "王中心", "丁一", "万事如意", "陳大文", "许总"),
    ),
    "policyholder.address": (
        *(
            "南京市白下区中山东路100号",
            "江苏省江宁县东山镇上元大街1号",
            "宿迁市沭阳县贤官镇小李庄村三组",
            "上海浦东世纪大道100号",
        ),
        *(
            "湖北省仙桃市沔阳大道1号",
            "新疆维吾尔自治区石河子市北四路1号",
            "江苏 南京 江宁 胜太路68号",
            "平谷县平谷镇1号",
        ),
    ),
    "plate": (
        *(
            "苏A·12345",
            "苏AD12345",
            "苏AF12345",
            "苏A12345D",
            "苏A1234挂",
            "苏A1234学",
            "苏A1234警",
            "粤Z1234港",
            "粤Z1234澳",
        ),
        *(
            "使014578",
            "224001使",
            "沪A0023领",
            "WJ苏12345",
            "WJ3212345",
            "KA12345",
            "军A12345",
            "民航A1234",
            "京X1234应急",
        ),
        *("苏0112345", "苏A12345蓝", "蘇A12345", "京AG00001", "新车", "未上牌", "*-*"),
    ),
    "vin": ("LSVAB2BR8KN123456", "1M8GDM9AXKP042788", "1HGCM82633A004352", "WVWZZZ1JZXW000001", "LSVAB2BR8KNI23456"),
}


@pytest.mark.parametrize("field", VALID)
def test_a_valid_value_is_never_called_false(field: str) -> None:
    outcomes = found(*({field: value} for value in VALID[field]))
    assert {value: ids for value, ids in zip(VALID[field], outcomes, strict=True) if ids} == {}


FALSE = [
    ("N01", "policyholder.name", "暂无"),
    ("N02", "policyholder.name", "王小明1"),
    ("N04", "policyholder.name", "测试客户"),
    ("N05", "policyholder.name", "王先生"),
    ("N06", "policyholder.name", "王*明"),
    ("N08", "policyholder.name", "南京某某物流有限公司"),
    ("D01", "policyholder.cert_no", "无"),
    ("D02", "policyholder.cert_type", "0l"),
    ("D03", "policyholder.cert_no", "3201021988010112"),
    ("D04", "policyholder.cert_no", "320102198801011234"),
    ("D05", "policyholder.cert_no", "320106198502291237"),
    ("D12", "policyholder.cert_no", "111111111111111"),
    ("D12", "policyholder.cert_no", "11010519491231002X"),
    ("D13", "policyholder.cert_no", "3.20102E+17"),
    ("P01", "policyholder.mobile", None),
    ("P02", "policyholder.mobile", "14212345678"),
    ("P04", "policyholder.mobile", "4008195518"),
    ("P06", "policyholder.mobile", "13800138000"),
    ("P11", "policyholder.mobile", "139****5678"),
    ("A01", "policyholder.address", "同上"),
    ("V01", "plate", "苏A1234"),
    ("V03", "vin", "LSVAB2BR8KN12345"),
]


FALSE_DOCUMENTS = [
    ("D14", "港澳台居民居住证", "810000199003074011"),
    ("D15", "外国人永久居留身份证", "932682198501010018"),
    ("D16", "中国护照", "E1234567"),
    ("D17", "港澳居民来往内地通行证", "A12345678"),
    ("D22", "居民身份证", "91320100MA1X7K3P4X"),
    ("D23", "营业执照", "91320100MA1X7K3P4X"),
]
FALSE_OF_ORGANISATIONS = [
    ("D19", "统一社会信用代码", "91320100MA1X7K3P4Y"),
    ("D20", "组织机构代码证", "12345678-9"),
]


def test_a_false_value_of_the_catalogue_is_called_false() -> None:
    person = {"policyholder.customer_type": "个人"}
    told = [
        *((rule, {field: value}) for rule, field, value in FALSE),
        *((rule, person | of_type(kind, number)) for rule, kind, number in FALSE_DOCUMENTS),
        *((rule, ORGANISATION | of_type(kind, number)) for rule, kind, number in FALSE_OF_ORGANISATIONS),
    ]
    outcomes = found(*(values for _, values in told))
    assert [(rule, values) for (rule, values), ids in zip(told, outcomes, strict=True) if rule not in ids] == []


def test_what_is_missing_is_missing_and_not_wrong_too() -> None:
    assert found({"policyholder.name": None}, {"policyholder.cert_no": None}) == [{"N01"}, {"D01"}]

"""Rules of vehicles: V01–V07. Asked of every party whose record tells of a vehicle."""

from datetime import date, datetime, time

import polars as pl

from pipeline.core.rules.audience import (
    CLAIM_PARTY,
    CUSTOMER,
    KIND,
    ORGANISATION,
    POLICY_PARTY,
    ROLE,
    STANDING,
    among,
    bears,
    given,
    limit,
    wrong,
)
from pipeline.core.rules.rule import Failing, Reason, Rule

_PLATE = pl.col("plate")
_PLATE_REASON = pl.col("plate__reason")
_TYPE = pl.col("plate_type")
_VIN = pl.col("vin")
_ENGINE = pl.col("engine_no")
_HAS_VEHICLE = pl.any_horizontal(pl.col("plate", "vin", "engine_no").is_not_null()) | pl.col("plate__set_aside")
_COVERED = pl.coalesce("cover_from", "issued_on", "limit__night")
_NEW_ENERGY_TYPES = ("51", "52")

_NEW_ENERGY = among(pl.col("plate__kind"), "new_energy_small", "new_energy_large")


_AGREES = pl.col("plate__agrees")
_POLICY = {"cover_from": date(2026, 1, 1), "cover_to": date(2026, 12, 31)}
_CAR = {"plate": "苏A12345", "vin": "LSVAB2BR8KN123456"}
_FIRST = {**_CAR, "role": "owner", "policy_no": "P1", "issued_on": date(2025, 3, 2)}
_SECOND = _FIRST | {"policy_no": "P2", "issued_on": date(2026, 3, 2)}
_SELLER = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
_MET_AT = datetime.combine(date(2026, 8, 1), time(8, 15))
_BUYER = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}

VEHICLES: tuple[Rule, ...] = (
    Rule(
        "V01",
        "车牌",
        "number plate",
        "value",
        (
            Reason("masked", "F", "missing", "号牌已脱敏", "masked", bears("plate", "masked")),
            Reason("grammar", "F", "fail", "不符合号牌编码规则", "not of a plate's form", _PLATE_REASON.is_not_null()),
            Reason(
                "missing",
                "W",
                "missing",
                "没有车牌，且不是新车",
                "no plate, though the car is not new",
                pl.when(_PLATE.is_null())
                .then((_COVERED - pl.col("first_registered_on")).dt.total_days() > limit("new_car_days"))
                .otherwise(pl.lit(value=False)),
            ),
        ),
        "“未上牌”“新车”等按无牌处理；起保时初登不超过60天的新车可以无牌；初登日期未知时不作判断。",
        "Words such as 未上牌 count as no plate. A car first registered within 60 days of the start of cover may "
        "lack one; without that date it is unknown.",
        ("GA36", "LIB"),
        asked=(POLICY_PARTY & _HAS_VEHICLE) | given("plate"),
        passes=(
            {"plate": "苏A12345"},
            {"plate": "苏AD12345"},
            {"plate": None, "vin": "LSVAB2BR8KN123456", "first_registered_on": date(2025, 12, 20), **_POLICY},
        ),
        fails=(
            Failing("grammar", {"plate": "苏A1234"}),
            Failing("masked", {"plate": "苏A12*45"}),
            Failing(
                "missing",
                {
                    "plate": None,
                    "first_registered_on": date(2019, 5, 1),
                    "repairs": [("plate", "placeholder", "未上牌")],
                    **_POLICY,
                },
            ),
        ),
    ),
    Rule(
        "V02",
        "号牌种类",
        "plate and plate type",
        "row",
        (
            Reason(
                "new_energy",
                "W",
                "suspect",
                "8位号牌与新能源号牌种类不一致",
                "eight characters and a new-energy type belong together",
                among(_TYPE, *_NEW_ENERGY_TYPES) != _NEW_ENERGY,
            ),
            Reason(
                "size",
                "W",
                "suspect",
                "新能源号牌的大小型与字母位置不一致",
                "the letter's place tells small from large",
                _NEW_ENERGY & ~_AGREES,
            ),
            Reason(
                "suffix",
                "W",
                "suspect",
                "号牌的挂、学、警等与种类不一致",
                "trailer, learner, police … and the type disagree",
                ~_AGREES,
            ),
        ),
        "GA 24.7 各号牌种类可以对应的号牌样式见 plate_types.csv；“其他”等不说明样式的种类不问。",
        "GA 24.7: which kinds of plate a type may bear stands in plate_types.csv; types that say nothing of the "
        "number are not asked.",
        ("CODE", "GA24", "GA36"),
        asked=given("plate") & _AGREES.is_not_null(),
        passes=({"plate": "苏AD12345", "plate_type": "52"}, {"plate": "苏A1234挂", "plate_type": "15"}),
        fails=(
            Failing("new_energy", {"plate": "苏AD12345", "plate_type": "02"}),
            Failing("size", {"plate": "苏A12345D", "plate_type": "52"}),
            Failing("suffix", {"plate": "苏A12345", "plate_type": "15"}),
        ),
    ),
    Rule(
        "V03",
        "VIN 位数/字符",
        "VIN: length and characters",
        "value",
        (
            Reason("length", "F", "fail", "不是17位", "not 17 characters", wrong("vin", "length")),
            Reason(
                "characters",
                "F",
                "fail",
                "含I、O、Q或其他不允许的字符",
                "I, O, Q or another character a VIN has not",
                wrong("vin", "characters"),
            ),
            Reason("repeated", "F", "fail", "全部字符相同", "one character seventeen times", wrong("vin", "repeated")),
            Reason(
                "letter_swap",
                "I",
                "repair",
                "I、O、Q已改为1、0，改后校验位相符",
                "I, O, Q read as 1, 0, after which the check digit fits",
                pl.col("vin__letter_swap"),
            ),
        ),
        "GB 16735。改正字母后校验位相符的已修复。",
        "GB 16735. Letters put right where the check digit then fits are repaired.",
        ("GB16735",),
        asked=(POLICY_PARTY & _HAS_VEHICLE) | given("vin"),
        passes=({"vin": "LSVAB2BR8KN123456"},),
        fails=(
            Failing("length", {"vin": "LSVAB2BR8KN12345"}),
            Failing("characters", {"vin": "LSVAB2BR7KNI2345Q"}),
            Failing("repeated", {"vin": "11111111111111111"}),
            Failing(
                "letter_swap", {"vin": "LSVAB2BR8KN123456", "repairs": [("vin", "letter_swap", "LSVAB2BR8KNI23456")]}
            ),
        ),
    ),
    Rule(
        "V04",
        "VIN 校验位",
        "VIN: check digit",
        "value",
        (
            Reason(
                "check_digit",
                "W",
                "suspect",
                "第9位校验位不符",
                "position 9 does not fit",
                ~pl.col("vin__check_digit_ok"),
            ),
        ),
        "进口车和2004年前的车可能没有校验位，只算可疑。",
        "Imported cars and those from before 2004 may lack one, so only suspect.",
        ("GB16735", "ISO3779"),
        asked=(POLICY_PARTY & _HAS_VEHICLE) | given("vin"),
        passes=({"vin": "LSVAB2BR8KN123456"},),
        fails=(Failing("check_digit", {"vin": "LSVAB2BR7KN123456"}),),
    ),
    Rule(
        "V05",
        "一车多牌",
        "one car, two plates",
        "shared",
        (
            Reason(
                "two_plates",
                "W",
                "suspect",
                "同一车架号在重叠保险期内有两个号牌",
                "one VIN with two plates while cover overlaps",
            ),
            Reason(
                "two_vins",
                "W",
                "suspect",
                "同一号牌在重叠保险期内有两个车架号",
                "one plate with two VINs while cover overlaps",
            ),
        ),
        "只比较有效的号牌与车架号；保险期相接不算重叠；注销、退保、测试保单不参与。",
        "Valid plates and VINs only; cover that ends as the next begins does not overlap; cancelled, void and test "
        "policies take no part.",
        ("PRACTICE",),
        asked=POLICY_PARTY & STANDING & _PLATE.is_not_null() & _VIN.is_not_null(),
        given=_PLATE_REASON.is_null()
        & ~bears("vin", "length", "characters", "repeated")
        & (pl.col("cover_from") <= pl.col("cover_to")),
        passes=(
            (
                {**_CAR, **_POLICY, "policy_no": "P1"},
                {
                    **_CAR,
                    "policy_no": "P2",
                    "plate": "苏AD12345",
                    "cover_from": date(2026, 12, 31),
                    "cover_to": date(2027, 12, 31),
                },
            ),
        ),
        fails=(
            Failing(
                "two_plates",
                ({**_CAR, **_POLICY, "policy_no": "P1"}, {**_CAR, **_POLICY, "policy_no": "P2", "plate": "苏B54321"}),
            ),
            Failing(
                "two_vins",
                (
                    {**_CAR, **_POLICY, "policy_no": "P1"},
                    {**_CAR, **_POLICY, "policy_no": "P2", "vin": "1M8GDM9AXKP042788"},
                ),
            ),
        ),
    ),
    Rule(
        "V06",
        "发动机号",
        "engine number",
        "value",
        (
            Reason("missing", "W", "missing", "没有发动机号", "missing", _ENGINE.is_null()),
            Reason(
                "equals_vin", "W", "suspect", "与车架号相同", "the VIN again", (_ENGINE == _VIN).fill_null(value=False)
            ),
            Reason(
                "equals_plate",
                "W",
                "suspect",
                "与车牌相同",
                "the plate again",
                (_ENGINE == _PLATE).fill_null(value=False),
            ),
            Reason("too_short", "W", "suspect", "不足4位", "under four characters", bears("engine_no", "too_short")),
            Reason(
                "repeated",
                "W",
                "suspect",
                "全部字符相同",
                "one character over and over",
                bears("engine_no", "repeated"),
            ),
        ),
        "发动机号没有国家标准，只查明显的填充值。",
        "There is no standard of engine numbers; only plain fillers are found.",
        ("PRACTICE",),
        asked=(POLICY_PARTY & _HAS_VEHICLE) | (CUSTOMER & _ENGINE.is_not_null()),
        passes=({**_CAR, "engine_no": "EA888123456"},),
        fails=(
            Failing("missing", {**_CAR, "engine_no": None}),
            Failing("equals_vin", {**_CAR, "engine_no": "LSVAB2BR8KN123456"}),
            Failing("equals_plate", {**_CAR, "engine_no": "苏A12345"}),
            Failing("too_short", {**_CAR, "engine_no": "A1"}),
            Failing("repeated", {**_CAR, "engine_no": "000000"}),
        ),
    ),
    Rule(
        "V07",
        "车辆过户",
        "ownership change",
        "customer",
        (
            Reason(
                "lead",
                "I",
                "info",
                "巡查时该车在他人处：可能已过户",
                "the patrol met the car with somebody else: it may have been sold",
            ),
            Reason("claim", "I", "info", "理赔中的车主是他人：可能已过户", "a claim names another owner"),
            Reason(
                "later_policy", "I", "info", "较晚的保单车主是他人：可能已过户", "a later policy names another owner"
            ),
        ),
        "问承保和理赔中的车主，以及巡查线索。此前已有以该车架号投保的保单，而他不是其中任何一方的客户时，提示可能过户；在他之后的信息不再提示。"
        "按匹配后的客户比较；姓名不完整的不作判断；注销、退保、测试保单不算。",
        "Asked of owners in policies and claims, and of leads: an earlier policy insures the VIN, and its parties are "
        "other customers. Who has once been a party of a policy for the car is not new to it. Customers are compared, "
        "so an incomplete name is unknown; cancelled, void and test policies do not count.",
        ("PRACTICE",),
        asked=(((POLICY_PARTY & STANDING) | CLAIM_PARTY) & (ROLE == "owner") | (KIND == "leads")) & _VIN.is_not_null(),
        given=~bears("vin", "length", "characters", "repeated")
        & (pl.col("name__complete") | ORGANISATION).fill_null(value=False),
        passes=(
            (_SECOND | _SELLER, _FIRST | _SELLER),
            (_SECOND | _BUYER, {**_FIRST, **_BUYER, "role": "insured"}, _FIRST | _SELLER),
            (_SECOND | _BUYER, _FIRST | _SELLER | {"policy_status": "cancelled"}),
        ),
        fails=(
            Failing("later_policy", (_SECOND | _BUYER, _FIRST | _SELLER)),
            Failing(
                "claim",
                (
                    {**_CAR, **_BUYER, "source": "claims", "role": "owner", "captured_at": _MET_AT},
                    _FIRST | _SELLER,
                ),
            ),
            Failing(
                "lead",
                (
                    {**_CAR, **_BUYER, "source": "leads", "role": "contact", "captured_at": _MET_AT},
                    _FIRST | _SELLER,
                ),
            ),
        ),
    ),
)

"""Rules of the number and validity of a person's document, seen on one observation: D01–D13."""

from datetime import date

import polars as pl

from pipeline.core.rules.audience import (
    CLAIM_PARTY,
    CUSTOMER,
    PERSON,
    POLICY_PARTY,
    ROLE,
    among,
    bears,
    given,
    limit,
    wrong,
)
from pipeline.core.rules.document_columns import (
    BORN,
    CHECK_DIGIT,
    DATE,
    DECLARED,
    NUMBER,
    RESIDENT,
    TYPE,
    WELL_FORMED,
    of_type,
)
from pipeline.core.rules.rule import Failing, Reason, Rule

LONG_TERM = date(9999, 12, 31)

_REGION = pl.col("cert_no__region")
_ON_CARD = of_type(*RESIDENT)
_FROM = pl.col("cert_valid_from")
_TO = pl.col("cert_valid_to")
_COVER = pl.coalesce("cover_from", "issued_on")
_BIRTH = pl.coalesce(pl.when(pl.col("cert_no__valid")).then(BORN), "birth_date")


def years(since: pl.Expr, until: pl.Expr) -> pl.Expr:
    """Completed years between two dates."""
    return (_ordinal(until) - _ordinal(since)) // 10_000


def _ordinal(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int32) * 10_000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day().cast(pl.Int32)


def _term(days: pl.Expr) -> pl.Expr:
    """Days of a card's life the law knows: 5, 10 or 20 years give or take a day, or a temporary card's three months."""
    terms = ((89, 93), (1825, 1828), (3651, 3654), (7304, 7307))
    return pl.any_horizontal(days.is_between(least, most) for least, most in terms)


DOCUMENTS: tuple[Rule, ...] = (
    Rule(
        "D01",
        "证件号缺失",
        "document number missing",
        "value",
        (
            Reason(
                "missing",
                "F",
                "missing",
                "没有证件号，或只有“无”之类的字样",
                "no number, or only a word for nothing",
                NUMBER.is_null() & ~pl.col("cert_no__precision_lost"),
            ),
        ),
        "客户基本信息必须有证件号。只问保单当事人；被电子表格毁掉的号码归 D13。",
        "Customer information must hold one. Asked of the parties of policies only; a number a spreadsheet "
        "destroyed is D13's.",
        ("SX18", "AML07", "CIRC82"),
        asked=POLICY_PARTY,
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(Failing("missing", {"cert_no": None, "repairs": [("cert_no", "null_word", "无")]}),),
    ),
    Rule(
        "D02",
        "证件类型不在码表",
        "document type not in the code set",
        "value",
        (
            Reason(
                "unknown_code",
                "F",
                "fail",
                "证件类型代码不在码表",
                "a code the code set does not have",
                pl.col("cert_type__unknown_code"),
            ),
            Reason(
                "other",
                "W",
                "suspect",
                "证件类型为“其他”或“异常身份证”",
                "type other or abnormal resident id",
                among(DECLARED, "OTHER", "RIC_ABN"),
            ),
        ),
        "各来源代码先按码表换算；没有证件类型时不作判断。",
        "Each source's codes are mapped first; no type at all is unknown, not wrong.",
        ("CODE", "API"),
        asked=POLICY_PARTY | given("cert_type") | (CUSTOMER & pl.col("cert_type__unknown_code")),
        passes=({"cert_type": "RIC"},),
        fails=(
            Failing("unknown_code", {"cert_type": None, "repairs": [("cert_type", "unknown_code", "0l")]}),
            Failing("other", {"cert_type": "OTHER"}),
        ),
    ),
    Rule(
        "D03",
        "身份证位数/字符",
        "resident id: length and characters",
        "value",
        (
            Reason("masked", "F", "missing", "身份证号已脱敏", "masked", wrong("cert_no", "masked")),
            Reason(
                "shape",
                "F",
                "fail",
                "不是18位身份证号",
                "not the 18 characters of a resident id",
                ~WELL_FORMED & (TYPE != "DRIVER"),
            ),
            Reason(
                "licence_shape",
                "W",
                "suspect",
                "驾驶证号不是公民身份号码（可能填了档案编号，或为外国人）",
                "a driving licence number that is no citizen number: the file number was typed, or the holder is a "
                "foreigner",
                ~WELL_FORMED & (TYPE == "DRIVER"),
            ),
        ),
        "身份证、户口簿按 GB 11643；驾驶证号允许外国人和档案编号，只算可疑。",
        "By GB 11643 for the identity card and household book. Foreigners hold driving licences under other "
        "numbers, and the file number is often typed: only suspect there.",
        ("GB11643",),
        asked=_ON_CARD,
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(
            Failing("shape", {"cert_type": "RIC", "cert_no": "3201021988010112"}),
            Failing("masked", {"cert_type": "RIC", "cert_no": "320102********1236"}),
            Failing("licence_shape", {"cert_type": "DRIVER", "cert_no": "320100123456"}),
        ),
    ),
    Rule(
        "D04",
        "校验位",
        "resident id: check digit",
        "value",
        (
            Reason(
                "check_digit",
                "F",
                "fail",
                "校验位不符",
                "the check digit does not fit",
                pl.when(~bears("cert_no", "precision_lost")).then(~CHECK_DIGIT),
            ),
        ),
        "ISO 7064 MOD 11-2，能发现所有单字错误和相邻换位；被电子表格截成000结尾的归 D13。",
        "ISO 7064 MOD 11-2 finds every single wrong digit and every swap of neighbours. A tail of 000 a "
        "spreadsheet left is D13's.",
        ("GB11643",),
        asked=_ON_CARD,
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(Failing("check_digit", {"cert_type": "RIC", "cert_no": "320102198801011234"}),),
    ),
    Rule(
        "D05",
        "出生日期非法",
        "resident id: date of birth",
        "value",
        (
            Reason(
                "date",
                "F",
                "fail",
                "号码中的出生日期不存在、晚于业务日期或超过120岁",
                "no real day, later than tonight, or over 120 years ago",
                ~DATE,
            ),
        ),
        "第7至14位应是真实日期。",
        "Characters 7 to 14 are a real day, not in the future, not over 120 years ago.",
        ("GB11643",),
        asked=_ON_CARD,
        passes=({"cert_type": "RIC", "cert_no": "320106198502281231"},),
        fails=(Failing("date", {"cert_type": "RIC", "cert_no": "320106198502291237"}),),
    ),
    Rule(
        "D06",
        "地区码",
        "resident id: region code",
        "value",
        (
            Reason(
                "province",
                "F",
                "fail",
                "前两位不是省级代码",
                "the first two digits are no province",
                _REGION == "unknown_province",
            ),
            Reason(
                "county",
                "W",
                "suspect",
                "前六位从未启用",
                "the first six digits were never allocated",
                _REGION == "unknown_county",
            ),
        ),
        "只看代码是否曾经启用，绝不拿出生年份与代码的启用年份比较（真人会不符）。",
        "Asked against every code ever in force; the year of birth is never compared with a code's years, because "
        "real people fail that.",
        ("GB2260", "LIB"),
        asked=_ON_CARD,
        passes=({"cert_type": "RIC", "cert_no": "320115200106150025"},),
        fails=(
            Failing("county", {"cert_type": "RIC", "cert_no": "329999198801011237"}),
            Failing("province", {"cert_type": "RIC", "cert_no": "180102198801011239"}),
        ),
    ),
    Rule(
        "D07",
        "一代证号",
        "first-generation id",
        "value",
        (
            Reason(
                "obsolete",
                "W",
                "suspect",
                "15位旧号，已换算为18位",
                "a 15-digit number, converted to 18",
                pl.col("cert_no__converted_from_15"),
            ),
        ),
        "一代证自2013-01-01停用；换算后的号码照常核查，原号保留。",
        "Void since 2013-01-01. The converted number is examined like any other; the original is kept.",
        ("GB11643", "PRACTICE"),
        asked=_ON_CARD & NUMBER.is_not_null(),
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(
            Failing(
                "obsolete",
                {
                    "cert_type": "RIC",
                    "cert_no": "33010219200403064X",
                    "repairs": [("cert_no", "converted_from_15", "330102200403064")],
                },
            ),
        ),
    ),
    Rule(
        "D08",
        "证件与生日不一致",
        "date of birth differs from the document's",
        "row",
        (
            Reason(
                "differs",
                "F",
                "fail",
                "出生日期与证件号中的不同",
                "the date given is not the one in the number",
                pl.when(pl.col("cert_no__valid")).then(pl.col("birth_date") != BORN),
            ),
        ),
        "只与完全有效的号码比较；号码无效时不作判断。",
        "Compared with fully valid numbers only; else unknown.",
        ("CIRC82", "API"),
        asked=given("birth_date") & PERSON & among(TYPE, *RESIDENT, "HMT_RESIDENCE", "FPR"),
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236", "birth_date": date(1988, 1, 1)},),
        fails=(
            Failing("differs", {"cert_type": "RIC", "cert_no": "320102198801011236", "birth_date": date(1989, 1, 1)}),
        ),
    ),
    Rule(
        "D09",
        "证件与性别不一致",
        "sex differs from the document's",
        "row",
        (
            Reason(
                "differs",
                "W",
                "repair",
                "性别与证件号中的不同，以证件为准",
                "the sex given is not the number's, which is to be preferred",
                pl.when(pl.col("cert_no__valid")).then((pl.col("gender") == "male") != pl.col("cert_no__male")),
            ),
        ),
        "第17位奇数为男。",
        "The 17th digit is odd for men.",
        ("CIRC82", "API"),
        asked=given("gender") & PERSON & among(TYPE, *RESIDENT, "HMT_RESIDENCE"),
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236", "gender": "male"},),
        fails=(Failing("differs", {"cert_type": "RIC", "cert_no": "320102198801011236", "gender": "female"}),),
    ),
    Rule(
        "D10",
        "年龄与角色",
        "age and role",
        "row",
        (
            Reason(
                "minor",
                "W",
                "suspect",
                "投保人或驾驶员未满18岁",
                "policyholder or driver under age",
                among(ROLE, "policyholder", "driver") & (limit("adults_born_by") < _BIRTH),
            ),
            Reason(
                "very_old", "W", "suspect", "超过100岁", "over a hundred years old", limit("oldest_born_since") > _BIRTH
            ),
        ),
        "不合法的年龄本身不等于假信息，只算可疑。年龄按业务日期计算。",
        "An unlawful age is not false by itself: suspect. Age on the business date.",
        ("CIVIL", "PRACTICE"),
        asked=(POLICY_PARTY | (CLAIM_PARTY & (ROLE == "driver") & _BIRTH.is_not_null())) & PERSON,
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(
            Failing("minor", {"cert_type": "RIC", "cert_no": "320102201706011216"}),
            Failing("very_old", {"cert_type": "RIC", "cert_no": "320102191010101217"}),
        ),
    ),
    Rule(
        "D11",
        "证件有效期",
        "validity of the document",
        "row",
        (
            Reason("reversed", "F", "fail", "有效期止早于起", "it ends before it begins", _TO < _FROM),
            Reason("expired", "W", "suspect", "起保前证件已过期", "expired before cover began", _TO < _COVER),
            Reason(
                "long_term_too_young",
                "W",
                "suspect",
                "长期有效，但签发时未满46岁",
                "long-term, though the holder was under 46 when it was issued",
                (_TO == LONG_TERM) & (TYPE == "RIC") & (years(_BIRTH, _FROM) < limit("long_term_age")),
            ),
            Reason(
                "term",
                "W",
                "suspect",
                "身份证有效期不是5年、10年、20年",
                "an identity card lives 5, 10 or 20 years",
                (TYPE == "RIC") & (_TO != LONG_TERM) & ~_term((_TO - _FROM).dt.total_days()),
            ),
        ),
        "居民身份证法第五条。临时身份证三个月有效，同样放行；只要求保单当事人中给出有效期的。",
        "Resident Identity Card Law, art. 5, give or take a day; a temporary card's three months pass too. Asked "
        "where a date is given.",
        ("AML07", "API", "IDLAW"),
        asked=POLICY_PARTY & (_FROM.is_not_null() | _TO.is_not_null()),
        passes=(
            {
                "cert_type": "RIC",
                "cert_no": "320102198801011236",
                "cert_valid_from": date(2015, 3, 2),
                "cert_valid_to": date(2035, 3, 2),
                "cover_from": date(2026, 1, 1),
            },
            {
                "cert_type": "RIC",
                "cert_no": "320111196904303116",
                "cert_valid_from": date(2016, 3, 2),
                "cert_valid_to": LONG_TERM,
                "cover_from": date(2026, 1, 1),
            },
        ),
        fails=(
            Failing(
                "reversed", {"cert_type": "RIC", "cert_valid_from": date(2019, 1, 1), "cert_valid_to": date(2018, 1, 1)}
            ),
            Failing(
                "expired",
                {
                    "cert_type": "RIC",
                    "cert_valid_from": date(2005, 3, 2),
                    "cert_valid_to": date(2025, 3, 2),
                    "cover_from": date(2026, 1, 1),
                },
            ),
            Failing(
                "long_term_too_young",
                {
                    "cert_type": "RIC",
                    "cert_no": "320102198801011236",
                    "cert_valid_from": date(2015, 3, 2),
                    "cert_valid_to": LONG_TERM,
                    "cover_from": date(2026, 1, 1),
                },
            ),
            Failing(
                "term",
                {
                    "cert_type": "RIC",
                    "cert_valid_from": date(2020, 3, 2),
                    "cert_valid_to": date(2027, 3, 2),
                    "cover_from": date(2026, 1, 1),
                },
            ),
        ),
    ),
    Rule(
        "D12",
        "占位证件号",
        "placeholder number",
        "value",
        (
            Reason(
                "placeholder",
                "F",
                "fail",
                "占位号码或公开示例号码",
                "a filler or a published sample",
                pl.col("cert_no__placeholder"),
            ),
        ),
        "全同数字、顺子、公开示例号码不属于任何人，即使校验位正确。",
        "All digits equal, a run, or a published sample belongs to nobody, even where the check digit fits.",
        ("LIB", "PRACTICE"),
        asked=POLICY_PARTY | given("cert_no"),
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(
            Failing("placeholder", {"cert_type": "RIC", "cert_no": "111111111111111"}),
            Failing("placeholder", {"cert_type": "RIC", "cert_no": "11010519491231002X"}),
        ),
    ),
    Rule(
        "D13",
        "科学计数法精度丢失",
        "precision lost",
        "value",
        (
            Reason(
                "precision_lost",
                "F",
                "missing",
                "号码被电子表格当作数值，尾数不可信",
                "a spreadsheet made a number of it; its tail cannot be trusted",
                pl.col("cert_no__precision_lost") | bears("cert_no", "precision_lost"),
            ),
        ),
        "数值单元格只保留15至17位，剩下的看似正常；这是丢失而不是错误。",
        "A numeric cell keeps 15 to 17 digits and the rest looks plausible: lost, not wrong.",
        ("PRACTICE",),
        asked=given("cert_no") | (CUSTOMER & pl.col("cert_no__precision_lost")),
        passes=({"cert_type": "RIC", "cert_no": "320102198801011236"},),
        fails=(
            Failing(
                "precision_lost",
                {"cert_type": "RIC", "cert_no": None, "repairs": [("cert_no", "precision_lost", "3.20102E+17")]},
            ),
            Failing("precision_lost", {"cert_type": "RIC", "cert_no": "320102198801011000"}),
        ),
    ),
)

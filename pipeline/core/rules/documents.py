"""Rules of identity documents seen on one observation: D01–D23."""

from datetime import date

import polars as pl

from pipeline.core.rules.audience import (
    CLAIM_PARTY,
    CUSTOMER,
    ORGANISATION,
    PERSON,
    POLICY_PARTY,
    ROLE,
    among,
    bears,
    given,
    limit,
    wrong,
)
from pipeline.core.rules.rule import Failing, Reason, Rule

RESIDENT = ("RIC", "HUKOU", "DRIVER")
"""Documents that carry the citizen number (code set: 01, 02, 03)."""
ORGANISATION_DOCUMENTS = ("ORG", "TAX", "BIZ", "USCC")
LONG_TERM = date(9999, 12, 31)

_DECLARED = pl.col("cert_type")
# Declared, or what a number without a declared type plainly is.
_TYPE = pl.col("cert_no__type")
_NUMBER = pl.col("cert_no")
_LENGTH = _NUMBER.str.len_chars()
_WELL_FORMED = pl.col("cert_no__well_formed")
_CHECK_DIGIT = pl.col("cert_no__check_digit_ok")
_DATE = pl.col("cert_no__date_ok")
_REGION = pl.col("cert_no__region")
_BORN = pl.col("cert_no__birth_date")
_PERSON_LICENSED = (pl.col("customer_type") == "person") & among(_DECLARED, *ORGANISATION_DOCUMENTS)
_PASSES_AS = pl.col("cert_no__passes_as")
_IS_CREDIT_CODE = (_PASSES_AS == "USCC").fill_null(value=False)
_SUCCESSOR = (_DECLARED == "ORG") & _IS_CREDIT_CODE
_LAWFUL_OTHER = bears("cert_no", "hmt_permit") | ((_DECLARED == "DRIVER") & ~among(_PASSES_AS, *ORGANISATION_DOCUMENTS))
_ON_CARD = CUSTOMER & among(_TYPE, *RESIDENT)


def of_type(*types: str) -> pl.Expr:
    """A customer's party whose document is one of ``types``."""
    return CUSTOMER & among(_TYPE, *types)


def years(since: pl.Expr, until: pl.Expr) -> pl.Expr:
    """Completed years between two dates."""
    return (_ordinal(until) - _ordinal(since)) // 10_000


def _ordinal(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int32) * 10_000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day().cast(pl.Int32)


def _term(days: pl.Expr) -> pl.Expr:
    """Days of a card's life the law knows: 5, 10 or 20 years give or take a day, or a temporary card's three months."""
    terms = ((89, 93), (1825, 1828), (3651, 3654), (7304, 7307))
    return pl.any_horizontal(days.is_between(least, most) for least, most in terms)


_FROM = pl.col("cert_valid_from")
_TO = pl.col("cert_valid_to")
_COVER = pl.coalesce("cover_from", "issued_on")
_BIRTH = pl.coalesce(pl.when(pl.col("cert_no__valid")).then(_BORN), "birth_date")

_IDENTITY: tuple[Rule, ...] = (
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
                _NUMBER.is_null() & ~pl.col("cert_no__precision_lost"),
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
                among(_DECLARED, "OTHER", "RIC_ABN"),
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
                ~_WELL_FORMED & (_TYPE != "DRIVER"),
            ),
            Reason(
                "licence_shape",
                "W",
                "suspect",
                "驾驶证号不是公民身份号码（可能填了档案编号，或为外国人）",
                "a driving licence number that is no citizen number: the file number was typed, or the holder is a "
                "foreigner",
                ~_WELL_FORMED & (_TYPE == "DRIVER"),
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
                pl.when(~bears("cert_no", "precision_lost")).then(~_CHECK_DIGIT),
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
                ~_DATE,
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
        asked=_ON_CARD & _NUMBER.is_not_null(),
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
                pl.when(pl.col("cert_no__valid")).then(pl.col("birth_date") != _BORN),
            ),
        ),
        "只与完全有效的号码比较；号码无效时不作判断。",
        "Compared with fully valid numbers only; else unknown.",
        ("CIRC82", "API"),
        asked=given("birth_date") & PERSON & among(_TYPE, *RESIDENT, "HMT_RESIDENCE", "FPR"),
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
        asked=given("gender") & PERSON & among(_TYPE, *RESIDENT, "HMT_RESIDENCE"),
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
                (_TO == LONG_TERM) & (_TYPE == "RIC") & (years(_BIRTH, _FROM) < limit("long_term_age")),
            ),
            Reason(
                "term",
                "W",
                "suspect",
                "身份证有效期不是5年、10年、20年",
                "an identity card lives 5, 10 or 20 years",
                (_TYPE == "RIC") & (_TO != LONG_TERM) & ~_term((_TO - _FROM).dt.total_days()),
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

_OTHER_DOCUMENTS: tuple[Rule, ...] = (
    Rule(
        "D14",
        "港澳台居住证",
        "residence permit of Hong Kong, Macao and Taiwan residents",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不是81、82、83开头的18位号码",
                "not 18 characters beginning 810000, 820000 or 830000",
                (_TYPE == "HMT_RESIDENCE") & ~_WELL_FORMED,
            ),
            Reason(
                "check_digit",
                "F",
                "fail",
                "校验位不符",
                "the check digit does not fit",
                (_TYPE == "HMT_RESIDENCE") & ~_CHECK_DIGIT,
            ),
            Reason("date", "F", "fail", "出生日期非法", "no real day of birth", (_TYPE == "HMT_RESIDENCE") & ~_DATE),
            Reason(
                "declared_resident_id",
                "W",
                "suspect",
                "号码是居住证，类型却是居民身份证",
                "a permit's number declared as a resident id",
                _TYPE != "HMT_RESIDENCE",
            ),
        ),
        "编码规则与身份证相同，只是前六位不同。",
        "Coded like a resident id but for the first six digits.",
        ("HMT", "LIB"),
        asked=of_type("HMT_RESIDENCE") | (CUSTOMER & bears("cert_no", "hmt_permit")),
        passes=({"cert_type": "HMT_RESIDENCE", "cert_no": "810000199003074016"},),
        fails=(
            Failing("check_digit", {"cert_type": "HMT_RESIDENCE", "cert_no": "810000199003074011"}),
            Failing("shape", {"cert_type": "HMT_RESIDENCE", "cert_no": "8100001990030740"}),
            Failing("date", {"cert_type": "HMT_RESIDENCE", "cert_no": "81000019850229123X"}),
            Failing("declared_resident_id", {"cert_type": "RIC", "cert_no": "810000199003074016"}),
        ),
    ),
    Rule(
        "D15",
        "外国人永居证",
        "foreigner's permanent residence card",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不符合新旧永居证的格式",
                "of a card's length, but not of its form",
                ~_WELL_FORMED & _LENGTH.is_in([15, 18]),
            ),
            Reason("check_digit", "F", "fail", "校验位不符", "the check digit does not fit", ~_CHECK_DIGIT),
            Reason("date", "F", "fail", "出生日期非法", "no real day of birth", ~_DATE),
            Reason(
                "other_paper",
                "W",
                "suspect",
                "位数不是永居证（可能是居留许可）",
                "not a card's length: perhaps a residence permit in a passport",
                ~_WELL_FORMED & ~_LENGTH.is_in([15, 18]),
            ),
        ),
        "代码53为“居留证件”，也包括护照内的居留许可，其号码无公开格式，只算可疑。",
        "Code 53 covers residence papers of every kind; the stickers in passports have no published form, so "
        "another length is only suspect.",
        ("NIA23", "LIB"),
        asked=of_type("FPR"),
        passes=(
            {"cert_type": "FPR", "cert_no": "932682198501010017", "name": "JOHN SMITH"},
            {"cert_type": "FPR", "cert_no": "911398199012310021", "name": "JOHN SMITH"},
        ),
        fails=(
            Failing("check_digit", {"cert_type": "FPR", "cert_no": "932682198501010018"}),
            Failing("shape", {"cert_type": "FPR", "cert_no": "KAZ11009012310A"}),
            Failing("date", {"cert_type": "FPR", "cert_no": "932682198502291236"}),
            Failing("other_paper", {"cert_type": "FPR", "cert_no": "12345678"}),
        ),
    ),
    Rule(
        "D16",
        "护照",
        "passport",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不符合中国护照格式",
                "not of a Chinese passport's form",
                ~_WELL_FORMED & (_TYPE == "PASSPORT_CN"),
            ),
            Reason(
                "foreign_shape",
                "W",
                "suspect",
                "不像护照号",
                "not of a passport's form",
                ~_WELL_FORMED & (_TYPE == "PASSPORT_X"),
            ),
        ),
        "中国护照格式已知；外国护照各国不同，只算可疑。",
        "The forms of Chinese passports are known; foreign ones differ, so only suspect.",
        ("LIB",),
        asked=of_type("PASSPORT_CN", "PASSPORT_X"),
        passes=(
            {"cert_type": "PASSPORT_CN", "cert_no": "E12345678"},
            {"cert_type": "PASSPORT_X", "cert_no": "C01X00T47"},
        ),
        fails=(
            Failing("shape", {"cert_type": "PASSPORT_CN", "cert_no": "E1234567"}),
            Failing("foreign_shape", {"cert_type": "PASSPORT_X", "cert_no": "12"}),
        ),
    ),
    Rule(
        "D17",
        "回乡证/台胞证",
        "travel permits of Hong Kong, Macao and Taiwan residents",
        "value",
        (
            Reason("shape", "F", "fail", "不符合回乡证或台胞证格式", "not of the permit's form", ~_WELL_FORMED),
            Reason(
                "mainland_permit",
                "W",
                "suspect",
                "号码是内地居民往来港澳台的通行证",
                "the number of a mainland resident's own exit permit",
                bears("cert_no", "mainland_permit"),
            ),
        ),
        "码表中的“港澳通行证”“台湾通行证”也指内地居民往来港澳台的证件（C、W、L、T开头），真人会填，只算可疑。",
        "The code set's names also fit the exit permits of mainland residents (C, W, L, T and eight characters), "
        "which real people give: suspect only.",
        ("LIB",),
        asked=of_type("HM_PERMIT", "TW_PERMIT"),
        passes=({"cert_type": "HM_PERMIT", "cert_no": "H12345678"}, {"cert_type": "TW_PERMIT", "cert_no": "12345678"}),
        fails=(
            Failing("shape", {"cert_type": "HM_PERMIT", "cert_no": "A12345678"}),
            Failing("mainland_permit", {"cert_type": "HM_PERMIT", "cert_no": "C12345678"}),
        ),
    ),
    Rule(
        "D18",
        "军官证",
        "military document",
        "value",
        (Reason("shape", "W", "suspect", "不像军官证号", "not of a military document's form", ~_WELL_FORMED),),
        "只有格式可查，写法很多，只算可疑。",
        "There is nothing but a form, and many ways to write it: suspect only.",
        ("LIB",),
        asked=of_type("MIL"),
        passes=({"cert_type": "MIL", "cert_no": "军字第2001988号"},),
        fails=(Failing("shape", {"cert_type": "MIL", "cert_no": "2001988"}),),
    ),
    Rule(
        "D19",
        "统一社会信用代码",
        "unified social credit code",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "位数或字符不符",
                "length or characters are wrong",
                ~_WELL_FORMED & (_TYPE != "TAX"),
            ),
            Reason(
                "check_digit",
                "F",
                "fail",
                "校验位不符",
                "the check character does not fit",
                ~_CHECK_DIGIT & (_TYPE != "TAX") & ~bears("cert_no", "early_fujian"),
            ),
            Reason(
                "early_fujian",
                "W",
                "suspect",
                "校验位不符，但福建早期代码确有此情形",
                "the check character does not fit, as with real early codes of Fujian",
                bears("cert_no", "early_fujian"),
            ),
            Reason(
                "tax_number",
                "W",
                "suspect",
                "税务登记号不是15、18或20位",
                "a tax number has 15, 18 or 20 characters",
                ~_WELL_FORMED & (_TYPE == "TAX"),
            ),
        ),
        "GB 32100 编码；福建（厦门）早期真实代码校验不符，只算可疑；税务登记证号随本条核查位数，只算可疑。",
        "GB 32100. Real early codes of Fujian fail the check: suspect. A tax registration number is asked here for "
        "its length, suspect only.",
        ("GB32100", "LIB"),
        asked=of_type("USCC", "TAX") | (of_type("BIZ") & (_LENGTH != 15).fill_null(value=True)),
        passes=(
            {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91320100MA1X7K3P4X"},
            {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "91320100MA1X7K3P4X"},
        ),
        fails=(
            Failing(
                "check_digit", {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91320100MA1X7K3P4Y"}
            ),
            Failing("shape", {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91320100MA1X7K3P4"}),
            Failing(
                "early_fujian", {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91350211M0000XUF46"}
            ),
            Failing("tax_number", {"customer_type": "organisation", "cert_type": "TAX", "cert_no": "1234"}),
        ),
    ),
    Rule(
        "D20",
        "组织机构代码",
        "organisation code",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不是8位加校验位",
                "not eight characters and a check character",
                ~_WELL_FORMED & ~_IS_CREDIT_CODE,
            ),
            Reason("check_digit", "F", "fail", "校验位不符", "the check character does not fit", ~_CHECK_DIGIT),
        ),
        "GB 11714。一条信息只有一个证件号，所以与信用代码第9至17位的比对不在此处；填了信用代码的归 D22。",
        "GB 11714. An observation bears one number, so the comparison with characters 9 to 17 of a credit code is "
        "not asked here; a credit code in its place is D22's.",
        ("GB11714",),
        asked=of_type("ORG"),
        passes=({"customer_type": "organisation", "cert_type": "ORG", "cert_no": "123456788"},),
        fails=(
            Failing("check_digit", {"customer_type": "organisation", "cert_type": "ORG", "cert_no": "123456789"}),
            Failing("shape", {"customer_type": "organisation", "cert_type": "ORG", "cert_no": "1234-8"}),
        ),
    ),
    Rule(
        "D21",
        "旧营业执照号",
        "15-digit business licence",
        "value",
        (
            Reason(
                "check_digit",
                "W",
                "suspect",
                "15位注册号校验位不符",
                "the check digit does not fit",
                (_LENGTH == 15) & ~_CHECK_DIGIT,
            ),
            Reason(
                "obsolete",
                "W",
                "suspect",
                "旧营业执照号，应索取统一社会信用代码",
                "an obsolete number: ask for the credit code",
                _LENGTH == 15,
            ),
        ),
        "15位注册号已由统一社会信用代码取代，有效也算可疑。",
        "The credit code replaced it, so even a valid one is suspect.",
        ("GS15", "LIB"),
        asked=of_type("BIZ"),
        passes=({"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "91320100MA1X7K3P4X"},),
        fails=(
            Failing("check_digit", {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "110108000000017"}),
            Failing("obsolete", {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "110108000000016"}),
        ),
    ),
    Rule(
        "D22",
        "证件类型与号码不符",
        "number of another document type",
        "row",
        (
            Reason(
                "other_type",
                "F",
                "fail",
                "号码不合所填类型，却完全符合另一种类型",
                "it fails its declared type and passes exactly one other",
                pl.when(_NUMBER.is_not_null()).then(_PASSES_AS.is_not_null() & ~_LAWFUL_OTHER & ~_SUCCESSOR),
            ),
            Reason(
                "successor_number",
                "W",
                "suspect",
                "类型为组织机构代码，号码已是统一社会信用代码",
                "declared an organisation code, but it is the credit code that replaced it",
                pl.when(_NUMBER.is_not_null()).then(_SUCCESSOR),
            ),
        ),
        "建议改为所符合的类型，接受之前算不通过。居住证误填为身份证归 D14；外国人、港澳台居民的驾驶证号就是其本人证"
        "件号；信用代码已取代组织机构代码，只算可疑。",
        "The type it passes as is proposed; it fails until that is accepted. A residence permit declared as a "
        "resident id is D14's; the driving licence of a foreigner bears the number of his own document; the credit "
        "code replaced the organisation code, so that is only suspect.",
        ("CIRC82", "PRACTICE"),
        asked=(POLICY_PARTY | given("cert_no"))
        & _DECLARED.is_not_null()
        & ~among(_DECLARED, "OTHER", "RIC_ABN", "TRAVEL"),
        passes=({"customer_type": "organisation", "cert_type": "ORG", "cert_no": "123456788"},),
        fails=(
            Failing("other_type", {"cert_type": "RIC", "cert_no": "91320100MA1X7K3P4X"}),
            Failing(
                "successor_number",
                {"customer_type": "organisation", "cert_type": "ORG", "cert_no": "91320100MA1X7K3P4X"},
            ),
        ),
    ),
    Rule(
        "D23",
        "客户类型与证件类型",
        "customer type and document type",
        "row",
        (
            Reason(
                "person_with_organisation_document",
                "F",
                "fail",
                "个人客户用单位证件",
                "a person with an organisation's document",
                _PERSON_LICENSED & ~pl.col("cert_no__sole_trader"),
            ),
            Reason(
                "organisation_with_personal_document",
                "F",
                "fail",
                "单位客户用个人证件",
                "an organisation with a person's document",
                ORGANISATION & among(_DECLARED, *RESIDENT, "PASSPORT_X"),
            ),
            Reason(
                "sole_trader",
                "W",
                "suspect",
                "个人客户用个体工商户执照",
                "a person with a sole trader's licence",
                _PERSON_LICENSED & pl.col("cert_no__sole_trader"),
            ),
        ),
        "个体工商户（92开头）在法律上是自然人，只算可疑。",
        "A sole trader (credit code beginning 92) is a natural person in law: suspect only.",
        ("CODE", "EAST"),
        asked=given("cert_type") | POLICY_PARTY,
        passes=({"customer_type": "organisation", "cert_type": "BIZ"},),
        fails=(
            Failing("person_with_organisation_document", {"cert_type": "BIZ"}),
            Failing("organisation_with_personal_document", {"customer_type": "organisation", "cert_type": "RIC"}),
            Failing("sole_trader", {"cert_type": "USCC", "cert_no": "92320102MA1N5Q7R8F"}),
        ),
    ),
)

DOCUMENTS = _IDENTITY + _OTHER_DOCUMENTS

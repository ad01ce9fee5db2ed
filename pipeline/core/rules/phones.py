"""Rules of phones seen on one observation: P01–P06, P11, P16–P18, P20."""

import polars as pl

from pipeline.core.rules.audience import CUSTOMER, PARTY, bears, expected, given, wrong
from pipeline.core.rules.rule import Failing, Reason, Rule

_KIND = pl.col("mobile__kind")
_MASKED = ("masked", "letters", "too_short")
_MOBILE_ANSWERS = pl.col("mobile__usable").fill_null(value=False)
_ANSWERS = (
    _MOBILE_ANSWERS
    | pl.col("landline__usable").fill_null(value=False)
    | pl.col("other_phones__usable")
    | pl.col("contact_phone__usable").fill_null(value=False)
)
_TELLS_PHONE = pl.any_horizontal(pl.col("mobile", "landline", "other_phones").is_not_null())
_PHONES = CUSTOMER & _TELLS_PHONE

PHONES: tuple[Rule, ...] = (
    Rule(
        "P01",
        "电话缺失",
        "phone missing",
        "value",
        (
            Reason(
                "missing",
                "F",
                "missing",
                "没有任何电话",
                "no phone at all",
                ~_ANSWERS & ~_TELLS_PHONE & pl.col("contact_phone").is_null(),
            ),
            Reason(
                "unusable",
                "F",
                "missing",
                "给出的号码没有一个能拨打",
                "none of the numbers given can be called",
                ~_ANSWERS,
            ),
        ),
        "客户必须能联系上；单位的联系人电话也算。",
        "The customer must be reachable; an organisation's contact phone counts.",
        ("SX18", "GX19"),
        asked=PARTY,
        passes=({"mobile": "13912345678"}, {"landline": "025-84550000"}),
        fails=(Failing("missing", {"mobile": None}), Failing("unusable", {"mobile": "14212345678"})),
    ),
    Rule(
        "P02",
        "手机号段非法",
        "mobile of no allocated segment",
        "value",
        (
            Reason(
                "segment", "F", "fail", "号段未分配", "the segment is not allocated", wrong("mobile", "unallocated")
            ),
            Reason(
                "emergency",
                "F",
                "fail",
                "应急通信号段",
                "a segment of emergency services",
                wrong("mobile", "emergency"),
            ),
            Reason(
                "unknown", "F", "fail", "不是任何一种电话号码", "no kind of phone number", wrong("mobile", "unknown")
            ),
        ),
        "以自有号段表为准（最长前缀），号段表须每年更新；固话归 P03，境外号码归 P20，脱敏归 P11。",
        "By the project's own segment table, longest prefix first; landlines are P03's, foreign numbers P20's, "
        "masked ones P11's.",
        ("VS", "NUM17", "LIB"),
        asked=expected("mobile"),
        passes=({"mobile": "19212345678"}, {"mobile": "14912345678"}),
        fails=(
            Failing("segment", {"mobile": "14212345678"}),
            Failing("emergency", {"mobile": "17406123456"}),
            Failing("unknown", {"mobile": "2391234567890123"}),
        ),
    ),
    Rule(
        "P03",
        "仅有固话/固话格式",
        "landline only, or malformed",
        "value",
        (
            Reason(
                "bad_landline",
                "W",
                "suspect",
                "固话的区号或位数不对",
                "area code or length is wrong",
                bears("landline", "bad_landline") | bears("mobile", "bad_landline"),
            ),
            Reason(
                "landline_only",
                "W",
                "suspect",
                "只有固话，无法短信验证",
                "no mobile beside it, so no SMS can verify it",
                pl.col("landline__usable").fill_null(value=False) & ~_MOBILE_ANSWERS,
            ),
        ),
        "江苏区号均为8位号码，首位2至8。",
        "Area code and subscriber number; those of Jiangsu have eight digits beginning 2 to 8.",
        ("LIB", "GX19"),
        asked=given("landline") | (CUSTOMER & bears("mobile", "bad_landline")),
        passes=({"mobile": "13912345678", "landline": "025-84550000"},),
        fails=(
            Failing("bad_landline", {"mobile": "13912345678", "landline": "025-1455000"}),
            Failing("landline_only", {"landline": "025-84550000"}),
        ),
    ),
    Rule(
        "P04",
        "客服热线号",
        "hotline as a customer's phone",
        "value",
        (
            Reason(
                "hotline",
                "F",
                "fail",
                "以热线号码作客户电话",
                "a hotline in place of the customer's phone",
                bears("mobile", "hotline") | (bears("landline", "hotline") & ~_MOBILE_ANSWERS),
            ),
            Reason(
                "hotline_beside",
                "W",
                "suspect",
                "手机之外另填了热线号码",
                "a hotline beside a mobile",
                bears("landline", "hotline"),
            ),
        ),
        "400、800、95、96、12等号码不是客户本人的电话；手机可用时只算可疑。",
        "400, 800, 95…, 96…, 12… reach a company; beside a mobile that works it is only suspect.",
        ("LIB", "PRACTICE"),
        asked=_PHONES,
        passes=({"mobile": "13912345678"},),
        fails=(
            Failing("hotline", {"landline": "4008195518"}),
            Failing("hotline", {"mobile": "95518"}),
            Failing("hotline_beside", {"mobile": "13912345678", "landline": "4008195518"}),
        ),
    ),
    Rule(
        "P05",
        "虚拟/物联网号段",
        "virtual operator, data, IoT or satellite segment",
        "value",
        (
            Reason("iot", "W", "suspect", "物联网号段", "an internet-of-things segment", _KIND.eq_missing("iot")),
            Reason("satellite", "W", "suspect", "卫星号段", "a satellite segment", _KIND.eq_missing("satellite")),
            Reason("mvno", "I", "info", "虚拟运营商号段", "a virtual operator's segment", _KIND.eq_missing("mvno")),
            Reason("data", "I", "info", "数据卡号段", "a data segment", _KIND.eq_missing("data")),
        ),
        "虚拟运营商号多为守法用户；145、147、149可通话；物联网号常为车机号。",
        "Most users of virtual operators are honest; 145, 147 and 149 carry voice; an IoT number is often the "
        "car's own.",
        ("VS", "LIB"),
        asked=given("mobile"),
        passes=({"mobile": "13912345678"},),
        fails=(
            Failing("iot", {"mobile": "1440012345678"}),
            Failing("satellite", {"mobile": "13491234567"}),
            Failing("mvno", {"mobile": "17012345678"}),
            Failing("data", {"mobile": "14912345678"}),
        ),
    ),
    Rule(
        "P06",
        "伪造号码",
        "made-up number",
        "value",
        (
            Reason(
                "deny_list",
                "F",
                "fail",
                "公认的假号码",
                "a number known for being made up",
                (pl.col("mobile__pattern") == "deny_list").fill_null(value=False),
            ),
            Reason(
                "pattern",
                "W",
                "suspect",
                "同号、顺子或不超过两个数字",
                "repeated digits, a run, or two digits only",
                pl.col("mobile__pattern").is_not_null(),
            ),
        ),
        "靓号确有人用，只算可疑；13800138000等算不通过。",
        "Fancy numbers have owners: suspect. 13800138000 and its like fail.",
        ("PRACTICE", "LIB"),
        asked=given("mobile"),
        passes=({"mobile": "13905142687"},),
        fails=(
            Failing("deny_list", {"mobile": "13800138000"}),
            Failing("pattern", {"mobile": "13912345678"}),
            Failing("pattern", {"mobile": "13866666666"}),
        ),
    ),
    Rule(
        "P11",
        "号码已脱敏",
        "number masked or cut off",
        "value",
        (
            Reason(
                "masked",
                "F",
                "missing",
                "号码脱敏、含字母或被截断",
                "masked, with letters, or cut off",
                bears("mobile", *_MASKED) | (bears("landline", *_MASKED) & ~_MOBILE_ANSWERS),
            ),
            Reason(
                "masked_beside",
                "W",
                "suspect",
                "手机之外另有残缺号码",
                "such a number beside a mobile that works",
                bears("landline", *_MASKED),
            ),
        ),
        "脱敏号码等于没有号码；手机可用时另一号码残缺只算可疑。",
        "A masked number is as good as none; beside a mobile that works it is only suspect.",
        ("LIB",),
        asked=_PHONES,
        passes=({"mobile": "13912345678"},),
        fails=(
            Failing("masked", {"mobile": "139****5678"}),
            Failing("masked_beside", {"mobile": "13912345678", "landline": "025-845***00"}),
        ),
    ),
    Rule(
        "P16",
        "一格多号",
        "several numbers in one cell",
        "value",
        (
            Reason(
                "split",
                "I",
                "repair",
                "一格内有多个号码，已拆分",
                "several numbers in one cell, taken apart",
                pl.col("phone__split"),
            ),
        ),
        "第一个有效手机号为准，其余保留。",
        "The first valid mobile stands, the others are kept.",
        ("LIB",),
        asked=_PHONES,
        passes=({"mobile": "13912345678"},),
        fails=(
            Failing("split", {"mobile": "13912345678", "repairs": [("mobile", "split", "13912345678/025-84550000")]}),
        ),
    ),
    Rule(
        "P17",
        "号码规范化",
        "number normalised",
        "value",
        (
            Reason(
                "normalised",
                "I",
                "repair",
                "去除了全角、分隔符、国家码、拨号前缀等",
                "full-width forms, separators, country code or dialling prefixes were removed",
                pl.col("phone__normalised"),
            ),
        ),
        "同一号码只保留一种写法。",
        "One number has one way to be written.",
        ("LIB",),
        asked=_PHONES,
        passes=({"mobile": "13912345678"},),
        fails=(
            Failing(
                "normalised",
                {"mobile": "13912345678", "repairs": [("mobile", "country_code+separators", "+86 139-1234-5678")]},
            ),
        ),
    ),
    Rule(
        "P18",
        "字段填错",
        "number in the wrong field",
        "row",
        (
            Reason(
                "moved",
                "I",
                "repair",
                "手机与固话填反，已移到正确字段",
                "mobile and landline were exchanged, now moved",
                pl.col("phone__moved"),
            ),
        ),
        "接口文档自己的示例就填错了。",
        "The interface documents' own example does it.",
        ("API",),
        asked=_PHONES,
        passes=({"mobile": "13912345678", "landline": "025-84550000"},),
        fails=(Failing("moved", {"mobile": "13811617149", "repairs": [("landline", "moved", "13811617149")]}),),
    ),
    Rule(
        "P20",
        "境外号码",
        "foreign number",
        "value",
        (
            Reason(
                "bad_foreign",
                "W",
                "suspect",
                "不符合该国家或地区的编号规则",
                "not valid in its country's numbering plan",
                wrong("mobile", "bad_foreign"),
            ),
        ),
        "有效的境外号码放行（但平台无法短信验证）；各国编号表会变，无效的也只算可疑。",
        "A valid foreign number passes, though the platform cannot verify it by SMS; plans change, so an invalid "
        "one is only suspect.",
        ("LIB", "WX"),
        asked=CUSTOMER & pl.col("mobile").str.starts_with("+"),
        passes=({"mobile": "+85261234567"},),
        fails=(Failing("bad_foreign", {"mobile": "+15550100"}),),
    ),
)

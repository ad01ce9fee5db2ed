"""Rules of addresses, postcode and e-mail: A01–A06, E01."""

import polars as pl

from pipeline.core.rules.audience import CUSTOMER, POLICY_PARTY, POLICYHOLDER_OR_INSURED, bears, given, wrong
from pipeline.core.rules.rule import Example, Failing, Reason, Rule

_ADDRESS = pl.col("address")
_HOME = "南京市江宁区秣陵街道胜太路68号3幢2单元501室"
_SHOP = "南京市栖霞区和燕路251号"
_NAMES = (
    "王小明",
    "李强",
    "张丽华",
    "赵国庆",
    "陈晓东",
    "刘芳",
    "杨柳",
    "黄海涛",
    "周建军",
    "吴敏",
    "徐志强",
    "孙玉兰",
)


def _crowd(size: int, **shared: object) -> Example:
    return tuple({"name": name, "policy_no": f"P{place:03}", **shared} for place, name in enumerate(_NAMES[:size]))


ADDRESSES: tuple[Rule, ...] = (
    Rule(
        "A01",
        "地址缺失",
        "address missing",
        "value",
        (
            Reason(
                "placeholder",
                "F",
                "missing",
                "只写到城市，或写“同上”",
                "only a city, or a word such as ditto",
                pl.col("address__set_aside") | pl.col("address__placeholder").fill_null(value=False),
            ),
            Reason(
                "missing",
                "F",
                "missing",
                "没有地址，或只有“不详”之类的字样",
                "no address, or only a word for nothing",
                _ADDRESS.is_null(),
            ),
        ),
        "客户基本信息必须有地址。只问保单当事人。",
        "Customer information must hold one. Asked of the parties of policies only.",
        ("SX18", "AML07"),
        asked=POLICY_PARTY,
        passes=({"address": "玄武区北京东路41号"},),
        fails=(
            Failing("missing", {"address": None}),
            Failing("placeholder", {"address": None, "repairs": [("address", "placeholder", "同上")]}),
            Failing("placeholder", {"address": "江苏南京"}),
        ),
    ),
    Rule(
        "A02",
        "地址过短/无门牌",
        "address too short or without a number",
        "value",
        (
            Reason(
                "too_short",
                "W",
                "suspect",
                "去掉省市区后不足5字",
                "under five characters below the county",
                pl.col("address__too_short"),
            ),
            Reason(
                "no_element",
                "W",
                "suspect",
                "没有路、村、小区等",
                "no road, village or estate in it",
                pl.col("address__no_element"),
            ),
            Reason(
                "no_digit",
                "W",
                "suspect",
                "没有门牌号",
                "no number in it",
                pl.col("address__no_digit") & ~pl.col("address__village"),
            ),
        ),
        "村组地址常无数字，有村、组、队等字样的不算缺门牌。",
        "Village addresses often have no digit, so those of a village or a production team pass without one.",
        ("PRACTICE",),
        asked=POLICY_PARTY | given("address"),
        passes=({"address": "江宁区秣陵街道胜太路68号"}, {"address": "江宁区横溪街道许呈村上陈组"}),
        fails=(
            Failing("too_short", {"address": "江宁区东山"}),
            Failing("no_element", {"address": "江宁区东山那边靠河12"}),
            Failing("no_digit", {"address": "江宁区秣陵街道胜太路东段"}),
        ),
    ),
    Rule(
        "A03",
        "区划与代码不符",
        "region code and address disagree",
        "row",
        (
            Reason(
                "conflict",
                "W",
                "suspect",
                "地址中的省市区与区划代码不同",
                "province, city or county in the address is not the code's",
                pl.col("region_code__conflict"),
            ),
            Reason(
                "name_for_code",
                "W",
                "suspect",
                "代码栏填的是名称",
                "a name in the code's place",
                pl.col("region_code__name_for_code"),
            ),
        ),
        "两边都说明了某一级时才比较；已撤销的区划先换算为现行区划。接口文档自己的示例就填了名称。",
        "Compared on the levels both tell, abolished areas first mapped to their successors. The interface "
        "documents' own example holds a name.",
        ("API",),
        asked=given("region_code") & (_ADDRESS.is_not_null() | pl.col("region_code__name_for_code")),
        passes=(
            {
                "region_code": "320115",
                "address": "江宁区胜太路68号",
                "county": "江宁区",
                "city": "南京市",
                "province": "江苏省",
            },
        ),
        fails=(
            Failing(
                "conflict",
                {
                    "region_code": "320115",
                    "address": "玄武区北京东路41号",
                    "county": "玄武区",
                    "city": "南京市",
                    "province": "江苏省",
                },
            ),
            Failing("name_for_code", {"region_code": "330100", "repairs": [("region_code", "name_for_code", "杭州")]}),
        ),
    ),
    Rule(
        "A04",
        "已撤销区划",
        "abolished region",
        "value",
        (
            Reason(
                "abolished",
                "I",
                "repair",
                "区划已撤销，已换算为现行代码",
                "an abolished code, mapped to its successor",
                pl.col("region_code__abolished"),
            ),
        ),
        "例：320103 白下区→320104 秦淮区，320107 下关区→320106 鼓楼区；原代码保留。",
        "For example 320103 to 320104, 320107 to 320106; the original is kept.",
        ("GB2260",),
        asked=given("region_code"),
        passes=({"region_code": "320104"},),
        fails=(Failing("abolished", {"region_code": "320104", "repairs": [("region_code", "abolished", "320103")]}),),
    ),
    Rule(
        "A05",
        "地址聚集",
        "address of too many",
        "shared",
        (
            Reason(
                "premises",
                "W",
                "suspect",
                "是网点、车商或修理厂的地址",
                "the address of a branch, dealer or repair shop",
            ),
            Reason("crowded", "W", "suspect", "同一地址的当事人过多", "too many parties at one address"),
        ),
        "只比较写到门牌、楼栋或房号的地址，村组级地址确有许多人家；人按证件号和姓名去重。",
        "Only addresses with a house, building or room number meet, for a village truly has many homes. Persons "
        "are counted once, by number and name.",
        ("PRACTICE",),
        asked=POLICY_PARTY & ~pl.col("party__organisation"),
        given=pl.col("home__key").is_not_null(),
        passes=(_crowd(4, address=_HOME),),
        fails=(
            Failing("crowded", _crowd(11, address=_SHOP)),
            Failing(
                "premises",
                (
                    {"name": "王小明", "address": _SHOP},
                    {
                        "source": "directory",
                        "role": "contact",
                        "directory_kind": "dealer",
                        "name": "和燕汽车",
                        "address": _SHOP,
                    },
                ),
            ),
        ),
    ),
    Rule(
        "A06",
        "邮编",
        "postcode",
        "value",
        (
            Reason("shape", "I", "info", "不是6位数字", "not six digits", wrong("postcode", "shape")),
            Reason(
                "province",
                "I",
                "info",
                "不是地址所在省的邮编",
                "not a postcode of the address's province",
                wrong("postcode", "province"),
            ),
        ),
        "前两位对应省份（江苏21、22）；000000按缺失处理。",
        "The first two digits tell the province (Jiangsu: 21 and 22); 000000 is missing.",
        ("POST", "PRACTICE"),
        asked=given("postcode"),
        passes=({"postcode": "210000", "region_code": "320100"},),
        fails=(
            Failing("shape", {"postcode": "025"}),
            Failing("province", {"postcode": "310000", "region_code": "320100"}),
        ),
    ),
    Rule(
        "E01",
        "电子邮箱",
        "e-mail",
        "shared",
        (
            Reason("bad_format", "W", "suspect", "格式不对", "malformed", bears("email", "bad_format")),
            Reason("placeholder", "W", "suspect", "占位邮箱", "a placeholder", bears("email", "placeholder")),
            Reason(
                "shared",
                "W",
                "suspect",
                "一个邮箱对应多人，应为业务员邮箱",
                "one e-mail of too many parties: the salesperson's",
            ),
            Reason(
                "missing", "I", "info", "没有邮箱", "no e-mail", pl.col("email").is_null() & POLICYHOLDER_OR_INSURED
            ),
        ),
        "陕西要求必填，可在设置中提高缺失的级别；其他地区缺失只作提示。",
        "Shaanxi requires it: raise `missing` in the settings there; elsewhere it is information. The owner of the "
        "address in the directory is exempt.",
        ("SX18",),
        asked=POLICYHOLDER_OR_INSURED | (CUSTOMER & pl.col("email").is_not_null()),
        passes=({"email": "wang.xm@163.com"},),
        fails=(
            Failing("bad_format", {"email": "123@qq"}),
            Failing("placeholder", {"email": "123@qq.com"}),
            Failing("shared", _crowd(4, email="lixiaoer@163.com")),
            Failing("missing", {"email": None}),
        ),
    ),
)

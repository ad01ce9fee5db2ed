"""Rules of names: N01–N11. N12 needs the salesperson's other policies and stands with the parties."""

import polars as pl

from pipeline.core.rules.audience import CUSTOMER, KIND, ORGANISATION, PARTY, PERSON, among, given, limit
from pipeline.core.rules.rule import Failing, Reason, Rule

_NAME = pl.col("name")
# A WeChat nickname is not meant to be a name, so no rule of names is asked of it.
_NAMED = (PARTY | given("name")) & (KIND != "wechat")
_PERSON_NAMED = _NAMED & PERSON
_MAINLAND_DOCUMENTS = ("RIC", "HUKOU", "MIL", "PASSPORT_CN")


def _titled(how: str) -> pl.Expr:
    return pl.when(_NAME.is_not_null()).then(pl.col("name__title").eq_missing(how))


NAMES: tuple[Rule, ...] = (
    Rule(
        "N01",
        "姓名缺失",
        "name missing",
        "value",
        (
            Reason(
                "missing",
                "F",
                "missing",
                "没有姓名，或只有“无”“不详”之类的字样",
                "no name, or only a word for nothing",
                _NAME.is_null(),
            ),
        ),
        "客户基本信息必须有姓名。只问保单和赔案当事人。",
        "Customer information starts with a name. Asked of the parties of policies and claims only.",
        ("SX18", "CIRC82"),
        asked=PARTY,
        passes=({"name": "王小明"},),
        fails=(
            Failing("missing", {"name": None}),
            Failing("missing", {"name": None, "repairs": [("name", "null_word", "暂无")]}),
        ),
    ),
    Rule(
        "N02",
        "姓名含非法字符",
        "name holds characters no name has",
        "value",
        (
            Reason(
                "characters",
                "F",
                "fail",
                "既不是汉字姓名，也不是可用外文姓名的证件所对应的外文姓名",
                "neither a Han name nor, on a document that may bear one, a Latin name",
                pl.when(_NAME.is_null())
                .then(None)
                .when(pl.col("name__legal_han"))
                .then(pl.lit(value=False))
                .when(~pl.col("name__legal_latin"))
                .then(pl.lit(value=True))
                .otherwise(among(pl.col("cert_type"), *_MAINLAND_DOCUMENTS)),
            ),
        ),
        "数字、星号、括号等不会出现在姓名中。外文姓名只在境外证件上成立；证件类型未知时不作判断。",
        "No name holds digits, stars or brackets. A Latin name belongs to a document that can bear one (also those "
        "of Hong Kong, Macao and Taiwan residents and a driving licence, which foreigners hold too); without a "
        "document type it is unknown.",
        ("LIB", "PRACTICE"),
        asked=_PERSON_NAMED,
        passes=(
            {"name": "阿卜杜拉·买买提"},
            {"name": "JOHN SMITH", "cert_type": "PASSPORT_X"},
        ),
        fails=(
            Failing("characters", {"name": "王小明1"}),
            Failing("characters", {"name": "JOHN SMITH", "cert_type": "RIC"}),
        ),
    ),
    Rule(
        "N03",
        "姓名长度异常",
        "name of unusual length",
        "value",
        (
            Reason(
                "one_character", "W", "suspect", "姓名只有一个字", "one character only", pl.col("name__han_count") == 1
            ),
            Reason(
                "too_long",
                "W",
                "suspect",
                "汉字过多",
                "more Han characters than a name has",
                (pl.col("name__han_count") > limit("name_characters"))
                | ((pl.col("name__han_count") > limit("name_characters_undotted")) & ~pl.col("name__dotted")),
            ),
        ),
        "单字姓名和超长姓名多为录入不全或串行；少数民族姓名带间隔号。",
        "A single character or a very long name is usually a slip; long minority names carry a dot.",
        ("LIB", "PRACTICE"),
        asked=_PERSON_NAMED & pl.col("name__legal_latin").fill_null(value=False).not_(),
        passes=({"name": "欧阳娜娜"}, {"name": "古丽努尔·阿不都热合曼"}),
        fails=(Failing("one_character", {"name": "王"}), Failing("too_long", {"name": "王小明李小红张小刚"})),
    ),
    Rule(
        "N04",
        "测试/占位姓名",
        "test or placeholder name",
        "value",
        (
            Reason(
                "placeholder", "F", "fail", "占位姓名", "a word that stands in for a name", pl.col("name__placeholder")
            ),
        ),
        "“测试”“车主”“同上”等不是姓名。",
        "Words such as 测试, 车主 or 同上 are no names.",
        ("PRACTICE",),
        asked=_NAMED,
        passes=({"name": "王小明"},),
        fails=(Failing("placeholder", {"name": "测试客户"}),),
    ),
    Rule(
        "N05",
        "称谓代替姓名",
        "title instead of a name",
        "value",
        (
            Reason("title", "F", "fail", "称谓代替姓名", "a title in place of the given name", _titled("certain")),
            Reason("possible_title", "W", "suspect", "疑似称谓", "perhaps a title", _titled("possible")),
        ),
        "“王先生”不是姓名；“总”“哥”“姐”也见于真名，只算可疑。",
        "王先生 is no name; 总, 哥 and 姐 end real given names too, so they are only suspect.",
        ("PRACTICE",),
        asked=_PERSON_NAMED,
        passes=({"name": "王小明"},),
        fails=(Failing("title", {"name": "王先生"}), Failing("possible_title", {"name": "王总"})),
    ),
    Rule(
        "N06",
        "姓名已脱敏",
        "name masked",
        "value",
        (Reason("masked", "F", "missing", "姓名中有脱敏符号", "a masking mark in the name", pl.col("name__masked")),),
        "脱敏后的姓名等于没有姓名。",
        "A masked name is as good as none.",
        ("PRACTICE",),
        asked=_NAMED,
        passes=({"name": "王小明"},),
        fails=(Failing("masked", {"name": "王*明"}),),
    ),
    Rule(
        "N07",
        "叠字",
        "repeated characters",
        "value",
        (
            Reason(
                "repetitive",
                "W",
                "suspect",
                "三个以上相同的字，或周期重复",
                "three or more equal characters, or a period",
                pl.col("name__repetitive"),
            ),
        ),
        "两字叠名（毛毛）是真名，三字以上重复多为随手输入。",
        "Two equal characters make a real name (毛毛); three or more are usually a filler.",
        ("PRACTICE",),
        asked=_PERSON_NAMED,
        passes=({"name": "毛毛"},),
        fails=(Failing("repetitive", {"name": "啊啊啊"}),),
    ),
    Rule(
        "N08",
        "个人客户用单位名称",
        "person with an organisation's name",
        "row",
        (
            Reason(
                "organisation_name",
                "F",
                "fail",
                "个人客户的姓名是单位名称",
                "an organisation's name on a person",
                pl.col("name__organisation_word"),
            ),
        ),
        "客户类型为个人而名称含公司、商行等字样，两者必有一错。",
        "Customer type person and a name such as 有限公司: one of the two is wrong.",
        ("CODE", "PRACTICE"),
        asked=_NAMED & (pl.col("customer_type") == "person"),
        passes=({"name": "王小明"},),
        fails=(Failing("organisation_name", {"name": "南京江宁物流有限公司"}),),
    ),
    Rule(
        "N09",
        "单位客户用个人姓名",
        "organisation with a person's name",
        "row",
        (
            Reason(
                "personal_name",
                "W",
                "suspect",
                "单位客户的名称像个人姓名",
                "two to four Han characters and no word of an organisation",
                pl.col("name__legal_han")
                & pl.col("name__han_count").is_between(2, 4)
                & ~pl.col("name__organisation_word"),
            ),
        ),
        "个体工商户可以用经营者姓名，所以只算可疑。",
        "A sole trader may go by its owner's name, so only suspect.",
        ("CODE", "PRACTICE"),
        asked=_NAMED & ORGANISATION,
        passes=({"name": "南京江宁商行", "customer_type": "organisation"},),
        fails=(Failing("personal_name", {"name": "王小明", "customer_type": "organisation"}),),
    ),
    Rule(
        "N10",
        "乱码",
        "mojibake",
        "value",
        (
            Reason(
                "unreadable",
                "W",
                "suspect",
                "乱码，无法还原",
                "text broken by a wrong encoding, not restored",
                pl.col("text__unreadable"),
            ),
            Reason(
                "restored",
                "I",
                "repair",
                "乱码，已还原",
                "text broken by a wrong encoding, restored",
                pl.col("text__restored"),
            ),
        ),
        "按错误编码读过的文字，能逐字还原的已还原，其余待人工处理。",
        "Text once read in a wrong encoding; restored where that loses nothing.",
        ("PRACTICE", "LIB"),
        asked=CUSTOMER
        & pl.any_horizontal(pl.col("name", "address").is_not_null(), "text__unreadable", "text__restored"),
        passes=({"name": "王小明", "address": "南京市玄武区北京东路41号"},),
        fails=(
            Failing("unreadable", {"name": "鍗椾含甯?", "repairs": [("name", "mojibake", "鍗椾含甯?")]}),
            Failing(
                "restored",
                {"address": "南京市玄武区北京东路41号", "repairs": [("address", "mojibake_repaired", "鍗椾含")]},
            ),
        ),
    ),
    Rule(
        "N11",
        "姓名规范化",
        "name normalised",
        "value",
        (
            Reason(
                "normalised",
                "I",
                "repair",
                "姓名中的全角、零宽、空格或间隔号已规范",
                "full-width or zero-width characters, blanks or the dot were normalised",
                pl.col("name__normalised"),
            ),
        ),
        "按字符表规范，不用 NFKC（与去空白合用时不幂等）；繁体只在匹配键中转简体。",
        "By a character table, not NFKC, which is not idempotent with stripping; traditional forms are simplified "
        "in match keys only.",
        ("LIB", "UNICODE"),
        asked=given("name") & (KIND != "wechat"),
        passes=({"name": "阿卜杜拉·买买提"},),
        fails=(Failing("normalised", {"name": "阿卜杜拉·买买提", "repairs": [("name", "dot", "阿卜杜拉•买买提")]}),),
    ),
)

"""Names of persons and organisations.

A person's name in Han is two to four characters, for minorities up to about twenty with ``·`` (U+00B7) between the
parts; names in foreign documents are Latin, kept in upper case. Rules N01-N08 and N11 are asked of what
:func:`check` tells; rule numbers stand at each list.

Valid: 王小明, 欧阳娜娜, 阿卜杜拉·买买提, 𠮷田一郎, 马䶮, MARY O'BRIEN-SMITH.
Not a name: 王先生, 王*明, 测试客户, 王小明1.
"""

from functools import cache

import polars as pl

from pipeline.core.fields import text

HAN = r"[\p{Han}〇\x{20000}-\x{3FFFD}]"
"""Regex class of Han characters, those of planes 2 and 3 that Unicode has yet to fill included."""

_PLACEHOLDERS = """
测试 测试客户 test 客户 车主 老板 本人 同上 某某 xxx 新车主 未提供 待补充
待定 待补 待查 待确认 待核实 待完善 未命名 无名 无名氏 匿名 匿名用户 匿名客户 佚名 未知客户 新客户 老客户
散客 顾客 用户 新用户 微信用户 微信好友 游客 访客 姓名 名称 客户姓名 客户名称 用户名 投保人 被保险人 被保人
联系人 报案人 驾驶员 驾驶人 司机 业务员 代理人 经办人 负责人 业主 员工 家属 家人 朋友 亲属 亲戚 同事
爸爸 妈妈 父亲 母亲 老公 老婆 丈夫 妻子 爱人 儿子 女儿 同投保人 同被保险人 同车主 与投保人相同 见保单 见行驶证 如上 略
demo admin user customer unknown noname guest sample name nobody anonymous none null
aa aaa aaaa abc abcd asd asdf qwe qwer qwerty xx yyy zzz
"""
PLACEHOLDERS: frozenset[str] = frozenset(_PLACEHOLDERS.split())
"""Words put where a name should be, lower case (N04)."""

_TITLES = "先生 女士 小姐 师傅 老师 经理 太太 老板 老板娘 阿姨 叔叔 大哥 大姐 同志 夫人 师父"
TITLES = tuple(_TITLES.split())
"""Titles no given name is made of (N05)."""

POSSIBLE_TITLES = ("总", "哥", "姐")
"""Titles that real given names also end with (N05)."""

ORGANISATION_WORDS = "集团 商行 经营部 事务所 银行 医院 学校 委员会 管理局 政府 合作社 协会 工会 支队"
"""Endings only organisations have; 公司 counts anywhere (N08)."""

FACTORY = "...厂"
"""A factory has three characters before it at least: 张建厂 is a person (N08)."""

LONGER_ORGANISATION_WORDS = """
公社 商店 商场 商城 超市 酒店 饭店 宾馆 药店 药房 门市部 批发部 经销部 服务部 营业部 项目部 工程队 服务站 加油站 修理部
中心 工作室 合伙企业 有限合伙 个体工商户 基金会 联合会 商会 俱乐部 出版社 旅行社 报社 杂志社 大学 学院 中学 小学 幼儿园
研究院 研究所 设计院 法院 检察院 公安局 派出所 办事处 村委会 居委会 大队 分行 支行 信用社 殡仪馆 博物馆 图书馆 体育馆
养老院 福利院 卫生院 卫生室 诊所 分局 税务局 财政局 教育局 供电局
"""
"""Endings that count after two characters or more: 李大学 is a person, 南京大学 is none (N08)."""

MASKS = "*×○●◯□■✕✖╳⚪◎"
"""Characters put in place of hidden ones (N06); 某 and X only where the name is no organisation's."""

_LATIN = r"^\p{Latin}[\p{Latin}\p{M} .,'-]{1,69}$"
_DOT_FORMS = "•・‧･∙⋅᛫⸱ꞏ.。｡"
_DOT_OR_BLANK = f"[·{_DOT_FORMS} ]"
# Anything but a lone · already in its place, or the matches of 阿·卜•杜 would never get to the second dot.
_DOT_BETWEEN_HAN = rf"({HAN})(?: +[·{_DOT_FORMS}]|[{_DOT_FORMS}]|·{_DOT_OR_BLANK}){_DOT_OR_BLANK}*({HAN})"
_SPACE_BETWEEN_HAN = rf"({HAN}|·) +({HAN}|·)"
_QUOTE_IN_LATIN = r"(\p{Latin})[’‘ʼ`´]+(\p{Latin})"
_MAY_BE_SPELT = rf"{_DOT_BETWEEN_HAN}|{_SPACE_BETWEEN_HAN}|\p{{Ll}}|{_QUOTE_IN_LATIN}"
_LEGAL_HAN = rf"^{HAN}+(?:·{HAN}+)*$"
_ANY_MASK = rf"[{MASKS}]|(?:{HAN}[xX]+|^[xX]+){HAN}*$"
_ORGANISATION = (
    rf"公司|(?:{'|'.join(ORGANISATION_WORDS.split())}|{FACTORY}"
    rf"|..(?:{'|'.join(LONGER_ORGANISATION_WORDS.split())}))(?:\(.*\))?$"
)
_TITLE = rf"^.{{0,2}}(?:{'|'.join(TITLES)})$|^(?:MR|MRS|MS|MISS|MADAM|SIR)(?:[. ]+[A-Z]*)?$"
_POSSIBLE_TITLE = rf"^.{{1,3}}(?:{'|'.join(POSSIBLE_TITLES)})$"
_PLACEHOLDERS_EITHER_CASE = sorted(PLACEHOLDERS | {word.upper() for word in PLACEHOLDERS})
_PLACEHOLDER = r"(?i)^(?:(?:测试|客户|用户|车主|test|demo)[0-9一二三四五六七八九十]*|测试.{1,4}|x+|某+)$"


def clean(values: pl.Series, null_words: frozenset[str] = text.NULL_WORDS) -> pl.DataFrame:
    """``value``: the name in one spelling; ``repair``: what was done.

    Repairs: those of :func:`text.clean`, inner_space (王 小 明), dot (阿卜杜拉•买买提). Latin names go to upper case,
    which is representation.
    """
    told = text.repaired(values, null_words).with_columns(inner_space=pl.lit(value=False), dot=pl.lit(value=False))
    odd = told["value"].str.contains(_MAY_BE_SPELT).fill_null(value=False)
    if odd.any():
        at = odd.arg_true()
        spelt = _spelt(told["value"].gather(at), null_words)
        told = told.with_columns(
            told[column].clone().scatter(at, told[column].gather(at) | spelt[column]) for column in spelt.columns[1:]
        ).with_columns(told["value"].clone().scatter(at, spelt["value"]))
    return pl.DataFrame({"value": told["value"], "repair": text.joined(told.drop("value"))})


def check(values: pl.Series) -> pl.DataFrame:
    """What the rules ask of a name, read as a person's; a null name has null facts.

    ``reason``: the first problem, null when fine: mojibake, masked, placeholder, title, organisation, characters
    (neither legal Han nor legal Latin), too_short (one Han), too_long (over 20 Han, or over 6 without ``·``),
    repetitive, possible_title. ``title``: certain or possible; in a name of up to four characters. ``masked``: a
    masking character, or 某 or X used as one (王某, 李XX) outside an organisation's name. ``repetitive``: three or more
    equal characters, or four or more that repeat. ``han_count``: Han characters, ``·`` not counted.
    """
    name = pl.col("name")
    facts = (
        values.alias("name")
        .to_frame()
        .select(
            name,
            legal_han=name.str.contains(_LEGAL_HAN),
            legal_latin=name.str.contains(_LATIN),
            organisation_word=name.str.contains(_ORGANISATION),
            placeholder=name.is_in(_PLACEHOLDERS_EITHER_CASE) | name.str.contains(_PLACEHOLDER),
            mark=name.str.contains(_ANY_MASK),
            certain=name.str.contains(_TITLE),
            possible=name.str.contains(_POSSIBLE_TITLE),
            repetitive=_is_repetitive(name),
            han_count=name.str.count_matches(HAN).cast(pl.Int64),
            garbled=text.check(values)["reason"].is_not_null(),
        )
    )
    facts = facts.with_columns(
        masked=~pl.col("organisation_word") & ~pl.col("placeholder") & (pl.col("mark") | name.str.contains("某"))
        | name.str.contains_any(list(MASKS)),
        title=pl.when("certain").then(pl.lit("certain")).when("possible").then(pl.lit("possible")),
    )
    reason = _first_problem().alias("reason")
    return facts.select(
        reason,
        "masked",
        "placeholder",
        "title",
        "legal_han",
        "legal_latin",
        "organisation_word",
        "repetitive",
        "han_count",
    )


def is_organisation(values: pl.Series) -> pl.Series:
    """``organisation_word`` of :func:`check` alone."""
    return values.str.contains(_ORGANISATION)


def mask(values: pl.Series) -> pl.Series:
    """The first character of a name of two or more, a star for every other one: 王**."""
    first = pl.when(values.str.len_chars() > 1).then(values.str.slice(0, 1)).otherwise(pl.lit("*"))
    rest = text.stars(values.str.slice(1))
    return pl.select(pl.when(values.is_not_null()).then(pl.concat_str(first, rest))).to_series().alias(values.name)


@cache
def _first_problem() -> pl.Expr:
    name = pl.col("name")
    han = pl.col("han_count")
    problems = (
        ("mojibake", pl.col("garbled")),
        ("masked", pl.col("masked")),
        ("placeholder", pl.col("placeholder")),
        ("title", pl.col("certain")),
        ("organisation", pl.col("organisation_word")),
        ("characters", ~pl.col("legal_han") & ~pl.col("legal_latin")),
        ("too_short", pl.col("legal_han") & (han == 1)),
        ("too_long", (han > 20) | ((han > 6) & ~name.str.contains("·", literal=True))),
        ("repetitive", pl.col("repetitive")),
        ("possible_title", pl.col("possible")),
    )
    return pl.coalesce(pl.when(told).then(pl.lit(reason)) for reason, told in problems)


def _is_repetitive(name: pl.Expr) -> pl.Expr:
    # A text repeats exactly when it occurs in its double somewhere between start and end; of three, all are equal then.
    length = name.str.len_chars().cast(pl.Int64)
    between = pl.concat_str(name, name).str.slice(1, (2 * length - 2).clip(0))
    return (length >= 3) & between.str.contains(name, literal=True)


def _spelt(values: pl.Series, null_words: frozenset[str]) -> pl.DataFrame:
    """Spaces, dots and case put right, over and over with the characters, until nothing changes.

    It ends: every pass but the last shortens a name, or maps characters to ones it leaves alone.
    """
    found: dict[str, pl.Series] = {}
    while True:
        before = values
        dotted = _twice(values, _DOT_BETWEEN_HAN, "${1}·${2}")
        closed = _twice(dotted, _SPACE_BETWEEN_HAN, "${1}${2}")
        quoted = _twice(closed, _QUOTE_IN_LATIN, "${1}'${2}")
        upper = quoted.str.contains(_LATIN)
        cased = pl.select(pl.when(upper).then(quoted.str.to_uppercase()).otherwise(quoted)).to_series()
        told = text.repaired(cased, null_words)
        told = told.with_columns(dot=dotted != values, inner_space=closed != dotted)
        for column in told.columns[1:]:
            flag = told[column].fill_null(value=False)
            found[column] = found[column] | flag if column in found else flag
        values = told["value"]
        if values.equals(before):
            return pl.DataFrame({"value": values, **found})


def _twice(values: pl.Series, pattern: str, by: str) -> pl.Series:
    # Matches share their Han characters, so one pass leaves every second gap of 王 小 明.
    return values.str.replace_all(pattern, by).str.replace_all(pattern, by)

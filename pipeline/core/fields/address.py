"""Postal addresses in mainland China: 省 市 区县, then 街道 or 镇, road or village, number, building, unit, room.

Province, city and county are read from the head of the text by the GB/T 2260 table, in today's names whatever the
text calls them: 南京市白下区 is 秦淮区. The text itself stays as delivered. What the numbers mean is told by what
follows them (号, 幢, 单元, 室) or by their order (3-2-501).
"""

import polars as pl

from pipeline.core.addresses import parts, prefix
from pipeline.core.fields import text

REGION_PARTS = ("province", "city", "county")
STREET_PARTS = ("road", "house_number", "building", "building_unit", "room")
_NUMBERED = ("house_number", "building", "building_unit", "room")

_PLACEHOLDER = (
    "^(?:同上|同前|同左|同投保人|同被保险人|同被保人|同车主|同身份证|见身份证|详见身份证|见证件|见行驶证|地址不详|地址不明"
    "|无地址|暂无地址|地址未知|无固定住所|不提供|未提供|拒绝提供|客户未提供|待补充?|待定|待完善|测试|测试地址|本市|本地"
    r"|本省|外地|市区|家里?|地址|住址|[0-9A-Za-z]|0+|1+|[Xx]{2,}|[^0-9A-Za-z\p{Han}]+)$"
)
_LABEL = "^(?:联系|通讯|家庭|户籍|居住|现住|单位|办公)?(?:地址|住址):?"
_ZONE_END = "(?:新区|开发区|高新区|经开区|园区|[业技工件学]园|大学城|新城|软件谷|度假区|保税区|合作区)$"
_ELEMENT = "路|街|道|巷|里|村|组|小区|苑|园|号|栋|幢|室|弄|大厦|公寓|单元|座|队"
_DIGIT = (
    "[0-9]|[一二三四五六七八九十](?:号|幢|栋|座|单元|室|组|队|社|层|楼|弄)"
    "|村.*[组队社]|自然村|[东西南北前后上下中大小老新][组队社]"
)


def clean(values: pl.Series) -> pl.DataFrame:
    """``value``, ``repair``, :data:`REGION_PARTS`, :data:`STREET_PARTS` and ``region_code``.

    Repairs are those of ``text.clean`` and ``placeholder``: a word that gives no address, or the bare name of a
    province or city; ``value`` is null then, though a city named keeps its parts. ``region_code`` is the deepest place
    the text names, in today's code; null when it names none, or a county that several cities have.
    """
    told = text.repaired(values.cast(pl.String))
    value = _without_blanks(told["value"])
    nothing = value.str.to_lowercase().is_in(sorted(text.NULL_WORDS)).fill_null(value=False)
    value = pl.select(pl.when(~nothing).then(value)).to_series()
    where, rest = _place_and_rest(value)
    placeholder = _is_placeholder(value, where, rest).fill_null(value=False)
    flags = told.drop("value").with_columns(placeholder=placeholder, null_word=told["null_word"] | nothing)
    street = parts.read(pl.select(pl.when(~placeholder).then(rest)).to_series())
    return pl.DataFrame(
        {
            "value": pl.select(pl.when(~placeholder).then(value)).to_series(),
            "repair": text.joined(flags),
            **{name: where[name] for name in REGION_PARTS},
            **{name: street[name] for name in STREET_PARTS},
            "region_code": where["region_code"],
        }
    )


def _without_blanks(values: pl.Series) -> pl.Series:
    """Blanks beside a Han character mean nothing; others are one blank."""
    spaced = values.str.contains(r"\s").fill_null(value=False)
    if not spaced.any():
        return values
    at = spaced.arg_true()
    joined = values.gather(at).str.replace_all(r"(\p{Han})\s+", "${1}").str.replace_all(r"\s+(\p{Han})", "${1}")
    return values.clone().scatter(at, joined.str.replace_all(r"\s+", " "))


def _place_and_rest(values: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """The place each address begins with, with ``named``, the text that names it; and what follows."""
    plain = values.str.replace(_LABEL, "")
    where = prefix.read(plain)
    named = pl.select(named=plain.str.slice(0, where["end"])).to_series()
    rest = pl.select(plain.str.slice(where["end"]).str.strip_chars_start(" ,、-/|.·_>")).to_series()
    return where.with_columns(named), rest


def _is_placeholder(values: pl.Series, where: pl.DataFrame, rest: pl.Series) -> pl.Series:
    bare = (rest == "") & where["county"].is_null() & ~where["named"].str.contains(_ZONE_END)
    return (values.str.contains(_PLACEHOLDER) | bare).alias("placeholder")


def check(values: pl.Series) -> pl.DataFrame:
    """What is wanting in cleaned addresses, all Boolean (rules A01, A02).

    ``placeholder``: no address at all, or only a province or city. Of what follows province, city and county:
    ``too_short`` (fewer than five characters), ``no_element`` (no road, village, estate, number …), ``no_digit`` (no
    number, nor a village's group or team that needs none).
    """
    where, rest = _place_and_rest(values)
    return pl.DataFrame(
        {
            "placeholder": _is_placeholder(values, where, rest),
            "too_short": rest.str.len_chars() < 5,
            "no_element": ~rest.str.contains(_ELEMENT),
            "no_digit": ~rest.str.contains(_DIGIT),
        }
    )


def mask(values: pl.Series) -> pl.Series:
    """Province, city and county as written, the rest hidden: ``南京市江宁区****``."""
    where, _ = _place_and_rest(values)
    return (where["named"] + "****").alias(values.name)


def home_key(frame: pl.DataFrame) -> pl.Series:
    """One text for one home: equal for addresses that mean the same place; null where they cannot tell.

    ``frame`` has the columns of :data:`REGION_PARTS` and :data:`STREET_PARTS`. A road, village or estate and a house
    number or building are needed. 金陵花园3号602室 and 金陵花园3幢602室 are one home: buildings are called both.
    """
    number = pl.concat_str("house_number", "building", separator="-", ignore_nulls=True)
    place = pl.concat_str("city", "county", ignore_nulls=True)
    ends = (pl.col("building_unit").fill_null(""), pl.col("room").fill_null(""))
    key = pl.concat_str(place, "road", number, *ends, separator="|")
    told = frame.select(*REGION_PARTS, *STREET_PARTS)
    at = told["road"].is_not_null().arg_true()
    there = told.select(pl.all().gather(at))
    there = there.with_columns(_bare(there[name]) for name in _NUMBERED)
    # Lazily, so that the number is put together once.
    keys = there.lazy().select(home_key=pl.when(number != "").then(key)).collect().to_series()
    return pl.Series("home_key", [None], pl.String).new_from_index(0, frame.height).scatter(at, keys)


def _bare(numbers: pl.Series) -> pl.Series:
    """``numbers`` without leading zeros, which few have."""
    at = numbers.str.starts_with("0").fill_null(value=False).arg_true()
    return numbers if at.is_empty() else numbers.clone().scatter(at, numbers.gather(at).str.strip_chars_start("0"))

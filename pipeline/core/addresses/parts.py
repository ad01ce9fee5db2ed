"""Road, house number, building, unit and room of what is left of an address once province, city and county are read.

The text is brought into one spelling (三单元 -> 3单元; 3号楼, 3栋, 3座 -> 3幢; 3-2-501 -> 3幢2单元501室), then cut
before the first number that is no part of a name: before it stands the road, street, village or estate, after it the
numbers. Parts come bare, without 号, 幢, 单元 and 室.
"""

from collections.abc import Callable
from functools import cache

import polars as pl

from pipeline.core.distinct import on_distinct

_ROAD_ENDS = "国道|省道|县道|乡道|大道|大街|路|街|道|巷|弄|胡同|里"
_GROUP_ENDS = "组|队|社|村|营|连|区|期|园|地块"
_NAME_ENDS = f"(?:{_ROAD_ENDS}|{_GROUP_ENDS}|庄|苑|城|寓|厦|楼|场|坊|湾|墅|居|庭|府|第|阁|轩|宿舍|中心|大院)[0-9A-Z]*$"
_COUNTING_ENDS = f"(?:{_ROAD_ENDS}|组|队|社|村|庄)$"
"""After these a bare number is a house number; after an estate it may be a flat."""
_TOWN_ENDS = "(?:街道|街道办|办事处|镇|乡)$"

_NOTES = r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕"
_BESIDE = (
    "(?:附近|旁边?|斜?对面|对过|隔壁|后面|前面|门口|交叉路?口|十字路口|交界处|以[东南西北]|[东南西北]侧)(?:[0-9]+米)?$"
)
_NUMBER_BESIDE = f"(?:[0-9A-Z-]+(?:号|幢|单元|室)?)?{_BESIDE}"

_NUMERALS = "一二三四五六七八九"
_COUNTED = ("号", "幢", "栋", "座", "单元", "室", "层", "楼", "组", "队", "社", "弄")
_COUNTED_IN_HAN = f"[{_NUMERALS}十](?:{'|'.join(_COUNTED)})"

# A road's own digits (104国道, 中山北路1234弄) and a name's letters (SOHO) are its part, a lone letter is a building's.
_PLAIN_HEAD = "^([^0-9A-Z甲乙丙丁]*)"
_HEAD_GOES_ON = (
    f"[0-9A-Z](?:{_ROAD_ENDS}|{_GROUP_ENDS})|第[0-9]|[A-Z]{{2}}|[A-Z][^0-9A-Z幢单门室层楼-]|[甲乙丙丁][^0-9幢]"
)
_HEAD = (
    f"^((?:[^0-9A-Z甲乙丙丁]+|[甲乙丙丁][^0-9幢]|第[0-9]+|[0-9A-Z]+(?:{_ROAD_ENDS}|{_GROUP_ENDS})"
    "|[A-Z]{2,}[^0-9A-Z幢单-]|[A-Z][^0-9A-Z幢单门室层楼-])*)"
)
_NUMBER = "^([甲乙丙丁]?[0-9]+[A-Z]?(?:-[0-9]+)*)号(?:之([0-9]+))?"
_BUILDING = "([0-9]+[A-Z]?|[A-Z][0-9]*|[甲乙丙丁东西南北中])幢"
_UNIT = "([0-9]+[A-Z]?|[A-Z]|[甲乙丙丁东西南北中])单元"
_FLOOR = "[0-9]+[层楼F]"
_ROOM = "([0-9]+[A-Z]?(?:-[0-9]+)?|[A-Z][0-9]+)(?:室|房|户|号)?$"

_BEGINNINGS = (
    r"^.*(?:街道办事处|街道办|街道|办事处|居委会|村委会|社区|管委会)(.{2,})$",
    r"^.*(?:开发区|高新区|工业园区|产业园区|保税区|管理区|科技园区)((?:[^路街道巷大]|大[^道街]).+)$",
    r"^\p{Han}{1,7}?[镇乡]((?:[^路街道巷弄政中小]|中[^路街]|小[^学区]).+)$",
    r"^.*(?:大道|大街|[^铁公马丝]路|街|巷|胡同)(\p{Han}{3,}.*)$",
    rf"^.+村(\p{{Han}}{{1,6}}村(?:[0-9]+(?:{_GROUP_ENDS}))?)$",
)
"""What stands before the last name: towns, zones, a road before the estate on it, a village before its hamlet."""


def read(texts: pl.Series) -> pl.DataFrame:
    """road, house_number, building, building_unit, room; null where a part is not there.

    ``texts``: addresses without province, city and county. A place described by its neighbour (68号对面) has no number.
    """
    plain = _on_some(_in_one_spelling(texts), _BESIDE, lambda some: some.str.replace(_NUMBER_BESIDE, ""))
    goes_on = plain.str.contains(_HEAD_GOES_ON).fill_null(value=False).arg_true()
    head = plain.str.extract(_PLAIN_HEAD, 1).scatter(goes_on, plain.gather(goes_on).str.extract(_HEAD, 1))
    tail = _on_some(pl.select(plain.str.strip_prefix(head)).to_series(), "-", _with_dashes_spelt)
    road = on_distinct(head, lambda heads: _last_name(heads).to_frame())
    return _parts(pl.concat([road, _numbers(tail)], how="horizontal"))


def _numbers(tails: pl.Series) -> pl.DataFrame:
    """number, building, unit and room as the text says them; ``lone``: a tail that is a number and nothing more."""
    number = tails.str.extract_groups(_NUMBER).struct.unnest()
    number.columns = ["number", "of"]
    rest = _on_some(tails, _NUMBER, lambda some: some.str.replace(_NUMBER, ""))
    rest = _on_some(rest, _FLOOR, lambda some: some.str.replace_all(_FLOOR, ""))
    told = pl.concat_str("number", pl.lit("-") + pl.col("of"), ignore_nulls=True)
    return number.select(
        number=pl.when(pl.col("number").is_not_null()).then(told),
        building=rest.str.extract(_BUILDING, 1),
        unit=rest.str.extract(_UNIT, 1),
        room=rest.str.extract(_ROOM, 1),
        lone=tails.str.contains("^[0-9]+[A-Z]?(?:-[0-9]+)?$"),
    )


def _parts(frame: pl.DataFrame) -> pl.DataFrame:
    """A lone number after a road is its house; a name counts when it ends like one or a number follows it."""
    house = pl.col("lone") & pl.col("road").str.contains(_COUNTING_ENDS)
    counted = pl.any_horizontal(pl.col("number", "building", "unit", "room").is_not_null())
    named = pl.col("road").str.contains(_NAME_ENDS) & ~pl.col("road").str.contains(_TOWN_ENDS)
    return frame.select(
        road=pl.when(pl.col("road").str.len_chars() > 1, counted | named).then("road"),
        house_number=pl.coalesce("number", pl.when(house).then("room")),
        building="building",
        building_unit="unit",
        room=pl.when(~house).then("room"),
    )


def _on_some(texts: pl.Series, pattern: str, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """``texts`` with those that hold ``pattern`` changed."""
    at = texts.str.contains(pattern).fill_null(value=False).arg_true()
    return texts if at.is_empty() else texts.clone().scatter(at, change(texts.gather(at)))


def _in_one_spelling(texts: pl.Series) -> pl.Series:
    def replaced(pattern: str, by: str) -> Callable[[pl.Series], pl.Series]:
        return lambda some: some.str.replace_all(pattern, by)

    for pattern, change in (
        ("[a-z]", lambda some: some.str.to_uppercase()),
        (r"[(\[【〔]", replaced(_NOTES, "")),
        ("[0-9][,、;.][0-9]", replaced("([0-9])[,、;.]([0-9])", "${1}-${2}")),
        (r"[\s,、;。·.|]", replaced(r"[\s,、;。·.|]+", "")),
        ("[—–−~～/_-]", lambda some: some.str.replace_all("[—–−~～/_-]+", "-").str.strip_chars_start("-")),
        (_COUNTED_IN_HAN, lambda some: some.str.replace_many(_numerals(), leftmost=True)),
        ("[号#][楼栋幢]|[栋座]", replaced("([0-9A-Z甲乙丙丁])(?:[号#][楼栋幢]|栋|座)", "${1}幢")),
        ("号大?院|#", replaced("号大?院|#", "号")),
        ("[0-9]门[0-9]", replaced("([0-9])门([0-9])", "${1}单元${2}")),
    ):
        texts = _on_some(texts, pattern, change)
    return texts


@cache
def _numerals() -> dict[str, str]:
    """Chinese numerals up to 99 with what they count -> digits with it, the longest first."""
    ones = ["", *_NUMERALS]
    tens = ["", "十", *(f"{numeral}十" for numeral in _NUMERALS[1:])]
    spelt = {tens[number // 10] + ones[number % 10]: str(number) for number in range(1, 100)}
    counted = {numeral + unit: digits + unit for numeral, digits in spelt.items() for unit in _COUNTED}
    return dict(sorted(counted.items(), key=lambda pair: -len(pair[0])))


def _with_dashes_spelt(tails: pl.Series) -> pl.Series:
    """3-2-501 and 3幢2-501 as 3幢2单元501室, 3-501 as 3幢501室."""
    return (
        tails.str.replace("([0-9A-Z]+)-([0-9A-Z]+)-([0-9A-Z]+)(?:室|房|户|号)?$", "${1}幢${2}单元${3}室")
        .str.replace("幢-?([0-9A-Z]+)-([0-9]+[A-Z]?)(?:室|房|户|号)?$", "幢${1}单元${2}室")
        .str.replace_all("(幢|单元|号)-", "${1}")
        .str.replace("(^|[^0-9A-Z-])([0-9]+[A-Z]?|[A-Z])-([0-9]{3,4}[A-Z]?)(?:室|房|户)?$", "${1}${2}幢${3}室")
    )


def _last_name(heads: pl.Series) -> pl.Series:
    """The last road, street, village or estate of what stands before the numbers."""
    name = heads.str.strip_chars("-号").alias("road")
    for beginning in _BEGINNINGS:
        at = name.str.contains(beginning).fill_null(value=False).arg_true()
        name = name if at.is_empty() else name.scatter(at, name.gather(at).str.extract(beginning, 1))
    return name

"""What the names at the head of an address mean: full, short and former names of provinces, cities and counties.

A *place* is a province, city and county in force today; a *form* is a way its name, or a former name of it, is written.
Where a form leads depends on what was read before it: 鼓楼区 after 徐州市 is another place than after 南京市. At the
very beginning a name means the home city's place of that name, else the one in force that alone bears it, those of the
home province first.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

import polars as pl

from pipeline.core.fields import region
from pipeline.core.tables import csv_table

HOME = "3201"
"""The city whose district is meant when two cities have one of that name: Nanjing."""

SURE, GUARDED, WEAK = 0, 1, 2
"""How a form counts: by itself; unless a road or the like follows (南京路); only when a town follows (江宁东山街道)."""

ZONES = (
    "经济技术开发区", "高新技术产业开发区", "高新技术开发区", "高新技术产业园区", "经济开发区", "高新开发区",
    "高新区", "经开区", "开发区", "工业园区", "旅游度假区", "保税区",
)  # fmt: skip
"""Zones written after a city, in place of a county or before it."""

MUNICIPALITIES = ("11", "12", "31", "50")
_BRACKETS = ("市辖区", "县", "市", "市区", "省直辖县级行政单位", "省直辖行政单位", "自治区直辖县级行政单位")
_BRACKETS_WRITTEN = (
    "市辖区", "省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划", "自治区直辖县级行政单位",
)  # fmt: skip
_PEOPLES = (
    "(?:(?:壮|回|满|藏|苗|彝|布依|侗|瑶|白|土家|哈尼|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|土|仫佬|羌|布朗"
    "|撒拉|毛南|仡佬|阿昌|普米|怒|德昂|保安|裕固|京|独龙|门巴|珞巴|基诺|朝鲜|蒙古|维吾尔|哈萨克|柯尔克孜|达斡尔|锡伯"
    "|塔吉克|乌孜别克|俄罗斯|鄂温克|塔塔尔|鄂伦春|赫哲|各)族"
    "|蒙古|维吾尔|哈萨克|柯尔克孜|达斡尔|锡伯|塔吉克|鄂温克|鄂伦春)*"
)
_AUTONOMOUS = re.compile(f"^(.{{2,}}?){_PEOPLES}自治(区|州|县|旗)$")
_PLAIN_TAIL = re.compile("^(.{2,}?)(?:特别行政区|新区|矿区|林区|地区|省|市|区|县|旗|盟)$")


class Place(NamedTuple):
    """Names in force today; ``code`` as deep as it is known, null when the name means several places."""

    province: str | None
    city: str | None
    county: str | None
    code: str | None


class State(NamedTuple):
    """Where reading an address has come to. ``scope``: digits of the codes that lie within it, null for none."""

    place: Place
    scope: str | None


NOWHERE = State(Place(None, None, None, None), "")
Step = tuple[State, int]


@dataclass(frozen=True)
class Gazetteer:
    """Where a form leads: ``within`` a scope; ``again``: a state's own names written once more."""

    within: Mapping[tuple[str, str], Step]
    again: Mapping[tuple[State, str], Step]


class _Row(NamedTuple):
    """A name that a code bears or bore. ``now``: today's code of that area, null when it was divided."""

    code: str
    name: str
    last_year: int | None  # null for a name in force
    now: str | None
    level: int

    @property
    def in_force(self) -> bool:
        """Whether it is today's name."""
        return self.last_year is None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Digits of the places it lies in, the whole country first."""
        return ("", self.code[:2], self.code[:4])[: self.level + 1]


class _Codes:
    """Today's names by code, and what a former code has become."""

    def __init__(self, table: pl.DataFrame) -> None:
        columns = (table[name].to_list() for name in ("code", "name", "last_year", "successor"))
        told = [entry for entry in zip(*columns, strict=True) if entry[0] != "830000"]  # Taiwan is 710000
        self.names = {code: name for code, name, last_year, _ in told if last_year is None}
        self.successors = {code: successor for code, _, _, successor in told if successor}
        self.rows = [
            _Row(code, name, last_year, code if code in self.names else successor, _level(code))
            for code, name, last_year, successor in told
            if name not in _BRACKETS
        ]

    def state(self, row: _Row) -> State:
        """Where reading is once ``row`` was read."""
        scope = (row.code[:2], row.code[:4], None)[row.level]
        return State(self.place(row.now) if row.now else self._divided(row), scope)

    def place(self, code: str) -> Place:
        """The place of a code in force."""
        province = self.names[code[:2] + "0000"]
        city = self.names.get(code[:4] + "00") if code[2:4] != "00" else None
        city = province if code[:2] in MUNICIPALITIES else city
        county = self.names[code] if code[4:] != "00" else None
        return Place(province, None if city in _BRACKETS else city, county, code)

    def _divided(self, row: _Row) -> Place:
        """A place whose area several now share: its own name, and the code of what it lay in."""
        if row.level < 2:
            lay_in = self.place(row.code[:2] + "0000")
            return Place(lay_in.province, row.name, None, lay_in.code)
        above = row.code[:4] + "00"
        lay_in = self.place(above if above in self.names else self.successors.get(above, row.code[:2] + "0000"))
        return Place(lay_in.province, lay_in.city, row.name, lay_in.code)


def _level(code: str) -> int:
    """0 for a province, 1 for a city, 2 for a county."""
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2


def short_forms(name: str) -> tuple[str, ...]:
    """Ways a full name is shortened, each of two characters at least: 延边朝鲜族自治州 -> 延边, 延边州."""
    autonomous = _AUTONOMOUS.match(name)
    if autonomous:
        stem, kind = autonomous.groups()
        extra = ("内蒙",) if stem == "内蒙古" else ()
        return (stem, f"{stem}自治{kind}" if kind == "区" else stem + kind, *extra)
    plain = _PLAIN_TAIL.match(name)
    return (plain.group(1),) if plain else ()


@cache
def gazetteer() -> Gazetteer:
    """Every step, from the region table and ``place_names.csv``."""
    codes = _Codes(region.table())
    meant: dict[tuple[str, str], dict[int, list[_Row]]] = {}
    for row in codes.rows:
        for scope, form, how in chain(_ways(row), _run_together(codes, row)):
            meant.setdefault((scope, form), {}).setdefault(how, []).append(row)
    within: dict[tuple[str, str], Step] = {("", "中国"): (NOWHERE, GUARDED), ("", "中华人民共和国"): (NOWHERE, SURE)}
    for (scope, form), rows in meant.items():
        how = min(rows)
        state = _state_meant(codes, rows[how], scope)
        if state:
            within[scope, form] = (state, how)
    for scope, form, state in chain(_zones(codes), _named_in_table(codes)):
        within[scope, form] = (state, SURE)
    return Gazetteer(within, _again(within))


def _ways(row: _Row) -> Iterator[tuple[str, str, int]]:
    """Scopes a row's name is read in, its forms there, and how far each form can be trusted."""
    for scope in row.scopes:
        # Standing alone, 东区 or 郊区 is a part of any town or estate.
        if scope or len(row.name) > 2 or row.name[-1] not in "区市":
            yield scope, row.name, SURE
        for form in short_forms(row.name):
            if scope or row.level < 2:
                yield scope, form, GUARDED
            elif row.code.startswith(HOME[:2]) and row.in_force:
                yield scope, form, WEAK


def _run_together(codes: _Codes, row: _Row) -> Iterator[tuple[str, str, int]]:
    """青岛市北区 is 市北区 of 青岛, not 北区 of 青岛市."""
    city = codes.names.get(row.code[:4] + "00", "")
    if row.level == 2 and row.name.startswith("市") and city.endswith("市"):
        for scope in row.scopes[:2]:
            yield scope, city[:-1] + row.name, SURE


def _state_meant(codes: _Codes, rows: list[_Row], scope: str) -> State | None:
    """The one place ``rows`` of one name mean; of several counties their name alone; null where nothing can be said."""
    if len(rows) == 1:
        return codes.state(rows[0])
    in_force = [row for row in rows if row.in_force]
    home_city = [row for row in rows if row.code.startswith(HOME)]
    home_province = [row for row in in_force if row.code.startswith(HOME[:2])]
    latest = max((row.last_year for row in rows if row.last_year), default=None)
    ended_last = [row for row in rows if not in_force and row.last_year == latest]
    for group in (home_city, home_province, in_force, rows, ended_last):
        highest = min((row.level for row in group), default=0)
        candidates = [row for row in group if row.level == highest]
        if len({row.now for row in candidates}) == 1:
            return codes.state(candidates[0])
    if len(scope) > 2 or not in_force or any(row.level < 2 for row in in_force):
        return None
    around = codes.place(scope + "0000") if scope else NOWHERE.place
    return State(around._replace(city=None, county=in_force[0].name), None)


def _zones(codes: _Codes) -> Iterator[tuple[str, str, State]]:
    for code, name in codes.names.items():
        digits = code[:2] if code[:2] in MUNICIPALITIES else code[:4]
        if code == digits.ljust(6, "0") and name not in _BRACKETS:
            for zone in ZONES:
                yield digits, zone, State(codes.place(code), digits)


def _named_in_table(codes: _Codes) -> Iterator[tuple[str, str, State]]:
    table = csv_table.read("place_names.csv")
    for name, inside, code in zip(*(table[column].to_list() for column in table.columns), strict=True):
        place = codes.place(code)
        state = State(place, None if place.county else code[: 4 if place.city else 2])
        for scope in {inside} if name in ZONES else {"", inside[:2], inside}:
            yield scope, name, state


def _again(within: Mapping[tuple[str, str], Step]) -> dict[tuple[State, str], Step]:
    """A state's own names, full ones only: 江苏省南京市江苏省南京市, 上海市上海市, 北京市市辖区."""
    written: dict[State, set[str]] = {}
    for (_, form), (state, how) in within.items():
        names = written.setdefault(state, {name for name in state.place[:3] if name})
        if how == SURE:
            names.add(form)
        if state.scope:
            names.update(_BRACKETS_WRITTEN)
    return {(state, name): (state, SURE) for state, names in written.items() if state != NOWHERE for name in names}

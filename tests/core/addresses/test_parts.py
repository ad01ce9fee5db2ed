"""Road, house number, building, unit and room."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.addresses import parts
from tests.strategies_text import dirty_texts

Parts = tuple[str | None, str | None, str | None, str | None, str | None]


def read(text: str) -> Parts:
    return parts.read(pl.Series([text])).row(0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("胜太路68号", ("胜太路", "68", None, None, None)),
        ("秣陵街道胜太路68号金陵花园3幢2单元501室", ("胜太路", "68", "3", "2", "501")),
        ("金陵花园3幢2单元501室", ("金陵花园", None, "3", "2", "501")),
        ("金陵花园3栋2单元501", ("金陵花园", None, "3", "2", "501")),
        ("金陵花园3号楼2单元501室", ("金陵花园", None, "3", "2", "501")),
        ("金陵花园3#楼501", ("金陵花园", None, "3", None, "501")),
        ("金陵花园A座1203", ("金陵花园", None, "A", None, "1203")),
        ("金陵花园a座1203室", ("金陵花园", None, "A", None, "1203")),
        ("金陵花园3号602室", ("金陵花园", "3", None, None, "602")),
        ("凌波苑3幢丙单元101室", ("凌波苑", None, "3", "丙", "101")),
        ("金陵花园三幢二单元501室", ("金陵花园", None, "3", "2", "501")),
        ("中山北路二十三号", ("中山北路", "23", None, None, None)),
        ("中山北路30号5单元3楼302", ("中山北路", "30", None, "5", "302")),
        ("中山北路30号益来国际广场18楼", ("中山北路", "30", None, None, None)),
        ("中山北路30号3门501", ("中山北路", "30", None, "3", "501")),
        ("中山东路300号之2", ("中山东路", "300-2", None, None, None)),
        ("中山东路300-2号", ("中山东路", "300-2", None, None, None)),
        ("中山路甲12号", ("中山路", "甲12", None, None, None)),
        ("胜太路68、70号", ("胜太路", "68-70", None, None, None)),
        ("胜太路68", ("胜太路", "68", None, None, None)),
        ("金陵花园501", ("金陵花园", None, None, None, "501")),
        ("汉口路22号院5号楼301", ("汉口路", "22", "5", None, "301")),
    ],
)
def test_numbers_are_told_by_what_follows_them(text: str, expected: Parts) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("金陵花园3-2-501", ("金陵花园", None, "3", "2", "501")),
        ("胜太路68号3-2-501室", ("胜太路", "68", "3", "2", "501")),
        ("金陵花园3幢2-501", ("金陵花园", None, "3", "2", "501")),
        ("金陵花园3幢-2-501", ("金陵花园", None, "3", "2", "501")),
        ("金陵花园12-1501", ("金陵花园", None, "12", None, "1501")),
        ("金陵花园3—2—501", ("金陵花园", None, "3", "2", "501")),
        ("金陵花园3/2/501", ("金陵花园", None, "3", "2", "501")),
        ("天元西路88号2期12幢3-1501", ("天元西路", "88", "12", "3", "1501")),
    ],
)
def test_numbers_with_dashes_are_building_unit_and_room(text: str, expected: Parts) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "road"),
    [
        ("东山镇上元大街1号", "上元大街"),
        ("铁心桥街道春江新城新河苑28幢", "春江新城新河苑"),
        ("胜太路金陵花园3幢", "金陵花园"),
        ("江南西路紫金大街26号", "紫金大街"),
        ("光华路石门坎103号", "石门坎"),
        ("经济技术开发区恒通大道1号", "恒通大道"),
        ("开发区大道1号", "开发区大道"),
        ("珠江路小区3幢", "珠江路小区"),
        ("铁路新村12号", "铁路新村"),
        ("丝路花园小区3幢", "丝路花园小区"),
        ("中山北路1234弄5号", "中山北路1234弄"),
        ("104国道12号", "104国道"),
        ("太原1路84号", "太原1路"),
        ("翠屏国际城3区5幢", "翠屏国际城3区"),
        ("SOHO现代城3号楼", "SOHO现代城"),
        ("丁家桥87号", "丁家桥"),
        ("御道街29号", "御道街"),
        ("东山12号", "东山"),
        ("横溪镇新塘村三组15号", "新塘村3组"),
        ("横溪村委会新塘村3组15号", "新塘村3组"),
        ("晨光村姚家组12号", "晨光村姚家组"),
        ("新塘村前队", "新塘村前队"),
        ("胜太路", "胜太路"),
        ("红牌楼街道19号", "红牌楼街道"),
    ],
)
def test_the_road_is_the_last_name_before_the_numbers(text: str, road: str) -> None:
    assert read(text)[0] == road


@pytest.mark.parametrize("text", ["东山", "天气", "解放碑", "黄茅岭乡", "东山街道", "路", ""])
def test_what_neither_ends_like_a_road_nor_has_a_number_is_none(text: str) -> None:
    assert read(text) == (None, None, None, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("胜太路68号对面", ("胜太路", None, None, None, None)),
        ("胜太路68号旁", ("胜太路", None, None, None, None)),
        ("胜太路附近", ("胜太路", None, None, None, None)),
        ("胜太路68号3幢旁边", ("胜太路", "68", None, None, None)),
        ("胜太路68号(苏果超市对面)", ("胜太路", "68", None, None, None)),
        ("胜太路68号苏果超市旁", ("胜太路", "68", None, None, None)),
    ],
)
def test_a_neighbours_number_is_not_the_places_own(text: str, expected: Parts) -> None:
    assert read(text) == expected


PUBLISHED = [
    ("虹漕路461号58号楼5楼", ("虹漕路", "461", "58", None, None)),
    ("紫金大街26号102", ("紫金大街", "26", None, None, "102")),
    ("世纪大道8号东方明珠花园4栋6单元111室", ("世纪大道", "8", "4", "6", "111")),
    ("科技园科苑路15号", ("科技园科苑路", "15", None, None, None)),
    ("红牌楼街道19号红牌楼广场", ("红牌楼街道", "19", None, None, None)),
    ("南苏州路333号中国东方航空公司", ("南苏州路", "333", None, None, None)),
    ("盘山路28号幸福茶庄", ("盘山路", "28", None, None, None)),
    ("小水街222号", ("小水街", "222", None, None, None)),
    ("甘蓝子街98号", ("甘蓝子街", "98", None, None, None)),
    ("金华镇清云北路2号(四川新津工业园)", ("清云北路", "2", None, None, None)),
    ("笔架山办事处建设路香港城西街", ("香港城西街", None, None, None, None)),
    ("北京东路41号", ("北京东路", "41", None, None, None)),
]
"""Addresses that public parsers give as examples, below the county."""


@pytest.mark.parametrize(("text", "expected"), PUBLISHED)
def test_examples_of_public_parsers(text: str, expected: Parts) -> None:
    assert read(text) == expected


def test_null_stays_null_and_nothing_gives_nothing() -> None:
    assert parts.read(pl.Series([None], dtype=pl.String)).row(0) == (None, None, None, None, None)
    assert parts.read(pl.Series([], dtype=pl.String)).shape == (0, 5)


@settings(max_examples=30)
@given(st.lists(st.one_of(dirty_texts, st.text("胜太路3-幢单元室号A村组一二十镇附近(旁)")), max_size=5))
def test_any_text_is_read_and_alone_as_in_company(texts: list[str]) -> None:
    together = parts.read(pl.Series(texts, dtype=pl.String))
    assert together.columns == ["road", "house_number", "building", "building_unit", "room"]
    assert together.rows() == [read(text) for text in texts]

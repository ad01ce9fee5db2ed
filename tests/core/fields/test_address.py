"""Addresses: cleaning, parts, what is wanting, the key of a home."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import address, region
from tests.strategies_text import dirty_texts

COLUMNS = ["value", "repair", *address.REGION_PARTS, *address.STREET_PARTS, "region_code"]


def cleaned(text: str | None) -> dict[str, str | None]:
    told = address.clean(pl.Series([text], dtype=pl.String))
    assert told.columns == COLUMNS
    return told.row(0, named=True)


def checked(text: str | None) -> tuple[bool | None, ...]:
    told = address.check(pl.Series([text], dtype=pl.String))
    assert told.columns == ["placeholder", "too_short", "no_element", "no_digit"]
    return told.row(0)


def key(text: str) -> str | None:
    return address.home_key(address.clean(pl.Series([text]))).item()


def test_an_address_is_cleaned_and_read_into_its_parts() -> None:
    assert cleaned("江苏省南京市江宁区秣陵街道胜太路６８号 金陵花园３幢２单元５０１室") == {
        "value": "江苏省南京市江宁区秣陵街道胜太路68号金陵花园3幢2单元501室",
        "repair": "full_width",
        "province": "江苏省",
        "city": "南京市",
        "county": "江宁区",
        "road": "胜太路",
        "house_number": "68",
        "building": "3",
        "building_unit": "2",
        "room": "501",
        "region_code": "320115",
    }


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        ("玄武区北京东路41号", "玄武区北京东路41号", None),
        ("江宁 区 胜太路 68 号", "江宁区胜太路68号", None),
        ("南京市 Jin  Ling Garden 3 幢", "南京市Jin Ling Garden 3幢", None),
        ("江苏省　南京市\t江宁区", "江苏省南京市江宁区", None),
        ("南京市白下区光华路1号", "南京市白下区光华路1号", None),
        ("江宁区\u200b胜太路68号", "江宁区胜太路68号", "zero_width"),
        ("不详", None, "null_word"),
        ("无", None, "null_word"),
        ("暂 无", None, "null_word"),
        ("同上", None, "placeholder"),
        ("同 上", None, "placeholder"),
        ("南京", None, "placeholder"),
        ("江苏", None, "placeholder"),
        ("江苏南京", None, "placeholder"),
        ("南京市", None, "placeholder"),
        ("江苏省南京市", None, "placeholder"),
        ("上海市", None, "placeholder"),
        ("见身份证", None, "placeholder"),
        ("1", None, "placeholder"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_the_text_stays_as_delivered_but_for_dirt_and_words_for_nothing(
    raw: str | None, value: str | None, repair: str | None
) -> None:
    told = cleaned(raw)
    assert (told["value"], told["repair"]) == (value, repair)


def test_a_bare_city_keeps_its_parts() -> None:
    told = cleaned("江苏南京")
    assert (told["value"], told["province"], told["city"], told["county"]) == (None, "江苏省", "南京市", None)
    assert told["region_code"] == "320100"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("南京市白下区光华路1号", "320104"),
        ("下关区热河路1号", "320106"),
        ("江宁县东山镇", "320115"),
        ("江苏省昆山市玉山镇", "320583"),
        ("江苏省南京市胜太路68号", "320100"),
        ("南京市江北新区浦滨路1号", "320100"),
        ("北京市朝阳区建国路1号", "110105"),
        ("朝阳区建国路1号", None),
        ("胜太路68号", None),
    ],
)
def test_the_region_code_is_todays_and_as_deep_as_the_text_tells(text: str, code: str | None) -> None:
    assert cleaned(text)["region_code"] == code


def test_a_label_before_the_address_is_no_part_of_it() -> None:
    told = cleaned("联系地址：南京市鼓楼区湖南路1号")
    assert (told["county"], told["road"], told["house_number"]) == ("鼓楼区", "湖南路", "1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("秣陵街道胜太路68号", (False, False, False, False)),
        ("玄武区北京东路41号", (False, False, False, False)),
        ("江宁区东山", (False, True, True, True)),
        ("江宁区胜太路", (False, True, False, True)),
        ("江宁区胜太路8", (False, True, False, False)),
        ("江宁区胜太路三号", (False, False, False, False)),
        ("江宁区横溪街道新塘村前队", (False, False, False, False)),
        ("江宁区横溪街道新塘村三组", (False, False, False, False)),
        ("江宁区东山那边12", (False, False, True, False)),
        ("南京市江宁区", (False, True, True, True)),
        ("南京市江北新区", (False, True, True, True)),
        ("南京市", (True, True, True, True)),
        ("江苏南京", (True, True, True, True)),
        ("同上", (True, True, True, True)),
        (None, (None, None, None, None)),
    ],
)
def test_what_is_wanting_is_told(text: str | None, expected: tuple[bool | None, ...]) -> None:
    assert checked(text) == expected


def test_a_mask_shows_the_district_and_no_more() -> None:
    told = address.mask(pl.Series(["南京市江宁区秣陵街道胜太路68号", "胜太路68号", "王小明13912345678", None]))
    assert told.to_list() == ["南京市江宁区****", "****", "****", None]


@pytest.mark.parametrize(
    "same",
    [
        (
            "江苏省南京市江宁区胜太路68号3幢2单元501室",
            "南京江宁区秣陵街道胜太路68号金陵花园3栋2单元501",
            "江宁区胜太路68号3-2-501",
        ),
        (
            "江宁区金陵花园3号602室",
            "江宁区金陵花园3幢602室",
            "江宁区胜太路金陵花园３号楼６０２",
            "江宁县金陵花园03栋602",
        ),
        ("南京市白下区光华路1号", "秦淮区光华路一号", "江苏省南京市秦淮区光华路1号"),
        ("江宁区横溪镇新塘村三组15号", "江宁区横溪街道新塘村3组15号"),
    ],
)
def test_one_home_has_one_key_however_it_is_written(same: tuple[str, ...]) -> None:
    keys = {key(text) for text in same}
    assert len(keys) == 1
    assert None not in keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("江宁区胜太路68号", "江宁区胜太路69号"),
        ("江宁区胜太路68号", "玄武区胜太路68号"),
        ("江宁区胜太路68号3幢501", "江宁区胜太路68号3幢502"),
        ("江宁区胜太路68号1单元501", "江宁区胜太路68号1幢501"),
        ("鼓楼区中山北路30号", "徐州市鼓楼区中山北路30号"),
        ("江宁区翠屏国际城3区5幢501", "江宁区翠屏国际城2区5幢501"),
    ],
)
def test_two_homes_have_two_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "text",
    [
        "南京市",
        "江宁区东山",
        "江宁区胜太路",
        "江宁区横溪镇新塘村三组",
        "江宁区胜太路68号对面",
        "3幢2单元501室",
        "江宁区金陵花园501",
    ],
)
def test_a_place_without_road_or_number_is_no_home(text: str) -> None:
    assert key(text) is None


def test_cleaning_leaves_the_given_column_alone() -> None:
    values = pl.Series(["江宁 区胜太路３号", "同上"])
    address.clean(values)
    assert values.to_list() == ["江宁 区胜太路３号", "同上"]


def test_no_values_give_no_rows() -> None:
    nothing = pl.Series([], dtype=pl.String)
    assert address.clean(nothing).shape == (0, len(COLUMNS))
    assert address.check(nothing).shape == (0, 4)


@given(st.lists(st.one_of(dirty_texts, st.text("江苏南京市宁区胜太路68号3幢 　\t()同上无-")), max_size=20))
def test_cleaning_twice_is_cleaning_once(values: list[str]) -> None:
    once = address.clean(pl.Series(values, dtype=pl.String))
    again = address.clean(once["value"])
    assert again["value"].to_list() == once["value"].to_list()


ROADS = (
    "北京东路", "中山北路", "胜太路", "双龙大道", "太平南路", "汉口路", "莫愁路", "上海路", "将军大道", "文昌街",
    "明故宫路", "龙蟠中路", "江苏路", "南京路", "洪武北路", "四条巷", "石鼓路", "仙林大道", "集庆门大街", "虎踞北路",
)  # fmt: skip
TOWNS = ("", "东山街道", "秣陵街道", "玉山镇", "横溪镇", "和平乡")
ESTATES = ("", "金陵花园", "翠屏国际城", "阳光雅居", "紫晶小区")

in_force = region.table().filter(pl.col("last_year").is_null() & pl.col("code").str.starts_with("3"))
places = pl.concat([in_force.select("code"), region.names(in_force["code"])], how="horizontal").drop_nulls("county")
number = st.integers(1, 999).map(str)


@given(
    st.sampled_from(places.rows()),
    st.sampled_from(TOWNS),
    st.sampled_from(ROADS),
    st.sampled_from(ESTATES),
    st.tuples(number, number, st.integers(1, 9).map(str), st.integers(101, 3399).map(str)),
    st.sampled_from(["{}幢{}单元{}室", "{}栋{}单元{}", "{}号楼{}单元{}室", "-{}-{}-{}", "{}座{}单元{}房"]),
)
def test_a_composed_address_gives_its_parts_back(
    place: tuple[str, str, str | None, str], town: str, road: str, estate: str, numbers: tuple[str, ...], way: str
) -> None:
    code, province, city, county = place
    text = f"{province}{city or ''}{county}{town}{road}{numbers[0]}号{estate}" + way.format(*numbers[1:])
    told = cleaned(text)
    assert told["region_code"] == code
    assert (told["province"], told["county"]) == (province, county)
    assert told["city"] == (city or province)
    assert tuple(told[name] for name in address.STREET_PARTS) == (road, *numbers)

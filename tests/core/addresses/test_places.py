"""What names at the head of an address mean."""

import polars as pl
import pytest

from pipeline.core.addresses.places import GUARDED, SURE, WEAK, gazetteer, short_forms
from pipeline.core.fields import region
from pipeline.core.tables import csv_table


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("南京市", ("南京",)),
        ("江苏省", ("江苏",)),
        ("江宁区", ("江宁",)),
        ("浦东新区", ("浦东",)),
        ("沛县", ()),
        ("内蒙古自治区", ("内蒙古", "内蒙古自治区", "内蒙")),
        ("广西壮族自治区", ("广西", "广西自治区")),
        ("新疆维吾尔自治区", ("新疆", "新疆自治区")),
        ("延边朝鲜族自治州", ("延边", "延边州")),
        ("巴音郭楞蒙古自治州", ("巴音郭楞", "巴音郭楞州")),
        ("克孜勒苏柯尔克孜自治州", ("克孜勒苏", "克孜勒苏州")),
        ("湘西土家族苗族自治州", ("湘西", "湘西州")),
        ("积石山保安族东乡族撒拉族自治县", ("积石山", "积石山县")),
        ("香港特别行政区", ("香港",)),
        ("神农架林区", ("神农架",)),
        ("科尔沁左翼后旗", ("科尔沁左翼后",)),
    ],
)
def test_a_name_is_shortened_as_people_do(name: str, forms: tuple[str, ...]) -> None:
    assert short_forms(name) == forms


@pytest.mark.parametrize(
    ("scope", "form", "code", "how"),
    [
        ("", "南京市", "320100", SURE),
        ("", "南京", "320100", GUARDED),
        ("", "江宁", "320115", WEAK),
        ("3201", "江宁", "320115", GUARDED),
        ("", "鼓楼区", "320106", SURE),
        ("3203", "鼓楼区", "320302", SURE),
        ("32", "鼓楼区", "320106", SURE),
        ("", "白下区", "320104", SURE),
        ("", "溧水县", "320117", SURE),
        ("", "海南", "460000", GUARDED),
        ("", "海南藏族自治州", "632500", SURE),
        ("", "吉林", "220000", GUARDED),
        ("22", "吉林", "220200", GUARDED),
        ("", "西湖区", None, SURE),
        ("37", "青岛市北区", "370203", SURE),
    ],
)
def test_a_form_means_a_place_by_what_stands_before_it(scope: str, form: str, code: str | None, how: int) -> None:
    state, trust = gazetteer().within[scope, form]
    assert (state.place.code, trust) == (code, how)


@pytest.mark.parametrize("form", ["东区", "城区", "郊区", "市辖区", "县", "开发区", "高新区"])
def test_what_any_town_may_have_is_no_place_by_itself(form: str) -> None:
    assert ("", form) not in gazetteer().within


def test_every_extra_name_lies_in_a_place_in_force_and_means_nothing_else_in_force() -> None:
    table = csv_table.read("place_names.csv")
    in_force = region.table().filter(pl.col("last_year").is_null())
    assert set(table["code"]) <= set(in_force["code"])
    assert not set(table["name"]) & set(in_force["name"])
    assert table["name"].is_unique().all()
    assert all(code.startswith(inside[:2]) for code, inside in zip(table["code"], table["within"], strict=True))

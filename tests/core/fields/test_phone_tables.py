import re
from importlib.resources import files

import phonenumbers
import polars as pl
import pytest
from phonenumbers.data.region_CN import PHONE_METADATA_CN

from pipeline.core.fields.phone_tables import (
    SEGMENT_CLASSES,
    denied_numbers,
    landline_fits,
    segment_classes,
    service_pattern,
    subscriber_digits,
)

TABLES = ("mobile_segments.csv", "area_codes.csv", "phone_services.csv", "phone_deny_list.csv")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_where_it_came_from(name):
    first, *lines = files("pipeline.core").joinpath("tables", name).read_text(encoding="utf-8").splitlines()
    assert first.startswith("#")
    assert any(line.startswith("#") and "ource" in line for line in [first, *lines])


def test_area_codes_are_those_of_libphonenumber():
    fixed_line = re.compile(PHONE_METADATA_CN.fixed_line.national_number_pattern)

    def lengths(area):
        return [
            str(count)
            for count in (7, 8)
            if all(fixed_line.fullmatch(f"{area}{first}{'3456789'[: count - 1]}") for first in "2345678")
        ]

    areas = ["10", *(str(area) for area in (*range(20, 30), *range(300, 1000)))]
    theirs = {f"0{area}": "|".join(lengths(area)) for area in areas if lengths(area)}
    assert subscriber_digits() == theirs


def test_the_area_codes_of_jiangsu_have_eight_digits():
    jiangsu = ["025", *(f"05{area}" for area in (*range(10, 20), 23, 27))]
    assert {subscriber_digits()[area] for area in jiangsu} == {"8"}
    assert not {"0520", "0521"} & set(subscriber_digits())


@pytest.mark.parametrize(
    ("area", "subscriber", "fits"),
    [
        ("025", "84550000", True),
        ("025", "8455000", False),
        ("025", "14550000", False),
        ("025", "94550000", False),
        ("0550", "3012345", True),
        ("0550", "30123456", False),
        ("0851", "3012345", True),
        ("0851", "30123456", True),
        ("0520", "84550000", False),
        (None, None, False),
    ],
)
def test_a_landline_fits_its_area(area, subscriber, fits):
    parts = pl.DataFrame(
        {"area": [area], "subscriber": [subscriber]}, schema={"area": pl.String, "subscriber": pl.String}
    )
    assert parts.select(landline_fits()).item() is fits


def test_the_longest_prefix_decides_a_segment():
    kinds = [SEGMENT_CLASSES[segment_classes(11)[segment]] for segment in (13490, 13480, 17405, 17406, 17491, 17420)]
    assert kinds == ["satellite", "mobile", "satellite", "emergency", "satellite", "unallocated"]
    assert SEGMENT_CLASSES[segment_classes(13)[14400]] == "iot"
    assert SEGMENT_CLASSES[segment_classes(13)[14420]] == "unallocated"


@pytest.mark.parametrize("number", ["4001234567", "8001234567", "95518", "12345", "110", "10086", "16812345"])
def test_service_numbers_are_short_codes_or_cost_classes_of_phonenumbers(number):
    assert re.fullmatch(service_pattern("service"), number)
    parsed = phonenumbers.parse(number, "CN")
    priced = phonenumbers.number_type(parsed) in {
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
    }
    # phonenumbers lists emergency and directory codes; codes of companies it knows only behind an area code.
    behind_area = phonenumbers.is_valid_number(phonenumbers.parse(f"010{number}", "CN"))
    assert priced or behind_area or number in {"12345", "110"}


def test_no_service_number_could_be_a_mobile_number():
    both = f"(?:{service_pattern('service')}|{service_pattern('relay')})"
    assert not any(re.fullmatch(both, f"{segment}345678") for segment in range(13000, 20000))


def test_the_deny_list_holds_the_numbers_of_its_rule():
    assert set(denied_numbers().tolist()) == {13800138000, 13900000000, 13000000000, 18888888888}

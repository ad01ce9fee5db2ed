import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.fields import phone
from tests.strategies_phones import cells, mobiles, numbers, written


def cleaned(*values, **options):
    return phone.clean(pl.Series(values, dtype=pl.String), **options).rows()


@pytest.mark.parametrize(
    ("cell", "value", "repair"),
    [
        # Rule P17 and the file quirks that were measured on real exports.
        ("13912345678", "13912345678", None),
        ("+86 139-1234-5678", "13912345678", "country_code+separators"),
        ("0086-13912345678", "13912345678", "country_code+separators"),
        ("8613912345678", "13912345678", "country_code"),
        ("(86)13912345678", "13912345678", "country_code+separators"),
        ("+8613912345678", "13912345678", "country_code"),
        ("013912345678", "13912345678", "trunk_zero"),
        ("1795113912345678", "13912345678", "carrier_prefix"),
        ("1259313912345678", "13912345678", "carrier_prefix"),
        ("1791113912345678", "13912345678", "carrier_prefix"),
        ("1790913912345678", "13912345678", "carrier_prefix"),
        ("1252013912345678", "13912345678", "carrier_prefix"),
        ("17951013912345678", "13912345678", "carrier_prefix+trunk_zero"),
        ("13912345678.0", "13912345678", "float_tail"),
        ("1.3912345678E+10", "13912345678", "float_tail"),
        ("１３９１２３４５６７８", "13912345678", "full_width"),
        ("'13912345678", "13912345678", "apostrophe"),
        ("13912345678\t", "13912345678", None),
        ("\xa013912345678 ", "13912345678", None),
        ("139\u200b12345678", "13912345678", "zero_width"),
        ("无", None, "null_word"),
        ("00000000000", None, "null_word"),
        ("  ", None, None),
        ("", None, None),
        # P03: Jiangsu numbers, with the zero that Excel eats.
        ("025-84550000", "025-84550000", None),
        ("02584550000", "025-84550000", None),
        ("2584550000", "025-84550000", "area_code_zero"),
        ("84550000", "025-84550000", "area_code_home"),
        ("025-84550000-8001", "025-84550000-8001", None),
        ("025-84550000转8001", "025-84550000-8001", "separators"),
        # Foreign numbers (P20), relay numbers (P21) and what stays for check to name.
        ("+852 6123 4567", "+85261234567", "separators"),
        ("0085261234567", "+85261234567", "country_code"),
        ("0950131234567", "950131234567", "trunk_zero"),
        ("139****5678", "139****5678", None),
        ("ABC13912345678", "ABC13912345678", None),
        ("1.39123E+10", "1.39123E+10", None),
        ("144-2321-345", "1442321345", "separators"),
    ],
)
def test_a_cell_comes_out_in_canonical_form_with_its_repairs(cell, value, repair):
    assert cleaned(cell) == [(value, repair, None)]


def test_null_stays_null():
    assert cleaned(None) == [(None, None, None)]


def test_a_column_without_values_and_an_empty_column_keep_their_shape():
    for column in (pl.Series([None, None], dtype=pl.Null), pl.Series([], dtype=pl.String)):
        answers = phone.clean(column)
        assert answers.columns == ["value", "repair", "others"]
        assert answers.dtypes == [pl.String, pl.String, pl.List(pl.String)]
        assert len(answers) == len(column)
        assert len(phone.check(column)) == len(column)


def test_several_numbers_are_split_and_the_first_valid_mobile_wins():
    assert cleaned("025-84550000/13912345678;13812345678") == [
        ("13912345678", "split", ["025-84550000", "13812345678"])
    ]


def test_rows_stay_aligned_when_plain_and_odd_values_alternate():
    values = ["13912345678", None, "+86 13812345678", "025-84550000", "无", "13812345678/13912345678", "15012345678"]
    answers = phone.clean(pl.Series(values))
    assert answers["value"].to_list() == [
        "13912345678",
        None,
        "13812345678",
        "025-84550000",
        None,
        "13812345678",
        "15012345678",
    ]
    assert answers["others"].to_list() == [None, None, None, None, None, ["13912345678"], None]


def test_the_values_handed_in_are_not_changed():
    values = pl.Series(["13912345678", "+86 13812345678"])
    phone.clean(values)
    assert values.to_list() == ["13912345678", "+86 13812345678"]


@pytest.mark.parametrize(
    ("home_area", "cell", "value"),
    [
        ("025", "84550000", "025-84550000"),
        ("0512", "84550000", "0512-84550000"),
        ("0550", "3012345", "0550-3012345"),
        ("0550", "84550000", "84550000"),
        (None, "84550000", "84550000"),
    ],
)
def test_a_local_number_gets_the_home_area_when_it_has_that_areas_digits(home_area, cell, value):
    assert cleaned(cell, home_area=home_area)[0][0] == value


def test_a_local_number_that_stays_without_an_area_code_is_a_bad_landline():
    assert phone.check(pl.Series(["84550000", "8455000"]))["reason"].to_list() == ["bad_landline", "bad_landline"]


# Each example is a whole column: what costs is a call, not a row.
COLUMNS = settings(max_examples=40, deadline=None)


@given(st.lists(written(), max_size=40))
@COLUMNS
def test_every_way_of_writing_a_number_leads_to_its_canonical_form(pairs):
    answers = phone.clean(pl.Series([text for _, text in pairs], dtype=pl.String))
    assert answers["value"].to_list() == [canonical for canonical, _ in pairs]


@given(
    st.lists(
        st.tuples(
            st.lists(numbers(), min_size=1, max_size=4, unique=True),
            st.sampled_from(["/", "; ", ",", "、", "\n", " 或 "]),
        ),
        max_size=30,
    )
)
@COLUMNS
def test_no_number_of_a_cell_is_lost_and_the_first_mobile_wins(cells_told):
    answers = phone.clean(pl.Series([separator.join(told) for told, separator in cells_told], dtype=pl.String))
    for (told, _), (value, _, others) in zip(cells_told, answers.rows(), strict=True):
        assert sorted([value, *(others or [])]) == sorted(told)
        personal = [number for number in told if number.startswith("1")]
        assert value == (personal or told)[0]


@given(st.lists(cells(), max_size=60))
@settings(max_examples=50, deadline=None)
def test_cleaning_twice_is_cleaning_once(values):
    once = phone.clean(pl.Series(values, dtype=pl.String))
    twice = phone.clean(once["value"])
    assert twice["value"].to_list() == once["value"].to_list()
    assert twice["repair"].null_count() == len(values)
    assert twice["others"].null_count() == len(values)


@given(st.lists(cells(), max_size=60))
@COLUMNS
def test_repair_codes_are_known_and_in_alphabetical_order(values):
    for repair in phone.clean(pl.Series(values, dtype=pl.String))["repair"].drop_nulls():
        codes = repair.split("+")
        assert codes == sorted(set(codes))
        assert set(codes) <= set(phone.REPAIRS)


@given(st.lists(cells(), min_size=1, max_size=30))
@COLUMNS
def test_an_answer_does_not_depend_on_its_neighbours(values):
    together = phone.clean(pl.Series(values, dtype=pl.String))
    assert cleaned(values[-1]) == together.rows()[-1:]
    assert phone.check(together["value"]).rows()[-1:] == phone.check(together["value"][-1:]).rows()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13912345678", "139****5678"),
        ("139****5678", "139****5678"),
        ("025-84550000", "025-****0000"),
        ("0550-3012345-8001", "0550-****2345"),
        ("+85261234567", "+852****4567"),
        ("95518", "*****"),
        ("王先生", "***"),
        (None, None),
    ],
)
def test_a_mask_shows_no_more_than_three_and_four_digits(value, shown):
    assert phone.mask(pl.Series([value], dtype=pl.String)).to_list() == [shown]


@given(mobiles())
@COLUMNS
def test_a_mask_hides_the_middle_of_every_mobile_number(number):
    assert phone.mask(pl.Series([number])).item() == f"{number[:3]}****{number[7:]}"

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.fields import phone
from pipeline.core.fields.phone_arrange import LANDLINE, MOBILE, OTHER, place
from tests.strategies_phones import cells, numbers, written

COLUMNS = ("mobile", "landline", "other_phones")


def arranged(mobile=None, landline=None, other_phones=None):
    row = [pl.Series([cell], dtype=pl.String) for cell in (mobile, landline, other_phones)]
    return phone.arrange(*row).row(0, named=True)


def fields(answer):
    return tuple(answer[name] for name in COLUMNS)


def repairs(answer):
    return tuple(answer[f"{name}_repair"] for name in COLUMNS)


@pytest.mark.parametrize(
    ("cells_told", "places", "moved_from"),
    [
        # Everything where it belongs.
        (("13905142687", "025-84550000", None), ("13905142687", "025-84550000", None), (None, None, None)),
        ((None, None, None), (None, None, None), (None, None, None)),
        # P18: the example of the supervisor's own interface, and the reverse.
        ((None, "13811617149", None), ("13811617149", None, None), (None, "moved", None)),
        (("025-84550000", None, None), (None, "025-84550000", None), ("moved", None, None)),
        (("025-84550000", "13811617149", None), ("13811617149", "025-84550000", None), ("moved", "moved", None)),
        # A field that is taken: the newcomer goes to the other phones.
        (("13905142687", "13811617149", None), ("13905142687", None, ["13811617149"]), (None, "moved", None)),
        (
            ("025-84550000", "025-84551111", None),
            (None, "025-84551111", ["025-84550000"]),
            ("moved", None, None),
        ),
        # Told twice is kept once.
        (("13905142687", "13905142687", None), ("13905142687", None, None), (None, "moved", None)),
        (("13905142687", None, "13905142687"), ("13905142687", None, None), (None, None, None)),
        # P16 in one cell; what is no mobile number goes to the landline field.
        (
            ("13905142687/13811617149", None, "15012345678"),
            ("13905142687", None, ["13811617149", "15012345678"]),
            ("split", None, None),
        ),
        (
            ("13905142687/025-84550000", None, None),
            ("13905142687", "025-84550000", None),
            ("moved+split", None, None),
        ),
        # P11 counts as missing, so a valid number takes its place; a wrong segment does not (P02 must see it).
        (("139****5678", "13811617149", None), ("13811617149", None, ["139****5678"]), ("moved", "moved", None)),
        (("139****5678", None, None), ("139****5678", None, None), (None, None, None)),
        (("14212345678", "13811617149", None), ("14212345678", None, ["13811617149"]), (None, "moved", None)),
        ((None, "14212345678", None), ("14212345678", None, None), (None, "moved", None)),
        (("139****5678", None, "13811617149"), ("13811617149", None, ["139****5678"]), ("moved", None, "moved")),
        ((None, "4008195518/14212345678", None), ("14212345678", "4008195518", None), (None, "moved+split", None)),
        (
            (None, "025-84550000/025-84551111", None),
            (None, "025-84550000", ["025-84551111"]),
            (None, "split", None),
        ),
        # Another phone fills an empty mobile field.
        ((None, None, "13905142687"), ("13905142687", None, None), (None, None, "moved")),
        (
            ("84550000", None, "13905142687"),
            ("13905142687", "025-84550000", None),
            ("area_code_home+moved", None, "moved"),
        ),
        ((None, None, "025-84550000"), (None, None, ["025-84550000"]), (None, None, None)),
        # Foreign and service numbers.
        (("+85261234567", None, None), ("+85261234567", None, None), (None, None, None)),
        ((None, "+85261234567", None), ("+85261234567", None, None), (None, "moved", None)),
        (("13905142687", "+85228765432", None), ("13905142687", "+85228765432", None), (None, None, None)),
        ((None, "4008195518", None), (None, "4008195518", None), (None, None, None)),
        (("无", "暂无", None), (None, None, None), ("null_word", "null_word", None)),
    ],
)
def test_numbers_go_to_the_field_they_belong_to(cells_told, places, moved_from):
    answer = arranged(*cells_told)
    assert fields(answer) == places
    assert repairs(answer) == moved_from


def test_rows_that_need_arranging_do_not_disturb_those_that_do_not():
    mobile = pl.Series(["13905142687", None, None, "+86 13811617149"])
    landline = pl.Series([None, "13811617149", "025-84550000", "13811617149"])
    answer = phone.arrange(mobile, landline, pl.Series([None] * 4, dtype=pl.String))
    assert answer["mobile"].to_list() == ["13905142687", "13811617149", None, "13811617149"]
    assert answer["landline"].to_list() == [None, None, "025-84550000", None]
    assert answer["mobile_repair"].to_list() == [None, None, None, "country_code+separators"]
    assert answer["landline_repair"].to_list() == [None, "moved", None, "moved"]
    assert answer["other_phones"].dtype == pl.List(pl.String)


def test_an_empty_frame_keeps_its_columns():
    nothing = pl.Series([], dtype=pl.String)
    answer = phone.arrange(nothing, nothing, nothing)
    assert answer.height == 0
    assert answer.columns == [*COLUMNS, *(f"{name}_repair" for name in COLUMNS)]


def test_a_row_without_numbers_has_no_place():
    assert place(pl.DataFrame(schema={"row": pl.UInt32, "cell": pl.Int32, "number": pl.String})).is_empty()


def test_the_first_number_told_wins_among_equals():
    told = pl.DataFrame(
        {"row": [0, 0, 0], "cell": [LANDLINE, LANDLINE, OTHER], "number": ["13811617149", "13905142687", "15012345678"]}
    )
    assert place(told)["mobile"].to_list() == ["13811617149"]
    assert MOBILE not in told["cell"]


def columns_of(strategy):
    return st.lists(st.tuples(*[st.none() | strategy] * 3), max_size=30).map(
        lambda rows: [pl.Series([row[n] for row in rows], dtype=pl.String) for n in range(3)]
    )


@given(st.lists(st.tuples(*[st.none() | st.lists(written(), min_size=1, max_size=2)] * 3), max_size=20))
@settings(max_examples=20, deadline=None)
def test_no_number_of_the_three_cells_is_lost_or_invented(rows):
    columns = [["；".join(text for _, text in row[n]) if row[n] else None for row in rows] for n in range(3)]
    answer = phone.arrange(*(pl.Series(column, dtype=pl.String) for column in columns))
    for row, (mobile, landline, others) in zip(rows, answer.select(COLUMNS).rows(), strict=True):
        told = {canonical for cell in row if cell for canonical, _ in cell}
        found = [number for number in (mobile, landline, *(others or [])) if number]
        assert sorted(found) == sorted(told)


@given(columns_of(cells()))
@settings(max_examples=20, deadline=None)
def test_every_cleaned_number_is_in_exactly_one_field(columns):
    answer = phone.arrange(*columns)
    cleaned = [phone.clean(column).rows() for column in columns]
    for cells_of_row, (mobile, landline, others) in zip(
        zip(*cleaned, strict=True), answer.select(COLUMNS).rows(), strict=True
    ):
        told = {number for value, _, further in cells_of_row for number in (value, *(further or []))}
        found = [number for number in (mobile, landline, *(others or [])) if number]
        assert sorted(found) == sorted(told - {None})


@given(columns_of(cells() | numbers()))
@settings(max_examples=20, deadline=None)
def test_arranging_twice_is_arranging_once(columns):
    once = phone.arrange(*columns)
    twice = phone.arrange(once["mobile"], once["landline"], once["other_phones"])
    assert twice.select(COLUMNS).equals(once.select(COLUMNS))
    assert all(twice[f"{name}_repair"].null_count() == twice.height for name in COLUMNS)


@given(columns_of(cells() | numbers()))
@settings(max_examples=20, deadline=None)
def test_no_landline_is_left_in_the_mobile_field_and_no_mobile_in_the_landline_field(columns):
    answer = phone.arrange(*columns)
    assert "landline" not in phone.check(answer["mobile"])["kind"].to_list()
    assert not set(phone.check(answer["landline"])["kind"]) & {"mobile", "mvno", "data", "satellite"}

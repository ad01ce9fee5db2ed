import phonenumbers
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.fields.phone_number import CODES, COMPLETE, NONE, PARTIAL, canonical, foreign
from tests.strategies_phones import landlines


def read(piece, home_area="025"):
    answer = canonical(pl.Series([piece], dtype=pl.String), home_area).row(0, named=True)
    return answer["number"], answer["grade"], {code for code in CODES if answer[code]}


@pytest.mark.parametrize(
    ("piece", "number", "repairs"),
    [
        ("139 1234 5678", "13912345678", {"separators"}),
        ("862584550000", "025-84550000", {"country_code"}),
        ("+86 25 84550000", "025-84550000", {"country_code", "separators"}),
        ("+86-025-84550000", "025-84550000", {"country_code", "separators"}),
        ("86-0512-88888888", "0512-88888888", {"country_code", "separators"}),
        ("51288888888", "0512-88888888", {"area_code_zero"}),
        ("5503012345", "0550-3012345", {"area_code_zero"}),
        ("05503012345", "0550-3012345", set()),
        ("1790902584550000", "025-84550000", {"carrier_prefix"}),
        ("84550000-8001", "025-84550000-8001", {"area_code_home", "separators"}),
        ("025-84550000 8001", "025-84550000-8001", {"separators"}),
        ("025-84550000#8001", "025-84550000-8001", {"separators"}),
        ("025-8455-0000", "025-84550000", {"separators"}),
        ("0851-3012345-6", "0851-3012345-6", set()),
        ("400-819-5518", "4008195518", {"separators"}),
        ("4008195518-1", "4008195518-1", set()),
        ("02595518", "025-95518", set()),
        ("13912345678#1234", "13912345678-1234", {"separators"}),
        ("+86139****5678", "139****5678", {"country_code"}),
        ("861440012345678", "1440012345678", {"country_code"}),
        ("852-61234567", "+85261234567", {"country_code", "separators"}),
        ("886987123456", "+886987123456", {"country_code"}),
        ("+886 0912345678", "+886912345678", {"separators"}),
        ("+44 (0)20 8366 1177", "+442083661177", {"separators"}),
        ("+39 06 698 12345", "+390669812345", {"separators"}),
        ("0013052345678", "+13052345678", {"country_code"}),
        ("0013912345678", "13912345678", {"trunk_zero"}),
        ("+15550100", "+15550100", set()),
    ],
)
def test_a_complete_number_is_recognised(piece, number, repairs):
    assert read(piece) == (number, COMPLETE, repairs)


@pytest.mark.parametrize(("piece", "number"), [("0251455000", "025-1455000"), ("0520 84550000", "0520-84550000")])
def test_a_landline_that_cannot_be_keeps_its_area_code_apart(piece, number):
    assert read(piece)[:2] == (number, PARTIAL)


@pytest.mark.parametrize(
    ("piece", "squeezed"),
    [
        ("144-2321-345", "1442321345"),
        ("+86 12345678", "+8612345678"),
        ("320102198801011236", "320102198801011236"),
        ("85212345678", "85212345678"),
        ("123#", "123#"),
        (None, None),
    ],
)
def test_what_is_no_number_stays_squeezed_and_unrepaired_but_for_separators(piece, squeezed):
    number, grade, repairs = read(piece)
    assert (number, grade) == (squeezed, NONE)
    assert repairs <= {"separators"}


def test_a_mobile_number_has_an_extension_only_of_three_or_four_digits():
    assert read("13912345678-12")[1] == NONE
    assert read("13912345678-12345")[1] == NONE


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("+85261234567", ("+85261234567", True)),
        ("+85212345678", ("+85212345678", False)),
        ("+8613912345678", ("+8613912345678", False)),
        ("+999123456", ("+999123456", False)),
    ],
)
def test_a_foreign_number_is_asked_of_phonenumbers(number, answer):
    assert foreign(number) == answer


@pytest.mark.parametrize("region", ["HK", "MO", "TW", "US", "GB", "JP", "SG", "AU"])
def test_the_example_numbers_of_libphonenumber_keep_their_e164_form(region):
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    for form in (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164):
        expected = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert read(phonenumbers.format_number(example, form))[:2] == (expected, COMPLETE)


@given(st.lists(landlines(), max_size=50))
@settings(max_examples=20, deadline=None)
def test_a_canonical_landline_is_read_as_itself(values):
    answers = canonical(pl.Series(values, dtype=pl.String), None)
    assert answers["number"].to_list() == values
    assert not answers.select(pl.any_horizontal(*CODES).any()).item() or not values

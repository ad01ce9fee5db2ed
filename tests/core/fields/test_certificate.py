from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.fields import certificate
from tests.strategies_certificates import ON, credit_codes, odd_texts, permanent_residence, resident_ids

TYPES = [None, *sorted(set(certificate.type_codes().values()))]


def cleaned(number: str | None, kind: str | None = "RIC") -> tuple[str | None, str | None]:
    return certificate.clean(pl.Series([number], dtype=pl.String), pl.Series([kind], dtype=pl.String)).row(0)


def facts(number: str | None, kind: str | None, on: date = ON) -> dict[str, object]:
    return certificate.check(pl.Series([number], dtype=pl.String), pl.Series([kind], dtype=pl.String), on).row(
        0, named=True
    )


@pytest.mark.parametrize(
    ("told", "value", "repair"),
    [
        ("320102198801011236", "320102198801011236", None),
        (" 320102198801011236\t", "320102198801011236", None),
        ("33010219200403064x", "33010219200403064X", None),
        ("33010219200403064Ｘ", "33010219200403064X", "full_width"),
        ("３２０１０２１９８８０１０１１２３６", "320102198801011236", "full_width"),
        ("33010219200403064*", "33010219200403064X", "x_sign"),
        ("33010219200403064＊", "33010219200403064X", "full_width+x_sign"),
        ("33010219200403064×", "33010219200403064X", "x_sign"),
        # The last character is 6, not X: a mask, not a sign.
        ("32010219880101123*", "32010219880101123*", None),
        ("'320102198801011236", "320102198801011236", "apostrophe"),
        ("’320102198801011236", "320102198801011236", "apostrophe"),
        ('="320102198801011236"', "320102198801011236", "apostrophe"),
        ("320102-19880101-1236", "320102198801011236", "separators"),
        ("320102 19880101 1236", "320102198801011236", "separators"),
        ("320102\u200b19880101\ufeff1236", "320102198801011236", None),
        ("330102200403064", "33010219200403064X", "converted_from_15"),
        ("330102-200403-064", "33010219200403064X", "converted_from_15+separators"),
        ("330102200403064.0", "33010219200403064X", "converted_from_15+float_tail"),
        ("111111111111111", "111111111111111", None),
        ("3.20102E+17", None, "precision_lost"),
        ("3.20102e+17", None, "precision_lost"),
        ("3.20106198801011328E+17", None, "precision_lost"),
        ("3.20106198801011E17", None, "precision_lost"),
        ("3E+17", None, "precision_lost"),
        ("320102198801011236.0", None, "precision_lost"),
        ("320106198801011328.", None, "precision_lost"),
        ("无", None, "null_word"),
        ("暂无", None, "null_word"),
        ("NULL", None, "null_word"),
        ("n/a", None, "null_word"),
        ("-", None, "null_word"),
        ("--", None, "null_word"),
        ("0", None, "null_word"),
        ("０", None, "null_word"),
        ("*", None, "null_word"),
        ("******", None, "null_word"),
        (".", None, "null_word"),
        ("", None, None),
        ("  \u3000", None, None),
        (None, None, None),
        ("320102********1236", "320102********1236", None),
    ],
)
def test_clean_of_resident_ids(told: str | None, value: str | None, repair: str | None) -> None:
    assert cleaned(told) == (value, repair)


@pytest.mark.parametrize(
    ("told", "kind", "value", "repair"),
    [
        ("12345678-8", "ORG", "123456788", None),
        ("0123456789(B)", "TW_PERMIT", "0123456789B", None),
        ("军字第2001988号", "MIL", "军字第2001988号", None),
        ("军字第 2001988 号", "MIL", "军字第2001988号", "separators"),
        ("h1234567890", "HM_PERMIT", "H1234567890", None),
        ("E 1234 5678", "PASSPORT_CN", "E12345678", "separators"),
        # A licence of 15 digits is no resident id; an undeclared number may be one.
        ("330102200403064", "BIZ", "330102200403064", None),
        ("330102200403064", "TAX", "330102200403064", None),
        ("330102200403064", "DRIVER", "33010219200403064X", "converted_from_15"),
        ("330102200403064", "HUKOU", "33010219200403064X", "converted_from_15"),
        ("330102200403064", None, "33010219200403064X", "converted_from_15"),
        ("110108000000016", None, "110108000000016", None),
        ("KAZ110090123105", "FPR", "KAZ110090123105", None),
        ("12E45678", "PASSPORT_X", "12E45678", None),
    ],
)
def test_clean_of_other_types(told: str, kind: str | None, value: str, repair: str | None) -> None:
    assert cleaned(told, kind) == (value, repair)


@pytest.mark.parametrize(
    ("number", "kind", "asked", "reason", "valid", "passes_as"),
    [
        ("320102198801011236", "RIC", "resident_id", None, True, None),
        ("320102198801011236", "HUKOU", "resident_id", None, True, None),
        ("320102198801011236", "DRIVER", "resident_id", None, True, None),
        ("320103123456", "DRIVER", "resident_id", "archive_number", False, None),
        ("320103123456", "RIC", "resident_id", "shape", False, None),
        ("33010219200403064X", "RIC", "resident_id", None, True, None),
        # D14: a residence permit is no resident id, but no false number either.
        ("810000199003074016", "RIC", "hmt_residence", "hmt_permit", True, "HMT_RESIDENCE"),
        ("810000199003074016", "HMT_RESIDENCE", "hmt_residence", None, True, None),
        ("810000199003074011", "HMT_RESIDENCE", "hmt_residence", "check_digit", False, None),
        ("932682198501010017", "FPR", "foreign_resident", None, True, None),
        ("E12345678", "PASSPORT_CN", "passport_cn", None, True, None),
        ("X1234567", "PASSPORT_X", "passport_foreign", None, True, None),
        ("H12345678", "HM_PERMIT", "hm_permit", None, True, None),
        ("12345678", "TW_PERMIT", "tw_permit", None, True, None),
        ("军字第2001988号", "MIL", "military", None, True, None),
        ("91320100MA1X7K3P4X", "USCC", "credit_code", None, True, None),
        ("91350211M0000XUF46", "USCC", "credit_code", "early_fujian", False, None),
        ("123456788", "ORG", "organisation_code", None, True, None),
        ("110108000000016", "BIZ", "licence", "obsolete", True, None),
        ("91440300708461136T", "TAX", "tax_number", None, True, None),
        # D22.
        ("91320100MA1X7K3P4X", "RIC", "resident_id", "shape", False, "USCC"),
        ("320102198801011236", "USCC", "credit_code", "check_digit", False, "RIC"),
        ("320102198801011236", "PASSPORT_CN", "passport_cn", "shape", False, "RIC"),
        ("330102200403064", "BIZ", "licence", "check_digit", False, "RIC"),
        ("E12345678", "RIC", "resident_id", "shape", False, "PASSPORT_CN"),
        ("H12345678", "RIC", "resident_id", "shape", False, None),
        ("123456788", "RIC", "resident_id", "shape", False, "ORG"),
        # Nothing to ask.
        ("320102198801011236", "OTHER", None, None, None, "RIC"),
        ("32010219880101123", "RIC_ABN", None, None, None, None),
        ("ABC", "OTHER", None, None, None, None),
        (None, "RIC", None, None, None, None),
    ],
)
def test_the_declared_type_is_asked(
    number: str | None, kind: str, asked: str | None, reason: str | None, valid: bool | None, passes_as: str | None
) -> None:
    told = facts(number, kind)
    assert (told["asked"], told["reason"], told["valid"], told["passes_as"]) == (asked, reason, valid, passes_as)
    assert told["presumed_type"] is None


@pytest.mark.parametrize(
    ("number", "presumed", "reason", "valid"),
    [
        ("320102198801011236", "RIC", None, True),
        ("320102198801011234", "RIC", "check_digit", False),
        ("3201021988010112", "RIC", "shape", False),
        ("320102********1236", "RIC", "masked", False),
        ("329999198801011237", "RIC", "region_county", True),
        ("810000199003074016", "HMT_RESIDENCE", None, True),
        ("91320100MA1X7K3P4X", "USCC", None, True),
        ("123456788", "ORG", None, True),
        ("110108000000016", "BIZ", "obsolete", True),
        ("E12345678", "PASSPORT_CN", None, True),
        ("932682198501010017", "FPR", None, True),
        ("军字第2001988号", "MIL", None, True),
        ("H12345678", None, None, None),
        ("12345678", None, None, None),
        ("WHATEVER", None, None, None),
    ],
)
def test_an_undeclared_number_is_what_it_looks_like(
    number: str, presumed: str | None, reason: str | None, valid: bool | None
) -> None:
    told = facts(number, None)
    assert (told["presumed_type"], told["reason"], told["valid"]) == (presumed, reason, valid)
    assert told["passes_as"] == (presumed if valid else None)


@pytest.mark.parametrize(
    ("number", "kind", "lifetime_no"),
    [
        ("320102198801011236", "RIC", "320102198801011236"),
        ("320102198801011236", "DRIVER", "320102198801011236"),
        ("320102198801011236", None, "320102198801011236"),
        ("810000199003074016", "RIC", "810000199003074016"),
        ("932682198501010017", "FPR", "932682198501010017"),
        ("H1234567801", "HM_PERMIT", "H12345678"),
        ("320102198801011234", "RIC", None),
        ("11010519491231002X", "RIC", None),
        ("KAZ110090123105", "FPR", None),
        ("E12345678", "PASSPORT_CN", None),
        ("12345678", "TW_PERMIT", None),
        ("军字第2001988号", "MIL", None),
        ("91320100MA1X7K3P4X", "USCC", None),
        ("320102198801011236", "OTHER", None),
    ],
)
def test_numbers_for_life(number: str, kind: str | None, lifetime_no: str | None) -> None:
    assert facts(number, kind)["lifetime_no"] == lifetime_no


def test_a_placeholder_is_one_whatever_it_is_called() -> None:
    kinds = [kind for kind in TYPES if kind is not None]
    told = certificate.check(pl.Series(["111111111111111"] * len(kinds)), pl.Series(kinds), ON)
    assert told["placeholder"].all()
    assert not told["valid"].fill_null(value=False).any()


def test_the_day_decides_who_is_born() -> None:
    assert facts("320102198801011236", "RIC", date(1987, 12, 31))["reason"] == "date"
    assert facts("320102198801011236", "RIC", date(1988, 1, 1))["reason"] is None


numbers = (
    odd_texts
    | resident_ids()
    | credit_codes()
    | permanent_residence()
    | st.from_regex("[1-8][0-9]{14}", fullmatch=True)
)
pairs = st.lists(st.tuples(st.none() | numbers, st.sampled_from(TYPES)), max_size=12)


def columns_of(told: list[tuple[str | None, str | None]]) -> tuple[pl.Series, pl.Series]:
    return pl.Series([number for number, _ in told], dtype=pl.String), pl.Series(
        [kind for _, kind in told], dtype=pl.String
    )


@given(pairs)
def test_clean_is_idempotent(told: list[tuple[str | None, str | None]]) -> None:
    values, kinds = columns_of(told)
    once = certificate.clean(values, kinds)["value"]
    assert certificate.clean(once, kinds)["value"].to_list() == once.to_list()


@settings(max_examples=15)
@given(pairs)
def test_many_are_answered_like_each_alone(told: list[tuple[str | None, str | None]]) -> None:
    values, kinds = columns_of(told)
    together = certificate.check(values, kinds, ON)
    assert together.schema == certificate.FACTS
    assert together.rows() == [certificate.check(*columns_of([pair]), ON).row(0) for pair in told]
    alone = [certificate.clean(*columns_of([pair])).row(0) for pair in told]
    assert certificate.clean(values, kinds).rows() == alone


@given(st.lists(resident_ids(), min_size=1), st.sampled_from(["", " ", "'", "\u3000"]))
def test_decoration_never_changes_a_number(told: list[str], around: str) -> None:
    values = pl.Series([around + number[:6] + around + number[6:].lower() + around for number in told])
    kinds = pl.Series(["RIC"] * len(told))
    assert certificate.clean(values, kinds)["value"].to_list() == told


def test_null_in_null_out() -> None:
    nothing = pl.Series([None, None], dtype=pl.String)
    assert certificate.clean(nothing, nothing).rows() == [(None, None)] * 2
    assert set(certificate.check(nothing, nothing, ON).row(0)) == {None}
    assert certificate.check(nothing.clear(), nothing.clear(), ON).schema == certificate.FACTS
    assert certificate.mask(nothing).to_list() == [None, None]


def test_mask() -> None:
    assert certificate.mask(pl.Series(["320102198801011236"])).to_list() == ["3****************6"]

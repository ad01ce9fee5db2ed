import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import certificate_type
from tests.strategies_certificates import ON, one_character_errors, permanent_residence, resident_ids

CANONICAL = {
    "RIC", "HUKOU", "DRIVER", "MIL", "PASSPORT_CN", "RIC_ABN", "HM_PERMIT", "TW_PERMIT", "PASSPORT_X", "TRAVEL",
    "FPR", "ORG", "TAX", "BIZ", "OTHER", "HMT_RESIDENCE", "USCC",
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "canonical"),
    [
        ("01", "RIC"), ("1", "RIC"), ("02", "HUKOU"), ("03", "DRIVER"), ("04", "MIL"), ("05", "MIL"), ("06", "MIL"),
        ("07", "PASSPORT_CN"), ("08", "RIC_ABN"), ("41", "HM_PERMIT"), ("42", "TW_PERMIT"), ("43", "HM_PERMIT"),
        ("51", "PASSPORT_X"), ("52", "TRAVEL"), ("53", "FPR"), ("71", "ORG"), ("72", "TAX"), ("73", "BIZ"),
        ("99", "OTHER"),
        ("111", "RIC"), ("112", "RIC"), ("113", "HUKOU"), ("114", "MIL"), ("335", "DRIVER"), ("414", "PASSPORT_X"),
        ("511", "TW_PERMIT"), ("516", "HM_PERMIT"), ("553", "FPR"), ("990", "OTHER"),
        ("居民身份证", "RIC"), ("身份证", "RIC"), ("户口簿", "HUKOU"), ("户口薄", "HUKOU"), ("驾驶证", "DRIVER"),
        ("军官证", "MIL"),
        ("护照", "PASSPORT_X"), ("中国护照", "PASSPORT_CN"), ("回乡证", "HM_PERMIT"), ("台胞证", "TW_PERMIT"),
        ("港澳台居民居住证", "HMT_RESIDENCE"), ("外国人永久居留身份证", "FPR"), ("组织机构代码证", "ORG"),
        ("营业执照", "BIZ"),
        ("统一社会信用代码", "USCC"), ("税务登记证", "TAX"), ("其他", "OTHER"),
    ],
)  # fmt: skip
def test_what_sources_write(told: str, canonical: str) -> None:
    assert certificate_type.type_codes()[told] == canonical


@pytest.mark.parametrize("told", ["0l", "O1", "00", "", "100", "无"])
def test_what_is_no_code(told: str) -> None:
    assert told not in certificate_type.type_codes()


def test_types_are_the_canonical_ones_and_words_are_in_upper_case() -> None:
    codes = certificate_type.type_codes()
    assert set(codes.values()) == CANONICAL
    assert all(codes[canonical] == canonical for canonical in CANONICAL)
    assert [word for word in codes if word != word.upper()] == []


def test_who_can_hold_what() -> None:
    holders = certificate_type.holders()
    assert set(holders) == CANONICAL
    assert {kind for kind, holder in holders.items() if holder == "organisation"} == {"ORG", "TAX", "BIZ", "USCC"}
    assert {kind for kind, holder in holders.items() if holder == "any"} == {"OTHER"}


@pytest.mark.parametrize(
    ("number", "only"),
    [
        ("320102198801011236", "RIC"),
        ("330102200403064", "RIC"),
        ("810000199003074016", "HMT_RESIDENCE"),
        ("91320100MA1X7K3P4X", "USCC"),
        ("N2320115MF1234567H", "USCC"),
        ("123456788", "ORG"),
        ("110108000000016", "BIZ"),
        ("932682198501010017", "FPR"),
        ("KAZ110090123105", "FPR"),
        ("E12345678", "PASSPORT_CN"),
        ("M12345678", "HM_PERMIT"),
        ("军字第2001988号", "MIL"),
        # A Hong Kong passport and a home return permit look alike.
        ("H12345678", None),
        ("12345678", None),
        ("X1234567", None),
        ("320102198801011234", None),
        ("329999198801011237", None),
        ("11010519491231002X", None),
        ("", None),
        ("全角", None),
    ],
)
def test_the_one_type_a_number_passes(number: str, only: str | None) -> None:
    assert certificate_type.only_type(pl.Series([number]), ON).to_list() == [only]


@given(st.lists(resident_ids() | permanent_residence(), min_size=1))
def test_good_numbers_of_persons_are_told_apart(numbers: list[str]) -> None:
    wanted = ["FPR" if number[0] == "9" else "RIC" for number in numbers]
    assert all(
        told in (want, None)
        for told, want in zip(certificate_type.only_type(pl.Series(numbers), ON), wanted, strict=True)
    )


@given(resident_ids())
def test_a_mistyped_resident_id_never_becomes_a_credit_code(number: str) -> None:
    wrong = [
        body + number[17] for body in one_character_errors(number[:17], "0123456789") if body[6:14] == number[6:14]
    ]
    assert "USCC" not in certificate_type.only_type(pl.Series(wrong), ON).to_list()

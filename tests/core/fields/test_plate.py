"""Number plates: GA 36, the plates beside it, and what people type."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import plate
from pipeline.core.tables import codes, csv_table
from tests.strategies_text import dirty_texts

LEGAL = [
    ("苏A12345", "ordinary"),
    ("京A00599", "ordinary"),
    ("黑D23908", "ordinary"),
    ("京AG6123", "ordinary"),
    ("川OB1234", "ordinary"),
    ("苏AD12345", "new_energy_small"),
    ("京AD92035", "new_energy_small"),
    ("京AA92035", "new_energy_small"),
    ("沪AE22075", "new_energy_small"),
    ("粤BA03205", "new_energy_small"),
    ("苏AFA1234", "new_energy_small"),
    ("甘G23459F", "new_energy_large"),
    ("京A12345D", "new_energy_large"),
    ("川A23047B", "new_energy_large"),
    ("苏A1234挂", "trailer"),
    ("京A1234学", "learner"),
    ("京A001学", "learner"),
    ("川A1234警", "police"),
    ("川OC123警", "police"),
    ("京A001警", "police"),
    ("粤Z1234港", "hk_macau"),
    ("粤ZA123澳", "hk_macau"),
    ("使014578", "embassy"),
    ("224001使", "embassy"),
    ("京A1234使", "embassy"),
    ("使A0062", "embassy"),
    ("闽20401领", "consulate"),
    ("川O1234领", "consulate"),
    ("WJ粤8888X", "armed_police"),
    ("WJ京1234J", "armed_police"),
    ("WJ1234X", "armed_police"),
    ("WJ0112345", "armed_police"),
    ("WJ31消0010", "armed_police"),
    ("WJ警00081", "armed_police"),
    ("WJ苏12345", "armed_police"),
    ("JA12345", "military"),
    ("BA12345", "military"),
    ("民航A1234", "civil_aviation"),
    ("京X1234应急", "emergency"),
    ("苏A12345临", "temporary"),
    ("京A0001试", "temporary"),
    ("苏0112345", "tractor"),
]
"""Examples published with the norms, in encyclopaedias and in the tests of public validators."""


@pytest.mark.parametrize(("value", "kind"), LEGAL)
def test_a_legal_plate_is_told_by_its_kind_and_is_already_clean(value: str, kind: str) -> None:
    told = plate.check(pl.Series([value]))
    assert (told["kind"].item(), told["reason"].item()) == (kind, None)
    cleaned = plate.clean(pl.Series([value]))
    assert (cleaned["value"].item(), cleaned["repair"].item()) == (value, None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("苏A1234", "shape"),
        ("苏A123456", "shape"),
        ("宁AD1234555555", "shape"),
        ("浙苏H6F681", "shape"),
        ("苏AI2345", "shape"),
        ("苏AL12345", "shape"),
        ("苏A12345L", "shape"),
        ("粤A1234港", "shape"),
        ("京A1234应急", "shape"),
        ("abc-123", "shape"),
        ("A12345", "no_province"),
        ("AD12345", "no_province"),
        ("A1234挂", "no_province"),
        ("苏A***12", "masked"),
        ("京A***X7", "masked"),
        ("苏A12*45", "masked"),
    ],
)
def test_a_plate_that_cannot_be_is_told_by_what_is_wrong(value: str, reason: str) -> None:
    told = plate.check(pl.Series([value]))
    assert (told["reason"].item(), told["kind"].item()) == (reason, None)


@pytest.mark.parametrize("letters", [plate.ELECTRIC + plate.HYBRID])
def test_new_energy_letters_tell_electric_from_other(letters: str) -> None:
    small = plate.check(pl.Series([f"苏A{letter}12345" for letter in letters]))
    large = plate.check(pl.Series([f"苏A12345{letter}" for letter in letters]))
    for told in (small, large):
        assert told["electric"].to_list() == ["D"] * 5 + ["F"] * 5
    assert plate.check(pl.Series(["苏A12345"]))["electric"].to_list() == [None]


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        ("苏A·12345", "苏A12345", "separators"),
        ("苏A•12345", "苏A12345", "separators"),
        ("苏A-12345", "苏A12345", "separators"),
        ("苏A 12345", "苏A12345", None),
        ("  苏a12345\t", "苏A12345", None),
        ("苏Ａ１２３４５", "苏A12345", "full_width"),
        ("苏Ａ·Ｄ１２３４５", "苏AD12345", "full_width+separators"),
        ("川A·23047B", "川A23047B", "separators"),
        ("WJ粤-8888X", "WJ粤8888X", "separators"),
        ("使014·578", "使014578", "separators"),
        ("蘇A12345", "苏A12345", "province"),
        ("粵B12345", "粤B12345", "province"),
        ("SUA12345", "苏A12345", "province"),
        ("苏AO2345", "苏A02345", "letter_o"),
        ("苏AI2O45", "苏A12045", "letter_i+letter_o"),
        ("苏ado1234", "苏AD01234", "letter_o"),
        ("苏OA1234", "苏OA1234", None),
        ("苏I12345", "苏I12345", None),
        ("苏AO234", "苏AO234", None),
        ("A12O45", "A12O45", None),
        ("苏A12345/苏B67890", "苏A12345", "two_plates"),
        ("苏A12345、苏B1234挂", "苏A12345", "two_plates"),
        ("苏A12345苏B67890", "苏A12345", "two_plates"),
        ("苏A12345 苏AD67890", "苏A12345", "two_plates"),
        ("主车苏A12345(挂车苏A1234挂)", "苏A12345", "two_plates"),
        ("苏A12345蓝", "苏A12345", "colour"),
        ("黄牌苏A1234挂", "苏A1234挂", "colour"),
        ("苏AD12345（渐变绿）", "苏AD12345", "colour+full_width"),
        ("黑A12345", "黑A12345", None),
        ("黑苏A12345", "苏A12345", "colour"),
        ("苏A1234蓝", "苏A1234蓝", None),
        ("A12345", "A12345", None),
        ("苏A1234", "苏A1234", None),
        ("苏A***12", "苏A***12", None),
        ("某车牌", "某车牌", None),
    ],
)
def test_what_people_type_becomes_the_plate(raw: str, value: str, repair: str | None) -> None:
    cleaned = plate.clean(pl.Series([raw]))
    assert (cleaned["value"].item(), cleaned["repair"].item()) == (value, repair)


@pytest.mark.parametrize(
    "raw",
    [
        "未上牌",
        "新车",
        "暂未上牌",
        "无",
        "*-*",
        "苏A*****",
        "0",
        "苏A",
        "苏A-",
        "00000",
        "苏A00000",
        "新车未上牌",
        "临牌",
        "*",
        "苏AXXXXX",
    ],
)
def test_a_word_for_a_plate_that_is_not_there_is_a_placeholder(raw: str) -> None:
    assert plate.clean(pl.Series([raw])).row(0) == (None, "placeholder")


def test_null_words_and_blanks_are_null() -> None:
    cleaned = plate.clean(pl.Series(["暂无", "未 知", "null", "", " ", None]))
    assert cleaned["value"].to_list() == [None] * 6
    assert cleaned["repair"].to_list() == ["null_word"] * 3 + [None] * 3
    assert plate.check(cleaned["value"]).null_count().row(0) == (6, 6, 6)


def test_a_mask_shows_office_and_tail_of_a_legal_plate_only() -> None:
    told = plate.mask(pl.Series(["苏A12345", "苏AD12345", "京A12347X", "A12345", "王小明", None]))
    assert told.to_list() == ["苏A***45", "苏A***45", "****", "****", "****", None]


def test_cleaning_leaves_the_given_column_alone() -> None:
    given_values = pl.Series(["苏a·12345", "苏A12345"])
    plate.clean(given_values)
    assert given_values.to_list() == ["苏a·12345", "苏A12345"]


def test_no_values_give_no_rows() -> None:
    nothing = pl.Series([], dtype=pl.String)
    assert plate.clean(nothing).shape == (0, 2)
    assert plate.check(nothing).shape == (0, 3)


def test_every_plate_type_code_names_kinds_that_exist() -> None:
    table = csv_table.read("plate_types.csv")
    assert set(codes.CLOSED["plate_type"].values()) <= set(table["plate_type"])
    assert set(" ".join(table["kinds"].drop_nulls()).split()) <= set(plate.GRAMMARS)


serial = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=5)
plates = st.builds(
    lambda province, office, tail: province + office + tail,
    st.sampled_from(plate.PROVINCES),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
    st.one_of(
        serial,
        st.from_regex("[A-HJK][A-HJ-NP-Z0-9][0-9]{4}", fullmatch=True),
        st.from_regex("[0-9]{5}[A-HJK]", fullmatch=True),
    ),
)
decorations = st.sampled_from(["{}{}", "{}·{}", "{} {}", "{}-{}", " {}•{} "])


@given(st.lists(st.one_of(dirty_texts, plates, st.text("苏粤黑黄蓝牌ABIO01·-* /挂学警港临使领()"))))
def test_cleaning_twice_is_cleaning_once(values: list[str]) -> None:
    once = plate.clean(pl.Series(values, dtype=pl.String))["value"]
    again = plate.clean(once)
    assert again["value"].to_list() == once.to_list()
    assert again["repair"].is_null().all()


@given(plates.filter(lambda value: value[2:].strip("0X")), decorations)
def test_a_plate_survives_its_decoration(value: str, decoration: str) -> None:
    raw = decoration.format(value[:2], value[2:].lower())
    assert plate.clean(pl.Series([raw]))["value"].item() == value
    assert plate.check(pl.Series([value]))["reason"].item() is None


@given(plates, st.integers(2, 6), st.sampled_from("OI"))
def test_a_letter_is_mended_only_into_a_legal_plate(value: str, position: int, letter: str) -> None:
    typed = value[:position] + letter + value[position + 1 :]
    cleaned = plate.clean(pl.Series([typed]))
    mended = typed[:2] + typed[2:].replace("O", "0").replace("I", "1")
    legal = plate.check(pl.Series([mended]))["reason"].item() is None
    if cleaned["value"].item() is not None:
        assert cleaned["value"].item() == (mended if legal else typed)
        assert (cleaned["repair"].item() is not None) is legal

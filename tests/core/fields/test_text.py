"""Free text: one form per character, null words, what is told of it."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import text
from pipeline.core.tables import csv_table
from tests.strategies_text import HAN, dirty_texts, unhurried


def cleaned(*values: str | None) -> tuple[list[str | None], list[str | None]]:
    frame = text.clean(pl.Series(values, dtype=pl.String))
    assert frame.columns == ["value", "repair"]
    return frame["value"].to_list(), frame["repair"].to_list()


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        ("南京市江宁区", "南京市江宁区", None),
        ("  南京市  ", "南京市", None),
        ("南京　市\t1\r\n号", "南京 市 1 号", None),
        ("１２３（Ａ）", "123(A)", "full_width"),
        ("﹙南京﹚", "(南京)", "full_width"),
        ("南\u200b京\ufeff", "南京", "zero_width"),
        ("南\x00京\x1b", "南京", "zero_width"),
        ("葛\U000e0100", "葛", "zero_width"),
        ("⾦⼭", "金山", "compatibility"),
        ("⻓⻢", "长马", "compatibility"),
        ("\uf900\U0002f804", "豈你", "compatibility"),
        ("马\ue863", "马䶮", "private_use"),
        ("\ue81e\ue7c7", "龴ḿ", "private_use"),
        ("\ue000王", "\ue000王", "mojibake"),
        ("１\u200b", "1", "full_width+zero_width"),
        ("鍗椾含", "南京", "mojibake_repaired"),
        ("鍗\u200b椾含", "南京", "mojibake_repaired+zero_width"),
        ("你好？再见", "你好？再见", None),
        ("𠮷田", "𠮷田", None),
    ],
)
def test_a_text_is_cleaned_and_the_repair_is_named(raw: str, value: str, repair: str | None) -> None:
    assert cleaned(raw) == ([value], [repair])


@pytest.mark.parametrize(
    "word", ["无", "未知", "不详", "暂无", "空", "null", "none", "nan", "n/a", "-", "--", "0", "*", "."]
)
def test_null_words_of_rule_n01_are_null_in_any_letter_case_and_width(word: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word.upper())
    assert cleaned(word, f" {word.upper()} ", wide)[0] == [None, None, None]
    assert cleaned(word)[1] == ["null_word"]


def test_nothing_is_null_without_a_repair() -> None:
    assert cleaned(None, "", "   ", "\u3000") == ([None] * 4, [None] * 4)


def test_only_given_null_words_count() -> None:
    frame = text.clean(pl.Series(["无", "缺", "X"]), frozenset({"缺", "X"}))
    assert frame["value"].to_list() == ["无", None, None]


def test_an_empty_column_is_an_empty_frame() -> None:
    assert text.clean(pl.Series([], dtype=pl.String)).shape == (0, 2)


@unhurried
@given(st.lists(dirty_texts | st.none(), max_size=8))
def test_cleaning_twice_is_cleaning_once(values: list[str | None]) -> None:
    once = text.clean(pl.Series(values, dtype=pl.String))["value"]
    assert text.clean(once)["value"].to_list() == once.to_list()


@unhurried
@given(st.lists(dirty_texts | st.none(), min_size=2, max_size=4))
def test_a_value_is_cleaned_the_same_alone_and_in_company(values: list[str | None]) -> None:
    together = text.clean(pl.Series(values, dtype=pl.String))
    alone = pl.concat(text.clean(pl.Series([value], dtype=pl.String)) for value in values)
    assert together.rows() == alone.rows()


@unhurried
@given(st.lists(dirty_texts | st.none(), max_size=8))
def test_no_function_writes_into_the_column_it_is_given(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    for function in (text.clean, text.check, text.mask, text.to_ascii_forms, text.simplify, text.odd_forms):
        function(column)
    assert column.to_list() == values


@unhurried
@given(dirty_texts)
def test_ascii_forms_are_idempotent_and_leave_ordinary_text_alone(value: str) -> None:
    once = text.to_ascii_forms(pl.Series([value]))
    assert text.to_ascii_forms(once).to_list() == once.to_list()
    plain = "".join(c for c in value if c in HAN or " " <= c <= "~")
    assert text.to_ascii_forms(pl.Series([plain])).item() == plain


def test_ascii_forms_agree_with_nfkc_on_every_full_width_form_but_the_question_mark() -> None:
    wide = [chr(code) for code in range(0xFF01, 0xFF5F)]
    told = text.to_ascii_forms(pl.Series(wide)).to_list()
    assert told == [c if c == "？" else unicodedata.normalize("NFKC", c) for c in wide]


def test_compatibility_ideographs_and_radicals_become_the_unified_ideograph_of_nfkc() -> None:
    blocks = (range(0x2F00, 0x2FD6), range(0xF900, 0xFAFF), range(0x2F800, 0x2FA1E))
    odd = [chr(code) for block in blocks for code in block if unicodedata.normalize("NFKC", chr(code)) != chr(code)]
    assert text.to_ascii_forms(pl.Series(odd)).to_list() == [unicodedata.normalize("NFKC", c) for c in odd]


def test_the_private_use_table_gives_what_gb_18030_says_of_its_codes() -> None:
    # Python's decoder follows GB 18030-2000: 25 codes it still leaves private, all others it maps as the table does.
    # A radical the table leads to goes on to its ideograph.
    for code, private, to in csv_table.read("gbk_private_use.csv").rows():
        decoded = bytes.fromhex(code).decode("gb18030")
        assert decoded in (chr(int(private, 16)), chr(int(to, 16)))
        shown = text.to_ascii_forms(pl.Series([chr(int(private, 16))])).item()
        assert shown == text.to_ascii_forms(pl.Series([chr(int(to, 16))])).item()
    assert csv_table.read("gbk_private_use.csv").height == 1 + 9 + 1 + 2 + 13 + 80


def test_no_form_leads_to_a_character_that_has_a_form() -> None:
    ends = pl.Series([chr(int(to, 16)) for to in csv_table.read("character_forms.csv")["to"].drop_nulls()])
    assert text.to_ascii_forms(ends).to_list() == ends.to_list()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("南京市", None),
        ("鍗椾含甯?", "mojibake"),
        ("锟斤拷", "mojibake"),
        ("烫烫烫", "mojibake"),
        ("王\ufffd", "mojibake"),
        ("王?明", "mojibake"),
        ("\ue000", "mojibake"),
        ("你好?", None),
        ("大屯屯", None),
        (None, None),
    ],
)
def test_garbled_text_is_told(value: str | None, reason: str | None) -> None:
    assert text.check(pl.Series([value], dtype=pl.String))["reason"].to_list() == [reason]


def test_traditional_text_is_simplified_and_qian_of_names_stays() -> None:
    values = pl.Series(["張偉", "南京市江寧區", None, "王乾", "乾坤", "瞭望\n鎮", ""])
    assert text.simplify(values).to_list() == ["张伟", "南京市江宁区", None, "王乾", "乾坤", "瞭望\n镇", ""]


def test_a_column_of_nulls_is_simplified_to_itself() -> None:
    assert text.simplify(pl.Series([None, None], dtype=pl.String)).to_list() == [None, None]


@unhurried
@given(st.lists(st.text(max_size=6).filter(lambda value: "\ufdd0" not in value) | st.none(), max_size=8))
def test_simplifying_together_is_simplifying_one_by_one(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    alone = [text.simplify(pl.Series([value], dtype=pl.String)).item() for value in values]
    assert text.simplify(column).to_list() == alone


def test_masks_show_two_characters_of_long_texts_and_none_of_short_ones() -> None:
    masked = text.mask(pl.Series(["职员", "南京市江宁区胜太路68号", None, "12345678"])).to_list()
    assert masked == ["**", "南京********", None, "12******"]


def test_texts_with_a_line_feed_do_not_send_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    simplified = text._simplified
    monkeypatch.setattr(text, "_simplified", lambda one: asked.append(one) or simplified(one))
    told = text.simplify(pl.Series(["漢字", "臺\n灣", None, "乾隆"]))
    assert told.to_list() == ["汉字", "台\n湾", None, "乾隆"]
    assert sorted(asked) == ["漢字\n乾隆", "臺\n灣"]

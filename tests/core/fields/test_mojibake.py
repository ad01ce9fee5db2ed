"""Garbled text: what is read back, what is told, and what is left alone."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import mojibake
from tests.strategies_text import HAN, dirty_texts, names, unhurried

even = st.text(st.sampled_from(HAN), min_size=1, max_size=4).map(lambda text: text + text[::-1])


def read(value: str | None) -> str | None:
    return mojibake.read_back(pl.Series([value], dtype=pl.String)).item()


def garbled(value: str | None) -> bool | None:
    return mojibake.is_garbled(pl.Series([value], dtype=pl.String)).item()


@unhurried
@given(even)
def test_utf8_read_as_gbk_comes_back_or_stays_as_it_was(text: str) -> None:
    wrong = text.encode("utf-8").decode("gb18030", "replace")
    if "\ufffd" not in wrong:
        assert read(wrong) in (text, wrong)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("鍗椾含", "南京"),
        ("鐜嬪皬鏄嶢", "王小明A"),
        ("王小明".encode().decode("latin-1"), "王小明"),
        ("ÍõÐ¡Ã÷", "王小明"),
        ("ÄÏ¾©ÊÐ", "南京市"),
        ("ÄÏ¾©ÊÐA×ù1ºÅ", "南京市A座1号"),
        ("男".encode().decode("latin-1"), "男"),
        ("\u00e5\u008d\u2014\u00e4\u00ba\u00ac", "南京"),
    ],
)
def test_a_wrong_decoding_is_undone(wrong: str, right: str) -> None:
    assert read(wrong) == right


def test_a_byte_80_that_code_page_936_shows_as_the_euro_sign_is_read_back() -> None:
    assert "什么样".encode() == bytes.fromhex("e4bb 80 e4b9 88e6 a0b7")
    assert read("浠€涔堟牱") == "什么样"


@pytest.mark.parametrize(
    "value",
    [
        # The GBK bytes of the first four are valid UTF-8 too: 嵴仪, 姹泽, 姺贺, 悰䴺; 联通 is the famous pair.
        *("宓翠华", "濮规辰", "濮鸿春", "鎮颁春", "联通", "南京市江宁区", "甯浩", "鍾嶸", "王堃"),
        *("Conceição Assunção", "São João", "Müller Größe", "ÀÉ", "你好?", "", "A"),
    ],
)
def test_what_is_in_order_stays(value: str) -> None:
    assert read(value) == value
    assert not garbled(value)


@unhurried
@given(names)
def test_no_real_name_is_ever_read_back_or_told_garbled(name: str) -> None:
    assert read(name) == name
    assert garbled(name) is False


@pytest.mark.parametrize(
    "value", ["鍗椾含甯?", "鐜嬪皬鏄\ufffd", "江苏鍗椾含", "锟斤拷", "烫烫", "屯屯屯", "王?明", "王??明", "\uf8ff"]
)
def test_what_cannot_be_read_back_is_told(value: str) -> None:
    assert read(value) == value
    assert garbled(value)


@unhurried
@given(st.lists(dirty_texts | st.none(), max_size=8))
def test_what_changes_becomes_shorter_and_nulls_stay(values: list[str | None]) -> None:
    told = mojibake.read_back(pl.Series(values, dtype=pl.String)).to_list()
    assert all(
        new == old or (new is not None and old is not None and len(new) < len(old))
        for new, old in zip(told, values, strict=True)
    )
    assert mojibake.is_garbled(pl.Series(values, dtype=pl.String)).is_null().to_list() == [
        value is None for value in values
    ]


def test_neither_function_writes_into_the_column_it_is_given() -> None:
    column = pl.Series(["鍗椾含", "鍗椾含甯?"])
    assert (mojibake.read_back(column)[0], mojibake.is_garbled(column)[1]) == ("南京", True)
    assert column.to_list() == ["鍗椾含", "鍗椾含甯?"]

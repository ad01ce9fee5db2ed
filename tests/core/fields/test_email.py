"""E-mail addresses (rule E01)."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import email
from tests.strategies_text import dirty_texts, unhurried

parts = st.text(st.sampled_from("ab1@.;, /<>()mailto:。王 \u3000＠'\""), max_size=24)


def cleaned(raw: str | None) -> tuple[str | None, str | None]:
    return email.clean(pl.Series([raw], dtype=pl.String)).row(0)


def reason(value: str | None) -> str | None:
    return email.check(pl.Series([value], dtype=pl.String))["reason"].item()


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        ("wang.xm@163.com", "wang.xm@163.com", None),
        (" Wang.XM@163.COM ", "wang.xm@163.com", None),
        ("WANG＠１６３．com", "wang@163.com", "full_width"),
        ("wang@163。com", "wang@163.com", "separators"),
        ("wang @163.com", "wang@163.com", "separators"),
        ("mailto:wang@163.com", "wang@163.com", "separators"),
        ("<wang@163.com>;", "wang@163.com", "separators"),
        ("wang@163.com;li@qq.com", "wang@163.com", "split"),
        ("wang@163.com / li@qq.com、zhao@126.com", "wang@163.com", "split"),
        ("无", None, "null_word"),
        ("-", None, "null_word"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_an_address_is_cleaned_and_the_repair_is_named(raw: str | None, value: str | None, repair: str | None) -> None:
    assert cleaned(raw) == (value, repair)


@unhurried
@given(st.lists(dirty_texts | parts | st.none(), max_size=8))
def test_cleaning_twice_is_cleaning_once(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    once = email.clean(column)["value"]
    assert email.clean(once)["value"].to_list() == once.to_list()
    assert column.to_list() == values


@pytest.mark.parametrize(
    "value",
    [
        "wang.xm@163.com",
        "12345678901@qq.com",
        "10001@qq.com",
        "zhang_san-1@vip.qq.com",
        "13912345678@139.com",
        "user+mailbox@mail.example.cn",
        "customer/department=shipping@shop.cn",
        "$a12345@shop.cn",
        "!def!xyz%abc@shop.cn",
        "wang@例子.公司",
        "用户@例子.广告",
        "wang@xn--fsqu00a.xn--55qx5d",
        f"{'x' * 32}{'y' * 32}@163.com",
    ],
)
def test_a_good_address_has_no_problem(value: str) -> None:
    # RFC 3696 section 3 gives the ones full of signs, RFC 6531 Han before the @.
    assert reason(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "123@qq",
        "wang",
        "@163.com",
        "wang@",
        "a..b@163.com",
        ".wang@163.com",
        "wang.@163.com",
        "wang@163.c",
        "wang@-a.com",
        "wang@163..com",
        "w***@163.com",
        "王@163.com",
        "a@b@163.com",
        "wang@163.com1",
        "wang xm@163.com",
        f"{'x' * 65}@163.com",
        f"wang@{'x' * 64}.com",
        f"wang@{'a.' * 130}com",
    ],
)
def test_a_bad_format_is_told(value: str) -> None:
    assert reason(value) == "bad_format"


@pytest.mark.parametrize(
    "value",
    [
        "1@1.com",
        "123@qq.com",
        "123456@163.com",
        "test@test.com",
        "111111@qq.com",
        "aaaaaa@163.com",
        "0123456@qq.com",
        "1234@qq.com",
        "no@no.com",
        "wang@example.com",
        "a@qq.com",
        "none@sina.com",
    ],
)
def test_a_placeholder_is_told(value: str) -> None:
    assert reason(value) == "placeholder"


def test_a_null_address_has_no_reason() -> None:
    assert reason(None) is None


def test_masks_show_one_character_and_the_domain() -> None:
    values = pl.Series(["wang.xm@163.com", "123@qq", None, "wang"])
    assert email.mask(values).to_list() == ["w***@163.com", "***", None, "***"]

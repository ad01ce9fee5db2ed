"""Names: one spelling, and what rules N01-N08 and N11 ask of them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import name
from tests.strategies_text import dirty_texts, names, unhurried


def cleaned(raw: str | None) -> tuple[str | None, str | None]:
    return name.clean(pl.Series([raw], dtype=pl.String)).row(0)


def facts(value: str | None) -> dict[str, object]:
    return name.check(pl.Series([value], dtype=pl.String)).row(0, named=True)


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        ("王小明", "王小明", None),
        (" 王小明 ", "王小明", None),
        ("王 小 明", "王小明", "inner_space"),
        ("王　小明", "王小明", "inner_space"),
        ("王\u200b小明", "王小明", "zero_width"),
        ("阿卜杜拉•买买提 ", "阿卜杜拉·买买提", "dot"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提", "dot"),
        ("阿卜杜拉‧买买提", "阿卜杜拉·买买提", "dot"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提", "dot"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提", "dot+full_width"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提", "dot"),
        ("阿·卜•杜", "阿·卜·杜", "dot"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提", None),
        ("mary o’brien-smith", "MARY O'BRIEN-SMITH", None),
        ("ＪＯＨＮ　ＳＭＩＴＨ", "JOHN SMITH", "full_width"),
        ("J. R. Tolkien", "J. R. TOLKIEN", None),
        ("José", "JOSÉ", None),
        ("小明Tony", "小明Tony", None),
        ("马\ue863", "马䶮", "private_use"),
        ("⻢小明", "马小明", "compatibility"),
        ("南京（中国）有限公司", "南京(中国)有限公司", "full_width"),
        ("鐜嬪皬", "王小", "mojibake_repaired"),
        ("鐜 嬪皬", "王小", "inner_space+mojibake_repaired"),
        ("王小•明".encode().decode("gb18030"), "王小·明", "dot+mojibake_repaired"),
        ("鐜 " + "王小•明".encode().decode("gb18030")[1:], "王小·明", "dot+inner_space+mojibake_repaired"),
        ("鐜•嬪皬", "鐜·嬪皬", "dot"),
        ("未 知", None, "inner_space+null_word"),
        ("暂无", None, "null_word"),
        ("", None, None),
        (None, None, None),
        ("王●明", "王●明", None),
    ],
)
def test_a_name_is_cleaned_and_the_repair_is_named(raw: str | None, value: str | None, repair: str | None) -> None:
    assert cleaned(raw) == (value, repair)


@unhurried
@given(st.lists(dirty_texts | st.none(), max_size=8))
def test_cleaning_twice_is_cleaning_once(values: list[str | None]) -> None:
    once = name.clean(pl.Series(values, dtype=pl.String))["value"]
    assert name.clean(once)["value"].to_list() == once.to_list()


@unhurried
@given(st.lists(dirty_texts | st.none(), min_size=2, max_size=4))
def test_a_name_is_cleaned_the_same_alone_and_in_company(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    alone = pl.concat(name.clean(pl.Series([value], dtype=pl.String)) for value in values)
    assert name.clean(column).rows() == alone.rows()
    assert column.to_list() == values


@unhurried
@given(names)
def test_an_ordinary_name_is_untouched(value: str) -> None:
    assert cleaned(value) == (value, None)


@pytest.mark.parametrize(
    "value",
    [
        "王小明",
        "阿卜杜拉·买买提",
        "欧阳娜娜",
        "毛毛",
        "𠮷田一郎",
        "马䶮",
        "李〇一",
        "买买提·买买提",
        "JOHN SMITH",
        "MÜLLER",
        "曹操",
    ],
)
def test_a_good_name_has_no_problem(value: str) -> None:
    told = facts(value)
    assert told["reason"] is None
    assert (told["masked"], told["placeholder"], told["title"]) == (False, False, None)
    assert told["legal_han"] != told["legal_latin"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("王小明1", "characters"),
        ("王@", "characters"),
        ("王小明(本人)", "characters"),
        ("王/李", "characters"),
        ("王\x00明", "characters"),
        ("·买买提", "characters"),
        ("王小明😀", "characters"),
        ("A", "characters"),
        ("王", "too_short"),
        ("尼格买提江阿不力孜汗", "too_long"),
        ("阿" * 11 + "·" + "买" * 10, "too_long"),
        ("测试客户", "placeholder"),
        ("王先生", "title"),
        ("王*明", "masked"),
        ("啊啊啊", "repetitive"),
        ("王明王明", "repetitive"),
        ("南京某某物流有限公司", "organisation"),
        ("王总", "possible_title"),
        ("王?明", "mojibake"),
        (None, None),
    ],
)
def test_the_first_problem_is_told(value: str | None, reason: str | None) -> None:
    assert facts(value)["reason"] == reason


@pytest.mark.parametrize(
    "value",
    [
        "测试",
        "测试客户",
        "test",
        "TEST",
        "客户",
        "车主",
        "老板",
        "本人",
        "同上",
        "某某",
        "xxx",
        "新车主",
        "未提供",
        "待补充",
        "测试1",
        "Test01",
        "客户12",
        "微信用户",
        "XXXX",
        "某",
    ],
)
def test_placeholders_of_rule_n04_are_told(value: str) -> None:
    assert facts(value)["placeholder"]
    assert not facts(value)["masked"]


@pytest.mark.parametrize(
    "value", ["王*明", "王＊明", "王×明", "王○○", "王**", "王某", "王某某", "李XX", "王x明", "XX明", "□小明"]
)
def test_masks_of_rule_n06_are_told(value: str) -> None:
    assert facts(name.clean(pl.Series([value]))["value"].item())["masked"]


@pytest.mark.parametrize("value", ["南京某某商行", "南京某某物流有限公司", "某某银行", "王小明", "XIAO", "FELIX"])
def test_mou_in_an_organisation_and_x_in_latin_mask_nothing(value: str) -> None:
    assert not facts(value)["masked"]


@pytest.mark.parametrize("title", ["先生", "女士", "小姐", "师傅", "老师", "经理", "太太"])
def test_titles_of_rule_n05_are_certain_up_to_four_characters(title: str) -> None:
    assert [facts(before + title)["title"] for before in ("", "王", "欧阳")] == ["certain"] * 3
    assert facts("欧阳小" + title)["title"] is None
    assert facts("MR WANG")["title"] == "certain"
    assert facts("MISSY")["title"] is None


@pytest.mark.parametrize("title", ["总", "哥", "姐"])
def test_titles_that_are_also_given_names_are_only_possible(title: str) -> None:
    assert facts("王" + title)["title"] == "possible"
    assert facts(title)["title"] is None
    assert facts("欧阳小明" + title)["title"] is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("南京某某物流有限公司", True),
        ("南京公司分部", True),
        ("江宁区第一医院", True),
        ("南京大学", True),
        ("张三修理厂", True),
        ("南京汽车厂", True),
        ("张建厂", False),
        ("南京中心(有限合伙)", True),
        ("王小明", False),
        ("李大学", False),
        ("王学会", False),
        ("厂小明", False),
    ],
)
def test_organisation_words_of_rule_n08(value: str, told: bool) -> None:
    assert facts(value)["organisation_word"] is told


@unhurried
@given(st.text(st.sampled_from("毛哈啊"), min_size=1, max_size=9))
def test_repetition_is_three_equal_or_four_and_more_that_repeat(value: str) -> None:
    periods = [value[:n] * (len(value) // n) == value for n in range(1, len(value)) if len(value) % n == 0]
    assert facts(value)["repetitive"] == (any(periods) and len(value) >= 3)


@unhurried
@given(dirty_texts)
def test_facts_hold_together_for_any_text(value: str) -> None:
    told = facts(value)
    assert isinstance(told["han_count"], int)
    assert not (told["legal_han"] and told["legal_latin"])
    if told["reason"] is None:
        assert told["legal_han"] or told["legal_latin"]


def test_a_null_name_has_null_facts() -> None:
    assert set(facts(None).values()) == {None}


def test_han_beyond_the_basic_plane_are_counted() -> None:
    assert [facts(value)["han_count"] for value in ("𠮷田", "阿卜·买", "JOHN", "李〇一", "\U000323b0")] == [
        2,
        3,
        0,
        3,
        1,
    ]


def test_masks_show_the_first_character_only() -> None:
    masked = name.mask(pl.Series(["王小明", "王", "JOHN SMITH", None, "𠮷田"])).to_list()
    assert masked == ["王**", "*", "J*********", None, "𠮷*"]

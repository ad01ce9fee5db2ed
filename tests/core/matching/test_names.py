"""Names by sound and shape: pinyin, and when two names cannot be one."""

import opencc
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin
from rapidfuzz.distance import OSA

from pipeline.core.fields import name as names_field
from pipeline.core.matching import names as matching_names
from pipeline.core.matching.names import (
    FAR,
    INCOMPATIBLE,
    KIN,
    LOOSE,
    NEAR,
    alike_pattern,
    forms,
    names_incompatible,
    nearness,
    pinyin,
)
from pipeline.core.tables import csv_table
from tests.strategies_text import HAN, dirty_texts, names, unhurried

TO_TRADITIONAL = opencc.OpenCC("s2t")
HOMOPHONES: dict[str, list[str]] = {}
for character in HAN:
    HOMOPHONES.setdefault(lazy_pinyin(character)[0], []).append(character)


def read(value: str | None) -> str | None:
    return pinyin(pl.Series([value], dtype=pl.String)).item()


def apart(left: str | None, right: str | None) -> bool | None:
    told = names_incompatible(pl.Series([left], dtype=pl.String), pl.Series([right], dtype=pl.String))
    assert told.dtype == pl.Boolean
    return told.item()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("单雄信", "shanxiongxin"),
        ("仇和", "qiuhe"),
        ("区伟", "ouwei"),
        ("曾国藩", "zengguofan"),
        ("解晓东", "xiexiaodong"),
        ("尉迟恭", "yuchigong"),
        ("万俟卨", "moqixie"),
        ("澹台灭明", "tantaimieming"),
        ("长孙无忌", "zhangsunwuji"),
        ("缪昌文", "miaochangwen"),
        ("查良镛", "zhaliangyong"),
        ("朴树", "piaoshu"),
        ("吕布", "lvbu"),
        ("王长江", "wangchangjiang"),
        ("王单", "wangdan"),
        ("單雄信", "shanxiongxin"),
        ("王乾", "wangqian"),
        ("阿卜杜拉·买买提", "abudulamaimaiti"),
        ("查·王", "chawang"),
        ("单于", "shanyu"),
        ("单于夫罗", "chanyufuluo"),
        ("马䶮", "mayan"),
        ("𠮷田", "𠮷tian"),
        ("O'Brien", "obrien"),
        ("MÜLLER Łukasz", "mullerlukasz"),
        ("王 小 明", "wangxiaoming"),
        ("", None),
        ("123", None),
        (None, None),
    ],
)
def test_names_are_read_as_names(name: str | None, letters: str | None) -> None:
    assert read(name) == letters


def test_equal_names_are_read_once_and_keep_their_rows() -> None:
    assert pinyin(pl.Series(["王芳", None, "王芳", "李四"])).to_list() == ["wangfang", None, "wangfang", "lisi"]


@unhurried
@given(st.lists(dirty_texts | names | st.none(), max_size=3))
def test_letters_are_letters_and_company_does_not_matter(values: list[str | None]) -> None:
    told = pinyin(pl.Series(values, dtype=pl.String)).to_list()
    assert told == [read(value) for value in values]
    assert all(letters is None or (letters and letters == letters.lower() and " " not in letters) for letters in told)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("王小明", "李强"),
        ("王小明", "王建国"),
        ("王壮", "王丽"),
        ("李娜", "吴昊"),
        ("欧阳娜娜", "司马光"),
        ("阿卜杜拉·买买提", "艾合买提·热合曼"),
        ("JOHN SMITH", "MARY BROWN"),
        ("王 小 明", "李强"),
        ("王小明", "李國強"),
    ],
)
def test_different_names_are_incompatible(left: str, right: str) -> None:
    assert apart(left, right) is True
    assert apart(right, left) is True


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        ("王小明", "王小明", "equal"),
        ("王小明", "王小眀", "look-alike"),
        ("张未", "张末", "look-alike"),
        ("王双", "王又", "look-alike"),
        ("李壮庄", "李壮应", "look-alike"),
        ("李双双", "李又又", "look-alikes"),
        ("王小明", "王晓铭", "homophones"),
        ("张伟", "章威", "homophones"),
        ("单雄信", "山雄信", "homophone of a surname"),
        ("王小明", "王小刚", "one character of three"),
        ("王小明", "王明", "a character left out"),
        ("王小明", "小明", "given name"),
        ("欧阳娜娜", "娜娜", "given name"),
        ("上官婉儿", "婉儿", "given name"),
        ("王小", "王小明", "cut off"),
        ("王小明", "王明小", "characters swapped"),
        ("张伟", "張偉", "traditional"),
        ("王乾", "王干", "traditional"),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提", "no dot"),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提", "another dot"),
        ("阿卜杜拉·买买提", "阿不都拉·买买提", "another spelling"),
        ("阿卜杜拉·买买提", "买买提·阿卜杜拉", "parts in another order"),
        ("阿卜杜拉·买买提", "阿卜杜拉", "one part"),
        ("王小明", "WANG XIAOMING", "pinyin"),
        ("王小明", "XIAOMING WANG", "pinyin, given name first"),
        ("JOHN SMITH", "SMITH, JOHN", "another order"),
        ("JOHN SMITH", "JOHN PAUL SMITH", "middle name"),
        ("马䶮", "马\ue863", "private use"),
        ("𠮷田一郎", "吉田一郎", "variant"),
    ],
)
def test_slips_and_other_ways_to_tell_a_name_are_compatible(left: str, right: str, why: str) -> None:
    assert apart(left, right) is False, why
    assert apart(right, left) is False, why


@pytest.mark.parametrize(
    "incomplete",
    [
        None,
        "",
        "王",
        "王*明",
        "王某",
        "王先生",
        "王总",
        "测试",
        "某某",
        "南京有限公司",
        "啊啊啊",
        "王小明1",
        "锟斤拷",
        "暂无",
        "JOHN DOE",
    ],
)
def test_nothing_is_told_of_incomplete_names_and_of_two_scripts(incomplete: str | None) -> None:
    assert apart("李建国", incomplete) is None
    assert apart(incomplete, "李建国") is None


@settings(unhurried, max_examples=15)
@given(st.lists(st.tuples(dirty_texts | names | st.none(), dirty_texts | names | st.none()), max_size=3))
def test_it_is_symmetric_and_company_does_not_matter(pairs: list[tuple[str | None, str | None]]) -> None:
    left = pl.Series([one for one, _ in pairs], dtype=pl.String)
    right = pl.Series([other for _, other in pairs], dtype=pl.String)
    told = names_incompatible(left, right).to_list()
    assert told == names_incompatible(right, left).to_list()
    assert told == [apart(one, other) for one, other in pairs]


@unhurried
@given(dirty_texts | names)
def test_no_name_is_incompatible_with_itself(name: str) -> None:
    assert apart(name, name) is not True


@unhurried
@given(names, st.sampled_from(HAN), st.integers(0, 2))
def test_one_wrong_character_of_three_is_never_incompatible(name: str, wrong: str, at: int) -> None:
    if len(name) == 3:
        assert apart(name, name[:at] + wrong + name[at + 1 :]) is not True


@unhurried
@given(names)
def test_the_traditional_form_is_never_incompatible(name: str) -> None:
    assert apart(name, TO_TRADITIONAL.convert(name)) is not True


@unhurried
@given(st.data(), names)
def test_homophones_in_the_given_name_are_never_incompatible(data: st.DataObject, name: str) -> None:
    given_name = [data.draw(st.sampled_from(HOMOPHONES[lazy_pinyin(c)[0]])) for c in name[1:]]
    assert apart(name, name[0] + "".join(given_name)) is not True


def test_empty_columns_give_an_empty_answer() -> None:
    nothing = pl.Series([], dtype=pl.String)
    assert names_incompatible(nothing, nothing).to_list() == []
    assert pinyin(nothing).to_list() == []
    assert names_incompatible(pl.Series([None], dtype=pl.String), pl.Series([None], dtype=pl.String)).to_list() == [
        None
    ]


def test_no_character_stands_in_two_groups_of_look_alikes_and_each_group_has_readings_far_apart() -> None:
    groups = csv_table.read("look_alikes.csv")["characters"].to_list()
    assert len("".join(groups)) == len(set("".join(groups)))
    for group in groups:
        readings = [lazy_pinyin(c)[0] for c in group]
        assert max(OSA.distance(one, other) for one in readings for other in readings) > 3, group


def test_every_surname_of_the_table_is_read_otherwise_than_its_characters_alone() -> None:
    readings = csv_table.read("name_readings.csv")
    assert readings["characters"].is_unique().all()
    for characters, _, letters in readings.rows():
        assert "".join(lazy_pinyin(c)[0] for c in characters) != letters or characters == "长孙"


def near(left: list[str], right: list[str]) -> list[int]:
    told = nearness(forms(pl.Series(left)), forms(pl.Series(right)))
    assert told.dtype == pl.UInt8
    return told.to_list()


@pytest.mark.parametrize(
    ("left", "right", "how"),
    [
        ("王小明", "王小明", 1),
        ("王小明", "王晓铭", 1),
        ("王小明", "王小刚", KIN),
        ("王小明", "王大明", LOOSE),
        ("林思敏", "凌诗敏", LOOSE),
        ("李兰", "李国兰", KIN),
        ("宋思英", "宋梓阳", KIN),
        ("王小明", "小明", 1),
        ("单雄信", "山雄信", 1),
        ("阿卜杜拉·买买提", "买买提·阿卜杜拉", 1),
        ("JOHN SMITH", "SMITH JOHN", 1),
        ("JOHN SMITH", "JON SMITH", 1),
        ("张伟", "张涛", FAR),
        ("王芳", "王飞", FAR),
        ("吴璇", "吴渊", KIN),
        ("许兰霞", "许玉霞", KIN),
        ("王国明", "王围明", LOOSE),
        ("王小明", "王少明", LOOSE),
        ("杨志", "杨志林", KIN),
        ("易国林", "易国新", KIN),
        ("马斌", "马冰", NEAR),
        ("韩学诗", "韩学斯", NEAR),
        ("南京卓越商行", "卓越商行", NEAR),
        ("卓越商行", "卓越商行分公司", NEAR),
        ("王小明", "王建国", 3),
        ("王小明", "李强", 3),
        ("JOHN SMITH", "MARY BROWN", 3),
        ("欧阳娜娜", "欧阳奋强", 3),
        ("王小明", "JOHN SMITH", 0),
    ],
)
def test_how_near_two_names_are(left: str, right: str, how: int) -> None:
    assert near([left], [right]) == near([right], [left]) == [how]


latin_names = st.builds(
    " ".join, st.lists(st.sampled_from(["JOHN", "SMITH", "MARY", "WANG", "XIAOMING", "LI"]), min_size=2, max_size=3)
)
dotted_names = st.builds(
    "·".join, st.lists(st.sampled_from(["阿卜杜拉", "买买提", "艾合买提", "热合曼", "古丽"]), min_size=2, max_size=2)
)
complete_names = names | names.map(TO_TRADITIONAL.convert) | latin_names | dotted_names


@settings(unhurried, max_examples=15)
@given(st.lists(st.tuples(complete_names, complete_names), min_size=1, max_size=20))
def test_nearness_is_symmetric_and_three_means_incompatible(pairs: list[tuple[str, str]]) -> None:
    left, right = (names_field.clean(pl.Series([pair[side] for pair in pairs]))["value"] for side in (0, 1))
    told = near(left.to_list(), right.to_list())
    assert told == near(right.to_list(), left.to_list())
    answers = {0: None, NEAR: False, LOOSE: False, FAR: False, KIN: False, INCOMPATIBLE: True}
    # What the rules call incomplete (a placeholder drawn by chance) has no answer there.
    asked = names_incompatible(left, left).is_not_null() & names_incompatible(right, right).is_not_null()
    expected = names_incompatible(left, right)
    assert [answers[one] for one, ask in zip(told, asked, strict=True) if ask] == expected.filter(asked).to_list()


def test_forms_of_names() -> None:
    told = forms(pl.Series(["單雄信", "欧阳娜娜", "欧阳", "阿卜杜拉·买买提", "O'Brien", "尉迟恭", None]))
    assert told["sound"].to_list() == [
        "shanxiongxin",
        "ouyangnana",
        "ouyang",
        "abudulamaimaiti",
        "obrien",
        "yuchigong",
        None,
    ]
    assert told["plain"].to_list()[3:5] == ["阿卜杜拉买买提", "OBrien"]
    assert told["surname"].to_list() == ["shan", "ouyang", "ou", "a", "o", "yuchi", None]
    assert told["given"].to_list() == ["xin", "na", "yang", "ti", None, "gong", None]
    assert told["usual"].to_list() == [True, True, True, True, False, True, None]


def test_a_pattern_finds_words_whose_look_alikes_are_one() -> None:
    spelt = forms(pl.Series(["王先生", "王先牛", "王先明"]))["spelt"]
    assert spelt.str.contains(alike_pattern("先生$")).to_list() == [True, True, False]


def test_surnames_are_each_there_once_and_of_han() -> None:
    surnames = csv_table.read("surnames.csv")["characters"]
    assert surnames.is_unique().all()
    assert surnames.str.contains(r"^\p{Han}{1,3}$").all()
    assert {"王", "李", "单", "欧阳", "司马", "诸葛", "尉迟"} <= set(surnames)


@given(st.lists(st.tuples(*[st.text("王明华·", max_size=7)] * 2), min_size=1))
@unhurried
def test_a_distance_is_left_out_only_where_more_than_a_third_differs(pairs: list[tuple[str, str]]) -> None:
    """Whatever is not measured would have said nothing."""
    one, other = (pl.Series([pair[side] for pair in pairs]) for side in (0, 1))
    for told, (left, right) in zip(matching_names._characters(one, other), pairs, strict=True):
        apart = OSA.distance(left, right)
        assert told == apart or (told is None and 3 * apart > max(len(left), len(right)))

import polars as pl
import pytest
from opencc import OpenCC
from pypinyin import Style, pinyin

from connectors.synthetic import mistakes, names, number_mistakes
from connectors.synthetic.draw import stream

NAMES = pl.Series(["王小明", "李静", "欧阳伟杰", "阿卜杜拉·买买提"] * 5)
IDS = pl.Series(["320106198801011234", "32010619880101123X"] * 5)
PHONES = pl.Series(["13912345678"] * 40)


def sounds(character: str) -> set[str]:
    """Ways to read a character, with what the dialect does not tell apart made alike."""
    alike = set()
    for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0]:
        plain = sound.replace("zh", "z").replace("ch", "c").replace("sh", "s").removesuffix("g")
        alike.add("w" + plain[2:] if plain.startswith("hu") and len(plain) > 2 else plain)
    return alike


def made(kind: mistakes.Kind, values: pl.Series) -> pl.Series:
    return kind(values, stream(3, 0, kind.__name__))


@pytest.mark.parametrize("group", names.HOMOPHONES + names.SURNAME_HOMOPHONES)
def test_homophones_share_a_sound(group: str) -> None:
    for character in group[1:]:
        assert sounds(group[0]) & sounds(character), character


def test_traditional_forms_are_those_of_opencc() -> None:
    simplify = OpenCC("t2s")
    assert [pair for pair in names.TRADITIONAL if simplify.convert(pair[1]) != pair[0]] == []


@pytest.mark.parametrize(
    "kind",
    [mistakes.masked_name, mistakes.extra, mistakes.spaced, mistakes.zero_width, number_mistakes.cert_digit],
)
def test_a_mistake_changes_every_name(kind: mistakes.Kind) -> None:
    values = NAMES if kind.__module__.endswith(".mistakes") else IDS
    assert (made(kind, values) != values).all()


def test_a_homophone_changes_one_character() -> None:
    for before, after in zip(NAMES, made(mistakes.homophone, NAMES), strict=True):
        assert len(before) == len(after)
        assert sum(one != other for one, other in zip(before, after, strict=True)) <= 1


def test_a_traditional_name_is_the_same_after_simplifying() -> None:
    simplify = OpenCC("t2s")
    assert [simplify.convert(name) for name in made(mistakes.traditional, NAMES)] == NAMES.to_list()


def test_mojibake_can_be_undone_where_no_byte_was_lost() -> None:
    wrong = made(mistakes.mojibake, pl.Series(["李静", "南京"]))
    assert [value.encode("gb18030").decode() for value in wrong] == ["李静", "南京"]
    assert made(mistakes.mojibake_lossy, pl.Series(["南京市"])).to_list() == ["鍗椾含甯?"]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (number_mistakes.fifteen, "33010219200403064X", "330102200403064"),
        (number_mistakes.fifteen, "320106200103044512", "320106200103044512"),
        (number_mistakes.excel_number, "320106198801011234", "3.20106E+17"),
        (number_mistakes.excel_number, "32010619880101123X", "32010619880101123X"),
        (number_mistakes.masked_phone, "13912345678", "139****5678"),
        (number_mistakes.full_width, "123X", "１２３Ｘ"),
        (mistakes.only_county, "江苏省南京市江宁区胜太路68号翠屏小区1幢", "江苏省南京市江宁区"),
        (mistakes.shortened, "南京市恒瑞物流有限责任公司", "恒瑞物流有限公司"),
    ],
)
def test_what_a_mistake_makes(kind: mistakes.Kind, before: str, after: str) -> None:
    assert made(kind, pl.Series([before])).to_list() == [after]


def test_a_slip_on_the_phone_changes_the_number() -> None:
    slipped = made(number_mistakes.phone_slip, PHONES)
    assert set(slipped.str.len_chars()) <= {10, 11, 12}
    assert (slipped != PHONES).mean() > 0.95


def test_an_id_keeps_its_length_when_a_digit_slips() -> None:
    assert set(made(number_mistakes.cert_digit, IDS).str.len_chars()) == {18}


def test_vins_get_letters_they_never_have_and_lose_a_character() -> None:
    vins = pl.Series(["LSVAB2BR8KN100456"] * 10)
    assert made(number_mistakes.vin_letter_o, vins).str.contains("[OI]").all()
    assert set(made(number_mistakes.vin_short, vins).str.len_chars()) == {16}

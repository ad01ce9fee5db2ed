"""Each level of each comparison, by a pair of parties as feeds tell of them."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from pipeline.core.matching import blocking, people
from pipeline.core.matching.comparisons import Sides, levels_of
from tests.core.matching.examples import Said, described
from tests.strategies_certificates import with_check_character

BODY = "32010619850101123"
MAN = with_check_character(BODY)
WRONG = MAN[:17] + ("5" if MAN[17] != "5" else "6")
NEXT = with_check_character("32010619850101125")
"""Another right number, the check character and one digit apart."""
FAR = with_check_character("11010119720307441")
PASSPORT = {"cert_type": "护照", "cert_no": "E98231746"}
STREET = "江苏省南京市鼓楼区中山路18号"
PHONE = "13951426878"
OPENID = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"

LEVELS: dict[tuple[str, str], tuple[Said, Said]] = {
    ("name", "same"): ({"name": "王小明"}, {"name": "王 小 明"}),
    ("name", "same_sound"): ({"name": "王小明"}, {"name": "王晓铭"}),
    ("name", "near"): ({"name": "张林"}, {"name": "张玲"}),
    ("name", "loose"): ({"name": "王小明"}, {"name": "王大明"}),
    ("name", "kin"): ({"name": "王小明"}, {"name": "王小刚"}),
    ("name", "same_part"): ({"name": "王*明"}, {"name": "王*明"}),
    ("name", "surname"): ({"name": "王先生"}, {"name": "王小明"}),
    ("name", "given"): ({"name": "阿飞", "openid": ""}, {"name": "张飞"}),
    ("name", "other_same_surname"): ({"name": "王建国"}, {"name": "王小丽"}),
    ("name", "other"): ({"name": "王小明"}, {"name": "李建国"}),
    ("name", "other_surname"): ({"name": "王先生"}, {"name": "李建国"}),
    ("name", "other_given"): ({"name": "阿飞", "openid": ""}, {"name": "王小明"}),
    ("document", "same_lifetime"): ({"cert_no": MAN}, {"cert_no": f"{BODY[:6]}{BODY[8:]}"}),
    ("document", "same"): (PASSPORT, PASSPORT),
    ("document", "near"): ({"cert_no": MAN}, {"cert_no": WRONG}),
    ("document", "near_both_valid"): ({"cert_no": MAN}, {"cert_no": NEXT}),
    ("document", "visible_part"): ({"cert_no": MAN}, {"cert_no": f"320106********{MAN[14:]}"}),
    ("document", "visible_part_differs"): ({"cert_no": MAN}, {"cert_no": "320106********4417"}),
    ("document", "two_valid"): ({"cert_no": MAN}, {"cert_no": FAR}),
    ("document", "two"): ({"cert_no": MAN}, PASSPORT),
    ("birth", "same"): ({"birth_date": "1985-01-01"}, {"cert_no": MAN}),
    ("birth", "other"): ({"birth_date": "1985-01-02"}, {"cert_no": MAN}),
    ("gender", "same"): ({"gender": "男"}, {"name": "王先生"}),
    ("gender", "other"): ({"gender": "女"}, {"cert_no": MAN}),
    ("phone", "same"): ({"mobile": PHONE}, {"mobile": f"+86{PHONE}"}),
    ("phone", "visible_part"): ({"mobile": PHONE}, {"mobile": f"{PHONE[:3]}****{PHONE[7:]}"}),
    ("phone", "one_digit"): ({"mobile": PHONE}, {"mobile": "13951426978"}),
    ("phone", "landline"): ({"landline": "025-84567890"}, {"landline": "(025)84567890"}),
    ("phone", "other"): ({"mobile": PHONE}, {"mobile": "18651679903"}),
    ("vehicle", "same"): ({"plate": "苏A12345"}, {"plate": "苏A·12345"}),
    ("vehicle", "other"): ({"plate": "苏A12345"}, {"plate": "苏A12346"}),
    ("home", "same"): ({"address": f"{STREET}5栋2单元301室"}, {"address": f"{STREET}5幢2单元301"}),
    ("home", "street"): ({"address": f"{STREET}5栋2单元301室"}, {"address": f"{STREET}6栋1单元101室"}),
    ("home", "other"): ({"address": f"{STREET}5栋2单元301室"}, {"address": "江苏省南京市玄武区珠江路9号2栋1单元101室"}),
    ("wechat", "same"): ({"openid": OPENID}, {"openid": OPENID}),
    ("wechat", "other"): ({"openid": OPENID}, {"openid": OPENID[::-1]}),
}


@pytest.fixture(scope="module")
def tellings() -> pl.DataFrame:
    """Both sides of every example, in turn, as an account's followers where they have an openid."""
    # A placeholder says nothing, but makes the row one of a party.
    said = [{"name": "无名氏"} | side for pair in LEVELS.values() for side in pair]
    follows = ["openid" in side for side in said]
    parts = []
    for kind, wanted in (("wechat", True), ("callbacks", False)):
        places = [place for place, follower in enumerate(follows) if follower is wanted]
        rows = [{**said[place], **({"openid": said[place]["openid"] or OPENID} if wanted else {})} for place in places]
        typed = [row if "cert_type" in row or "cert_no" not in row else row | {"cert_type": "身份证"} for row in rows]
        parts.append(described(typed, kind).with_columns(place=pl.Series(places)))
    return pl.concat(parts).sort("place")


def compared(tellings: pl.DataFrame, left: list[int], right: list[int], agreed: int = 0) -> list[dict[str, str]]:
    sides = Sides(tellings, np.array(left), np.array(right), np.full(len(left), agreed, np.uint32))
    return [
        {one.name: ("unknown", *one.levels)[level] for one, level in zip(people.COMPARISONS, row, strict=True)}
        for row in levels_of(sides, people.COMPARISONS)
    ]


def test_every_level_has_an_example_that_reaches_it(tellings: pl.DataFrame) -> None:
    assert set(LEVELS) == {(one.name, level) for one in people.COMPARISONS for level in one.levels}
    places = [2 * place for place in range(len(LEVELS))]
    found = compared(tellings, places, [place + 1 for place in places])
    reached = {(name, told[name]) for (name, _), told in zip(LEVELS, found, strict=True)}
    assert [(name, told[name]) for (name, _), told in zip(LEVELS, found, strict=True)] == list(LEVELS)
    assert reached == set(LEVELS)


def test_it_does_not_matter_who_stands_left(tellings: pl.DataFrame) -> None:
    left, right = (list(side) for side in zip(*product(range(tellings.height), repeat=2), strict=True))
    assert compared(tellings, left, right) == compared(tellings, right, left)


def test_what_is_not_told_is_unknown(tellings: pl.DataFrame) -> None:
    nothing = tellings.clear(1).with_columns(pl.col(pl.UInt8, pl.UInt32, pl.UInt64).fill_null(0))
    both = pl.concat([tellings, nothing])
    found = compared(both, list(range(tellings.height)), [tellings.height] * tellings.height)
    assert all(level == "unknown" for told in found for level in told.values())


def test_two_of_one_policy_have_a_vehicle_in_common(tellings: pl.DataFrame) -> None:
    policy = blocking.number_of("policy", people.KEYS)
    (told,) = compared(tellings, [0], [2], 1 << policy)
    assert told["vehicle"] == "same"
    (told,) = compared(tellings, [0], [2], (1 << policy) - 1)
    assert told["vehicle"] == "unknown"


def test_an_equal_number_says_birth_and_sex_once() -> None:
    rows = described([{"cert_type": "身份证", "cert_no": MAN, "gender": "男"}] * 2)
    (told,) = compared(rows, [0], [1])
    assert (told["document"], told["birth"], told["gender"]) == ("same_lifetime", "unknown", "unknown")


def test_of_two_numbers_beside_one_name_phone_and_place_neither_speaks() -> None:
    told = {"name": "王小明", "cert_type": "身份证", "mobile": PHONE, "plate": "苏A12345"}
    other = {"cert_no": with_check_character("11010119720307441")}
    rows = described(
        [
            told | {"cert_no": MAN},
            told | other,
            {**told, **other, "plate": "苏A54321"},
            {**told, **other, "name": "王大明"},
        ]
    )
    found = [(one["document"], one["birth"], one["gender"]) for one in compared(rows, [0, 0, 0], [1, 2, 3])]
    assert found == [("unknown",) * 3, ("two_valid", "other", "same"), ("two_valid", "other", "same")]


def test_of_a_mans_and_a_womans_number_beside_one_name_and_phone_or_place_neither_speaks() -> None:
    told = {"name": "王小明", "cert_type": "身份证"}
    other = {"cert_no": with_check_character("11010119720307442")}
    phone, place = {"mobile": PHONE}, {"plate": "苏A12345"}
    rows = described(
        [
            {**told, **phone, **place, "cert_no": MAN},
            {**told, **other, **phone},
            {**told, **other, **place},
            {**told, **other},
            {**told, **other, **phone, "name": "王大明"},
        ]
    )
    found = [(one["document"], one["birth"], one["gender"]) for one in compared(rows, [0] * 4, [1, 2, 3, 4])]
    assert found == [("unknown",) * 3] * 2 + [("two_valid", "other", "other")] * 2


def test_a_number_hidden_elsewhere_does_not_fit() -> None:
    rows = described([{"cert_no": text, "cert_type": "身份证"} for text in (MAN, f"320107********{MAN[14:]}")])
    assert compared(rows, [0], [1])[0]["document"] == "visible_part_differs"
    rows = described([{"name": "王小明", "mobile": text} for text in (PHONE, f"138****{PHONE[7:]}", "139****6879")])
    assert [told["phone"] for told in compared(rows, [0, 0], [1, 2])] == ["other", "other"]


def test_every_key_is_of_columns_that_tellings_have(tellings: pl.DataFrame) -> None:
    for key in people.KEYS:
        assert set(key.columns) <= {*tellings.columns, *blocking.PAPERS}
    assert len({key.name for key in people.KEYS}) == len(people.KEYS)

"""What matching reads of an observation, over the forms in which names and numbers come."""

from datetime import date

import polars as pl
import pytest

from pipeline.core.digest import digest
from pipeline.core.matching.describe import (
    CHANGEABLE,
    COMPLETE,
    LIFETIME,
    MASKED_NAME,
    MASKED_NUMBER,
    NAMELESS,
    NICKNAME,
    NUMBERLESS,
    ORGANISATION,
    PERSON,
    TELLING,
    TITLED,
    WRONG,
    describe,
    forms_of_names,
)
from tests.core.matching.examples import described, examined
from tests.strategies_certificates import with_check_character

MAN = "32010619850101123X"
"""Its check character is what MOD 11-2 gives."""
WOMAN = with_check_character("32010619850101124")


def code(text: str) -> int:
    return int(digest(pl.Series([text]))[0])


def one(kind: str = "callbacks", **said: str) -> dict[str, object]:
    return described([said], kind).row(0, named=True)


def test_the_columns_are_those_of_a_telling() -> None:
    rows = examined([{"name": "王小明"}])
    assert describe(rows).schema == describe(rows.clear()).schema == TELLING


def test_forms_remembered_from_other_rows_are_the_same() -> None:
    forms = forms_of_names()
    for names in (["王小明", "李强"], ["李强", "欧阳女士", "王小明"], ["王*"]):
        rows = examined([{"name": name} for name in names])
        assert describe(rows, forms).equals(describe(rows))


NAMES = {
    "王小明": (COMPLETE, "wang", 0),
    "欧阳娜娜": (COMPLETE, "ouyang", 0),
    "单雄信": (COMPLETE, "shan", 0),
    "尉迟恭": (COMPLETE, "yuchi", 0),
    "阿卜杜拉·买买提": (COMPLETE, "a", 0),
    "JOHN SMITH": (COMPLETE, "j", 0),
    "王先生": (TITLED, "wang", 2),
    "欧阳女士": (TITLED, "ouyang", 1),
    "王姐": (TITLED, "wang", 1),
    "诸葛哥": (TITLED, "zhuge", 2),
    "李大哥": (TITLED, "li", 2),
    "张总": (TITLED, "zhang", 0),
    "王*": (MASKED_NAME, "wang", 0),
    "王*明": (MASKED_NAME, "wang", 0),
    "王某": (MASKED_NAME, "wang", 0),
    "测试": (NAMELESS, None, 0),
    "无名氏": (NAMELESS, None, 0),
    "暂无": (NAMELESS, None, 0),
    "": (NAMELESS, None, 0),
}


def test_how_much_of_a_name_is_told() -> None:
    told = described([{"name": name} for name in NAMES])
    states = dict(zip(NAMES, told.select("name_state", "surname_code", "gender").iter_rows(), strict=True))
    assert states == {
        name: (state, code(surname) if surname else 0, gender) for name, (state, surname, gender) in NAMES.items()
    }
    named, whole = told["name_state"] != NAMELESS, told["name_state"] == COMPLETE
    for column, there in (("name_code", named), ("sound_code", whole)):
        assert (told[column] > 0).to_list() == there.to_list()
    for column, there in (("name", named), ("sound", whole)):
        assert told[column].is_not_null().to_list() == there.to_list()


NICKNAMES = {
    "阿飞": (NICKNAME, "fei"),
    "小怡": (NICKNAME, "yi"),
    "丽丽": (NICKNAME, "li"),
    "梅梅💪": (NICKNAME, "mei"),
    "王小怡": (COMPLETE, "yi"),
    "A0保险小张": (NICKNAME, None),
    "沉默的羔羊": (NICKNAME, None),
    "阳光": (NICKNAME, None),
    "随缘🌹": (NICKNAME, None),
    "乐乐爸": (NICKNAME, None),
    "阳光明": (COMPLETE, "ming"),
    "王芳2": (NICKNAME, None),
}


def test_followers_of_an_account_call_themselves_what_they_like() -> None:
    told = described([{"name": name, "openid": "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"} for name in NICKNAMES], "wechat")
    found = dict(zip(NICKNAMES, told.select("name_state", "given_code").iter_rows(), strict=True))
    assert found == {name: (state, code(given) if given else 0) for name, (state, given) in NICKNAMES.items()}
    assert told["openid_code"].min() > 0


def test_on_a_policy_a_name_is_a_name() -> None:
    assert one(name="阿飞")["name_state"] == COMPLETE


def test_one_name_in_two_spellings_has_one_code() -> None:
    spellings = [("张偉", "张伟"), ("王双", "王又"), ("阿卜杜拉·买买提", "阿卜杜拉买买提"), ("王 小 明", "王小明")]
    told = described([{"name": name} for pair in spellings for name in pair])["name_code"].to_list()
    assert told[::2] == told[1::2]
    assert len(set(told)) == len(spellings)


REMARKED = ("王芳2", "王芳/", "王芳@", "王芳(代)", "欧阳娜娜(已故)", "王芳01")
NOT_REMARKED = {
    "王先生2": NICKNAME,
    "王*2": MASKED_NAME,
    "测试客户1": NAMELESS,
    "王芳代": COMPLETE,
    "王芳???": NICKNAME,
}


def test_what_a_form_writes_behind_a_name_is_not_of_it() -> None:
    bare = ["欧阳娜娜" if "欧阳" in name else "王芳" for name in REMARKED]
    told, plain = (described([{"name": name} for name in said]) for said in (REMARKED, bare))
    names_of = [name for name in TELLING if name.startswith("name") or name in ("sound", "sound_code", "surname_code")]
    assert told.select(names_of).equals(plain.select(names_of))
    assert (told["name_state"] == COMPLETE).all()
    others = described([{"name": name} for name in NOT_REMARKED])
    assert dict(zip(NOT_REMARKED, others["name_state"], strict=True)) == NOT_REMARKED
    assert not set(others["name_code"]) & {code("王芳"), code("王先生")}


def test_homophones_sound_alike_and_are_spelt_otherwise() -> None:
    one_, other = described([{"name": "王小明"}, {"name": "王晓铭"}]).rows(named=True)
    assert one_["sound_code"] == other["sound_code"] == code("wangxiaoming")
    assert one_["name_code"] != other["name_code"]


def test_the_kind_of_a_party() -> None:
    told = described(
        [
            {"name": "南京通达物流有限公司"},
            {"name": "王小明", "cert_type": "身份证", "cert_no": MAN},
            {"name": "通达", "cert_type": "统一社会信用代码"},
        ]
    )
    assert told["kind"].to_list() == [ORGANISATION, PERSON, ORGANISATION]


def test_an_organisation_s_name_is_complete() -> None:
    assert one(name="南京通达物流有限公司")["name_state"] == COMPLETE


DOCUMENTS = [
    (MAN, "身份证", LIFETIME, 32010619850101, 12310),
    (MAN.lower(), "身份证", LIFETIME, 32010619850101, 12310),
    (WOMAN, "身份证", LIFETIME, 32010619850101, 12400 + int(WOMAN[17])),
    ("320106850101123", "身份证", LIFETIME, 32010619850101, 12310),
    (MAN[:17] + "5", "身份证", WRONG, 32010619850101, 12305),
    ("320106********1236", "身份证", MASKED_NUMBER, 320106, 12306),
    ("320106********123X", "身份证", MASKED_NUMBER, 320106, 12310),
    ("3201**************", "身份证", MASKED_NUMBER, 3201, None),
    ("3201************3X", "身份证", MASKED_NUMBER, 3201, 1_000_310),
    ("E98231746", "护照", CHANGEABLE, 0, None),
    ("EA9823174", "护照", CHANGEABLE, 0, None),
    ("H98231746", "回乡证", LIFETIME, 0, None),
    ("111111111111111111", "身份证", NUMBERLESS, 0, None),
    ("无", "身份证", NUMBERLESS, 0, None),
]


def test_what_a_document_number_is() -> None:
    told = described([{"name": "王小明", "cert_type": kind, "cert_no": number} for number, kind, *_ in DOCUMENTS])
    found = list(told.select("cert_state", "cert_head", "cert_tail").iter_rows())
    assert found == [(state, head, 0 if tail is None else tail + 1) for _, _, state, head, tail in DOCUMENTS]
    assert (told["cert_person"] > 0).to_list() == (told["cert_state"] == LIFETIME).to_list()
    whole = ~told["cert_state"].is_in([NUMBERLESS, MASKED_NUMBER])
    assert (told["cert_code"] > 0).to_list() == whole.to_list()


def codes(*documents: tuple[str, str]) -> list[tuple[int, int]]:
    told = described([{"cert_type": kind, "cert_no": number} for kind, number in documents])
    return list(told.select("cert_code", "cert_person").iter_rows())


def test_a_resident_id_of_fifteen_digits_is_that_of_eighteen() -> None:
    old, new = codes(("身份证", "320106850101123"), ("身份证", MAN))
    assert old == new
    assert new[1] == int(MAN[:17])


def test_a_travel_permit_issued_anew_is_that_of_its_first_nine_characters() -> None:
    old, new = codes(("回乡证", "H9823174601"), ("回乡证", "H98231746"))
    assert old == new


def test_different_documents_have_different_codes() -> None:
    numbers = [("护照", "EA0012345"), ("护照", "EB0012345"), ("回乡证", "H00012345"), ("回乡证", "M00012345")]
    assert len({code for code, _ in codes(*numbers)}) == len(numbers)


def test_zeros_that_a_spreadsheet_drops_are_not_looked_at() -> None:
    whole, dropped = codes(("台胞证", "00982317"), ("台胞证", "982317"))
    assert whole[0] == dropped[0]


def test_sex_and_birth_come_from_a_right_number_first() -> None:
    told = described(
        [
            {"cert_type": "身份证", "cert_no": MAN, "gender": "女", "birth_date": "1990-01-01"},
            {"cert_type": "身份证", "cert_no": WOMAN},
            {"cert_type": "身份证", "cert_no": MAN[:17] + "5", "gender": "女", "birth_date": "1990-02-03"},
            {"name": "王先生", "gender": "女"},
        ]
    )
    born, later = ((day - date(1849, 12, 31)).days for day in (date(1985, 1, 1), date(1990, 2, 3)))
    assert list(told.select("birth", "gender").iter_rows()) == [(born, 2), (born, 1), (later, 1), (0, 1)]


@pytest.mark.parametrize(
    ("beside", "speaks"),
    [
        ({"name": "王小明", "birth_date": "1985-01-01"}, True),
        ({"name": "王小明", "birth_date": "1958-01-01"}, True),
        ({"name": "王小明", "birth_date": "1985-10-01"}, True),
        ({"name": "王小明", "gender": "女"}, True),
        ({"name": "王小明", "birth_date": "1958-03-07"}, False),
        ({"name": "王先生"}, True),
        ({"name": "王女士"}, False),
        ({"name": "轩轩妈妈"}, True),
    ],
)
def test_a_number_of_another_day_and_year_of_birth_is_somebody_else_s(beside, speaks) -> None:
    told = one(**{"cert_type": "身份证", "cert_no": MAN, **beside})
    assert (told["cert_state"], told["cert_code"] > 0) == ((LIFETIME, True) if speaks else (NUMBERLESS, False))
    silent = [told[name] for name in ("cert_person", "cert_head", "cert_tail")]
    assert all(silent) if speaks else not any(silent)


def test_beside_somebody_else_s_number_his_own_birth_and_sex_are_told() -> None:
    told = one(name="王小明", cert_type="身份证", cert_no=MAN, gender="女", birth_date="1990-02-03")
    assert told["birth"] == (date(1990, 2, 3) - date(1849, 12, 31)).days
    assert told["gender"] == 1


MOBILES = {
    "13951426878": (13951426878, 1395142, 6879),
    "+86 139-5142-6878": (13951426878, 1395142, 6879),
    "139****6878": (0, 139, 6879),
    "13951420000": (13951420000, 1395142, 1),
    "95518": (0, 0, 0),
    "10086": (0, 0, 0),
    "13800138000": (0, 0, 0),
    "13911111111": (0, 0, 0),
    "13912345678": (0, 0, 0),
    "1395142687": (0, 0, 0),
    "": (0, 0, 0),
}


def test_what_a_mobile_number_says() -> None:
    told = described([{"name": "王小明", "mobile": number} for number in MOBILES])
    found = told.select("mobile", "mobile_head", "mobile_tail").iter_rows()
    assert dict(zip(MOBILES, found, strict=True)) == MOBILES


def test_a_landline_speaks_without_its_extension() -> None:
    said = [{"name": "王小明", "landline": text} for text in ("025-84567890", "(025)84567890转801")]
    lines = described(said)["landline_code"].to_list()
    assert lines[0] == lines[1] > 0


def test_homes_and_streets() -> None:
    homes = described(
        [
            {"name": "王小明", "address": f"江苏省南京市鼓楼区中山路{rest}"}
            for rest in ("18号5栋2单元301室", "18号5栋2单元302室", "20号5栋2单元301室")
        ]
    )
    assert homes["home_code"].n_unique() == 3
    assert homes["home_code"].min() > 0
    assert homes["street_code"].to_list()[0] == homes["street_code"].to_list()[1] != homes["street_code"].to_list()[2]


def test_who_tells_nothing_tells_nothing() -> None:
    told = one(name="")
    assert {column for column, value in told.items() if value} <= {"kind"}

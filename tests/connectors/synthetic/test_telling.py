from functools import cache

import numpy as np
import polars as pl
import pytest

from connectors.synthetic.city import City, found
from connectors.synthetic.error_model import ErrorModel
from connectors.synthetic.telling import FULL, Interview, tell


@cache
def town() -> City:
    return found(11, 3000, ErrorModel())


def told_of(party: np.ndarray, day: np.ndarray) -> pl.DataFrame:
    return tell(town(), Interview(party, day, "test"), ErrorModel().at(0).underwriting, FULL)


@pytest.mark.parametrize(
    ("changed_on", "now", "former", "field"),
    [("renamed_on", "name", "former_name", "name"), ("mobile_changed_on", "mobile", "former_mobile", "mobile")],
)
def test_what_is_told_is_what_was_true_on_the_day(changed_on: str, now: str, former: str, field: str) -> None:
    people = town().parties
    changed = people[former].is_not_null().arg_true().to_numpy()
    day = people[changed_on].gather(changed).to_numpy()
    assert (told_of(changed, day - 1)[field] == people[former].gather(changed)).all()
    assert (told_of(changed, day)[field] == people[now].gather(changed)).all()


def test_the_address_told_is_that_of_the_home_on_the_day() -> None:
    people, homes = town().parties, town().homes["address"]
    moved = (people["home"] != people["former_home"]).arg_true().to_numpy()
    day = people["moved_on"].gather(moved).to_numpy()
    assert (told_of(moved, day - 1)["address"] == homes.gather(people["former_home"].gather(moved))).all()
    assert (told_of(moved, day)["address"] == homes.gather(people["home"].gather(moved))).all()


def test_an_organisation_has_a_contact_and_a_credit_code_but_no_birth() -> None:
    firms = np.arange(town().persons, town().parties.height)
    told = told_of(firms, np.full(len(firms), town().day))
    assert told["born"].is_null().all() and told["gender"].is_null().all()
    assert told["contact_name"].is_not_null().all() and told["contact_phone"].is_not_null().all()
    assert set(told["cert_type"]) == {"USCC"} and set(told["customer_type"]) == {"单位"}


def test_a_relative_is_one_of_the_household() -> None:
    people = town().parties.head(town().persons)
    relatives = people.filter(pl.col("family") >= 0)
    assert (people["household"].gather(relatives["family"]) == relatives["household"]).all()
    assert set(relatives["kin"]) == {"配偶", "子女", "父母"}

from dataclasses import asdict, replace
from functools import cache

import numpy as np
import polars as pl
import pytest

from connectors.synthetic.city import City, found
from connectors.synthetic.error_model import BIT, CAUSES, CityRates, ErrorModel, RowRates, TellingRates, scaled
from connectors.synthetic.telling import FULL, Interview, tell

TELLINGS = 40_000

PLAIN = {
    "name_homophone": ("name:homophone", 0.85),
    "name_lookalike": ("name:lookalike", 0.6),
    "name_traditional": ("name:traditional", 0.6),
    "name_title": ("name:title", 1.0),
    "name_null": ("name:null", 1.0),
    "name_placeholder": ("name:placeholder", 1.0),
    "name_spaced": ("name:spaced", 0.99),
    "name_zero_width": ("name:zero_width", 0.99),
    "cert_digit": ("cert_no:digit", 1.0),
    "cert_wrong_type": ("cert_no:wrong_type", 0.95),
    "cert_missing": ("cert_no:missing", 1.0),
    "cert_full_width": ("cert_no:full_width", 0.95),
    "mobile_agent": ("mobile:agent", 1.0),
    "mobile_typo": ("mobile:typo", 0.95),
    "mobile_missing": ("mobile:missing", 1.0),
    "mobile_country_code": ("mobile:country_code", 0.95),
    "mobile_separators": ("mobile:separators", 0.95),
    "address_placeholder": ("address:placeholder", 1.0),
    "address_short": ("address:short", 0.99),
    "address_abbreviated": ("address:abbreviated", 0.9),
}
"""Rate -> its cause and the least share of values with which the mistake can be made."""


@cache
def town() -> City:
    return found(11, 3000, ErrorModel())


def told(rates: TellingRates, purpose: str = "test") -> pl.DataFrame:
    """Tellings of adults by a seller with the average temptation."""
    city = town()
    adults = city.adults()
    party = np.resize(adults, TELLINGS)
    average = int((city.sales["temptation"] - 1).abs().arg_min())
    city.sales = city.sales.with_columns(temptation=pl.lit(1.0), forger=pl.lit(value=False))
    interview = Interview(party, np.full(TELLINGS, city.day), purpose, np.full(TELLINGS, average))
    return tell(city, interview, rates, FULL)


@cache
def shares() -> dict[str, float]:
    faults = told(TellingRates())["faults"].to_numpy()
    return {name: float(((faults & np.uint64(BIT[name])) > 0).mean()) for name, _ in CAUSES}


@pytest.mark.parametrize("rate", PLAIN)
def test_a_mistake_is_as_frequent_as_its_rate(rate: str) -> None:
    cause, possible = PLAIN[rate]
    wanted = getattr(TellingRates(), rate)
    noise = 4 * (wanted / TELLINGS) ** 0.5
    assert wanted * possible - noise <= shares()[cause] <= wanted + noise


def test_the_defaults_are_the_assumptions_of_the_field() -> None:
    told_by, city = TellingRates(), CityRates()
    assert (told_by.mobile_agent, told_by.mobile_family, told_by.mobile_typo) == (0.06, 0.06, 0.015)
    assert (told_by.cert_digit, told_by.cert_wrong_type) == (0.005, 0.003)
    assert (told_by.name_homophone, told_by.name_lookalike, told_by.name_traditional, told_by.name_title) == (
        0.004,
        0.002,
        0.002,
        0.003,
    )
    assert (told_by.address_placeholder, told_by.mobile_full_width, told_by.name_zero_width) == (0.03, 0.005, 0.001)
    assert (city.number_dead_per_year, city.number_resold_per_year) == (0.04, 0.03)
    assert (city.shared_phone, city.missing_email) == (0.1, 0.85)
    assert 0.08 <= city.duplicate_customer <= 0.15
    assert RowRates().excel_loss == 0.003


def test_difficulty_multiplies_every_rate_but_not_what_the_city_is() -> None:
    hard = ErrorModel().at(2)
    assert hard.city == replace(ErrorModel().city, duplicate_customer=2 * ErrorModel().city.duplicate_customer)
    assert (hard.rows.claim_vin_missing, hard.wechat.plate_untold, hard.wechat.plate_untold_binding) == (0.6, 0.8, 0.5)
    for name, rate in asdict(ErrorModel().underwriting).items():
        assert getattr(hard.underwriting, name) == pytest.approx(2 * rate)
    assert hard.wechat.nickname == pytest.approx(2 * ErrorModel().wechat.nickname)


def test_no_rate_grows_beyond_its_limit() -> None:
    assert max(asdict(scaled(TellingRates(), 1000)).values()) == 0.95
    assert max(asdict(scaled(TellingRates(), 0)).values()) == 0


def test_a_party_written_down_again_is_written_worse_in_name_and_number_only() -> None:
    plain, careless = TellingRates(), TellingRates().careless()
    assert careless.cert_digit > 5 * plain.cert_digit and careless.name_homophone > 5 * plain.name_homophone
    assert (careless.mobile_agent, careless.address_placeholder) == (plain.mobile_agent, plain.address_placeholder)


def test_every_cause_has_a_bit_of_its_own() -> None:
    assert len(BIT) == len(CAUSES) <= 64
    assert sum(BIT.values()) == 2 ** len(CAUSES) - 1


def test_a_value_has_one_fault_of_substance_at_most() -> None:
    faults = told(scaled(TellingRates(), 20), "hard")["faults"].to_numpy()
    for field in ("name", "mobile", "address"):
        bits = [BIT[name] for name, effect in CAUSES if name.startswith(field + ":") and effect != "form"]
        assert sum(((faults & np.uint64(bit)) > 0).astype(int) for bit in bits).max() == 1


def test_the_city_is_as_it_should_be() -> None:
    city = town()
    people = city.parties.head(city.persons)
    grown = people.filter(pl.col("born") < city.day - 13 * 366)
    assert (~grown["mobile"].is_unique()).mean() == pytest.approx(0.1, abs=0.03)
    assert people["email"].is_null().mean() == pytest.approx(0.85, abs=0.03)
    changed = (people["mobile_changed_on"] < city.day).mean()
    assert changed == pytest.approx(3 * (0.04 + 0.03), rel=0.25)


def test_papers_go_with_names() -> None:
    rates = replace(
        TellingRates(), name_title=0.3, name_masked=0.3, cert_relative=0.3, paperless_title=1, masked_together=1
    )
    frame = told(rates, "papers")
    faults = frame["faults"].to_numpy()

    def having(cause: str) -> pl.DataFrame:
        return frame.filter(pl.Series((faults & np.uint64(BIT[cause])) > 0))

    assert (
        having("name:title").height > 1000
        and having("name:title")["cert_no"].null_count() == having("name:title").height
    )
    residents = having("name:masked").filter(cert_type="RIC")["cert_no"].drop_nulls()
    assert residents.len() > 1000 and residents.str.contains("*", literal=True).mean() > 0.98
    relatives = having("cert_no:relative")["faults"].to_numpy()
    assert len(relatives) > 1000
    for unnamed in ("name:title", "name:null", "name:placeholder", "name:masked"):
        assert not ((relatives & np.uint64(BIT[unnamed])) > 0).any()

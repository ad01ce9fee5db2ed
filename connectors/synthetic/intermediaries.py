"""Who sells and repairs: units, agencies, salespeople with their phones and temptations, dealers, repair shops."""

import numpy as np
import polars as pl

from connectors.synthetic import business, identifiers, places
from connectors.synthetic.calendar_days import BASE_DATE, day_of
from connectors.synthetic.draw import Ints, chance, digits, falling, join, pick, pick_evenly, weighted, where
from connectors.synthetic.homes import make_offices

CHANNEL_CODES = tuple(code for code, *_ in business.CHANNELS)
CHANNEL_WORDS = tuple(word for _, word, _ in business.CHANNELS)
FORGING_CHANNELS = (1, 5)
"""The busiest seller of each makes up phones in batches on some days, and swaps phones the day before a call."""
_IS_INTERMEDIARY = np.array([code in business.INTERMEDIARY for code in CHANNEL_CODES])


def units() -> list[str]:
    """The 60 units of the city branch."""
    counties = [place.name.removesuffix("区") for place in places.DISTRICTS]
    return [county + part for county in counties for part in business.UNIT_DEPARTMENTS] + list(business.CITY_UNITS)


def make_agencies(rng: np.random.Generator, size: int, taken: pl.Series) -> pl.DataFrame:
    """``size`` intermediaries: ``code``, ``channel``, ``name``, ``phone``, ``landline``, ``address``; dealers among them."""
    channel = np.where(np.arange(size) < 4, np.arange(size), weighted(rng, [30, 22, 8, 5], size))
    brand = pick_evenly(rng, business.DEALER_BRANDS, size)
    ends = ("汽车销售服务有限公司", "保险代理有限公司", "汽车服务有限公司", "网络科技有限公司")
    return pl.DataFrame(
        {
            "code": join("A3201", digits(np.arange(size) + 1, 5)),
            "channel": channel,
            "name": join("南京", brand, pick_evenly(rng, business.COMPANY_FIRST, size), pick(ends, channel)),
            "phone": identifiers.mobiles(rng, size, taken),
            "landline": identifiers.landlines(rng, size),
            "address": make_offices(rng, size)["address"],
        }
    )


def make_sales(
    rng: np.random.Generator, adults: Ints, agencies: pl.DataFrame, size: int, taken: pl.Series
) -> pl.DataFrame:
    """``size`` salespeople: their ``person``, ``unit``, ``channel``, ``agency`` (-1 if none), ``volume`` and ``temptation``.

    ``temptation`` is how much more than the average intermediary one writes down his own phone (mean 1 over the business
    of intermediaries, 0 for staff); ``second_phone`` is in no directory.
    """
    kinds = len(CHANNEL_CODES)
    weights = [weight for *_, weight in business.CHANNELS]
    channel = np.where(np.arange(size) < kinds, np.arange(size) % kinds, weighted(rng, weights, size))
    agency = np.full(size, -1)
    of_channel = agencies["channel"].to_numpy()
    for number in range(4):
        here, houses = np.flatnonzero(channel == number), np.flatnonzero(of_channel == number)
        agency[here] = houses[weighted(rng, falling(len(houses)), len(here))]
    volume = rng.pareto(1.3, size) + 0.3
    for number in range(kinds):
        here = channel == number
        volume[here] *= weights[number] / volume[here].sum()
    temptation = np.minimum(rng.gamma(0.4, 2.5, size), 8.0) * _IS_INTERMEDIARY[channel]
    forger = np.zeros(size, dtype=bool)
    for number in FORGING_CHANNELS:
        here = np.flatnonzero(channel == number)
        forger[here[np.argmax(volume[here])]] = True
    temptation[forger] = np.maximum(temptation[forger], 2.0)
    mean = (volume * temptation).sum() / (volume * _IS_INTERMEDIARY[channel]).sum()
    return pl.DataFrame(
        {
            "person": rng.permutation(adults)[np.arange(size) % len(adults)],
            "code": join("3201", digits(np.arange(size) + 1, 5)),
            "unit": rng.integers(0, len(units()), size),
            "channel": channel,
            "agency": agency,
            "team": join("团队", digits(rng.integers(1, 13, size), 2)),
            "volume": volume,
            "temptation": temptation / max(mean, 1e-9),
            "second_phone": identifiers.mobiles(rng, size, taken),
            "forger": forger,
            "uses_second": chance(rng, 0.15, size),
            "changed_on": day_of(BASE_DATE) - 1 - rng.integers(0, 400, size),
        }
    )


def make_shops(rng: np.random.Generator, size: int, taken: pl.Series) -> pl.DataFrame:
    """``size`` repair shops: ``name``, ``phone``, ``landline``, ``address``."""
    return pl.DataFrame(
        {
            "name": join(
                "南京",
                pick_evenly(rng, business.REPAIR_WORDS, size),
                pick_evenly(rng, ("汽修厂", "汽车维修有限公司"), size),
            ),
            "phone": identifiers.mobiles(rng, size, taken),
            "landline": where(chance(rng, 0.5, size), identifiers.landlines(rng, size), None),
            "address": make_offices(rng, size)["address"],
        }
    )


def make_branches(rng: np.random.Generator) -> pl.DataFrame:
    """Address and landline of every unit."""
    names = units()
    return pl.DataFrame(
        {
            "name": names,
            "landline": identifiers.landlines(rng, len(names)),
            "address": make_offices(rng, len(names))["address"],
        }
    )


def make_organisations(rng: np.random.Generator, size: int, adults: Ints) -> pl.DataFrame:
    """``size`` organisations that own vehicles, with office (row number), contact and legal representative."""
    first, middle = pick_evenly(rng, business.COMPANY_FIRST, size), pick_evenly(rng, business.COMPANY_MIDDLE, size)
    last = pick_evenly(rng, business.COMPANY_LAST, size)
    second = where(chance(rng, 0.5, size), pick_evenly(rng, business.COMPANY_FIRST, size), "")
    trader = last.is_in(["商行", "经营部"])
    name = join(where(chance(rng, 0.6, size), "南京市", "南京"), first, second, where(trader, "", middle), last)
    region = np.array([int(place.code) for place in places.DISTRICTS])[rng.integers(0, len(places.DISTRICTS), size)]
    return pl.DataFrame(
        {
            "name": name,
            "cert_no": identifiers.credit_codes(rng, region),
            "landline": identifiers.landlines(rng, size),
            "contact": adults[rng.integers(0, len(adults), size)],
            "legal": adults[rng.integers(0, len(adults), size)],
        }
    )

"""The people of the city: who they are, their documents, phones, homes and what changed in the last years."""

from collections.abc import Callable

import numpy as np
import polars as pl

from connectors.synthetic import identifiers, naming, places
from connectors.synthetic.business import CHINA_WORDS, OCCUPATIONS
from connectors.synthetic.calendar_days import BASE_DATE, LONG_TERM, NEVER, as_ymd, day_of, plus_years
from connectors.synthetic.draw import (
    Ints,
    chance,
    changed,
    digits,
    falling,
    join,
    pick,
    pick_evenly,
    pick_one,
    weighted,
    where,
)
from connectors.synthetic.error_model import CityRates
from connectors.synthetic.households import CHILD, compose

Streams = Callable[[str], np.random.Generator]

_MAIL_WORDS = ("wang", "li", "zhang", "liu", "chen", "xm", "xh", "lily", "jack", "sunny", "nj", "hao")
_CERT_TYPES = ("RIC", "HMT_RESIDENCE", "HM_PERMIT", "TW_PERMIT", "MIL", "PASSPORT_X", "FPR")
_RESIDENCE = 932840
"""Begin of a new permanent-resident id: 9, province 32, country 840."""
_BASE = day_of(BASE_DATE)
_NANJING = [int(code) for code in places.COUNTIES if code.startswith("3201")]
_COUNTIES = [int(code) for code in places.COUNTIES]
_TODAY = {int(place.code) for place in places.DISTRICTS}


def make_people(streams: Streams, people: int, rates: CityRates) -> pl.DataFrame:
    """``people`` persons, a row each, as they are on the base date; days are day numbers, places are row numbers."""
    family = compose(streams("households"), people)
    frame = family.with_columns(naming.name_people(streams("names"), family))
    frame = frame.with_columns(_documents(streams("documents"), frame))
    frame = frame.with_columns(_phones(streams("phones"), frame, rates))
    return frame.with_columns(_other(streams("people"), frame, rates)).with_columns(
        party=digits(np.arange(people), 8).str.replace("^", "P")
    )


def ages(people: pl.DataFrame, day: int) -> Ints:
    """Age in full years, about, on ``day``."""
    return ((day - people["born"].to_numpy()) / 365.25).astype(np.int64)


def _documents(rng: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """Resident ids for most; permits, passports, residence cards and officers' cards for a few."""
    size, male = frame.height, frame["male"].to_numpy()
    born = frame["born"].to_numpy()
    ymd, twin = as_ymd(born), frame["twin_of"].to_numpy()
    ids = identifiers.resident_ids(rng, _regions(rng, frame), ymd, male, twin)
    permits = identifiers.resident_ids(rng, _hmt(rng, size), ymd, male)
    kind = weighted(rng, [0.9925, 0.002, 0.0015, 0.001, 0.003], size)
    kind = np.where((frame["name_kind"] == "foreign").to_numpy(), np.where(chance(rng, 0.7, size), 5, 6), kind)
    kind[twin >= 0] = 0
    residence = _RESIDENCE * 10**11 + ymd * 1000 + rng.integers(1, 999, size)
    taiwan = digits(rng.integers(10**7, 10**8, size), 8)
    forms = (
        ids,
        permits,
        identifiers.permits(rng, size),
        taiwan,
        identifiers.officer_cards(rng, size),
        identifiers.passports(rng, size),
        identifiers.with_check_digit(residence),
    )
    number = pick_one(kind, forms)
    start, end = _validity(rng, born)
    chinese = pick_evenly(rng, CHINA_WORDS, size)
    nationality = where(kind >= 5, pick_evenly(rng, ("USA", "GBR", "KOR", "JPN"), size), chinese)
    return pl.DataFrame(
        {
            "cert_type": pick(_CERT_TYPES, kind),
            "cert_no": number,
            "cert_from": start,
            "cert_to": end,
            "nationality": nationality,
        }
    )


def _hmt(rng: np.random.Generator, size: int) -> Ints:
    return np.array([810000, 820000, 830000])[weighted(rng, [6, 1, 3], size)]


def _regions(rng: np.random.Generator, frame: pl.DataFrame) -> Ints:
    """Where the number was first given: mostly Nanjing; abolished counties for people old enough."""
    size = frame.height
    local = chance(rng, np.where(frame["member"].to_numpy() == CHILD, 0.9, 0.58), size)
    nanjing = np.array(_NANJING)[weighted(rng, falling(len(_NANJING), 0.2), size)]
    region = np.where(local, nanjing, np.array(_COUNTIES)[rng.integers(0, len(_COUNTIES), size)])
    now = np.array(sorted(_TODAY))[rng.integers(0, len(_TODAY), size)]
    young = frame["born"].to_numpy() > _BASE - 12 * 365
    abolished = np.isin(region, sorted(set(_NANJING) - _TODAY))
    return np.where(young & abolished, now, region)


def _validity(rng: np.random.Generator, born: Ints) -> tuple[Ints, Ints]:
    """Issue and end of the card: 5 years under 16, 10 under 26, 20 under 46, long-term from then on."""
    age = (_BASE - born) / 365.25
    years = rng.random(len(born)) * np.where(age < 16, np.minimum(4.9, age), np.minimum(9.9, np.maximum(age - 16, 0.1)))
    issued = (_BASE - years * 365.25).astype(np.int64)
    at_issue = age - years
    term = np.where(at_issue < 16, 5, np.where(at_issue < 26, 10, 20))
    return issued, np.where(at_issue < 46, plus_years(issued, term), LONG_TERM)


def _phones(rng: np.random.Generator, frame: pl.DataFrame, rates: CityRates) -> pl.DataFrame:
    """``mobile``, ``former_mobile`` with the day of the change and what became of the old number; some share a phone."""
    size, head, member = frame.height, frame["head"].to_numpy(), frame["member"].to_numpy()
    two_each = identifiers.mobiles(rng, 2 * size)
    mobile, former = two_each.head(size), two_each.tail(size)
    years = 3.0
    moved_on = chance(rng, years * (rates.number_dead_per_year + rates.number_resold_per_year), size)
    changed_on = np.where(moved_on, _BASE - (rng.random(size) * years * 365).astype(np.int64), NEVER)
    resold = (
        chance(rng, rates.number_resold_per_year / (rates.number_dead_per_year + rates.number_resold_per_year), size)
        & moved_on
    )
    resold &= changed_on < _BASE - 120
    mobile, former, changed_on = _second_owners(rng, mobile, former, changed_on, resold)
    child = ages(frame, _BASE) < 12
    others = np.flatnonzero((member != 0) & ~child)
    sharing = chance(rng, rates.shared_phone / 2 * size / max(1, len(others)), len(others))
    places_ = np.concatenate([others[sharing], np.flatnonzero(child & (member != 0))])
    mobile = changed(mobile, places_, mobile.gather(head[places_]))
    former = changed(former, places_, former.gather(head[places_]))
    changed_on[places_] = changed_on[head[places_]]
    has_former = pl.Series(changed_on < NEVER)
    return pl.DataFrame(
        {
            "mobile": mobile,
            "former_mobile": where(has_former, former, None),
            "mobile_changed_on": changed_on,
            "resold": resold,
        }
    )


def _second_owners(
    rng: np.random.Generator, mobile: pl.Series, former: pl.Series, changed_on: Ints, resold: Ints
) -> tuple[pl.Series, pl.Series, Ints]:
    """Half of the resold numbers are now the phone of another person of the city; the others left it."""
    sold = np.flatnonzero(resold)[::2]
    free = np.flatnonzero(changed_on == NEVER)
    buyers = rng.permutation(free)[: len(sold)]
    sold = sold[: len(buyers)]
    former_of_buyers = mobile.gather(buyers)
    changed_on = changed_on.copy()
    changed_on[buyers] = np.minimum(changed_on[sold] + 90 + rng.integers(0, 200, len(buyers)), _BASE - 10)
    return changed(mobile, buyers, former.gather(sold)), changed(former, buyers, former_of_buyers), changed_on


def _other(rng: np.random.Generator, frame: pl.DataFrame, rates: CityRates) -> pl.DataFrame:
    size, household = frame.height, frame["household"].to_numpy()
    homes = int(household[-1]) + 1
    moved = chance(rng, 3 * rates.moves_per_year, homes)
    moved_on = np.where(moved, _BASE - (rng.random(homes) * 3 * 365).astype(np.int64), NEVER)
    renamed_on = _BASE - 30 - (rng.random(size) * 900).astype(np.int64)
    box = pick(("163.com", "qq.com", "126.com", "sina.com"), rng.integers(0, 4, size))
    letters = pick_evenly(rng, _MAIL_WORDS, size)
    email = join(letters, digits(rng.integers(0, 10**6, size), 6), "@", box)
    return pl.DataFrame(
        {
            "home": household,
            "former_home": np.where(moved[household], household + homes, household),
            "moved_on": moved_on[household],
            "renamed_on": np.where(frame["former_name"].is_not_null().to_numpy(), renamed_on, NEVER),
            "landline": where(
                chance(rng, 0.12, homes)[household], identifiers.landlines(rng, homes).gather(household), None
            ),
            "email": where(chance(rng, 1 - rates.missing_email, size), email, None),
            "occupation": pick(OCCUPATIONS, weighted(rng, falling(len(OCCUPATIONS), 0.6), size)),
            "openid": identifiers.wechat_ids(rng, size),
            "unionid": identifiers.wechat_ids(rng, size),
            "wechat_user": chance(rng, 0.85, size)
            & (ages(frame, _BASE) >= 14)
            & frame["mobile"].is_first_distinct().to_numpy(),
        }
    )

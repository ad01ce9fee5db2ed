"""Contracts of vehicles: who owns, insures and signs, through whom, and what underwriting wrote down."""

import numpy as np
import polars as pl

from connectors.synthetic.calendar_days import as_ymd
from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, chance, digits, join, pick, weighted, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.intermediaries import CHANNEL_CODES
from connectors.synthetic.telling import FULL, Interview, tell
from connectors.synthetic.vehicles import as_written

ROLES = ("policyholder", "insured", "owner")
_STATUSES = ("有效", "退保", "注销", "测试")
_TELE_NET = CHANNEL_CODES.index("tele_net")


def add_contracts(city: City, vehicle: Ints, issued: Ints, owner: Ints, purpose: str) -> Ints:
    """One more contract year for each of ``vehicle``, signed on day ``issued``; gives the contracts' places."""
    rng = city.rng(purpose)
    size = len(vehicle)
    policyholder = _policyholders(city, owner, rng)
    insured = np.where(chance(rng, city.rates.city.same_insured, size), owner, policyholder)
    seller = _sellers(city, size, rng)
    cars = city.vehicles.select(pl.all().gather(vehicle))
    written = as_written(city, cars, rng)
    flag_wrong = (written["faults"].to_numpy() & np.uint64(BIT["same_person_flag:wrong"])) > 0
    tele_net = (city.sales["channel"].gather(seller) == _TELE_NET).to_numpy()
    contracts = pl.DataFrame(
        {
            "vehicle": vehicle,
            "number": city.numbered("policy", size),
            "policyholder": policyholder,
            "insured": insured,
            "owner": owner,
            "seller": seller,
            "issued": issued,
            "second": rng.integers(8 * 3600, 18 * 3600, size),
            "cover_from": issued + rng.integers(0, 25, size),
            "status": pick(_STATUSES, weighted(rng, [977, 14, 8, 1], size)),
            "sms": chance(rng, np.where(tele_net, 0.4, 0.72), size),
            "commercial": cars["commercial"],
            "relation": _relation(city, policyholder, insured, rng),
            "same_flag": where((policyholder == insured) ^ flag_wrong, "是", "否"),
            "premium": rng.integers(66_500, 110_000, size),
            "commercial_premium": rng.lognormal(12.6, 0.45, size).astype(np.int64),
            "told_on": issued,
            "gone": np.zeros(size, dtype=bool),
            "told_plate": written["plate"],
            "told_vin": written["vin"],
            "told_engine": written["engine"],
            "row_faults": written["faults"],
        }
    )
    first = city.contracts.height
    contracts = _with_tellings(city, contracts, purpose)
    city.contracts = pl.concat([city.contracts, contracts]) if first else contracts
    return np.arange(first, first + size)


def _policyholders(city: City, owner: Ints, rng: np.random.Generator) -> Ints:
    """The owner, or one of his family, or somebody else; for an organisation itself or somebody who drives for it."""
    size = len(owner)
    adults = city.adults()
    family = city.column("family")[owner].astype(np.int64)
    grown = np.isin(family, adults)
    draw = rng.random(size)
    relative = (draw >= city.rates.city.owner_is_policyholder) & grown
    stranger = draw >= 0.975
    somebody = adults[rng.integers(0, len(adults), size)]
    of_person = np.where(stranger, somebody, np.where(relative, family, owner))
    return np.where(city.column("is_person")[owner], of_person, np.where(draw < 0.93, owner, somebody))


def _sellers(city: City, size: int, rng: np.random.Generator) -> Ints:
    """A channel by its share of the business, and a salesperson of it by his."""
    of_channel, volume = city.sales["channel"].to_numpy(), city.sales["volume"].to_numpy()
    channel = weighted(rng, np.bincount(of_channel, volume, len(CHANNEL_CODES)), size)
    seller = np.zeros(size, dtype=np.int64)
    for number in range(len(CHANNEL_CODES)):
        here, crew = np.flatnonzero(channel == number), np.flatnonzero(of_channel == number)
        seller[here] = crew[weighted(rng, volume[crew], len(here))]
    return seller


def _relation(city: City, policyholder: Ints, insured: Ints, rng: np.random.Generator) -> pl.Series:
    kin = city.parties["kin"].gather(insured)
    household = city.column("household")
    family = (household[policyholder] == household[insured]) & (policyholder < city.persons)
    firm = (policyholder >= city.persons) | (insured >= city.persons)
    told = where(policyholder == insured, "本人", where(family, kin, where(firm, "雇佣", "其他")))
    return where(chance(rng, city.rates.rows.relation_missing, len(insured)), None, told)


def _with_tellings(city: City, contracts: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Adds which telling each role of each contract uses; a party told before is mostly told again by copying.

    A party has one telling within a contract, and the newest from one contract to the next.
    """
    size = contracts.height
    party = np.concatenate([contracts[role].to_numpy() for role in ROLES])
    contract = np.tile(np.arange(size), len(ROLES))
    day, seller = (np.tile(contracts[column].to_numpy(), len(ROLES)) for column in ("issued", "seller"))
    order = np.lexsort((contract, day, party))
    party, contract, seller, day = party[order], contract[order], seller[order], day[order]
    first, repeats = np.ones(len(party), dtype=bool), np.zeros(len(party), dtype=bool)
    first[1:] = party[1:] != party[:-1]
    repeats[1:] = ~first[1:] & (contract[1:] == contract[:-1])
    if not len(city.last_telling):
        city.last_telling = np.full(city.parties.height, -1)
    known = city.last_telling[party] >= 0
    again = chance(city.rng(purpose + " tellings"), _again(city), len(party)) & ~repeats
    new = again | (first & ~known)
    start = city.tellings.height
    telling = np.where(new, np.cumsum(new) - 1 + start, city.last_telling[party])
    source = np.maximum.accumulate(np.where(first | new, np.arange(len(party)), 0))
    telling = telling[source]
    if new.any():
        interview = Interview(party[new], day[new], purpose + " told", seller[new])
        told = _told(city, interview, (~first | known)[new])
        city.tellings = pl.concat([city.tellings, told]) if start else told
    last = np.append(first[1:], True)[: len(party)]
    city.last_telling[party[last]] = telling[last]
    back = np.empty(len(party), dtype=np.int64)
    back[order] = telling
    parts = np.split(back, len(ROLES))
    return contracts.with_columns(
        **{f"{role}_telling": pl.Series(part) for role, part in zip(ROLES, parts, strict=True)}
    )


def _told(city: City, interview: Interview, again: Ints) -> pl.DataFrame:
    """New tellings; who is written down ``again`` was not recognised, often because name or number were wrong."""
    rates = city.rates.underwriting
    parts, places = [], []
    for mask, share, name in ((~again, rates, ""), (again, rates.careless(), " again")):
        at = np.flatnonzero(mask)
        seller = None if interview.seller is None else interview.seller[at]
        if len(at):
            parted = Interview(interview.party[at], interview.day[at], interview.purpose + name, seller)
            parts.append(tell(city, parted, share, FULL))
            places.append(at)
    return pl.concat(parts).select(pl.all().gather(np.argsort(np.concatenate(places))))


def _again(city: City) -> float:
    """Share of later contracts of a party for which it is written down anew.

    Six of ten parties have one: measured, the share that leaves ``duplicate_customer`` of all with two tellings or more.
    """
    return min(0.95, city.rates.city.duplicate_customer / 0.6)


def policy_numbers(contracts: pl.DataFrame, commercial: pl.Series) -> pl.Series:
    """Policy numbers: PDZA or PDAA, year, branch and running number."""
    year = pl.Series(as_ymd(contracts["issued"].to_numpy()) // 10_000).cast(pl.String)
    return join(where(commercial, "PDAA", "PDZA"), year, "320100", digits(contracts["number"], 8))

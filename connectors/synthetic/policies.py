"""Vehicles and their contracts: who owns, insures and signs, through whom, and what underwriting wrote down."""

import numpy as np
import polars as pl

from connectors.synthetic import mistakes, numbers
from connectors.synthetic.calendar_days import as_ymd
from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, chance, changed, digits, falling, join, pick, weighted, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.telling import FULL, tell

CARS_PER_PERSON = 0.36
ROLES = ("policyholder", "insured", "owner")
_KINDS = ("客车", "货车", "摩托车", "拖拉机", "特种车", "挂车")


def add_vehicles(city: City, size: int, bought: tuple[int, int]) -> Ints:
    """``size`` more vehicles, first registered between two days; gives their places."""
    rng = city.rng("vehicles")
    owner = _owners(city, size, rng)
    registered = rng.integers(bought[0], bought[1] + 1, size)
    kind = weighted(rng, [925, 40, 14, 4, 10, 7], size)
    electric = chance(rng, np.where(registered > city.day - 1400, 0.34, 0.03), size) & (kind == 0)
    large = kind == 1
    plate_type = np.select([electric, kind == 1, kind == 2, kind == 3, kind == 5], ["52", "01", "07", "14", "15"], "02")
    private = city.column("is_person")[owner]
    vehicles = pl.DataFrame(
        {
            "owner": owner,
            "former_owner": np.where(chance(rng, 0.02, size), _owners(city, size, rng), owner),
            "plate": numbers.plates(rng, electric, large & electric),
            "plate_type": plate_type.tolist(),
            "vin": numbers.vins(rng, as_ymd(registered) // 10_000),
            "engine": numbers.engines(rng, size),
            "kind": pick(_KINDS, kind),
            "use": where(private, "家庭自用", where(chance(rng, 0.3, size), "营业货车", "企业非营业")),
            "registered_on": registered,
            "renews": chance(rng, 0.82, size),
            "renews_before": rng.integers(1, 30, size),
            "commercial": chance(rng, 0.88, size),
        }
    )
    first = city.vehicles.height
    city.vehicles = vehicles if not first else _with_new_plates(city.vehicles, vehicles, rng)
    return np.arange(first, city.vehicles.height)


def _with_new_plates(old: pl.DataFrame, new: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Both together; a new vehicle whose plate is taken gets none yet."""
    taken = new["plate"].is_in(old["plate"].drop_nulls().implode())
    return pl.concat([old, new.with_columns(plate=where(taken, None, new["plate"]))])


def _owners(city: City, size: int, rng: np.random.Generator) -> Ints:
    """Mostly heads of households; some organisations with many vehicles."""
    adults = city.adults(20, 76)
    weight = np.array([3.0, 1.4, 0.9, 0.3])[city.column("member")[adults].astype(int)]
    person = adults[weighted(rng, list(weight), size)]
    organisations = city.parties.height - city.persons
    firm = city.persons + weighted(rng, list(falling(organisations, 0.3)), size)
    return np.where(chance(rng, city.rates.city.organisation_vehicles, size), firm, person)


def add_contracts(city: City, vehicle: Ints, issued: Ints, owner: Ints, purpose: str = "contracts") -> Ints:
    """One more contract year for each of ``vehicle``, signed on day ``issued``; gives the contracts' places."""
    rng = city.rng(purpose)
    size = len(vehicle)
    policyholder = _policyholders(city, owner, rng)
    insured = np.where(chance(rng, city.rates.city.same_insured, size), owner, policyholder)
    channel = _channels(city, policyholder, rng)
    seller = _sellers(city, channel, rng)
    cover = issued + rng.integers(0, 25, size)
    cars = city.vehicles.select(pl.all().gather(vehicle))
    number = city.numbered("policy", size)
    told = _with_row_faults(city, cars, rng)
    same = policyholder == insured
    contracts = pl.DataFrame(
        {
            "vehicle": vehicle,
            "number": number,
            "policyholder": policyholder,
            "insured": insured,
            "owner": owner,
            "seller": seller,
            "issued": issued,
            "second": rng.integers(8 * 3600, 18 * 3600, size),
            "cover_from": cover,
            "status": pick(("有效", "退保", "注销", "测试"), weighted(rng, [977, 14, 8, 1], size)),
            "sms": chance(rng, np.where(channel == 6, 0.4, 0.72), size),
            "commercial": cars["commercial"],
            "relation": _relation(city, policyholder, insured, rng),
            "same_flag": where(same ^ ((told["faults"].to_numpy() & np.uint64(BIT["same_person_flag:wrong"])) > 0), "是", "否"),
            "premium": rng.integers(66500, 110000, size),
            "commercial_premium": (rng.lognormal(12.6, 0.45, size)).astype(np.int64),
            "told_on": issued,
            "gone": np.zeros(size, dtype=bool),
            **{f"told_{name}": told[name] for name in ("plate", "vin", "engine")},
            "row_faults": told["faults"],
        }
    )
    first = city.contracts.height
    contracts = _with_tellings(city, contracts, purpose)
    city.contracts = contracts if not first else pl.concat([city.contracts, contracts])
    return np.arange(first, first + size)


def _policyholders(city: City, owner: Ints, rng: np.random.Generator) -> Ints:
    """The owner, or one of his family, or somebody else; for an organisation itself or somebody who drives for it."""
    size = len(owner)
    adults = city.adults()
    family = city.column("family")[owner].astype(np.int64)
    grown = np.isin(family, adults)
    draw = rng.random(size)
    same = city.rates.city.owner_is_policyholder
    somebody = adults[rng.integers(0, len(adults), size)]
    of_person = np.where(draw < same, owner, np.where((draw < 0.975) & grown, family, np.where(draw < 0.975, owner, somebody)))
    return np.where(city.column("is_person")[owner], of_person, np.where(draw < 0.93, owner, somebody))


def _channels(city: City, policyholder: Ints, rng: np.random.Generator) -> Ints:
    weights = np.bincount(city.sales["channel"].to_numpy(), city.sales["volume"].to_numpy(), 7)
    return weighted(rng, list(weights), len(policyholder))


def _sellers(city: City, channel: Ints, rng: np.random.Generator) -> Ints:
    """A salesperson of the channel, as likely as his share of its business."""
    seller = np.zeros(len(channel), dtype=np.int64)
    of_channel, volume = city.sales["channel"].to_numpy(), city.sales["volume"].to_numpy()
    active = city.sales["left_on"].to_numpy() > city.day
    for number in range(7):
        here = np.flatnonzero(channel == number)
        crew = np.flatnonzero((of_channel == number) & active)
        crew = crew if len(crew) else np.flatnonzero(of_channel == number)
        seller[here] = crew[weighted(rng, list(volume[crew]), len(here))]
    return seller


def _relation(city: City, policyholder: Ints, insured: Ints, rng: np.random.Generator) -> pl.Series:
    kin = city.parties["kin"].gather(insured)
    family = (city.column("household")[policyholder] == city.column("household")[insured]) & (policyholder < city.persons)
    firm = (policyholder >= city.persons) | (insured >= city.persons)
    differs = where(family, kin, where(firm, "雇佣", "其他"))
    told = where(policyholder == insured, "本人", differs)
    return where(chance(rng, city.rates.rows.relation_missing, len(insured)), None, told)


def _with_row_faults(city: City, cars: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Plate, VIN and engine number as written down, with the row's own faults; a new car has no plate yet."""
    rates, size = city.rates.rows, cars.height
    faults = np.zeros(size, dtype=np.uint64)
    plate, vin, engine = cars["plate"], cars["vin"], cars["engine"]
    new = (cars["registered_on"] > city.day - 25) & pl.Series(chance(rng, 0.6, size))
    unplated = pick(("未上牌", "新车", "*-*", "暂未上牌"), rng.integers(0, 4, size))
    plate = where(new | plate.is_null(), unplated, plate)
    for cause, rate, kind in (
        ("plate:letter_o", rates.plate_letter_o, mistakes.plate_letter_o),
        ("plate:wrong", rates.plate_wrong, mistakes.plate_wrong),
    ):
        plate = _hit(plate, rate, kind, cause, faults, rng, ~new)
    for cause, rate, kind in (
        ("vin:letter_o", rates.vin_letter_o, mistakes.vin_letter_o),
        ("vin:wrong", rates.vin_wrong, mistakes.vin_wrong),
        ("vin:short", rates.vin_short, mistakes.vin_short),
    ):
        vin = _hit(vin, rate, kind, cause, faults, rng, pl.Series(faults == 0))
    engine = where(chance(rng, rates.engine_missing, size), None, engine)
    faults[chance(rng, rates.same_person_wrong, size)] |= np.uint64(BIT["same_person_flag:wrong"])
    return pl.DataFrame({"plate": plate, "vin": vin, "engine": engine, "faults": faults})


def _hit(values: pl.Series, rate: float, kind: mistakes.Kind, cause: str, faults: Ints, rng: np.random.Generator, open_: pl.Series) -> pl.Series:
    at = np.flatnonzero(chance(rng, rate, len(values)) & open_.to_numpy() & values.is_not_null().to_numpy())
    new = kind(values.gather(at), rng)
    really = (new != values.gather(at)).to_numpy()
    faults[at[really]] |= np.uint64(BIT[cause])
    return changed(values, at, new)


def _with_tellings(city: City, contracts: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Adds which telling each role of each contract uses; a party told before is often told again by copying."""
    rng = city.rng(purpose + " tellings")
    size = contracts.height
    party = np.concatenate([contracts[role].to_numpy() for role in ROLES])
    contract = np.tile(np.arange(size), len(ROLES))
    issued, seller = (np.tile(contracts[column].to_numpy(), len(ROLES)) for column in ("issued", "seller"))
    order = np.lexsort((contract, issued, party))
    if not len(city.last_telling):
        city.last_telling = np.full(city.parties.height, -1)
    party, contract, seller, day = party[order], contract[order], seller[order], issued[order]
    first = np.ones(len(party), dtype=bool)
    first[1:] = party[1:] != party[:-1]
    same_contract = np.zeros(len(party), dtype=bool)
    same_contract[1:] = ~first[1:] & (contract[1:] == contract[:-1])
    known = city.last_telling[party] >= 0
    again = chance(rng, _again(city), len(party)) & ~same_contract
    new = np.where(first, ~known | again, again)
    start = city.tellings.height
    running = np.cumsum(new) - 1 + start
    telling = np.where(first & ~new, city.last_telling[party], running)
    copied = np.maximum.accumulate(np.where(first | new, np.arange(len(party)), 0))
    telling = telling[copied]
    if new.any():
        told = _told(city, party[new], day[new], seller[new], (~first | known)[new], purpose)
        city.tellings = told if not start else pl.concat([city.tellings, told])
    last = np.ones(len(party), dtype=bool)
    last[:-1] = first[1:]
    city.last_telling[party[last]] = telling[last]
    back = np.empty(len(party), dtype=np.int64)
    back[order] = telling
    return contracts.with_columns(**{f"{role}_telling": pl.Series(part) for role, part in zip(ROLES, np.split(back, len(ROLES)), strict=True)})


def _told(city: City, party: Ints, day: Ints, seller: Ints, again: Ints, purpose: str) -> pl.DataFrame:
    """New tellings; who is written down ``again`` was not recognised, often because name or number were wrong."""
    rates = city.rates.underwriting
    parts, places = [], []
    for mask, share, name in ((~again, rates, "told"), (again, rates.careless(), "told again")):
        at = np.flatnonzero(mask)
        if len(at):
            parts.append(tell(city, party[at], day[at], share, f"{purpose} {name}", FULL, seller[at]))
            places.append(at)
    return pl.concat(parts).select(pl.all().gather(np.argsort(np.concatenate(places))))


def _again(city: City) -> float:
    """Share of later contracts of a party for which it is written down anew.

    Six of ten parties have one: measured, the share that leaves ``duplicate_customer`` of all parties with two or more.
    """
    return min(0.95, city.rates.city.duplicate_customer / 0.6)


def policy_numbers(contracts: pl.DataFrame, commercial: pl.Series) -> pl.Series:
    """Policy numbers: PDZA or PDAA, year, branch and running number."""
    year = pl.Series(as_ymd(contracts["issued"].to_numpy()) // 10_000).cast(pl.String)
    return join(where(commercial, "PDAA", "PDZA"), year, "320100", digits(contracts["number"], 8))

"""Rows of the claims feed: reporter, driver, owner and the other side of each accident."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.synthetic import number_mistakes
from connectors.synthetic.calendar_days import as_ymd, moments, stamps
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind
from connectors.synthetic.draw import Ints, Mask, chance, changed, digits, join, pick, repeated, weighted, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.homes import make_places
from connectors.synthetic.policies import policy_numbers
from connectors.synthetic.telling import Interview, tell

CLAIMS_PER_VEHICLE_YEAR = 0.4
ROUTES = ("柜台", "理赔夜市", "电动车巡查")
NIGHT_MARKET, PATROL = 1, 2
_CERT_WORDS = {
    "RIC": "身份证",
    "MIL": "军官证",
    "HM_PERMIT": "港澳居民来往内地通行证",
    "TW_PERMIT": "台湾居民来往大陆通行证",
    "PASSPORT_X": "外国护照",
    "FPR": "外国人永久居留身份证",
    "HMT_RESIDENCE": "港澳台居民居住证",
    "USCC": "统一社会信用代码",
}
_ROLE_WORDS = {"reporter": "报案人", "driver": "驾驶员", "owner": "车主", "third_party": "三者"}
_TOLD_OF = {
    "driver": ("name", "cert_type", "cert_no", "mobile"),
    "owner": ("name", "cert_type", "cert_no", "mobile", "address"),
    "reporter": ("name", "mobile"),
    "third_party": ("name", "cert_type", "cert_no", "mobile"),
}
_REMARKS = ("", ",已拍照", '，对方称"已赔付"', "\n现场已撤离", ",\r\n等交警")
_TEAMS = 12


@dataclass(frozen=True)
class _Accident:
    """Accidents, a row each: contract, day, how they were captured, and who was there (-1 for nobody)."""

    contract: Ints
    day: Ints
    second: Ints
    route: Ints
    people: dict[str, Ints]


def claims(city: City, first: int, size: int) -> Delivery:
    """``size`` accidents of insured vehicles from day ``first`` to tonight, at least one of them tonight."""
    rng = city.rng("claims")
    accident = _happen(city, first, size, rng)
    told = {role: _told(city, accident, role) for role in _TOLD_OF}
    driver = accident.people["driver"]
    by_owner = (accident.people["owner"] == driver) & chance(rng, 0.75, size)
    told["owner"] = _copied(told["owner"], told["driver"], by_owner)
    by_driver = (accident.people["reporter"] == driver) & chance(rng, 0.85, size)
    told["reporter"] = _copied(told["reporter"], told["driver"], by_driver)
    columns, faults = _incident(city, accident, rng)
    truth = []
    for role, word in _ROLE_WORDS.items():
        there = accident.people[role] >= 0
        columns |= _columns(told[role], word, there)
        at = np.flatnonzero(there)
        truth.append(behind(told[role].filter(there), role, role, at, faults.gather(at)))
    return Delivery(
        "claims", pl.DataFrame(columns), columns["报案号"], pl.concat(truth).sort("row", maintain_order=True)
    )


def _happen(city: City, first: int, size: int, rng: np.random.Generator) -> _Accident:
    contract, day = _insured_on(city, first, size, rng)
    second = rng.integers(7 * 3600, 23 * 3600, size)
    late = (second > 66_000) & chance(rng, 0.5, size)
    route = np.where(chance(rng, 0.07, size), PATROL, np.where(late, NIGHT_MARKET, 0))
    owner = city.contracts["owner"].gather(contract).to_numpy()
    return _Accident(contract, day, second, route, _people(city, owner, rng))


def _insured_on(city: City, first: int, size: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Contracts and a day on which each was in force, the first of them tonight."""
    start = city.contracts["cover_from"].to_numpy()
    fit = (city.contracts["status"] == "有效").to_numpy() & ~city.contracts["gone"].to_numpy()
    fit &= (start <= city.day) & (start + 364 >= first)
    tonight = np.flatnonzero(fit & (start + 364 >= city.day))
    candidates = np.flatnonzero(fit)
    if not len(tonight):  # a village where nobody is insured tonight
        tonight = candidates = np.arange(len(start))
    contract = candidates[rng.integers(0, len(candidates), size)]
    contract[0] = tonight[rng.integers(0, len(tonight))]
    low = np.minimum(np.maximum(start[contract], first), city.day)
    high = np.clip(start[contract] + 364, low, city.day)
    day = low + (rng.random(size) * (high - low + 1)).astype(np.int64)
    day[0] = city.day
    return contract, day


def _people(city: City, owner: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    """Who drove, who reported, who was on the other side."""
    size = len(owner)
    adults = city.adults()
    family = city.column("family").astype(np.int64)
    somebody = adults[rng.integers(0, len(adults), size)]
    draw = rng.random(size)
    person = city.column("is_person")[owner]
    relative = person & np.isin(family[owner], adults) & (draw < 0.92)
    driver = np.where(person & (draw < 0.68), owner, np.where(relative, family[owner], somebody))
    by_relative = chance(rng, 0.1, size) & np.isin(family[driver], adults)
    stranger = adults[rng.integers(0, len(adults), size)]
    return {
        "owner": owner,
        "driver": driver,
        "reporter": np.where(by_relative, family[driver], driver),
        "third_party": np.where(chance(rng, 0.5, size), stranger, -1),
    }


def _told(city: City, accident: _Accident, role: str) -> pl.DataFrame:
    """What is told of one role: by the desks with their mistakes, by the patrol with its own."""
    party = np.maximum(accident.people[role], 0)
    patrol = accident.route == PATROL
    parts, places = [], []
    desk = city.rates.other_side if role == "third_party" else city.rates.claims
    for mask, rates, name in ((~patrol, desk, "desk"), (patrol, city.rates.patrol, "patrol")):
        at = np.flatnonzero(mask)
        if len(at):
            interview = Interview(party[at], accident.day[at], f"claims {role} {name}")
            parts.append(tell(city, interview, rates, _TOLD_OF[role]))
            places.append(at)
    return pl.concat(parts).select(pl.all().gather(np.argsort(np.concatenate(places))))


def _copied(told: pl.DataFrame, source: pl.DataFrame, same: Mask) -> pl.DataFrame:
    """``told`` with what ``source`` says where ``same``: one form, filled in once."""
    mask = pl.lit(pl.Series(same))
    shared = [name for name in told.columns if name in source.columns]
    return told.with_columns(pl.when(mask).then(source[name]).otherwise(pl.col(name)).alias(name) for name in shared)


def _incident(city: City, accident: _Accident, rng: np.random.Generator) -> tuple[dict[str, pl.Series], pl.Series]:
    """What the rows tell of the accident and the vehicle, and their faults."""
    size = len(accident.day)
    rows = city.contracts.select(pl.all().gather(accident.contract))
    year = pl.Series(as_ymd(accident.day) // 10_000).cast(pl.String)
    commercial = rows["commercial"] & pl.Series(chance(rng, 0.6, size))
    unknown = chance(rng, np.where(accident.route == PATROL, 0.4, 0.05), size)
    written = np.minimum(accident.second + rng.integers(600, 9000, size), 86_399)
    cars = city.vehicles.select(pl.col("plate", "vin").gather(rows["vehicle"]))
    wrong = chance(rng, city.rates.rows.plate_wrong * 4, size) & cars["plate"].is_not_null().to_numpy()
    at = np.flatnonzero(wrong)
    remark = pick(_REMARKS, weighted(rng, [94, 3, 1, 1, 1], size))
    unit = city.sales["unit"].gather(rows["seller"]).to_numpy()
    columns = {
        "报案号": join("RDAA", year, "320100", digits(city.numbered("claim", size), 8)),
        "保单号": where(unknown, None, policy_numbers(rows, commercial)),
        "操作类型": repeated("I", size),
        "更新时间": stamps(accident.day, written),
        "采集方式": pick(ROUTES, accident.route),
        "报案时间": moments(accident.day, accident.second).dt.strftime("%Y/%m/%d %H:%M"),
        "出险地点": join(make_places(rng, size), remark),
        "经营单位": pick(city.units, unit),
        "理赔团队": join("理赔", digits(rng.integers(1, _TEAMS + 1, size), 2), "组"),
        "车牌号": changed(cars["plate"], at, number_mistakes.plate_wrong(cars["plate"].gather(at), rng)),
        "车架号": where(chance(rng, city.rates.rows.claim_vin_missing, size), None, cars["vin"]),
    }
    return columns, pl.Series(np.where(wrong, np.uint64(BIT["plate:wrong"]), np.uint64(0)))


def _columns(told: pl.DataFrame, word: str, there: Mask) -> dict[str, pl.Series]:
    """The columns of one role; a driver shows his driving licence, which bears his own number."""
    shown = pl.Series(there)
    columns = {word + "姓名": where(shown, told["name"], None), word + "手机号": where(shown, told["mobile"], None)}
    if "cert_no" in told.columns:
        words = _CERT_WORDS | ({"RIC": "驾驶证"} if word == _ROLE_WORDS["driver"] else {})
        kind = told["cert_type"].replace_strict(words, default="其他", return_dtype=pl.String)
        given = shown & told["cert_no"].is_not_null()
        columns |= {word + "证件类型": where(given, kind, None), word + "证件号码": where(given, told["cert_no"], None)}
    if "address" in told.columns:
        columns[word + "地址"] = told["address"]
    return columns

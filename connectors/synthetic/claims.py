"""Rows of the claims feed: reporter, driver, owner and the other side of each accident."""

import numpy as np
import polars as pl

from connectors.synthetic import mistakes
from connectors.synthetic.calendar_days import as_ymd, moments
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind
from connectors.synthetic.draw import Ints, chance, changed, digits, join, pick, weighted, where
from connectors.synthetic.error_model import BIT, ErrorModel
from connectors.synthetic.homes import make_places
from connectors.synthetic.policies import policy_numbers
from connectors.synthetic.telling import tell

CLAIMS_PER_VEHICLE_YEAR = 0.4
ROUTES = ("柜台", "理赔夜市", "电动车巡查")
_CERT_WORDS = {
    "RIC": "身份证", "MIL": "军官证", "HM_PERMIT": "港澳居民来往内地通行证", "TW_PERMIT": "台湾居民来往大陆通行证", "PASSPORT_X": "外国护照",
    "FPR": "外国人永久居留身份证", "HMT_RESIDENCE": "港澳台居民居住证", "USCC": "统一社会信用代码", "PASSPORT_CN": "护照", "ORG": "组织机构代码证",
    "UNKNOWN": "0l",
}  # fmt: skip
_TEAMS = 12


def claims(city: City, first: int, size: int) -> Delivery:
    """``size`` accidents of insured vehicles from day ``first`` to tonight, at least one of them tonight."""
    rng = city.rng("claims")
    contract, day = _insured_on(city, first, size, rng)
    rows = city.contracts.select(pl.all().gather(contract))
    second = rng.integers(7 * 3600, 23 * 3600, size)
    route = np.where(chance(rng, 0.07, size), 2, np.where((second > 66_000) & chance(rng, 0.5, size), 1, 0))
    driver, reporter, other = _people(city, rows["owner"].to_numpy(), rng)
    told = {
        "driver": _told(city, driver, day, route, "driver", ["name", "cert_type", "cert_no", "mobile"]),
        "owner": _told(city, rows["owner"].to_numpy(), day, route, "owner", ["name", "cert_type", "cert_no", "mobile", "address"]),
        "reporter": _told(city, reporter, day, route, "reporter", ["name", "mobile"]),
        "third_party": _told(city, other, day, route, "third party", ["name", "cert_type", "cert_no", "mobile"]),
    }
    told["owner"] = _copied(told["owner"], told["driver"], (rows["owner"].to_numpy() == driver) & chance(rng, 0.75, size))
    told["reporter"] = _copied(told["reporter"], told["driver"], (reporter == driver) & chance(rng, 0.85, size))
    number = join("RDAA", pl.Series(as_ymd(day) // 10_000).cast(pl.String), "320100", digits(city.numbered("claim", size), 8))
    unknown_policy = chance(rng, np.where(route == 2, 0.4, 0.05), size)
    policy = policy_numbers(rows, pl.Series(rows["commercial"].to_numpy() & chance(rng, 0.6, size)))
    plate, vin, faults = _vehicle(city, rows, rng)
    there = {role: np.ones(size, dtype=bool) for role in told}
    there["third_party"] = other >= 0
    columns = {
        "报案号": number,
        "保单号": where(unknown_policy, None, policy),
        "操作类型": pick(("I",), np.zeros(size, dtype=int)),
        "更新时间": moments(day, np.minimum(second + rng.integers(600, 9000, size), 86_399)).dt.strftime("%Y-%m-%d %H:%M:%S"),
        "采集方式": pick(ROUTES, route),
        "报案时间": moments(day, second).dt.strftime("%Y/%m/%d %H:%M"),
        "出险地点": _places(rng, size),
        "经营单位": pick(city.units, city.sales["unit"].gather(rows["seller"]).to_numpy()),
        "理赔团队": join("理赔", digits(rng.integers(1, _TEAMS + 1, size), 2), "组"),
        "车牌号": plate,
        "车架号": where(chance(rng, 0.3, size), None, vin),
    }
    for role, word in (("reporter", "报案人"), ("driver", "驾驶员"), ("owner", "车主"), ("third_party", "三者")):
        columns |= _columns(told[role], word, there[role], driver=role == "driver")
    truth = [behind(_rows(told[role], there[role]), role, role, np.flatnonzero(there[role]), faults.filter(there[role])) for role in told]
    return Delivery("claims", pl.DataFrame(columns), number, pl.concat(truth).sort("row", maintain_order=True))


def _insured_on(city: City, first: int, size: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Contracts and a day on which each was in force, the first of them tonight."""
    cover = city.contracts["cover_from"].to_numpy()
    fit = (city.contracts["status"] == "有效").to_numpy() & ~city.contracts["gone"].to_numpy()
    fit &= (cover <= city.day) & (cover + 364 >= first)
    if not (fit & (cover + 364 >= city.day)).any():
        fit[:] = True  # a village where nobody is insured tonight
    candidates = np.flatnonzero(fit)
    tonight = np.flatnonzero(fit & (cover + 364 >= city.day)) if fit.any() else candidates
    contract = candidates[rng.integers(0, len(candidates), size)]
    contract[0] = tonight[rng.integers(0, len(tonight))] if len(tonight) else candidates[0]
    low = np.minimum(np.maximum(cover[contract], first), city.day)
    high = np.clip(cover[contract] + 364, low, city.day)
    day = low + (rng.random(size) * (high - low + 1)).astype(np.int64)
    day[0] = city.day
    return contract, day


def _people(city: City, owner: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Driver, reporter, and the other side (-1 for none)."""
    size = len(owner)
    adults = city.adults()
    family = city.column("family")[owner].astype(np.int64)
    grown = np.isin(family, adults)
    somebody = adults[rng.integers(0, len(adults), size)]
    draw = rng.random(size)
    person = city.column("is_person")[owner]
    driver = np.where(person & (draw < 0.68), owner, np.where(person & grown & (draw < 0.92), family, somebody))
    relative = city.column("family")[driver].astype(np.int64)
    reporter = np.where(chance(rng, 0.1, size) & np.isin(relative, adults), relative, driver)
    other = np.where(chance(rng, 0.5, size), adults[rng.integers(0, len(adults), size)], -1)
    return driver, reporter, other


def _told(city: City, party: Ints, day: Ints, route: Ints, purpose: str, columns: list[str]) -> pl.DataFrame:
    """Tellings by the claims desks, and by the patrol with its own mistakes."""
    party = np.maximum(party, 0)
    desk, patrol = np.flatnonzero(route < 2), np.flatnonzero(route == 2)
    model: ErrorModel = city.rates
    parts = [
        tell(city, party[at], day[at], rates, f"claims {purpose} {name}", columns)
        for at, rates, name in ((desk, model.claims, "desk"), (patrol, model.patrol, "patrol"))
        if len(at)
    ]
    return pl.concat(parts).select(pl.all().gather(np.argsort(np.concatenate([desk, patrol]))))


def _copied(told: pl.DataFrame, source: pl.DataFrame, same: Ints) -> pl.DataFrame:
    """``told`` with what ``source`` says where ``same``: one form, filled in once."""
    shared = [name for name in told.columns if name in source.columns]
    mask = pl.Series(same)
    return told.with_columns(**{name: pl.select(pl.when(mask).then(source[name]).otherwise(told[name])).to_series() for name in shared})


def _vehicle(city: City, rows: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Plate and VIN as typed at the scene, and the faults of that."""
    cars = city.vehicles.select(pl.col("plate", "vin").gather(rows["vehicle"]))
    faults = np.zeros(rows.height, dtype=np.uint64)
    plate = cars["plate"]
    at = np.flatnonzero(chance(rng, city.rates.rows.plate_wrong * 4, rows.height) & plate.is_not_null().to_numpy())
    faults[at] |= np.uint64(BIT["plate:wrong"])
    plate = changed(plate, at, mistakes.plate_wrong(plate.gather(at), rng))
    return plate, cars["vin"], pl.Series(faults)


def _places(rng: np.random.Generator, size: int) -> pl.Series:
    """Where it happened; remarks with commas, quotes and line breaks behind some."""
    remark = pick(("", ",已拍照", '，对方称"已赔付"', "\n现场已撤离", ",\r\n等交警"), weighted(rng, [94, 3, 1, 1, 1], size))
    return join(make_places(rng, size), remark)


def _rows(told: pl.DataFrame, there: Ints) -> pl.DataFrame:
    return told.filter(pl.Series(there))


def _columns(told: pl.DataFrame, word: str, there: Ints, *, driver: bool) -> dict[str, pl.Series]:
    shown = pl.Series(there)
    columns = {word + "姓名": where(shown, told["name"], None), word + "手机号": where(shown, told["mobile"], None)}
    if "cert_no" in told.columns:
        words = _CERT_WORDS | ({"RIC": "驾驶证"} if driver else {})
        kind = told["cert_type"].replace_strict(words, default="身份证", return_dtype=pl.String)
        given = shown & told["cert_no"].is_not_null()
        columns |= {word + "证件类型": where(given, kind, None), word + "证件号码": where(given, told["cert_no"], None)}
    if "address" in told.columns:
        columns[word + "地址"] = told["address"]
    return columns

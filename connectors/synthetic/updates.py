"""What underwriting and claims tell again on a later night: corrections, cancellations, withdrawals, repetitions."""

import numpy as np
import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery
from connectors.synthetic.draw import Ints, Mask, chance, changed, where
from connectors.synthetic.error_model import BIT, bits_of, scaled
from connectors.synthetic.telling import FULL, Interview, tell

CORRECTED = 0.0004
"""Share of contracts that are corrected in a night."""
WITHDRAWN = 0.00002
CANCELLED = 0.1
"""Share of updated contracts that are cancelled."""
_MOBILE_BITS = bits_of("mobile", ("false", "missing", "form"))


def update_contracts(city: City, reporters: Ints) -> Ints:
    """Tell contracts again: those of ``reporters``, some wrong ones, those a forger dresses up; gives their places."""
    rng = city.rng("updates")
    alive = ((city.contracts["told_on"] < city.day) & ~city.contracts["gone"]).to_numpy()
    alive &= (city.contracts["issued"] > city.day - 365).to_numpy()
    faulty = (city.tellings["faults"].gather(city.contracts["policyholder_telling"]) > 0).to_numpy()
    reported = np.flatnonzero(alive & np.isin(city.contracts["policyholder"].to_numpy(), reporters))
    wrong = rng.permutation(np.flatnonzero(alive & faulty))[: max(2, round(city.contracts.height * CORRECTED))]
    dressed = _dressed_up(city, alive)
    contract = np.unique(np.concatenate([reported, wrong, dressed]))
    if len(contract):
        _retell(city, contract, np.isin(contract, dressed))
        cancelled = contract[chance(rng, CANCELLED, len(contract))]
        gone = pl.Series(["退保"] * len(cancelled), dtype=pl.String)
        city.contracts = city.contracts.with_columns(status=changed(city.contracts["status"], cancelled, gone))
    return contract


def _retell(city: City, contract: Ints, dressed: Mask) -> None:
    """New, more careful tellings of the policyholders of ``contract``, in all their roles."""
    party, seller = (city.contracts[column].gather(contract).to_numpy() for column in ("policyholder", "seller"))
    interview = Interview(party, np.full(len(party), city.day), "corrections", seller)
    told = tell(city, interview, scaled(city.rates.underwriting, 0.3), FULL)
    told = _with_accomplice(city, told, seller, dressed)
    telling = city.tellings.height + np.arange(len(contract))
    city.tellings = pl.concat([city.tellings, told])
    city.last_telling[party] = telling
    columns = {"told_on": pl.Series(np.full(len(contract), city.day)), "policyholder_telling": pl.Series(telling)}
    for role in ("insured", "owner"):
        same = city.contracts[role].gather(contract).to_numpy() == party
        before = city.contracts[f"{role}_telling"].gather(contract).to_numpy()
        columns[f"{role}_telling"] = pl.Series(np.where(same, telling, before))
    city.contracts = city.contracts.with_columns(
        changed(city.contracts[name], contract, values).alias(name) for name, values in columns.items()
    )


def _dressed_up(city: City, alive: Mask) -> Ints:
    """Contracts of forgers that bear the forger's own phone and will be called tomorrow."""
    tomorrow = city.calls.filter(pl.col("next_day") == city.day + 1)["contract"].unique(maintain_order=True)
    rows = city.contracts.select(pl.col("seller", "policyholder_telling").gather(tomorrow))
    forger = city.sales["forger"].gather(rows["seller"])
    own = (city.tellings["faults"].gather(rows["policyholder_telling"]) & BIT["mobile:agent"]) > 0
    places: Ints = tomorrow.filter(forger & own).to_numpy()
    return np.intersect1d(places, np.flatnonzero(alive))


def _with_accomplice(city: City, told: pl.DataFrame, seller: Ints, dressed: Mask) -> pl.DataFrame:
    """``told`` with the forger's other phone where the contract is to look good for tomorrow's call."""
    phone = city.sales["second_phone"].gather(seller)
    faults = told["faults"].to_numpy() & ~np.uint64(_MOBILE_BITS) | np.uint64(BIT["mobile:agent"])
    return told.with_columns(
        mobile=where(dressed, phone, told["mobile"]),
        line=where(dressed, phone, told["line"]),
        faults=pl.Series(np.where(dressed, faults, told["faults"].to_numpy())),
    )


def withdraw(city: City, busy: Ints) -> Ints:
    """A few contracts that were entered by mistake, none of ``busy``; their rows are withdrawn and never come again."""
    rng = city.rng("withdrawn")
    free = (~city.contracts["gone"] & (city.contracts["told_on"] < city.day)).to_numpy()
    free[busy] = False
    some = max(1, round(city.contracts.height * WITHDRAWN))
    contract = np.sort(rng.permutation(np.flatnonzero(free))[:some])
    city.contracts = city.contracts.with_columns(
        gone=changed(city.contracts["gone"], contract, pl.Series(np.ones(len(contract), dtype=bool))),
        told_on=changed(city.contracts["told_on"], contract, pl.Series(np.full(len(contract), city.day))),
    )
    return contract


def policies_again(city: City, yesterday: Delivery, busy: Ints) -> Delivery:
    """Some of yesterday's rows once more, exactly as they were; none of the contracts told anew tonight."""
    numbers = city.contracts["number"].gather(busy).cast(pl.String).str.zfill(8)
    fit = (yesterday.rows["操作类型"] != "D") & ~yesterday.key.str.tail(8).is_in(numbers.implode())
    fresh = np.flatnonzero(fit.to_numpy())
    some = max(2, min(200, len(fresh) // 50))
    return yesterday.take(np.sort(city.rng("again").permutation(fresh)[:some]))


def claims_again(city: City, yesterday: Delivery) -> list[Delivery]:
    """Of yesterday's claims some with more of the place and a newer time, some as they were, one withdrawn by its key."""
    open_ = np.flatnonzero((yesterday.rows["操作类型"] == "I").to_numpy())
    chosen = city.rng("claims again").permutation(open_)[: max(3, min(300, len(open_) // 20))]
    told_more, *rest = np.array_split(chosen, 3) if len(chosen) >= 3 else [chosen]
    stamp = {"操作类型": "U", "更新时间": f"{city.date} 09:30:00"}
    newer = yesterday.take(np.sort(told_more))
    place = pl.col("出险地点") + " 已查勘"
    rows = newer.rows.with_columns(place, **{name: pl.lit(value) for name, value in stamp.items()})
    parts = [Delivery("claims", rows, newer.key, newer.behind)]
    if rest:
        parts.append(yesterday.take(np.sort(rest[0])))
        gone = yesterday.take(rest[1][:1])
        empty = [pl.lit(None, pl.String).alias(name) for name in gone.rows.columns if name != "报案号"]
        rows = gone.rows.with_columns(empty).with_columns(操作类型=pl.lit("D"), 更新时间=pl.lit(stamp["更新时间"]))
        parts.append(Delivery("claims", rows, gone.key, gone.behind.clear()))
    return parts

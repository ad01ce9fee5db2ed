"""How the city lives: the full load of night 0, and what every later night brings.

A later night k brings, in this order: people move, change their phone (half of the recycled numbers go to somebody else
of the city) or their name; cars change hands; contracts are renewed and signed, some of them days ago (*late* rows);
underwriting corrects or updates what it was told (same key, newer 更新时间), cancels a few, withdraws a few (操作类型 D) and
sends some of yesterday's rows again; and a day of claims, WeChat events, calls, checks, messages and patrols.
"""

import numpy as np
import polars as pl

from connectors.synthetic import callbacks, checks, identifiers
from connectors.synthetic.city import City
from connectors.synthetic.claims import CLAIMS_PER_VEHICLE_YEAR, claims
from connectors.synthetic.delivery import Delivery, together
from connectors.synthetic.draw import Ints, chance, changed, where
from connectors.synthetic.error_model import BIT, bits_of, scaled
from connectors.synthetic.homes import make_homes
from connectors.synthetic.policies import CARS_PER_PERSON, add_contracts, add_vehicles
from connectors.synthetic.telling import FULL, tell
from connectors.synthetic.underwriting import underwriting
from connectors.synthetic.wechat import wechat

WECHAT_EVENTS_PER_YEAR = 3.0
CHECKED = 0.35
SMS_PER_VEHICLE_YEAR = 0.3
LEADS_PER_PERSON_YEAR = 0.03
_MOBILE_BITS = bits_of("mobile", ("false", "missing", "form"))


def first_night(city: City) -> list[Delivery]:
    """Two years of contracts and a year of everything else, delivered at once."""
    rng, day = city.rng("first night"), city.day
    vehicle = add_vehicles(city, round(city.persons * CARS_PER_PERSON), (day - 4000, day - 3))
    size = len(vehicle)
    registered = city.vehicles["registered_on"].to_numpy()
    prior = chance(rng, 0.4, size) & (registered < day - 740)
    current = chance(rng, 0.84, size) | ~prior
    issued = np.maximum(day - rng.integers(0, 365, size), registered)
    issued[np.flatnonzero(current)[: max(2, size // 500)]] = day
    before = np.where(current, issued - 365 - rng.integers(-5, 15, size), day - rng.integers(380, 730, size))
    owners = city.vehicles["owner"].to_numpy(), city.vehicles["former_owner"].to_numpy()
    contract = add_contracts(city, vehicle[prior], before[prior], owners[1][prior], "prior contracts")
    contract = np.concatenate(
        [contract, add_contracts(city, vehicle[current], issued[current], owners[0][current], "contracts")]
    )
    _open_directory(city)
    _first_blocked(city)
    for monday in range(day - 7 * callbacks.FIRST_WEEKS, day + 1):
        if callbacks.monday(monday):
            callbacks.draw_list(city, monday)
    callbacks.plan_complaints(city, max(3, size // 400))
    binders = _new_followers(city, city.rates.city.wechat_bound)
    bound_on = day - rng.integers(0, 365, len(binders))
    users = _users(city, round(len(binders) * WECHAT_EVENTS_PER_YEAR), rng)
    return [
        underwriting(city, contract, "I", "first"),
        claims(city, day - 364, max(3, round(size * CLAIMS_PER_VEHICLE_YEAR))),
        wechat(city, binders, bound_on, users, _recent(rng, day, 365, len(users))),
        *_checks_and_messages(city, contract, 365),
        checks.leads(city, day - 180, max(3, round(city.persons * LEADS_PER_PERSON_YEAR / 2))),
        checks.directory(city),
        checks.do_not_call(city),
    ]


def next_night(city: City, yesterday: list[Delivery]) -> list[Delivery]:
    """Go on to the next night: change the city and deliver what came of it."""
    city.night += 1
    rng, day = city.rng("night"), city.day
    told = _people_change(city)
    _open_directory(city)
    fresh = _new_contracts(city)
    updated = _updated(city, told)
    withdrawn = _withdrawn(city, np.concatenate([fresh, updated]))
    before = {delivery.feed: delivery for delivery in yesterday}
    again = _again(before["underwriting"], rng)
    if callbacks.monday(day):
        callbacks.draw_list(city, day)
    callbacks.plan_complaints(city, max(3, city.vehicles.height // 20_000))
    asked = rng.integers(0, city.persons, max(1, city.persons // 100_000))
    checks.add_blocked(city, city.parties["mobile"].gather(asked), asked, np.full(len(asked), day), "客户要求")
    binders = _new_followers(city, 0.0005)
    users = _users(city, max(2, round(len(city.followers) * WECHAT_EVENTS_PER_YEAR / 365)), rng)
    parts = [
        underwriting(city, fresh, "I", "fresh"),
        underwriting(city, updated, "U", "updated"),
        underwriting(city, withdrawn, "D", "withdrawn"),
    ]
    accidents = claims(city, day, max(2, round(city.vehicles.height * CLAIMS_PER_VEHICLE_YEAR / 365)))
    return [
        together(*parts, again),
        together(accidents, *_claims_again(city, before["claims"])),
        wechat(city, binders, np.full(len(binders), day), users, np.full(len(users), day)),
        *_checks_and_messages(city, np.concatenate([fresh, updated]), 1),
        checks.leads(city, day, max(2, round(city.persons * LEADS_PER_PERSON_YEAR / 365))),
        checks.directory(city),
        checks.do_not_call(city),
    ]


def _recent(rng: np.random.Generator, day: int, span: int, size: int) -> Ints:
    """Days of the last ``span``, the first one tonight."""
    days = day - rng.integers(0, span, size)
    days[:1] = day
    return days


def _checks_and_messages(city: City, contract: Ints, span: int) -> list[Delivery]:
    """Calls, verifications and messages of the last ``span`` days; who unsubscribes is not called from tonight on."""
    rng = city.rng("checks")
    calls = callbacks.call(city)
    issued = city.contracts["issued"].to_numpy()
    recent = contract[issued[contract] > city.day - span - 30] if len(contract) else contract
    pool = recent if len(recent) else np.arange(city.contracts.height)
    checked = pool[chance(rng, CHECKED, len(pool))]
    checked = checked if len(checked) else pool[:2]
    when = np.maximum(issued[checked], city.day - span + 1)
    when[: max(1, len(when) // 100)] = city.day
    vehicles = max(3, round(city.vehicles.height * SMS_PER_VEHICLE_YEAR * span / 365))
    written = rng.integers(0, city.contracts.height, vehicles)
    report = checks.sms(city, written, _recent(rng, city.day, span, vehicles))
    off = checks.unsubscribed(report)
    checks.add_blocked(city, off, np.full(len(off), -1), np.full(len(off), city.day), "短信退订")
    return [calls, checks.verifications(city, checked, when), report]


def _first_blocked(city: City) -> None:
    rng = city.rng("blocked")
    party = np.flatnonzero(chance(rng, 0.004, city.persons) & (city.column("member")[: city.persons] < 2))
    party = party if len(party) else np.array([0])
    days = _recent(rng, city.day, 900, len(party))
    checks.add_blocked(city, city.parties["mobile"].gather(party), party, days, "客户要求")


def _open_directory(city: City) -> None:
    """What the directory says of every seller; tonight's changes are told anew, and one is moved to another team."""
    day, rng = city.day, city.rng("directory changes")
    columns = ["name", "cert_no", "mobile", "address"]
    person = city.sales["person"].to_numpy()
    if not city.sales_told.height:
        city.sales_told = tell(city, person, np.full(len(person), day), city.rates.directory, "directory", columns)
    moved = int(rng.integers(0, len(person)))
    new_phone = np.flatnonzero(city.column("mobile_changed_on")[person] == day)
    touched = np.unique(np.append(new_phone, moved))
    if city.night:
        told = tell(city, person[touched], np.full(len(touched), day), city.rates.directory, "directory", columns)
        order = np.arange(len(person))
        order[touched] = len(person) + np.arange(len(touched))
        city.sales_told = pl.concat([city.sales_told, told]).select(pl.all().gather(order))
    stamp = city.sales["changed_on"].to_numpy().copy()
    stamp[touched] = day
    team = changed(city.sales["team"], np.array([moved]), pl.Series([f"团队{1 + day % 12:02}"]))
    city.sales = city.sales.with_columns(changed_on=pl.Series(stamp), team=team)


def _new_followers(city: City, share: float) -> Ints:
    """Customers who bind their WeChat account now; at least one."""
    rng = city.rng("followers")
    parties = np.zeros(city.parties.height, dtype=bool)
    for role in ("policyholder", "owner"):
        parties[city.contracts[role].to_numpy()] = True
    parties &= city.column("wechat_user")
    parties[city.followers] = False
    open_ = np.flatnonzero(parties)
    chosen = open_[chance(rng, share, len(open_))]
    chosen = chosen if len(chosen) else open_[:1]
    city.followers = np.concatenate([city.followers, chosen])
    return chosen


def _users(city: City, size: int, rng: np.random.Generator) -> Ints:
    return city.followers[rng.integers(0, len(city.followers), size)]


def _people_change(city: City) -> Ints:
    """Moves, new phones and new names of tonight; gives the persons who told underwriting of theirs."""
    rng, day, rates = city.rng("people"), city.day, city.rates.city
    household = city.column("household")[: city.persons].astype(np.int64)
    homes = int(household.max()) + 1
    moving = rng.permutation(homes)[: max(1, round(homes * rates.moves_per_year / 365))]
    new_home = np.full(homes, -1)
    new_home[moving] = city.homes.height + np.arange(len(moving))
    city.homes = pl.concat([city.homes, make_homes(city.rng("new homes"), len(moving))])
    moved = np.flatnonzero(new_home[household] >= 0)
    yearly = rates.number_dead_per_year + rates.number_resold_per_year
    chosen = rng.permutation(city.adults(12, 95))[: max(1, round(city.persons * yearly / 365))]
    old = city.parties["mobile"].gather(chosen)
    new = _new_numbers(city, len(chosen), rng)
    renamed = rng.permutation(city.persons)[: int(rng.random() < city.persons / 40_000) + city.persons // 200_000]
    other = city.parties["name"].gather(rng.integers(0, city.persons, len(renamed))).str.slice(1)
    names = city.parties["name"].gather(renamed)
    columns = {
        "former_home": changed(city.parties["former_home"], moved, city.parties["home"].gather(moved)),
        "home": changed(city.parties["home"], moved, pl.Series(new_home[household[moved]])),
        "moved_on": changed(city.parties["moved_on"], moved, pl.Series(np.full(len(moved), day))),
        "former_mobile": changed(city.parties["former_mobile"], chosen, old),
        "mobile": changed(city.parties["mobile"], chosen, new),
        "mobile_changed_on": changed(city.parties["mobile_changed_on"], chosen, pl.Series(np.full(len(chosen), day))),
        "resold": changed(city.parties["resold"], chosen, pl.Series(np.zeros(len(chosen), dtype=bool))),
        "former_name": changed(city.parties["former_name"], renamed, names),
        "name": changed(city.parties["name"], renamed, city.parties["surname"].gather(renamed) + other),
        "renamed_on": changed(city.parties["renamed_on"], renamed, pl.Series(np.full(len(renamed), day))),
    }
    city.parties = city.parties.with_columns(**columns)
    everyone = np.unique(np.concatenate([moved, chosen, renamed]))
    return everyone[chance(rng, 0.35, len(everyone))]


def _new_numbers(city: City, size: int, rng: np.random.Generator) -> pl.Series:
    """Numbers for new phones: some were another person's until a few months ago, the others are new."""
    given_up = city.parties.filter(
        pl.col("former_mobile").is_not_null() & (pl.col("mobile_changed_on") < city.day - 90) & ~pl.col("resold")
    )["former_mobile"]
    old = given_up.filter(~given_up.is_in(city.parties["mobile"].implode())).unique(maintain_order=True)
    reused = old.gather(rng.permutation(len(old))[: int(round(size * 0.3))])
    taken = pl.concat(
        [
            city.parties["mobile"].filter(city.parties["is_person"]),
            city.sales["second_phone"],
            city.agencies["phone"],
            city.shops["phone"],
        ]
    )
    return pl.concat([reused, identifiers.mobiles(rng, size - len(reused), taken)])


def _new_contracts(city: City) -> Ints:
    """Renewals that fall due, cars newly bought or come from another insurer; one in ten rows is days late."""
    rng, day = city.rng("new contracts"), city.day
    newest = np.full(city.vehicles.height, -1)
    newest[city.contracts["vehicle"].to_numpy()] = np.arange(city.contracts.height)
    cover = city.contracts["cover_from"].to_numpy()[newest]
    due = (cover + 364 - city.vehicles["renews_before"].to_numpy() == day) & city.vehicles["renews"].to_numpy()
    sold = chance(rng, 0.03 / 365 * 10, city.vehicles.height) & due
    owner = city.vehicles["owner"].to_numpy().copy()
    adults = city.adults(22, 65)
    owner[sold] = adults[rng.integers(0, len(adults), int(sold.sum()))]
    city.vehicles = city.vehicles.with_columns(former_owner="owner", owner=pl.Series(owner))
    bought = add_vehicles(city, max(2, round(city.vehicles.height * 0.0004)), (day - 20, day))
    vehicle = np.concatenate([np.flatnonzero(due), bought])
    late = chance(rng, 0.1, len(vehicle))
    issued = np.where(late, day - rng.integers(1, 6, len(vehicle)), day)
    issued[-1] = day
    contract = add_contracts(city, vehicle, issued, city.vehicles["owner"].to_numpy()[vehicle], "new contracts")
    city.contracts = city.contracts.with_columns(
        told_on=changed(city.contracts["told_on"], contract, pl.Series(np.full(len(contract), day)))
    )
    return contract


def _updated(city: City, told: Ints) -> Ints:
    """Contracts told again tonight: those of persons who reported a change, corrected ones, some cancelled ones."""
    rng, day = city.rng("updates"), city.day
    alive = (
        (city.contracts["told_on"] < day) & ~city.contracts["gone"] & (city.contracts["issued"] > day - 365)
    ).to_numpy()
    faulty = city.tellings["faults"].gather(city.contracts["policyholder_telling"]).to_numpy() > 0
    reported = np.flatnonzero(alive & np.isin(city.contracts["policyholder"].to_numpy(), told))
    wrong = np.flatnonzero(alive & faulty)
    size = max(2, round(city.contracts.height * 0.0004))
    dressed = _dressed_up(city, alive)
    contract = np.unique(np.concatenate([reported, rng.permutation(wrong)[:size], dressed]))
    if not len(contract):
        contract = np.flatnonzero(alive)[:1]
    party = city.contracts["policyholder"].gather(contract).to_numpy()
    seller = city.contracts["seller"].gather(contract).to_numpy()
    careful = scaled(city.rates.underwriting, 0.3)
    new = tell(city, party, np.full(len(party), day), careful, "corrections", FULL, seller)
    new = _with_accomplice(city, new, contract, seller, dressed)
    telling = city.tellings.height + np.arange(len(contract))
    city.tellings = pl.concat([city.tellings, new])
    city.last_telling[party] = telling
    cancelled = contract[chance(rng, 0.1, len(contract))]
    columns = {"told_on": pl.Series(np.full(len(contract), day)), "policyholder_telling": pl.Series(telling)}
    for role in ("insured", "owner"):
        same = city.contracts[role].gather(contract).to_numpy() == party
        columns[f"{role}_telling"] = pl.Series(
            np.where(same, telling, city.contracts[f"{role}_telling"].gather(contract).to_numpy())
        )
    replaced = {name: changed(city.contracts[name], contract, values) for name, values in columns.items()}
    replaced["status"] = changed(
        city.contracts["status"], cancelled, pl.Series(["退保"] * len(cancelled), dtype=pl.String)
    )
    city.contracts = city.contracts.with_columns(**replaced)
    return contract


def _dressed_up(city: City, alive: Ints) -> Ints:
    """Contracts of forgers that bear the forger's own phone and will be called tomorrow."""
    tomorrow = city.calls.filter(pl.col("next_day") == city.day + 1)["contract"].unique(maintain_order=True)
    rows = city.contracts.select(pl.col("seller", "policyholder_telling").gather(tomorrow))
    forger = city.sales["forger"].gather(rows["seller"])
    own = (city.tellings["faults"].gather(rows["policyholder_telling"]) & BIT["mobile:agent"]) > 0
    chosen = tomorrow.filter(forger & own).to_numpy()
    return chosen[alive[chosen]]


def _with_accomplice(city: City, told: pl.DataFrame, contract: Ints, seller: Ints, dressed: Ints) -> pl.DataFrame:
    """``told`` with the forger's other phone where the contract is to look good for tomorrow's call."""
    here = pl.Series(np.isin(contract, dressed))
    phone = city.sales["second_phone"].gather(seller)
    faults = (told["faults"] & ~np.uint64(_MOBILE_BITS)) | np.uint64(BIT["mobile:agent"])
    return told.with_columns(
        mobile=where(here, phone, told["mobile"]),
        line=where(here, phone, told["line"]),
        faults=pl.select(pl.when(here).then(faults).otherwise(told["faults"])).to_series(),
    )


def _withdrawn(city: City, busy: Ints) -> Ints:
    """A few contracts that were entered by mistake: their rows are withdrawn and never come again."""
    rng = city.rng("withdrawn")
    free = np.setdiff1d(
        np.flatnonzero(~city.contracts["gone"].to_numpy() & (city.contracts["told_on"] < city.day).to_numpy()), busy
    )
    contract = np.sort(rng.permutation(free)[: max(1, round(city.contracts.height * 0.00002))])
    city.contracts = city.contracts.with_columns(
        gone=changed(city.contracts["gone"], contract, pl.Series(np.ones(len(contract), dtype=bool))),
        told_on=changed(city.contracts["told_on"], contract, pl.Series(np.full(len(contract), city.day))),
    )
    return contract


def _again(yesterday: Delivery, rng: np.random.Generator) -> Delivery:
    """Some of yesterday's rows once more, exactly as they were."""
    size = min(yesterday.rows.height, max(2, min(200, yesterday.rows.height // 50)))
    fresh = np.flatnonzero((yesterday.rows["操作类型"] != "D").to_numpy())
    return yesterday.take(np.sort(rng.permutation(fresh)[:size]))


def _claims_again(city: City, yesterday: Delivery) -> list[Delivery]:
    """Yesterday's claims: some told again with more of the place and a newer time, some repeated, one withdrawn by its key alone."""
    rng = city.rng("claims again")
    open_ = np.flatnonzero((yesterday.rows["操作类型"] == "I").to_numpy())
    chosen = rng.permutation(open_)[: max(3, min(300, len(open_) // 20))]
    newer = yesterday.take(chosen[:1] if len(chosen) < 3 else np.sort(chosen[: len(chosen) // 2]))
    stamp = city.date.strftime("%Y-%m-%d 09:30:00")
    rows = newer.rows.with_columns(
        操作类型=pl.lit("U"), 更新时间=pl.lit(stamp), 出险地点=pl.col("出险地点") + pl.lit(" 已查勘")
    )
    parts = [Delivery("claims", rows, newer.key, newer.behind)]
    if len(chosen) >= 3:
        parts.append(yesterday.take(np.sort(chosen[len(chosen) // 2 : -1])))
        gone = yesterday.take(chosen[-1:])
        kept = ("报案号", "操作类型", "更新时间")
        empty = [pl.lit(None, pl.String).alias(name) for name in gone.rows.columns if name not in kept]
        rows = gone.rows.with_columns(pl.lit("D").alias("操作类型"), pl.lit(stamp).alias("更新时间"), *empty)
        parts.append(Delivery("claims", rows, gone.key, gone.behind.clear()))
    return parts

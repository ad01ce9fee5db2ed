"""How the city lives: the full load of night 0, and what every later night brings.

A later night brings, in this order: people move, change their phone (some take a number that was another's) or their
name; cars change hands; contracts are renewed and signed, one in ten of them days ago (*late* rows); underwriting tells
contracts again (same key, 操作类型 U, newer 更新时间) because they were wrong, because people reported a change, or because a
forger dresses them up for tomorrow's call; it cancels some of these, withdraws a few others (操作类型 D, the row as it was)
and sends some of yesterday's rows again unchanged; claims does the same with yesterday's claims (a withdrawn one comes
with its key only); then a day of accidents, WeChat events, calls, checks, messages and patrols.
"""

import numpy as np
import polars as pl

from connectors.synthetic import callbacks, checks, registers
from connectors.synthetic.changes import change_directory, change_people
from connectors.synthetic.city import City
from connectors.synthetic.claims import CLAIMS_PER_VEHICLE_YEAR, claims
from connectors.synthetic.delivery import Delivery, together
from connectors.synthetic.draw import Ints, chance, changed
from connectors.synthetic.policies import add_contracts
from connectors.synthetic.underwriting import underwriting
from connectors.synthetic.updates import claims_again, policies_again, update_contracts, withdraw
from connectors.synthetic.vehicles import CARS_PER_PERSON, add_vehicles
from connectors.synthetic.wechat import wechat

YEAR = 365
WECHAT_EVENTS_PER_YEAR = 3.0
CHECKED = 0.35
SMS_PER_VEHICLE_YEAR = 0.3
LEADS_PER_PERSON_YEAR = 0.03
LATE = 0.1


def first_night(city: City) -> list[Delivery]:
    """Two years of contracts and a year of everything else, delivered at once."""
    rng, day = city.rng("first night"), city.day
    contract = _first_contracts(city, rng)
    size = city.vehicles.height
    change_directory(city)
    _first_blocked(city)
    for monday in range(day - 7 * callbacks.FIRST_WEEKS, day + 1):
        if callbacks.is_monday(monday):
            callbacks.draw_list(city, monday)
    callbacks.plan_complaints(city, max(3, size // 400))
    binders = _new_followers(city, city.rates.city.wechat_bound)
    users = _users(city, round(len(binders) * WECHAT_EVENTS_PER_YEAR), rng)
    return [
        underwriting(city, contract, "I"),
        claims(city, day - YEAR + 1, max(3, round(size * CLAIMS_PER_VEHICLE_YEAR))),
        wechat(city, binders, day - rng.integers(0, YEAR, len(binders)), users, _recent(city, YEAR, len(users), rng)),
        *_checks_and_messages(city, contract, YEAR),
        registers.leads(city, day - 180, max(3, round(city.persons * LEADS_PER_PERSON_YEAR / 2))),
        registers.directory(city),
        registers.do_not_call(city),
    ]


def next_night(city: City, yesterday: list[Delivery]) -> list[Delivery]:
    """Go on to the next night: change the city and deliver what came of it."""
    city.night += 1
    rng, day = city.rng("night"), city.day
    before = {delivery.feed: delivery for delivery in yesterday}
    reporters = change_people(city)
    change_directory(city)
    fresh = _new_contracts(city)
    updated = update_contracts(city, reporters)
    withdrawn = withdraw(city, np.concatenate([fresh, updated]))
    if callbacks.is_monday(day):
        callbacks.draw_list(city, day)
    callbacks.plan_complaints(city, max(3, city.vehicles.height // 20_000))
    _block(city, rng.integers(0, city.persons, max(1, city.persons // 100_000)), "客户要求")
    binders = _new_followers(city, 0.0005)
    users = _users(city, max(2, round(len(city.followers) * WECHAT_EVENTS_PER_YEAR / YEAR)), rng)
    told = [(fresh, "I"), (updated, "U"), (withdrawn, "D")]
    busy = np.concatenate([fresh, updated, withdrawn])
    policies = [underwriting(city, contract, operation) for contract, operation in told]
    accidents = claims(city, day, max(2, round(city.vehicles.height * CLAIMS_PER_VEHICLE_YEAR / YEAR)))
    return [
        together(*policies, policies_again(city, before["underwriting"], busy)),
        together(accidents, *claims_again(city, before["claims"])),
        wechat(city, binders, np.full(len(binders), day), users, np.full(len(users), day)),
        *_checks_and_messages(city, np.concatenate([fresh, updated]), 1),
        registers.leads(city, day, max(2, round(city.persons * LEADS_PER_PERSON_YEAR / YEAR))),
        registers.directory(city),
        registers.do_not_call(city),
    ]


def _first_contracts(city: City, rng: np.random.Generator) -> Ints:
    """A contract of the last year for most vehicles, one of the year before for some; a few of the latter have lapsed."""
    day = city.day
    vehicle = add_vehicles(city, max(5, round(city.persons * CARS_PER_PERSON)), (day - 4000, day - 3))
    size = len(vehicle)
    registered = city.vehicles["registered_on"].to_numpy()
    prior = chance(rng, 0.4, size) & (registered < day - 740)
    current = chance(rng, 0.84, size) | ~prior
    issued = np.maximum(day - rng.integers(0, YEAR, size), registered)
    issued[np.flatnonzero(current)[: max(2, size // 500)]] = day
    renewed = issued - YEAR - rng.integers(-5, 15, size)
    before = np.where(current, renewed, day - rng.integers(380, 730, size))
    owner, former = (city.vehicles[column].to_numpy() for column in ("owner", "former_owner"))
    old = add_contracts(city, vehicle[prior], before[prior], former[prior], "prior contracts")
    new = add_contracts(city, vehicle[current], issued[current], owner[current], "contracts")
    return np.concatenate([old, new])


def _new_contracts(city: City) -> Ints:
    """Renewals that fall due, some after the car changed hands, and cars newly bought; one in ten rows is days late."""
    rng, day = city.rng("new contracts"), city.day
    newest = np.full(city.vehicles.height, -1)
    newest[city.contracts["vehicle"].to_numpy()] = np.arange(city.contracts.height)
    ends = city.contracts["cover_from"].to_numpy()[newest] + YEAR - 1
    due = (ends - city.vehicles["renews_before"].to_numpy() == day) & city.vehicles["renews"].to_numpy()
    sold = np.flatnonzero(due & chance(rng, 0.03, len(due)))
    adults = city.adults(22, 65)
    buyers = adults[rng.integers(0, len(adults), len(sold))]
    owner = city.vehicles["owner"].to_numpy().copy()
    owner[sold] = buyers
    city.vehicles = city.vehicles.with_columns(former_owner="owner", owner=owner)
    bought = add_vehicles(city, max(2, round(city.vehicles.height * 0.0004)), (day - 20, day))
    vehicle = np.concatenate([np.flatnonzero(due), bought])
    late = chance(rng, LATE, len(vehicle))
    late[0], late[-1] = True, False
    issued = np.where(late, day - rng.integers(1, 6, len(vehicle)), day)
    contract = add_contracts(city, vehicle, issued, city.vehicles["owner"].to_numpy()[vehicle], "new contracts")
    told_on = changed(city.contracts["told_on"], contract, _days(day, len(contract)))
    city.contracts = city.contracts.with_columns(told_on=told_on)
    return contract


def _checks_and_messages(city: City, contract: Ints, span: int) -> list[Delivery]:
    """Calls, verifications and messages of the last ``span`` days; who unsubscribes is not called from tonight on."""
    rng = city.rng("checks")
    calls = callbacks.call(city)
    issued = city.contracts["issued"].to_numpy()
    recent = contract[issued[contract] > city.day - span - 30]
    pool = recent if len(recent) else np.arange(city.contracts.height)
    checked = pool[chance(rng, CHECKED, len(pool))]
    checked = checked if len(checked) else pool[:2]
    when = np.maximum(issued[checked], city.day - span + 1)
    when[: max(1, len(when) // 100)] = city.day
    vehicles = max(3, round(city.vehicles.height * SMS_PER_VEHICLE_YEAR * span / YEAR))
    written = rng.integers(0, city.contracts.height, vehicles)
    report = checks.sms(city, written, _recent(city, span, vehicles, rng))
    off = checks.unsubscribed(report)
    registers.add_blocked(city, off, np.full(len(off), -1), np.full(len(off), city.day), "短信退订")
    return [calls, checks.verifications(city, checked, when), report]


def _recent(city: City, span: int, size: int, rng: np.random.Generator) -> Ints:
    """Days of the last ``span``, the first one tonight."""
    days = city.day - rng.integers(0, span, size)
    days[:1] = city.day
    return days


def _first_blocked(city: City) -> None:
    rng = city.rng("blocked")
    party = np.flatnonzero(chance(rng, 0.004, city.persons) & (city.column("member")[: city.persons] < 2))
    party = party if len(party) else np.zeros(1, dtype=np.int64)
    days = _recent(city, 900, len(party), rng)
    registers.add_blocked(city, city.parties["mobile"].gather(party), party, days, "客户要求")


def _block(city: City, party: Ints, reason: str) -> None:
    """Put persons on the do-not-call list tonight."""
    days = np.full(len(party), city.day)
    registers.add_blocked(city, city.parties["mobile"].gather(party), party, days, reason)


def _new_followers(city: City, share: float) -> Ints:
    """Customers who bind their WeChat account now, at least one while there are any."""
    customer = np.zeros(city.parties.height, dtype=bool)
    for role in ("policyholder", "owner"):
        customer[city.contracts[role].to_numpy()] = True
    customer &= city.column("wechat_user")
    customer[city.followers] = False
    candidates = np.flatnonzero(customer)
    chosen = candidates[chance(city.rng("followers"), share, len(candidates))]
    chosen = chosen if len(chosen) else candidates[:1]
    city.followers = np.concatenate([city.followers, chosen])
    return chosen


def _users(city: City, size: int, rng: np.random.Generator) -> Ints:
    """Followers who do something; nobody where there are none."""
    return city.followers[rng.integers(0, len(city.followers), size)] if len(city.followers) else city.followers


def _days(day: int, size: int) -> pl.Series:
    return pl.Series(np.full(size, day))

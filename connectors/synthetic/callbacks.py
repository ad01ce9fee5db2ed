"""Drawn call-back lists and the vendor's calls: every week a sample of the policies issued, called up to three times.

A list is drawn on Monday from the policies issued in the week before, by channel; each (policy, role) of a stratum has the
same inclusion probability, which travels with every call. Other calls have no list: they are evidence, not a sample.
"""

import numpy as np
import polars as pl

from connectors.synthetic import lines
from connectors.synthetic.business import VENDORS
from connectors.synthetic.calendar_days import as_ymd, moments
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind
from connectors.synthetic.draw import Ints, chance, changed, digits, join, pick, weighted, where
from connectors.synthetic.error_model import bits_of
from connectors.synthetic.intermediaries import CHANNEL_WORDS
from connectors.synthetic.identifiers import mobiles
from connectors.synthetic.policies import policy_numbers

SHARE = 0.06
FIRST_WEEKS = 17
CHEAT = 3
"""Number of the caller who writes 00 without calling."""
_RETRY = ("10", "11", "12", "21", "22", "23", "24", "25", "26", "27", "31", "99")
_CONFIRM_FALSE = bits_of("name", ("false", "missing")) | bits_of("cert_no") | bits_of("address")
_SCHEMA = {"contract": pl.Int64, "commercial": pl.Boolean, "role": pl.Int64, "list_id": pl.String, "stratum": pl.String, "probability": pl.Float64,
           "caller": pl.Int64, "tries": pl.Int64, "next_day": pl.Int64}  # fmt: skip


def callers(city: City) -> int:
    """How many callers the vendors have."""
    return max(6, city.persons // 12_000)


def monday(day: int) -> bool:
    """Whether lists are drawn on ``day`` (day 0 was a Thursday)."""
    return day % 7 == 4


def draw_list(city: City, day: int) -> None:
    """Draw the list of Monday ``day`` and put its calls on the plan of the next days."""
    issued = city.contracts["issued"].to_numpy()
    fit = (
        (issued >= day - 7)
        & (issued < day)
        & (city.contracts["status"] == "有效").to_numpy()
        & ~city.contracts["gone"].to_numpy()
    )
    units = _units(city, np.flatnonzero(fit))
    rng = city.rng(f"list {day}")
    chosen = []
    for number, word in enumerate(CHANNEL_WORDS):
        stratum = units.filter(pl.col("channel") == number)
        if stratum.height:
            take = int(np.ceil(SHARE * stratum.height))
            at = np.sort(rng.permutation(stratum.height)[:take])
            share = take / stratum.height
            chosen.append(
                stratum.select(pl.all().gather(at)).with_columns(
                    stratum=pl.lit(word), probability=pl.lit(round(share, 6))
                )
            )
    if chosen:
        drawn = pl.concat(chosen)
        _plan(city, drawn.with_columns(list_id=pl.lit(f"L{as_ymd(np.array([day]))[0]}")), day, 9, rng)


def plan_complaints(city: City, size: int) -> None:
    """Calls for tonight outside any list: complaints and dissatisfied customers."""
    rng = city.rng("complaints")
    fit = np.flatnonzero((city.contracts["status"] == "有效").to_numpy() & ~city.contracts["gone"].to_numpy())
    units = _units(city, fit[rng.integers(0, len(fit), size)])
    at = np.flatnonzero((units["role"] == 0).to_numpy())[:size]
    none = {
        "stratum": pl.lit(None, pl.String),
        "probability": pl.lit(None, pl.Float64),
        "list_id": pl.lit(None, pl.String),
    }
    _plan(city, units.select(pl.all().gather(at)).with_columns(**none), city.day, 1, rng)


def _units(city: City, contract: Ints) -> pl.DataFrame:
    """The (policy, role) units of contracts: natural-person policyholder, and insured where he is another."""
    rows = city.contracts.select(pl.col("policyholder", "insured", "seller", "commercial").gather(contract))
    channel = city.sales["channel"].gather(rows["seller"])
    parts = []
    for commercial in (False, True):
        for role, name in enumerate(("policyholder", "insured")):
            keep = rows[name] < city.persons
            if commercial:
                keep &= rows["commercial"]
            if role == 1:
                keep &= rows["insured"] != rows["policyholder"]
            at = keep.arg_true()
            parts.append(
                pl.DataFrame({"contract": contract[at.to_numpy()], "channel": channel.gather(at)}).with_columns(
                    commercial=pl.lit(commercial), role=pl.lit(role, pl.Int64)
                )
            )
    return pl.concat(parts).sort("contract", "commercial", "role")


def _plan(city: City, units: pl.DataFrame, day: int, spread: int, rng: np.random.Generator) -> None:
    size = units.height
    plan = units.with_columns(
        caller=pl.Series(rng.integers(0, callers(city), size)),
        tries=pl.lit(0, pl.Int64),
        next_day=pl.Series(day + rng.integers(0, spread, size)),
    ).select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
    city.calls = pl.concat([city.calls, plan]) if city.calls.height else plan


def call(city: City) -> Delivery:
    """Every call due by tonight, in up to three rounds; what is unreached is planned again some days later."""
    rounds = []
    for number in range(3):
        due = np.flatnonzero((city.calls["next_day"] <= city.day).to_numpy())
        if len(due):
            rounds.append(_dial(city, due, city.rng(f"calls {number}")))
    frame = (
        pl.concat(rounds)
        .sort("day", "second", "key", maintain_order=True)
        .unique("key", keep="first", maintain_order=True)
    )
    told = city.tellings.select(pl.all().gather(frame["telling"])).with_columns(line=frame["dialled"])
    shown = told.select("name", "mobile", "faults", "line", "base_name", "home", "party")
    truth = [
        behind(shown.filter(frame["role"] == role), "contact", name, (frame["role"] == role).arg_true().to_numpy())
        for role, name in enumerate(("policyholder", "insured"))
    ]
    frame = frame.with_columns(name=told["name"])
    return Delivery("callbacks", frame, frame["key"], pl.concat(truth).sort("row", maintain_order=True))


def _dial(city: City, due: Ints, rng: np.random.Generator) -> pl.DataFrame:
    size = len(due)
    plan = city.calls.select(pl.all().gather(due))
    contract = city.contracts.select(pl.all().gather(plan["contract"]))
    role, party = plan["role"].to_numpy(), np.where(plan["role"] == 0, contract["policyholder"], contract["insured"])
    telling = np.where(role == 0, contract["policyholder_telling"], contract["insured_telling"])
    told = city.tellings.select(pl.all().gather(telling))
    slipped = chance(rng, city.rates.rows.dialled_another, size)
    dialled = where(
        slipped, changed(told["line"], np.flatnonzero(slipped), mobiles(rng, int(slipped.sum()))), told["line"]
    )
    who = lines.reach(city, dialled, party)
    wrong = (told["faults"].to_numpy() & np.uint64(_CONFIRM_FALSE)) > 0
    code, talk = _outcome(who, wrong, rng)
    cheat = (
        (plan["caller"].to_numpy() == CHEAT)
        & chance(rng, city.rates.city.cheating_caller_confirms, size)
        & (code != 50)
        & (code != 51)
    )
    code, talk = (
        np.where(cheat, 0, code),
        np.where(cheat, np.where(chance(rng, 0.6, size), 8, rng.integers(6, 13, size)), talk),
    )
    blocked = (
        dialled.is_in(city.do_not_call["number"].implode()).fill_null(value=False).to_numpy()
        if city.do_not_call.height
        else np.zeros(size, bool)
    )
    code, talk = np.where(blocked, 51, code), np.where(blocked, 0, talk)
    day, tries = plan["next_day"].to_numpy(), plan["tries"].to_numpy() + 1
    again = pl.Series(code).cast(pl.String).str.zfill(2).is_in(_RETRY).to_numpy() & (tries < 3)
    city.calls = city.calls.with_columns(
        tries=changed(city.calls["tries"], due, pl.Series(tries)),
        next_day=changed(
            city.calls["next_day"], due, pl.Series(np.where(again, day + rng.integers(1, 4, size), 10**6))
        ),
    ).filter(pl.col("next_day") < 10**6)
    second = rng.integers(9 * 3600, 20 * 3600, size)
    number = policy_numbers(contract, plan["commercial"])
    when = moments(day, second)
    return plan.select("role", "list_id", "stratum", "probability", "caller").with_columns(
        policy_no=number, telling=pl.Series(telling), dialled=dialled, day=pl.Series(day), second=pl.Series(second), code=pl.Series(code),
        talk=pl.Series(talk), vendor=pick(VENDORS, plan["caller"].to_numpy() % 2), when=when,
        key=join(number, "|", pick(("投保人", "被保险人"), role), "|", when.dt.strftime("%Y-%m-%d %H:%M:%S")),
        cheated=pl.Series(cheat), suspended=pl.Series(who.suspended), caller_code=join("W", digits(101 + plan["caller"], 3)),
    )  # fmt: skip


def _outcome(who: lines.Reach, wrong: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Result code and seconds of talk. People whose data are right pick up a little more often than the others."""
    size = len(wrong)
    draw = rng.random(size)
    unreached = np.array([24, 22, 23, 25, 26, 27])[weighted(rng, [50, 18, 14, 9, 5, 4], size)]
    picks_up = draw < np.where(wrong, 0.56, 0.66)
    other = np.array([30, 31, 40, 99])[weighted(rng, [50, 25, 15, 10], size)]
    spoke = rng.random(size)
    confirms = np.where(wrong, np.where(spoke < 0.7, 1, np.where(spoke < 0.82, 2, 0)), 0)
    myself = np.where(rng.random(size) < 0.09, other, confirms)
    someone = np.select(
        [who.who == lines.OWN, who.who == lines.FAMILY, who.who == lines.SELLER, who.who == lines.STRANGER],
        [
            myself,
            np.where(spoke < 0.85, 10, other),
            np.where(spoke < 0.75, 11, np.where(spoke < 0.9, 0, 30)),
            np.where(spoke < 0.9, 12, 30),
        ],
        0,
    )
    code = np.where(picks_up, someone, unreached)
    code = np.where(who.who == lines.DEAD, np.where(draw < 0.93, 20, 24), code)
    code = np.where(who.suspended, 21, code)
    code = np.where(who.who == lines.NOTHING, 50, code)
    long = rng.gamma(4.0, 14.0, size) + 18
    talk = np.select(
        [code < 3, (code < 13) | ((code >= 30) & (code < 50)), code == 99], [long, 6 + long / 5, long / 3], 0
    ).astype(np.int64)
    return code, talk

"""Drawn call-back lists and the vendor's calls: every week a sample of the policies issued, called up to three times.

A list is drawn on Monday from the policies issued in the week before, by channel; each (policy, role) of a stratum has
the same inclusion probability, which travels with every call. Other calls have no list: evidence, but not a sample.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from connectors.synthetic import lines
from connectors.synthetic.business import VENDORS
from connectors.synthetic.calendar_days import date_of, moments, stamps
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind
from connectors.synthetic.draw import Ints, Mask, chance, changed, digits, join, pick, weighted
from connectors.synthetic.error_model import bits_of
from connectors.synthetic.identifiers import mobiles
from connectors.synthetic.intermediaries import CHANNEL_WORDS
from connectors.synthetic.policies import policy_numbers

SHARE = 0.06
"""Share of a stratum that is drawn, at least one."""
FIRST_WEEKS = 17
CALLING_DAYS = 9
MOST_TRIES = 3
CHEAT = 3
"""Number of the caller who writes 00 without asking."""
CALLED_ROLES = ("policyholder", "insured")
ROLE_WORDS = ("投保人", "被保险人")
_RETRY = (10, 11, 12, 21, 22, 23, 24, 25, 26, 27, 31, 99)
_UNREACHED = np.array([24, 22, 23, 25, 26, 27])
_OTHER = np.array([30, 31, 40, 99])
_NEVER_AGAIN = 10**6
_HEARD_WRONG = bits_of("name") | bits_of("cert_no") | bits_of("address")
_PLAN = pl.Schema(
    {
        "contract": pl.Int64,
        "commercial": pl.Boolean,
        "role": pl.Int64,
        "list_id": pl.String,
        "stratum": pl.String,
        "probability": pl.Float64,
        "caller": pl.Int64,
        "tries": pl.Int64,
        "next_day": pl.Int64,
    }
)


def callers(city: City) -> int:
    """How many callers the vendors have."""
    return max(6, city.persons // 12_000)


def is_monday(day: int) -> bool:
    """Whether lists are drawn on ``day`` (day 0 was a Thursday)."""
    return day % 7 == 4


def draw_list(city: City, day: int) -> None:
    """Draw the list of Monday ``day`` and put its calls on the plan of the next days."""
    issued = city.contracts["issued"].to_numpy()
    units = _units(city, np.flatnonzero((issued >= day - 7) & (issued < day) & _callable(city)))
    rng = city.rng(f"list {day}")
    for number, word in enumerate(CHANNEL_WORDS):
        stratum = units.filter(pl.col("channel") == number)
        take = int(np.ceil(SHARE * stratum.height))
        if take:
            at = np.sort(rng.permutation(stratum.height)[:take])
            drawn = stratum.select(pl.all().gather(at)).with_columns(
                stratum=pl.lit(word),
                probability=pl.lit(round(take / stratum.height, 6)),
                list_id=pl.lit(f"L{date_of(day):%Y%m%d}"),
            )
            _plan(city, drawn, day + rng.integers(0, CALLING_DAYS, take), rng)


def plan_complaints(city: City, size: int) -> None:
    """Calls for tonight outside any list: complaints and dissatisfied customers."""
    rng = city.rng("complaints")
    fit = np.flatnonzero(_callable(city))
    units = _units(city, fit[rng.integers(0, len(fit), size)]).filter(pl.col("role") == 0).head(size)
    none = {
        "stratum": pl.lit(None, pl.String),
        "probability": pl.lit(None, pl.Float64),
        "list_id": pl.lit(None, pl.String),
    }
    _plan(city, units.with_columns(**none), np.full(units.height, city.day), rng)


def _callable(city: City) -> Mask:
    fit: Mask = ((city.contracts["status"] == "有效") & ~city.contracts["gone"]).to_numpy()
    return fit


def _units(city: City, contract: Ints) -> pl.DataFrame:
    """The (policy, role) units of contracts: natural-person policyholder, and insured where he is another."""
    rows = city.contracts.select(pl.col("policyholder", "insured", "seller", "commercial").gather(contract))
    rows = rows.with_columns(contract=pl.Series(contract), channel=city.sales["channel"].gather(rows["seller"]))
    person = pl.col("policyholder") < city.persons
    other = (pl.col("insured") < city.persons) & (pl.col("insured") != pl.col("policyholder"))
    parts = [
        rows.filter(who if product == 0 else who & pl.col("commercial")).select(
            "contract", "channel", commercial=pl.lit(product == 1), role=pl.lit(role, pl.Int64)
        )
        for product in (0, 1)
        for role, who in enumerate((person, other))
    ]
    return pl.concat(parts).sort("contract", "commercial", "role", maintain_order=True)


def _plan(city: City, units: pl.DataFrame, first_day: Ints, rng: np.random.Generator) -> None:
    plan = units.with_columns(
        caller=pl.Series(rng.integers(0, callers(city), units.height)),
        tries=pl.lit(0, pl.Int64),
        next_day=pl.Series(first_day),
    ).select(pl.col(name).cast(dtype) for name, dtype in _PLAN.items())
    city.calls = pl.concat([city.calls, plan]) if city.calls.width else plan


def call(city: City) -> Delivery:
    """Every call due by tonight, in up to three rounds; who was not reached is planned again some days later."""
    rounds = []
    for number in range(MOST_TRIES):
        due = np.flatnonzero((city.calls["next_day"] <= city.day).to_numpy())
        if len(due):
            rounds.append(_dial(city, due, city.rng(f"calls {number}")))
    calls = pl.concat(rounds).sort("day", "second", "key", maintain_order=True)
    calls = calls.unique("key", keep="first", maintain_order=True)
    told = city.tellings.select(pl.all().gather(calls["telling"])).with_columns(line=calls["dialled"])
    calls = calls.with_columns(name=told["name"])
    truth = []
    for role, name in enumerate(CALLED_ROLES):
        at = (calls["role"] == role).arg_true()
        heard = told.select(pl.col("name", "mobile", "faults", "line", "base_name", "home", "party").gather(at))
        truth.append(behind(heard, CALLED_ROLES[0], name, at.to_numpy()))
    return Delivery("callbacks", calls, calls["key"], pl.concat(truth).sort("row", maintain_order=True))


class _Talk(NamedTuple):
    """Result code and seconds of talk of each call; ``made_up``: written down without asking."""

    code: Ints
    seconds: Ints
    made_up: Mask


def _dial(city: City, due: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """The calls at ``due`` of the plan; the plan forgets who needs no further call."""
    size = len(due)
    plan = city.calls.select(pl.all().gather(due))
    contract = city.contracts.select(pl.all().gather(plan["contract"]))
    holder = (plan["role"] == 0).to_numpy()
    party = np.where(holder, contract["policyholder"], contract["insured"])
    telling = np.where(holder, contract["policyholder_telling"], contract["insured_telling"])
    told = city.tellings.select(pl.col("line", "faults").gather(telling))
    slipped = np.flatnonzero(chance(rng, city.rates.rows.dialled_another, size))
    dialled = changed(told["line"], slipped, mobiles(rng, len(slipped)))
    reached = lines.reach(city, dialled, party)
    wrong = (told["faults"].to_numpy() & np.uint64(_HEARD_WRONG)) > 0
    talk = _written(city, plan, dialled, _outcome(reached, wrong, rng), rng)
    day, second = plan["next_day"].to_numpy(), rng.integers(9 * 3600, 20 * 3600, size)
    tries = plan["tries"].to_numpy() + 1
    again = np.isin(talk.code, _RETRY) & (tries < MOST_TRIES)
    next_day = np.where(again, day + rng.integers(1, 4, size), _NEVER_AGAIN)
    city.calls = city.calls.with_columns(
        tries=changed(city.calls["tries"], due, pl.Series(tries)),
        next_day=changed(city.calls["next_day"], due, pl.Series(next_day)),
    ).filter(pl.col("next_day") < _NEVER_AGAIN)
    number = policy_numbers(contract, plan["commercial"])
    role = pick(ROLE_WORDS, plan["role"].to_numpy())
    return plan.select("role", "list_id", "stratum", "probability").with_columns(
        key=join(number, "|", role, "|", stamps(day, second)),
        policy_no=number,
        role_word=role,
        telling=pl.Series(telling),
        dialled=dialled,
        day=pl.Series(day),
        second=pl.Series(second),
        when=moments(day, second),
        code=pl.Series(talk.code),
        talk=pl.Series(talk.seconds),
        made_up=pl.Series(talk.made_up),
        caller=join("W", digits(101 + plan["caller"], 3)),
        vendor=pick(VENDORS, plan["caller"].to_numpy() % len(VENDORS)),
    )


def _written(
    city: City, plan: pl.DataFrame, dialled: pl.Series, talk: tuple[Ints, Ints], rng: np.random.Generator
) -> _Talk:
    """What the callers write: the truth, but for the cheat; who is on the do-not-call list is not dialled."""
    code, seconds = talk
    size = len(code)
    made_up = (plan["caller"].to_numpy() == CHEAT) & (code != 50)
    made_up &= chance(rng, city.rates.city.cheating_caller_confirms, size)
    short = np.where(chance(rng, 0.6, size), 8, rng.integers(6, 13, size))
    blocked = dialled.is_in(city.do_not_call["number"].implode()).fill_null(value=False).to_numpy()
    code = np.where(blocked, 51, np.where(made_up, 0, code))
    seconds = np.where(blocked, 0, np.where(made_up, short, seconds))
    return _Talk(code, seconds, made_up & ~blocked)


def _outcome(reached: lines.Reach, wrong: Mask, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Result code and seconds of talk. People whose data are right pick up a little more often than the others."""
    size = len(wrong)
    who, draw, spoke = reached.who, rng.random(size), rng.random(size)
    unreached = _UNREACHED[weighted(rng, [50, 18, 14, 9, 5, 4], size)]
    other = _OTHER[weighted(rng, [50, 25, 15, 10], size)]
    confirms = np.where(wrong & (spoke < 0.7), 1, np.where(wrong & (spoke < 0.82), 2, 0))
    answers = {
        lines.OWN: np.where(rng.random(size) < 0.09, other, confirms),
        lines.FAMILY: np.where(spoke < 0.85, 10, other),
        lines.SELLER: np.where(spoke < 0.75, 11, np.where(spoke < 0.9, 0, 30)),
        lines.STRANGER: np.where(spoke < 0.9, 12, 30),
    }
    picks_up = draw < np.where(wrong, 0.56, 0.66)
    code = np.where(picks_up, np.select([who == kind for kind in answers], list(answers.values()), 0), unreached)
    code = np.where(who == lines.DEAD, np.where(draw < 0.93, 20, 24), code)
    code = np.where(reached.suspended, 21, code)
    code = np.where(who == lines.NOTHING, 50, code)
    long = rng.gamma(4.0, 14.0, size) + 18
    brief = (code == 10) | (code == 11) | (code == 12) | (code == 30) | (code == 31) | (code == 40)
    seconds = np.select([code < 3, brief, code == 99], [long, 6 + long / 5, long / 3], 0)
    return code, seconds.astype(np.int64)

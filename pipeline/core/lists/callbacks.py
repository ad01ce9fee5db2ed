"""Tomorrow's call-back list: drawn where it narrows the interval most per call, and never of whom must not be called."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipeline.core.digest import digest, in_hex
from pipeline.core.lists.draw import drawn, lots, sizes
from pipeline.core.lists.worklists import CALLBACKS, WORKLISTS

_PARTY = ("policy_no", "role")


@dataclass(frozen=True)
class CallPlan:
    """``calls``: size of the list. ``least``: of each stratum. ``days``: from issue to the first try. ``rest_days``: after a call.

    ``tries`` of an entry are spread over ``tries_days``, each between the hours ``from_hour`` and ``until_hour``.
    """

    calls: int = 200
    least: int = 5
    days: int = 15
    rest_days: int = 40
    tries: int = 3
    tries_days: int = 7
    from_hour: int = 9
    until_hour: int = 21

    def later_tries(self, first: date) -> list[date]:
        """Days of the tries after the ``first``, the last one ``tries_days`` after it."""
        return [first + timedelta(days=-(-self.tries_days * one // (self.tries - 1))) for one in range(1, self.tries)]


@dataclass(frozen=True)
class Frame:
    """Whom a list may be drawn from, and what is known of calls.

    ``persons``: policy_no, role, unit, issued_on, post_stratum, record_id, weight (1, or premium). ``contacts``: record_id,
    name, phone. ``barred``: numbers that must not be called. ``called``: phone, at of every call known. ``heard``:
    post_stratum, outcome of drawn calls so far: what is known of each stratum's spread and of who answers. ``before``:
    policy_no, role of those an earlier list could be drawn from: whoever had his chance is not drawn again, so that the
    lists of all nights together are one sample of everybody, each with his own probability.
    """

    persons: pl.DataFrame
    contacts: pl.DataFrame
    called: pl.DataFrame
    heard: pl.DataFrame
    barred: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    before: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict.fromkeys(_PARTY, pl.String)))


def callback_list(frame: Frame, secret: bytes, plan: CallPlan, on: date) -> pl.DataFrame:
    """WORKLISTS rows of the list drawn on the night ``on``, keyed by ``secret``.

    Candidates can be called tomorrow at most ``plan.days`` after issue, were in no earlier draw, have a number, are not
    barred and were not called in the last ``plan.rest_days`` days.
    """
    first = on + timedelta(days=1)
    recent = pl.col("issued_on").is_between(first - timedelta(days=plan.days), on)
    rested = frame.called.filter(pl.col("at").dt.date() > on - timedelta(days=plan.rest_days))["phone"]
    told = (
        frame.persons.filter(recent)
        .join(frame.before, on=_PARTY, how="anti")
        .join(frame.contacts, on="record_id")
        .drop_nulls("phone")
        .filter(~pl.col("phone").is_in(frame.barred.implode()) & ~pl.col("phone").is_in(rested.implode()))
        .with_columns(key=pl.concat_str("policy_no", pl.lit("/"), "role"), stratum="post_stratum")
        .sort("key")
    )
    if told.is_empty():
        return WORKLISTS.schema.to_frame(eager=True)
    list_id = f"{CALLBACKS}-{on.isoformat()}"
    told = told.with_columns(lots(told["key"], secret, list_id))
    chosen = drawn(told, _wanted(told, frame.heard, plan))
    group = in_hex(pl.Series(digest(chosen["phone"]), dtype=pl.UInt64)).alias("call_group")
    rows = chosen.with_columns(
        group,
        list=pl.lit(CALLBACKS),
        list_id=pl.lit(list_id),
        tries=pl.lit(plan.tries, pl.Int64),
        first_try_on=pl.lit(first),
        later_tries_on=pl.lit(" ".join(day.isoformat() for day in plan.later_tries(first))),
        hours=pl.lit(f"{plan.from_hour:02}:00-{plan.until_hour:02}:00"),
    )
    return filled(rows)


def _wanted(told: pl.DataFrame, heard: pl.DataFrame, plan: CallPlan) -> pl.DataFrame:
    """Calls per stratum. Nothing known of a stratum counts as one answer of each kind: the widest spread there is.

    The variance that a stratum adds is (candidates x weight x spread) squared per answer, and of its calls only a share is
    answered: it is least per call where calls go in proportion to candidates x weight x spread / root of that share.
    """
    good, answered = pl.col("outcome") == "confirmed", pl.col("outcome").is_in(["confirmed", "refuted"])
    known = heard.group_by(stratum="post_stratum").agg(good=good.sum(), answered=answered.sum(), drawn=pl.len())
    strata = told.group_by("stratum").agg(
        candidates=pl.len().cast(pl.Int64), weight=(pl.col("weight").cast(pl.Float64) ** 2).mean().sqrt()
    )
    strata = strata.join(known, on="stratum", how="left").with_columns(pl.col("good", "answered", "drawn").fill_null(0))
    strata = strata.with_columns(
        share=(pl.col("good") + 1) / (pl.col("answered") + 2), reach=(pl.col("answered") + 1) / (pl.col("drawn") + 2)
    ).sort("stratum")
    share, reach, weight = (strata[name].to_numpy() for name in ("share", "reach", "weight"))
    spread = weight * np.sqrt(share * (1 - share) / reach)
    wanted = sizes(strata["candidates"].to_numpy().copy(), spread, plan.calls, plan.least)
    return strata.select("stratum", size=pl.Series(wanted, dtype=pl.Int64))


def filled(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` in the columns of WORKLISTS, those they do not have empty."""
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in WORKLISTS.schema.items()
    ).with_columns(pl.col("reasons", "advice").fill_null([]))

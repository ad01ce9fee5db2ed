"""Tomorrow's call-back list: drawn where it narrows the interval most per call, and never of whom must not be called."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipeline.core.digest import digest, in_hex
from pipeline.core.lists.draw import drawn, lots, sizes
from pipeline.core.lists.worklists import CALLBACKS, WORKLISTS


@dataclass(frozen=True)
class CallPlan:
    """``calls``: size of the list. ``least``: of each stratum. ``days``: how recently issued. ``rest_days``: after a call."""

    calls: int = 200
    least: int = 5
    days: int = 15
    rest_days: int = 40
    tries: int = 3


@dataclass(frozen=True)
class Frame:
    """Whom a list may be drawn from, and what is known of calls.

    ``persons``: policy_no, role, unit, issued_on, post_stratum, record_id. ``contacts``: record_id, name, phone. ``barred``:
    numbers on the do-not-call list. ``called``: phone, at of every call known. ``heard``: post_stratum, outcome of drawn
    calls so far: what is known of each stratum's spread.
    """

    persons: pl.DataFrame
    contacts: pl.DataFrame
    barred: pl.Series
    called: pl.DataFrame
    heard: pl.DataFrame


def callback_list(frame: Frame, secret: bytes, plan: CallPlan, on: date) -> pl.DataFrame:
    """WORKLISTS rows of the list drawn on the night ``on``, keyed by ``secret``.

    Candidates were issued at most ``plan.days`` ago, have a number, are not barred and were not called in the last
    ``plan.rest_days`` days.
    """
    recent = pl.col("issued_on").is_between(on - timedelta(days=plan.days), on)
    rested = frame.called.filter(pl.col("at").dt.date() > on - timedelta(days=plan.rest_days))["phone"]
    told = (
        frame.persons.filter(recent)
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
        first_try_on=pl.lit(on + timedelta(days=1)),
    )
    return filled(rows)


def _wanted(told: pl.DataFrame, heard: pl.DataFrame, plan: CallPlan) -> pl.DataFrame:
    """Calls per stratum. Nothing known of a stratum counts as one answer of each kind: the widest spread there is."""
    answered = heard.filter(pl.col("outcome").is_in(["confirmed", "refuted"])).group_by(stratum="post_stratum").agg(
        good=(pl.col("outcome") == "confirmed").sum(), all=pl.len()
    )  # fmt: skip
    strata = told.group_by("stratum").agg(candidates=pl.len().cast(pl.Int64)).join(answered, on="stratum", how="left")
    strata = strata.with_columns(share=(pl.col("good").fill_null(0) + 1) / (pl.col("all").fill_null(0) + 2)).sort(
        "stratum"
    )
    share = strata["share"].to_numpy()
    wanted = sizes(strata["candidates"].to_numpy().copy(), np.sqrt(share * (1 - share)), plan.calls, plan.least)
    return strata.select("stratum", size=pl.Series(wanted, dtype=pl.Int64))


def filled(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` in the columns of WORKLISTS, those they do not have empty."""
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in WORKLISTS.schema.items()
    ).with_columns(pl.col("reasons", "advice").fill_null([]))

"""Which of several pieces of evidence counts: shelf lives, several tries of a call, and the order of sources."""

from datetime import date

import numpy as np
import polars as pl

from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.evidence_settings import SOURCES, EvidenceSettings

_PARTY = ["policy_no", "role"]
_COUNTS = pl.col("why_not").is_null()
_CALL = pl.col("source") == "callback"
_SPEAKS = pl.col("direction").is_in(["confirms", "refutes"])


def resolved(attached: pl.DataFrame, settings: EvidenceSettings, on: date) -> pl.DataFrame:
    """``attached`` with ``expires_on``, ``rank`` and ``used``, and ``why_not`` for everything that is not used.

    ``slot`` numbers party and field, in their order.
    """
    return _decided(_attempts(_suspended_long(_dated(attached, settings, on), settings)))


def _dated(attached: pl.DataFrame, settings: EvidenceSettings, on: date) -> pl.DataFrame:
    lives = {source: settings.days(source) for source in SOURCES}
    days = pl.col("source").replace_strict(lives, default=0, return_dtype=pl.Int64)
    expires = pl.col("at").dt.date() + pl.duration(days=days)
    # What is nobody's comes first, as null does.
    party = (pl.col("party").cast(pl.UInt64) + 1).fill_null(0)
    return attached.with_columns(
        slot=party * len(field_sets.FIELDS) + field_sets.place(),
        expires_on=expires,
        rank=pl.col("source").replace_strict(settings.ranks(), default=len(settings.order), return_dtype=pl.Int8),
        why_not=pl.when(~_COUNTS)
        .then("why_not")
        .when(pl.col("at").dt.date() > on)
        .then(pl.lit("later_than_night"))
        .when(expires < on)
        .then(pl.lit("stale")),
    )


def _suspended_long(told: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """A number suspended at so many tries over so many days, with no sign of life between, is as good as dead."""
    number = [*_PARTY, "phone"]
    calls = (
        told.filter(_CALL & _COUNTS)
        .unique([*number, "record_id"])
        .sort(*number, "at", "record_id")
        .with_columns(streak=(pl.col("line") == "live").cum_sum().over(number))
        .filter(pl.col("answer") == "suspended")
        .with_columns(
            tries=pl.int_range(1, pl.len() + 1).over(*number, "streak"),
            days=(pl.col("at").dt.date() - pl.col("at").dt.date().min().over(*number, "streak")).dt.total_days(),
        )
    )
    dead = calls.filter((pl.col("tries") >= settings.tries) & (pl.col("days") >= settings.tries_days))
    is_dead = _CALL & pl.col("piece").is_in(dead["piece"].implode())
    return told.with_columns(
        direction=pl.when(is_dead).then(pl.lit("refutes")).otherwise("direction"),
        answer=pl.when(is_dead).then(pl.lit("suspended_long")).otherwise("answer"),
        call_rank=pl.when(is_dead).then(pl.lit(0, pl.Int8)).otherwise("call_rank"),
    )


def _attempts(told: pl.DataFrame) -> pl.DataFrame:
    """Of several calls to a party one stands: that which decides before that which does not, then the newest."""
    best = (
        told.filter(_CALL & _COUNTS)
        .sort(*_PARTY, "call_rank", "at", "record_id", descending=[False, False, False, True, True])
        .unique(_PARTY, keep="first", maintain_order=True)
    )
    stands = pl.col("record_id").is_in(best["record_id"].implode())
    return told.with_columns(
        why_not=pl.when(_CALL & _COUNTS & ~stands).then(pl.lit("repeated_attempt")).otherwise("why_not")
    )


def _decided(told: pl.DataFrame) -> pl.DataFrame:
    """Per party and field the best source counts, of equal ones the newest, of equally new ones the refuting one."""
    best = (
        told.with_row_index("row")
        .filter(_COUNTS & _SPEAKS)
        .select("row", "slot", "rank", "at", "piece", refutes=pl.col("direction") == "refutes")
        .sort("slot", "rank", "at", "refutes", "piece", descending=[False, False, True, True, False])
        .filter((pl.col("slot") != pl.col("slot").shift(1)).fill_null(value=True))["row"]
    )
    chosen = np.zeros(told.height, bool)
    chosen[best.to_numpy()] = True
    decides = pl.lit(pl.Series(chosen))
    stands = _COUNTS & _CALL & ~_SPEAKS
    return told.with_columns(
        used=decides | stands,
        why_not=pl.when(~_COUNTS)
        .then("why_not")
        .when(_SPEAKS & ~decides)
        .then(pl.lit("outranked"))
        .when(~_SPEAKS & ~stands)
        .then(pl.lit("says_nothing")),
    )

"""Which of several pieces of evidence counts: shelf lives, several tries of a call, and the order of sources."""

from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.attach import ROWS, Attached, said
from pipeline.core.authenticity.evidence_settings import SOURCES, EvidenceSettings

_COUNTS = pl.col("why_not").is_null()
_SPEAKS = pl.col("direction").is_in(["confirms", "refutes"])
_RANK, _NEVER = 1 << 58, 1 << 57
"""Number of a rank, and time of what has none: a number that is sorted by rank, then by time."""
_OF_CALLS = ("record_id", "phone", "at", "line", "call_rank")


class Resolved(NamedTuple):
    """``rows``: ROWS with ``slot``, the number of party and field, and ``used``, sorted by slot, rank, time and piece.
    ``pieces``: those of :class:`Attached` with ``expires_on`` and ``rank``.
    """

    rows: pl.DataFrame
    pieces: pl.DataFrame


def resolved(attached: Attached, settings: EvidenceSettings, on: date) -> Resolved:
    """``attached`` with ``expires_on``, ``rank`` and ``used``, and ``why_not`` for everything that is not used."""
    pieces = _dated(attached.pieces, settings, on)
    rows = attached.rows
    if pieces["lapsed"].null_count() < pieces.height:
        rows = rows.with_columns(why_not=pl.coalesce("why_not", pieces["lapsed"].gather(rows["piece"])))
    rows = _attempts(_suspended_long(_Calls.apart(rows, pieces), settings)).together()
    return Resolved(_decided(rows, pieces), pieces.drop("lapsed"))


def _dated(pieces: pl.DataFrame, settings: EvidenceSettings, on: date) -> pl.DataFrame:
    """``pieces`` with ``expires_on``, ``rank`` and ``lapsed``: why they are out of date."""
    lives = {source: settings.days(source) for source in SOURCES}
    days = pl.col("source").replace_strict(lives, default=0, return_dtype=pl.Int64)
    expires = pl.col("at").dt.date() + pl.duration(days=days)
    why_not = partial(said, pieces, "why_not")
    return pieces.with_columns(
        expires_on=expires,
        rank=pl.col("source").replace_strict(settings.ranks(), default=len(settings.order), return_dtype=pl.Int8),
        lapsed=pl.when(pl.col("at").dt.date() > on)
        .then(why_not("later_than_night"))
        .when(expires < on)
        .then(why_not("stale")),
    )


class _Calls(NamedTuple):
    """Rows of call-backs beside what is asked of them, and all others."""

    calls: pl.DataFrame
    others: pl.DataFrame

    @classmethod
    def apart(cls, rows: pl.DataFrame, pieces: pl.DataFrame) -> "_Calls":
        """``rows`` of calls and others."""
        call = (pieces["source"] == "callback").gather(rows["piece"])
        calls = rows.filter(call)
        return cls(calls.hstack(pieces[calls["piece"], list(_OF_CALLS)]), rows.filter(~call))

    def together(self) -> pl.DataFrame:
        """All rows again."""
        return pl.concat([self.calls.select(ROWS), self.others], rechunk=True)


def _suspended_long(told: _Calls, settings: EvidenceSettings) -> _Calls:
    """A number suspended at so many tries over so many days, with no sign of life between, is as good as dead."""
    number = ["party", "phone"]
    calls = (
        told.calls.filter(_COUNTS)
        .sort(*number, "at", "record_id", "piece")
        .unique([*number, "record_id"], keep="first", maintain_order=True)
        .with_columns(streak=(pl.col("line") == "live").cum_sum().over(number))
        .filter(pl.col("answer") == "suspended")
        .with_columns(
            tries=pl.int_range(1, pl.len() + 1).over(*number, "streak"),
            days=(pl.col("at").dt.date() - pl.col("at").dt.date().min().over(*number, "streak")).dt.total_days(),
        )
    )
    dead = calls.filter((pl.col("tries") >= settings.tries) & (pl.col("days") >= settings.tries_days))
    is_dead = pl.col("piece").is_in(dead["piece"].implode())
    marked = told.calls.with_columns(
        direction=pl.when(is_dead).then(said(told.calls, "direction", "refutes")).otherwise("direction"),
        answer=pl.when(is_dead).then(said(told.calls, "answer", "suspended_long")).otherwise("answer"),
        call_rank=pl.when(is_dead).then(pl.lit(0, pl.Int8)).otherwise("call_rank"),
    )
    return told._replace(calls=marked)


def _attempts(told: _Calls) -> _Calls:
    """Of several calls to a party one stands: that which decides before that which does not, then the newest."""
    best = (
        told.calls.filter(_COUNTS)
        .sort("party", "call_rank", "at", "record_id", descending=[False, False, True, True])
        .unique("party", keep="first", maintain_order=True)
    )
    stands = pl.col("record_id").is_in(best["record_id"].implode())
    repeated = pl.when(_COUNTS & ~stands).then(said(told.calls, "why_not", "repeated_attempt")).otherwise("why_not")
    return told._replace(calls=told.calls.with_columns(why_not=repeated))


def _decided(rows: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """Per party and field the best source counts, of equal ones the newest, of equally new ones the refuting one."""
    # Numbers instead of many columns: one of them sorts all.
    at = pl.col("at").cast(pl.Int64)
    by_rank = pl.col("rank").cast(pl.Int64) * _RANK
    keys = pieces.select(oldest=by_rank + at.fill_null(-_NEVER), newest=by_rank - at.fill_null(_NEVER)).with_row_index()
    place = np.empty(pieces.height, np.uint64)
    order = keys.select("index", "oldest").sort("oldest", maintain_order=True, multithreaded=False)["index"]
    place[order.to_numpy()] = np.arange(pieces.height, dtype=np.uint64)
    field = pieces.select(field_sets.place()).to_series().to_numpy()
    piece = rows["piece"].to_numpy()
    # What is nobody's comes first, as null does.
    party = rows.select((pl.col("party").cast(pl.UInt64) + 1).fill_null(0)).to_series().to_numpy()
    slot = party * np.uint64(len(field_sets.FIELDS)) + field[piece]
    width = np.uint64(max(pieces.height, 1))
    by_slot = runs.order(slot * width + place[piece], (int(slot.max(initial=0)) + 1) * int(width))
    ordered = rows[by_slot].with_columns(slot=pl.Series(slot[by_slot]))
    speaking = ordered.select(_COUNTS & _SPEAKS).to_series().to_numpy()
    among = ordered.select("slot", "piece", other=pl.col("direction") != "refutes").filter(pl.Series(speaking))
    newest = keys["newest"].gather(among["piece"])
    best = runs.firsts(among["slot"].to_numpy(), newest.to_numpy(), among["other"].to_numpy())
    chosen = np.zeros(ordered.height, bool)
    chosen[np.flatnonzero(speaking)[best]] = True
    decides = pl.lit(pl.Series(chosen))
    call = pl.lit((pieces["source"] == "callback").gather(ordered["piece"]))
    stands = _COUNTS & call & ~_SPEAKS
    return ordered.with_columns(
        used=decides | stands,
        why_not=pl.when(~_COUNTS)
        .then("why_not")
        .when(_SPEAKS & ~decides)
        .then(said(rows, "why_not", "outranked"))
        .when(~_SPEAKS & ~stands)
        .then(said(rows, "why_not", "says_nothing")),
    )

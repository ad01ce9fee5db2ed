"""Decisions of stewards: two ends are one, or are not one. Few enough to be known as a whole before a night runs.

They are kept for ever: a later decision about the same two ends replaces an earlier one.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

import polars as pl

from pipeline.core.digest import digest
from pipeline.core.fields import dates, text
from pipeline.core.matching.decided import ENDS_SCHEMA, STATES_SCHEMA
from pipeline.core.quarantine import as_told
from pipeline.core.schema import DECISIONS, REJECTS
from pipeline.core.standardise import FeedSpec
from pipeline.errors import RunError

KIND: Final = "decisions"
"""The kind of feed that brings them."""

MOST: Final = 1_000_000
"""More are no work of people, and every worker holds them all."""

SAME: Final = "same"
NOT_SAME: Final = "not_same"
WORDS: Final = {
    **dict.fromkeys(("SAME", "同一人", "是同一人", "同一", "同一客户", "合并", "是", "Y", "YES", "1"), SAME),
    **dict.fromkeys(
        ("NOT_SAME", "非同一人", "不是同一人", "非同一", "不同", "非同一客户", "拆分", "否", "N", "NO", "0"), NOT_SAME
    ),
}
"""Word of a source -> decision."""

WAITING: Final = "waiting"
REPLACED: Final = "replaced"

_TOLD: Final = ("end_a", "end_b", "decision", "decided_by", "decided_at", "why")
_ADVICE: Final = {
    "missing_end": ("end_a", "a decision is about two record ids or customer ids"),
    "same_end": ("end_b", "the two ends differ"),
    "unknown_decision": (
        "decision",
        "say same or not_same, 同一人 or 非同一人, or add the code to the feed's codes: decision",
    ),
    "missing_decider": ("decided_by", "say who decided"),
    "unreadable_time": ("decided_at", "say when as 2026-03-02 08:15:00"),
}


@dataclass(frozen=True)
class Understood:
    """``decisions``: what a row decides, in the columns of the table but its state. ``rejects``: rows that decide nothing."""

    decisions: pl.DataFrame
    rejects: pl.DataFrame


def understand(rows: pl.DataFrame, spec: FeedSpec) -> Understood:
    """Decisions of ``rows`` as delivered (``feed_file``, ``feed_row`` and a String column per target)."""
    lacking = [name for name in _TOLD if name not in rows.columns]
    whole = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    plain = whole.select(
        text.to_ascii_forms(whole[name]).str.strip_chars().replace("", None).alias(name) for name in _TOLD
    )
    codes = WORDS | {code.upper(): word for code, word in spec.codes.get("decision", {}).items()}
    at = dates.clean_times(plain["decided_at"], spec.date_formats)
    told = plain.with_columns(
        pl.col("decision").str.to_uppercase().replace_strict(codes, default=None, return_dtype=pl.String),
        decided_at=at["value"].fill_null(datetime.combine(spec.night, time())),
        unreadable=at["value"].is_null() & plain["decided_at"].is_not_null(),
    )
    reason = (
        pl.when(pl.any_horizontal(pl.col("end_a", "end_b").is_null()))
        .then(pl.lit("missing_end"))
        .when(pl.col("end_a") == pl.col("end_b"))
        .then(pl.lit("same_end"))
        .when(~pl.col("decision").is_in([SAME, NOT_SAME]).fill_null(value=False))
        .then(pl.lit("unknown_decision"))
        .when(pl.col("decided_by").is_null())
        .then(pl.lit("missing_decider"))
        .when("unreadable")
        .then(pl.lit("unreadable_time"))
    )
    told = told.with_columns(reason=reason)
    good = told["reason"].is_null()
    ends = told.select(
        pl.min_horizontal("end_a", "end_b").alias("end_a"), pl.max_horizontal("end_a", "end_b").alias("end_b")
    )
    decisions = told.with_columns(ends).filter(good)
    unbound = decisions.with_columns(
        pl.lit(None, pl.String).alias(name) for name in DECISIONS.schema.names() if name not in decisions.columns
    )
    bad = rows.with_columns(told["reason"]).filter(~good)
    said = [name for name in rows.columns if name not in ("feed_file", "feed_row")]
    rejects = bad.select(
        feed=pl.lit(spec.name),
        feed_file="feed_file",
        feed_row="feed_row",
        field=pl.col("reason").replace_strict({reason: field for reason, (field, _) in _ADVICE.items()}),
        reason="reason",
        advice=pl.col("reason").replace_strict({reason: advice for reason, (_, advice) in _ADVICE.items()}),
        raw=as_told(said),
    )
    return Understood(unbound.select(DECISIONS.schema.names()), rejects.cast(REJECTS.schema))


def known(earlier: pl.DataFrame, tonight: pl.DataFrame) -> pl.DataFrame:
    """All decisions in the table's order, each once, ``state`` empty but of those a later one about its ends replaces.

    Raises :class:`RunError` when there are more than a night can hold in mind.
    """
    order = ("end_a", "end_b", "decided_at", "decision", "decided_by", "why")
    told = pl.concat([earlier, tonight]).with_columns(state=pl.lit(None, pl.String))
    # An earlier night knows the records that stand for the ends, tonight's delivery does not.
    told = told.sort(*order, "record_a", "record_b", nulls_last=True).unique(order, keep="first", maintain_order=True)
    if told.height > MOST:
        raise RunError(KIND, f"{told.height} decisions, {MOST} at most", "Retire decisions about customers long gone.")
    ends = ["end_a", "end_b"]
    standing = (pl.coalesce(name, pl.col(name).drop_nulls().first().over(ends)) for name in ("record_a", "record_b"))
    last = pl.struct(ends).is_last_distinct()
    return told.sort(DECISIONS.sorted_by).with_columns(*standing, state=pl.when(~last).then(pl.lit(REPLACED)))


def ends_of(decisions: pl.DataFrame) -> pl.DataFrame:
    """ENDS_SCHEMA of decisions in force; a decision's number is its place in ``decisions``."""
    standing = decisions.with_row_index("number").filter(pl.col("state").is_null())
    parts = [
        standing.select(
            "number",
            same=pl.col("decision") == SAME,
            side=pl.lit(side, pl.UInt8),
            of_customer=~pl.col(f"end_{letter}").str.contains("/", literal=True),
            name=f"{column}_{letter}",
        )
        for column in ("end", "record")
        for side, letter in enumerate("ab")
    ]
    named = pl.concat(parts).drop_nulls("name")
    ends = named.with_columns(end=pl.Series(digest(named["name"]), dtype=pl.UInt64)).select(ENDS_SCHEMA.names())
    return ends.unique().sort(ENDS_SCHEMA.names())


def settled(decisions: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """The table: ``decisions`` with what became of them (STATES_SCHEMA); those nobody has met are waiting."""
    told = decisions.with_row_index("number").join(
        states.select(STATES_SCHEMA.names()), on="number", how="left", suffix="_now"
    )
    told = told.with_columns(
        state=pl.coalesce("state", "state_now", pl.lit(WAITING)),
        record_a=pl.coalesce("record_a_now", "record_a"),
        record_b=pl.coalesce("record_b_now", "record_b"),
    )
    return told.select(DECISIONS.schema.names()).sort(DECISIONS.sorted_by)

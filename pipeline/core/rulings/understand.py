"""Rows of a filled-in work list -> rulings | rejects. A row nobody has touched yet says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

import polars as pl

from pipeline.core.fields import dates, text
from pipeline.core.quarantine import as_told
from pipeline.core.rules.catalogue import RULES
from pipeline.core.rulings.ruling_table import CORRECTED, FALSE_POSITIVE, FIELDS, RULINGS, UNREACHABLE
from pipeline.core.schema import REJECTS
from pipeline.core.standardise import FeedSpec

PENDING: Final = "pending"
WORDS: Final = {
    **dict.fromkeys(("待处理", "未处理", "PENDING", "OPEN"), PENDING),
    **dict.fromkeys(("已修正", "已更正", "已处理", "CORRECTED", "DONE"), CORRECTED),
    **dict.fromkeys(("误报", "FALSE_POSITIVE"), FALSE_POSITIVE),
    **dict.fromkeys(("无法联系", "联系不上", "UNREACHABLE"), UNREACHABLE),
}
"""Word of a work list -> status."""

MARKS: Final = ("record", "status", "rule")
"""Targets a row of a work list has, and a decision about two ends has not."""

_TOLD: Final = (
    *("record", "rule", "field", "policy_no", "role", "status", "corrected", "decided_by", "decided_at", "why"),
    *("expires_on", "reviewed_by", "seen_at"),
)
_RULED: Final = frozenset(rule.id for rule in RULES if rule.scope not in ("evidence", "feed"))
_ADVICE: Final = {
    "missing_record": ("record", "the record id of the work list's row, unchanged"),
    "unknown_status": ("status", "say 待处理, 已修正, 误报 or 无法联系"),
    "status_missing": ("status", "the row is filled in: say 已修正, 误报 or 无法联系"),
    "unknown_rule": ("rule", "the rule of the work list's row, one that is asked of records, as P02"),
    "unknown_field": ("field", "a field that can be corrected: " + " ".join(FIELDS)),
    "missing_decider": ("decided_by", "say who decided"),
    "missing_why": ("why", "say why it is a false positive"),
    "missing_expiry": ("expires_on", "say until when the finding is set aside, as 2026-12-31"),
    "unreadable_time": ("decided_at", "say when as 2026-03-02 08:15:00"),
    "unreadable_expiry": ("expires_on", "say until when as 2026-12-31"),
    "unknown_record": ("record", "a record of the last published night: take the row from its work list"),
    "other_party": ("policy_no", "policy and role as the work list has them beside the record id"),
}


@dataclass(frozen=True)
class Understood:
    """``rulings``: RULINGS and ``undated``, those whose time is the night's. ``pending``: rows untouched. ``rejects``."""

    rulings: pl.DataFrame
    pending: int
    rejects: pl.DataFrame


def understand(rows: pl.DataFrame, spec: FeedSpec, known: pl.DataFrame) -> Understood:
    """Rulings of ``rows`` as delivered. ``known``: record_id, unit, policy_no, role of the records there are."""
    told = _read(rows, spec)
    met = told.join(known, left_on="record", right_on="record_id", how="left", maintain_order="left", suffix="_known")
    unknown = ~pl.col("record").is_in(known["record_id"].implode())
    other = pl.any_horizontal(
        (pl.col(name) != pl.col(f"{name}_known")).fill_null(value=False) for name in ("policy_no", "role")
    )
    met = met.with_columns(
        reason=pl.coalesce(
            "reason",
            pl.when(pl.col("status") == PENDING).then(pl.lit(None)).when(unknown).then(pl.lit("unknown_record")),
            pl.when((pl.col("status") != PENDING) & other).then(pl.lit("other_party")),
        )
    )
    good = met["reason"].is_null()
    pending = good & (met["status"] == PENDING)
    rulings = met.filter(good & ~pending).select(
        "unit",
        "rule",
        "field",
        "status",
        *("decided_by", "decided_at", "why", "expires_on", "reviewed_by", "seen_at", "undated"),
        record_id="record",
        policy_no="policy_no_known",
        role="role_known",
        value="corrected",
        state=pl.lit(None, pl.String),
    )
    return Understood(
        rulings.select(*RULINGS.schema.names(), "undated"), int(pending.sum()), _rejects(rows, met["reason"], spec.name)
    )


def _read(rows: pl.DataFrame, spec: FeedSpec) -> pl.DataFrame:
    """The targets as values, ``reason`` where a row cannot be a ruling by itself."""
    lacking = [name for name in _TOLD if name not in rows.columns]
    whole = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    plain = pl.DataFrame(
        [text.to_ascii_forms(whole[name]).str.strip_chars().replace("", None).alias(name) for name in _TOLD]
    )
    words = WORDS | {code.upper(): word for code, word in spec.codes.get("status", {}).items()}
    times = {name: dates.clean_times(plain[name], spec.date_formats)["value"] for name in ("decided_at", "seen_at")}
    expires = dates.clean(plain["expires_on"], spec.date_formats, long_term=True)["value"]
    told = plain.with_columns(
        status=pl.when(pl.col("status").is_not_null()).then(
            pl.col("status").str.to_uppercase().replace_strict(words, default="", return_dtype=pl.String)
        ),
        # Of the value only what a cell does to it is undone: its own cleaner sees what was written.
        corrected=whole["corrected"].str.strip_chars().replace("", None),
        rule=pl.col("rule").str.to_uppercase(),
        field=pl.col("field").str.to_lowercase(),
        decided_at=times["decided_at"].fill_null(datetime.combine(spec.night, time())),
        seen_at=times["seen_at"],
        expires_on=expires,
        undated=plain["decided_at"].is_null(),
        bad_time=times["decided_at"].is_null() & plain["decided_at"].is_not_null(),
        bad_expiry=expires.is_null() & plain["expires_on"].is_not_null(),
    )
    return told.with_columns(reason=_reason(_conditions())).with_columns(pl.col("status").fill_null(PENDING))


def _conditions() -> Mapping[str, pl.Expr]:
    status = pl.col("status")
    ruled = pl.col("rule").is_in(list(_RULED))
    fields = pl.col("field").is_in(list(FIELDS))
    open_ = status.fill_null(PENDING) == PENDING
    false = status == FALSE_POSITIVE
    return {
        "unknown_status": status == "",
        "status_missing": open_ & pl.any_horizontal(pl.col("corrected", "why", "expires_on").is_not_null()),
        # A row as it was handed out is told apart from one that says something.
        "untouched": open_,
        "missing_record": pl.col("record").is_null(),
        "unknown_rule": (pl.col("rule").is_null() & false) | (pl.col("rule").is_not_null() & ~ruled),
        "unknown_field": ~fields.fill_null(value=False) & pl.col("corrected").is_not_null(),
        "missing_decider": pl.col("decided_by").is_null(),
        "missing_why": false & pl.col("why").is_null(),
        "missing_expiry": false & pl.col("expires_on").is_null() & ~pl.col("bad_expiry"),
        "unreadable_time": pl.col("bad_time"),
        "unreadable_expiry": pl.col("bad_expiry"),
    }


def _reason(conditions: Mapping[str, pl.Expr]) -> pl.Expr:
    """The first condition that holds; of a row nobody touched none does."""
    told = pl.lit(None, pl.String)
    for reason, holds in reversed(list(conditions.items())):
        word = pl.lit(None, pl.String) if reason == "untouched" else pl.lit(reason)
        told = pl.when(holds.fill_null(value=False)).then(word).otherwise(told)
    return told


def _rejects(rows: pl.DataFrame, reason: pl.Series, feed: str) -> pl.DataFrame:
    bad = rows.with_columns(reason.alias("reason")).filter(reason.is_not_null())
    said = [name for name in rows.columns if name not in ("feed_file", "feed_row")]
    return bad.select(
        feed=pl.lit(feed),
        feed_file="feed_file",
        feed_row="feed_row",
        field=pl.col("reason").replace_strict({reason: field for reason, (field, _) in _ADVICE.items()}),
        reason="reason",
        advice=pl.col("reason").replace_strict({reason: advice for reason, (_, advice) in _ADVICE.items()}),
        raw=as_told(said),
    ).cast(REJECTS.schema)

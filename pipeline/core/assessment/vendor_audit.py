"""Audit of the callers of outsourced call-backs (rule C08): whether what a caller writes down is credible.

Three questions of each caller, each a one-sided binomial test against the callers' own peers (leave one out): does he
confirm too often, are too many of his confirmations seconds long, do too many have one and the same length. The smallest
of the three p-values, times three (Bonferroni), is held against the others by Holm's method (S. Holm, Scand. J. Statist. 6
(1979) 65-70), so that among honest callers one is marked in at most ``ALPHA`` of nights.
"""

import numpy as np
import polars as pl

from pipeline.core.authenticity.intervals import DIGITS, chance_of_as_many
from pipeline.core.schema import COUNT, FLAG, RATIO, RULE_STATS, TEXT, TEXTS, Column, Table

ALPHA = 0.01
"""Share of nights in which an honest body of callers may see one of them marked."""

SHORT_SECONDS = 15
"""A confirmation of all fields takes longer."""

LEAST_CONFIRMED = 10
"""Fewer confirmations tell nothing of a caller."""

VENDOR_AUDIT = Table(
    "vendor_audit",
    "外呼坐席稽核",
    "one row per caller: whether what he wrote down is credible beside the other callers",
    (
        Column("feed", TEXT, "来源", "feed of the call-backs"),
        Column("vendor", TEXT, "供应商", "vendor"),
        Column("caller", TEXT, "坐席", "caller"),
        Column("calls", COUNT, "外呼数", "calls with a result"),
        Column("reached", COUNT, "接通核实数", "calls that confirmed or refuted"),
        Column("confirmed", COUNT, "确认数", "of them confirmed"),
        Column("confirm_rate", RATIO, "确认率", "confirmed / reached"),
        Column("peers_rate", RATIO, "同行确认率", "of all other callers of the feed"),
        Column("median_seconds", RATIO, "确认通话中位秒数", "median length of the confirmations, s"),
        Column("short_share", RATIO, "过短确认占比", f"confirmations shorter than {SHORT_SECONDS} s"),
        Column("same_length_share", RATIO, "同一时长占比", "confirmations of the most frequent length"),
        Column("p_confirm", RATIO, "确认率p值", "p-value against the other callers"),
        Column("p_short", RATIO, "过短p值", "p-value against the other callers"),
        Column("p_same_length", RATIO, "同一时长p值", "p-value against the other callers"),
        Column("p_adjusted", RATIO, "校正p值", "smallest of the three, adjusted for three questions and all callers"),
        Column("flagged", FLAG, "标记", f"p_adjusted is below {ALPHA}"),
        Column("reasons", TEXTS, "原因", "confirms_too_often, too_short, same_length: those below the line"),
    ),
    ("feed", "vendor", "caller"),
)

_CALLER = ["feed", "vendor", "caller"]
_QUESTIONS = {"p_confirm": "confirms_too_often", "p_short": "too_short", "p_same_length": "same_length"}


def vendor_audit(calls: pl.DataFrame) -> pl.DataFrame:
    """VENDOR_AUDIT of ``calls``, one row each: feed, vendor, caller (null: unnamed), direction, answer, talk_seconds."""
    told = calls.with_columns(pl.col("vendor", "caller").fill_null(""))
    confirmed = told.filter(pl.col("answer") == "confirmed")
    lengths = confirmed.drop_nulls("talk_seconds").group_by(*_CALLER, "talk_seconds").len()
    counts = (
        told.group_by(_CALLER)
        .agg(
            calls=pl.len().cast(pl.Int64),
            reached=pl.col("direction").is_in(["confirms", "refutes"]).sum().cast(pl.Int64),
        )
        .join(
            confirmed.group_by(_CALLER).agg(
                confirmed=pl.len().cast(pl.Int64),
                timed=pl.col("talk_seconds").count().cast(pl.Int64),
                median_seconds=pl.col("talk_seconds").median(),
                short=(pl.col("talk_seconds") < SHORT_SECONDS).sum().cast(pl.Int64),
            ),
            on=_CALLER,
            how="left",
        )
        .join(lengths.group_by(_CALLER).agg(same=pl.col("len").max().cast(pl.Int64)), on=_CALLER, how="left")
        .with_columns(pl.col("confirmed", "timed", "short", "same").fill_null(0))
        .sort(_CALLER)
    )
    return _tested(counts).select(VENDOR_AUDIT.schema.names()).cast(VENDOR_AUDIT.schema)


def _tested(counts: pl.DataFrame) -> pl.DataFrame:
    others = {
        name: pl.col(name).sum().over("feed") - pl.col(name) for name in ("confirmed", "reached", "short", "timed")
    }
    told = counts.with_columns(
        confirm_rate=_share("confirmed", "reached"),
        short_share=_share("short", "timed"),
        same_length_share=_share("same", "timed"),
        peers_rate=pl.when(others["reached"] > 0).then(others["confirmed"] / others["reached"]),
        # One more of each kind than were seen: a share of none is no certainty.
        peers_confirm=(others["confirmed"] + 1) / (others["reached"] + 2),
        peers_short=(others["short"] + 1) / (others["timed"] + 2),
    )
    told = told.with_columns(peers_same=_most_of_others(told))
    p_values = {
        "p_confirm": _at_least(told, "confirmed", "reached", "peers_confirm"),
        "p_short": _at_least(told, "short", "timed", "peers_short"),
        "p_same_length": _at_least(told, "same", "timed", "peers_same"),
    }
    told = told.with_columns(**p_values)
    least = (pl.min_horizontal(list(_QUESTIONS)) * len(_QUESTIONS)).clip(0, 1)
    told = told.with_columns(p_adjusted=_holm(told.select(p=least)["p"].to_numpy()))
    marks = [
        pl.when(pl.col("flagged") & (pl.col(p) * len(_QUESTIONS) < ALPHA)).then(pl.lit(reason))
        for p, reason in _QUESTIONS.items()
    ]
    rounded = ["confirm_rate", "peers_rate", "short_share", "same_length_share", *_QUESTIONS, "p_adjusted"]
    return told.with_columns(flagged=pl.col("p_adjusted") < ALPHA).with_columns(
        pl.col(rounded).round(DIGITS), reasons=pl.concat_list(marks).list.drop_nulls()
    )


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def _most_of_others(told: pl.DataFrame) -> pl.Series:
    """Largest share of one length among the other callers of the feed who confirmed enough, at least one in ten."""
    shares = told.select(
        "feed", share=pl.when(pl.col("timed") >= LEAST_CONFIRMED).then("same_length_share").fill_null(0.0)
    )
    feeds, values = shares["feed"].to_list(), shares["share"].to_numpy()
    most = [
        max(
            (float(values[other]) for other in range(len(feeds)) if other != place and feeds[other] == feed),
            default=0.0,
        )
        for place, feed in enumerate(feeds)
    ]
    # A second cheat must not hide the first: what nobody honest reaches is no measure.
    return pl.Series(np.clip(most, 0.1, 0.2))


def _at_least(told: pl.DataFrame, hits: str, size: str, chance: str) -> pl.Series:
    """Chance of so many hits or more; 1 where the caller confirmed too little to be judged."""
    found, asked = told[hits].to_numpy(), told[size].to_numpy()
    p = chance_of_as_many(found, asked, np.clip(told[chance].to_numpy(), 1e-9, 1 - 1e-9))
    judged = told["confirmed"].to_numpy() >= LEAST_CONFIRMED
    return pl.Series(np.where(judged, p, 1.0))


def _holm(p: np.ndarray) -> pl.Series:
    """Adjusted p-values, in the order given."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.clip(stepped, 0, 1)
    return pl.Series(adjusted)


def stats(audit: pl.DataFrame) -> pl.DataFrame:
    """RULE_STATS of C08: callers with enough confirmations, and those flagged."""
    zero = pl.lit(0, pl.Int64)
    told = audit.group_by("feed").agg(
        evaluated=(pl.col("confirmed") >= LEAST_CONFIRMED).sum().cast(pl.Int64),
        failed=pl.col("flagged").sum().cast(pl.Int64),
        unknown=(pl.col("confirmed") < LEAST_CONFIRMED).sum().cast(pl.Int64),
    )
    return (
        told.with_columns(
            rule=pl.lit("C08"),
            source="feed",
            unit=pl.lit(""),
            channel=pl.lit(""),
            failed_f=zero,
            failed_w="failed",
            failed_i=zero,
            standing="failed",
        )
        .select(RULE_STATS.schema.names())
        .cast(RULE_STATS.schema)
        .sort(RULE_STATS.sorted_by)
    )

"""True authentic rate of a population, estimated from drawn call-backs, beside what the rules alone say.

The estimate takes those not reached for like those reached of the same post-stratum. The worst-case bounds take nothing
for granted (C. F. Manski, Partial Identification of Probability Distributions, 2003): nobody, or everybody, not reached
is authentic, and so is nobody, or everybody, of a post-stratum without a call.
"""

from dataclasses import dataclass

import polars as pl

from pipeline.core.authenticity.drawn_calls import GROUP, total
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.intervals import COVERAGE, DIGITS, design_based
from pipeline.core.authenticity.post_stratified import shares
from pipeline.core.authenticity.settled import decision


@dataclass(frozen=True)
class Question:
    """What is asked: ``caliber`` (and its ``digest``) names the system rate; ``smallest``: fewest answers of a post-stratum."""

    caliber: str
    target: float = 0.93
    coverage: float = COVERAGE
    smallest: int = 3
    digest: str = ""


def estimates(calls: pl.DataFrame, counts: pl.DataFrame, asked: Question) -> pl.DataFrame:
    """Estimates table. ``calls``: drawn_calls.CALL_COUNTS; ``counts``: post_strata.COUNT_SCHEMA.

    A group with a flagged call is told twice: by all callers, and by the unflagged alone. Several lists of a group are
    told together, each call by its own probability: right for lists that each cover all, or parts that do not overlap.
    Calls of a post-stratum that nobody is counted in are refused: they would silently stand for no one.
    """
    calls, counts = total([calls]), counts.filter(pl.col("population") > 0)
    _refuse_strangers(calls, counts)
    doubted = calls.filter("flagged").select(GROUP).unique()
    unflagged = calls.join(doubted, on=GROUP, how="semi").with_columns(
        outcome=pl.when("flagged").then(pl.lit("not_reached")).otherwise("outcome")
    )
    told = pl.concat(
        [
            _told(calls, counts, asked).with_columns(callers=pl.lit("all")),
            _told(unflagged, counts.join(doubted, on=GROUP, how="semi"), asked).with_columns(
                callers=pl.lit("unflagged")
            ),
        ]
    )
    ratios = [column.name for column in ESTIMATES.columns if column.dtype == pl.Float64()]
    return (
        told.with_columns(pl.col(ratios).round(DIGITS))
        .select(ESTIMATES.schema.names())
        .cast(ESTIMATES.schema)
        .sort(ESTIMATES.sorted_by)
    )


def _told(calls: pl.DataFrame, counts: pl.DataFrame, asked: Question) -> pl.DataFrame:
    answered = pl.col("outcome").is_in(["confirmed", "refuted"])
    y = pl.when(answered).then((pl.col("outcome") == "confirmed").cast(pl.Float64))
    census = counts.group_by(GROUP).agg(
        population=pl.col("population").sum(),
        naive_rate=pl.col("system_authentic").sum() / pl.col("population").sum(),
    )
    drawn = calls.group_by(GROUP).agg(drawn=pl.col("calls").sum(), reached=pl.col("calls").filter(answered).sum())
    told = census.join(drawn, on=GROUP, how="left").with_columns(pl.col("drawn", "reached").fill_null(0))
    heard = _with_interval(shares(calls.with_columns(y=y), counts, asked.smallest), asked.coverage)
    for name, guess in (("worst_low", 0.0), ("worst_high", 1.0)):
        bound = _bound(calls.with_columns(y=y.fill_null(guess)), counts, asked, guess)
        told = told.join(bound.rename({"bound": name}), on=GROUP, how="left").with_columns(
            pl.col(name).fill_null(guess)
        )
    return (
        told.join(heard, on=GROUP, how="left")
        .with_columns(
            pl.col("low").fill_null(0.0),
            pl.col("high").fill_null(1.0),
            pl.col("method").fill_null("none"),
            caliber=pl.lit(asked.caliber),
            digest=pl.lit(asked.digest),
            coverage=pl.lit(asked.coverage),
            target=pl.lit(asked.target),
            error=pl.lit(1 - asked.coverage),
            bias=pl.col("naive_rate") - pl.col("estimate"),
            # Taken for answered, more parties are heard: chance alone must not make the worst case the narrower one.
            worst_low=pl.min_horizontal("worst_low", "low"),
            worst_high=pl.max_horizontal("worst_high", "high"),
        )
        .with_columns(
            decision=decision(pl.col("low").fill_null(0.0), pl.col("high").fill_null(1.0), asked.target),
            worst_decision=decision(pl.col("worst_low"), pl.col("worst_high"), asked.target),
        )
    )


def _with_interval(told: pl.DataFrame, coverage: float) -> pl.DataFrame:
    names = ("share", "variance", "spread", "freedom")
    share, variance, spread, freedom = (told[name].to_numpy() for name in names)
    low, high, method = design_based(share, variance, spread, freedom, coverage)
    return told.select(
        *GROUP, estimate="share", low=pl.Series(low), high=pl.Series(high), method=pl.lit(f"post-stratified, {method}")
    )


def _bound(calls: pl.DataFrame, counts: pl.DataFrame, asked: Question, guess: float) -> pl.DataFrame:
    """Outer end of the interval of the share if everybody not reached were ``guess``, per group with a call."""
    keys = (*GROUP, "post_stratum")
    called = counts.join(calls, on=keys, how="semi")
    told = _with_interval(shares(calls, called, asked.smallest), asked.coverage)
    everybody = counts.group_by(GROUP).agg(everybody=pl.col("population").sum())
    part = called.group_by(GROUP).agg(part=pl.col("population").sum()).join(everybody, on=GROUP)
    covered = pl.col("part") / pl.col("everybody")
    return told.join(part, on=GROUP).select(
        *GROUP, bound=covered * pl.col("low" if guess == 0.0 else "high") + (1 - covered) * guess
    )


def _refuse_strangers(calls: pl.DataFrame, counts: pl.DataFrame) -> None:
    strangers = calls.join(counts, on=(*GROUP, "post_stratum"), how="anti")
    if strangers.height:
        raise ValueError(f"{strangers['calls'].sum()} drawn calls belong to post-strata without a population")

"""True authentic rate of a population, estimated from drawn call-backs, beside what the rules alone say.

The estimate takes those not reached for like those reached of the same post-stratum. The worst-case bounds take nothing
for granted (C. F. Manski, Partial Identification of Probability Distributions, 2003): nobody, or everybody, not reached
is authentic, and so is nobody, or everybody, of a post-stratum without a call.
"""

from dataclasses import dataclass

import polars as pl

from pipeline.core.authenticity.drawn_calls import GROUP, OUTCOMES, total
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.intervals import COVERAGE, DIGITS, design_based
from pipeline.core.authenticity.post_stratified import shares
from pipeline.core.authenticity.settled import decision
from pipeline.core.distinct import ordered_words


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
    # A number for each group by all callers, and one for it by the unflagged alone.
    groups = counts.select(GROUP).unique().sort(GROUP)
    groups = pl.concat([groups.with_columns(callers=pl.lit(who)) for who in ("all", "unflagged")]).with_row_index(
        "group"
    )
    known = groups.filter(pl.col("callers") == "all").drop("callers")
    calls, counts = (rows.join(known, on=GROUP, maintain_order="left").drop(GROUP) for rows in (calls, counts))
    # Words as numbers, sorted as the words are: fractions are added up in the order of the rows.
    strata = ordered_words(counts["post_stratum"], calls["post_stratum"].unique().to_list())
    outcomes = ordered_words(calls["outcome"], OUTCOMES)
    lists, design = (ordered_words(calls[name]) for name in ("list_id", "stratum"))
    counts = counts.cast({"post_stratum": strata})
    calls = calls.cast({"post_stratum": strata, "outcome": outcomes, "list_id": lists, "stratum": design})
    doubted = pl.col("group").is_in(calls.filter("flagged")["group"].unique().implode())
    beside = pl.col("group") + known.height
    unflagged = calls.filter(doubted).with_columns(
        group=beside, outcome=pl.when("flagged").then(pl.lit("not_reached", outcomes)).otherwise("outcome")
    )
    told = _told(
        pl.concat([calls, unflagged]), pl.concat([counts, counts.filter(doubted).with_columns(group=beside)]), asked
    ).join(groups, on="group")
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
    census = counts.group_by("group").agg(
        population=pl.col("population").sum(),
        naive_rate=pl.col("system_authentic").sum() / pl.col("population").sum(),
    )
    drawn = calls.group_by("group").agg(drawn=pl.col("calls").sum(), reached=pl.col("calls").filter(answered).sum())
    told = census.join(drawn, on="group", how="left").with_columns(pl.col("drawn", "reached").fill_null(0))
    heard, bounds = _intervals(calls.with_columns(y=y), counts, asked)
    for name, guess in (("worst_low", 0.0), ("worst_high", 1.0)):
        told = told.join(bounds.select("group", name), on="group", how="left").with_columns(
            pl.col(name).fill_null(guess)
        )
    return (
        told.join(heard, on="group", how="left")
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


def _intervals(calls: pl.DataFrame, counts: pl.DataFrame, asked: Question) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The interval of each group with an answer; and, of each with a call, the outer ends of those of the share if everybody
    not reached were 0, or 1 (``worst_low``, ``worst_high``).
    """
    called = counts.join(calls, on=("group", "post_stratum"), how="semi")
    y = pl.col("y")
    ways = ((y, counts), (y.fill_null(0.0), called), (y.fill_null(1.0), called))
    # All at once: each of them is many steps over few rows.
    apart = [pl.col("group") * len(ways) + place for place in range(len(ways))]
    told = shares(
        pl.concat([calls.with_columns(y=y, group=group) for group, (y, _) in zip(apart, ways, strict=True)]),
        pl.concat([those.with_columns(group=group) for group, (_, those) in zip(apart, ways, strict=True)]),
        asked.smallest,
        ("group",),
    )
    share, variance, spread, freedom = (told[name].to_numpy() for name in ("share", "variance", "spread", "freedom"))
    low, high, method = design_based(share, variance, spread, freedom, asked.coverage)
    ends = told.select("group", estimate="share", low=pl.Series(low), high=pl.Series(high))
    heard, least, most = (
        ends.filter(pl.col("group") % len(ways) == place).with_columns(group=pl.col("group") // len(ways))
        for place in range(len(ways))
    )
    everybody = counts.group_by("group").agg(everybody=pl.col("population").sum())
    part = called.group_by("group").agg(part=pl.col("population").sum()).join(everybody, on="group")
    covered = pl.col("part") / pl.col("everybody")
    worst = least.select("group", "low").join(most.select("group", "high"), on="group").join(part, on="group")
    return heard.with_columns(method=pl.lit(f"post-stratified, {method}")), worst.select(
        "group",
        worst_low=covered * pl.col("low") + (1 - covered) * 0.0,
        worst_high=covered * pl.col("high") + (1 - covered),
    )


def _refuse_strangers(calls: pl.DataFrame, counts: pl.DataFrame) -> None:
    strangers = calls.join(counts, on=(*GROUP, "post_stratum"), how="anti")
    if strangers.height:
        raise ValueError(f"{strangers['calls'].sum()} drawn calls belong to post-strata without a population")

"""League tables: how units, channels, agencies and salespersons stand in a period, under the headline caliber."""

import polars as pl

from pipeline.core.authenticity.cells import QUARTER
from pipeline.core.schema import COUNT, FLAG, RATIO, TEXT, TEXTS, Column, Table

SCORECARDS = Table(
    "scorecards",
    "考核排名",
    "league tables of a period: rate, rank, change and main reasons under the headline caliber",
    (
        Column("caliber", TEXT, "口径", "named definition"),
        Column("digest", TEXT, "口径摘要", "16 hexadecimal digits of the definition"),
        Column("period_kind", TEXT, "期间类别", "month, quarter or year_to_date"),
        Column("period", TEXT, "期间", "2026-03, 2026-Q1 or 2026"),
        Column("dimension", TEXT, "维度", "unit, channel, agency or salesperson"),
        Column("value", TEXT, "取值", "who is ranked"),
        Column("denominator", COUNT, "总数", "parties counted"),
        Column("authentic", COUNT, "真实数", "of them authentic"),
        Column("refuted", COUNT, "不真实数", "refuted"),
        Column("unverified", COUNT, "未核实数", "no evidence decides"),
        Column("rate", RATIO, "真实率", "authentic / denominator, 0–1"),
        Column("target", RATIO, "目标", "rate to reach"),
        Column("met", FLAG, "达标", "the rate reaches the target"),
        Column("ranked", FLAG, "参与排名", "enough parties were counted to be ranked"),
        Column(
            "rank",
            COUNT,
            "名次",
            "1 the best of its dimension and period; equal rates share a rank; empty when not ranked",
        ),
        Column(
            "change", RATIO, "较上期变化", "rate less that of the last period before with parties, empty without one"
        ),
        Column("main_reasons", TEXTS, "主要原因", "codes of the three most frequent first reasons of refuted parties"),
    ),
    ("caliber", "period_kind", "period", "dimension", "value"),
)

RANKED = {"unit": "unit", "channel": "channel", "agency": "agency_code", "salesperson": "salesperson_code"}
"""Dimension -> column of the parties table."""

_CELL = ["period_kind", "period", "dimension", "value"]
_REASONS = 3


def scorecards(rates: pl.DataFrame, refuted: pl.DataFrame, caliber: str, target: float, least: int) -> pl.DataFrame:
    """SCORECARDS from ``rates`` (RATES) of ``caliber`` and the ``refuted`` parties of its population
    (PARTIES).

    ``least``: fewer parties are not ranked. A period is compared with the last one before it in which there were parties.
    """
    told = rates.filter(
        (pl.col("caliber") == caliber)
        & (pl.col("period_kind") != "all")
        & (pl.col("period") != "")
        & (pl.col("value") != "")
        & pl.col("dimension").is_in(list(RANKED))
    ).sort("period_kind", "dimension", "value", "period")
    group = ["period_kind", "dimension", "value"]
    ranked = (pl.col("denominator") >= least) & pl.col("rate").is_not_null()
    cell = ["period_kind", "period", "dimension"]
    place = pl.when(ranked).then("rate").rank("min", descending=True).over(cell)
    stated = told.with_columns(
        target=pl.lit(target),
        met=pl.col("rate") >= target,
        ranked=ranked,
        rank=pl.when(ranked).then(place),
        change=(pl.col("rate") - pl.col("rate").shift(1).over(group)).round(10),
    )
    whole = stated.join(_main_reasons(refuted), on=_CELL, how="left").with_columns(pl.col("main_reasons").fill_null([]))
    return whole.select(SCORECARDS.schema.names()).cast(SCORECARDS.schema).sort(SCORECARDS.sorted_by)


def _main_reasons(refuted: pl.DataFrame) -> pl.DataFrame:
    """The most frequent first reasons of refuted parties, per cell."""
    told = refuted.select(
        reason=pl.col("reasons").list.first(), month=pl.col("issued_on").dt.strftime("%Y-%m"), **RANKED
    )
    counts = told.group_by("month", "reason", *RANKED).agg(count=pl.len()).drop_nulls("month")
    # The year is told of every year: the scorecard joins only those it has.
    spread = counts.with_columns(month_=pl.col("month"), quarter=QUARTER, year_to_date=pl.col("month").str.slice(0, 4))
    parts = []
    for kind, column in (("month", "month_"), ("quarter", "quarter"), ("year_to_date", "year_to_date")):
        for dimension in RANKED:
            cell = spread.select(
                "reason",
                "count",
                period_kind=pl.lit(kind),
                period=pl.col(column),
                dimension=pl.lit(dimension),
                value=pl.col(dimension).fill_null(""),
            )
            parts.append(cell.group_by(*_CELL, "reason").agg(pl.col("count").sum()))
    ordered = pl.concat(parts).sort(*_CELL, "count", "reason", descending=[False] * 4 + [True, False])
    return ordered.group_by(_CELL, maintain_order=True).agg(main_reasons=pl.col("reason").head(_REASONS))

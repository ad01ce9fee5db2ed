"""Reward base per intermediary and period: the premium it brought, times a factor for its rate, with the rows for appeal."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.cells import QUARTER
from pipeline.core.authenticity.folded import Ways, folded, numbered
from pipeline.core.distinct import order_of
from pipeline.core.schema import COUNT, RATIO, TEXT, TEXTS, Column, Table

REWARD_BASE = Table(
    "reward_base",
    "奖励基数",
    "premium of an intermediary in a period and the factor its rate earns",
    (
        Column("caliber", TEXT, "口径", "definition of the rate"),
        Column("digest", TEXT, "口径摘要", "16 hexadecimal digits of the definition"),
        Column("period_kind", TEXT, "期间类别", "month or quarter"),
        Column("period", TEXT, "期间", "2026-03 or 2026-Q1"),
        Column("agency", TEXT, "中介代码", "intermediary"),
        Column("policies", COUNT, "保单数", "policies counted"),
        Column("premium", COUNT, "保费(分)", "their premium, fen, each policy once"),
        Column("denominator", COUNT, "总数", "parties counted under the headline caliber"),
        Column("rate", RATIO, "真实率", "rate of the headline caliber"),
        Column("factor", RATIO, "系数", "of the band the rate falls in; empty when too few parties were counted"),
        Column("base", COUNT, "奖励基数(分)", "premium × factor, fen, rounded down; empty when there is no factor"),
    ),
    ("period_kind", "period", "agency"),
)

REWARD_EVIDENCE = Table(
    "reward_evidence",
    "奖励依据",
    "every refuted party of an intermediary, for appeal: what it is refuted for and by which evidence",
    (
        Column("month", TEXT, "月份", "month of issue"),
        Column("agency", TEXT, "中介代码", "intermediary"),
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("refuted_kind", TEXT, "不真实类别", "missing or false"),
        Column("reasons", TEXTS, "原因", "codes, what speaks against the party first"),
        Column("deciding", TEXTS, "决定性证据", "evidence_id of what decided"),
        Column("advice", TEXTS, "建议", "what would change the verdict"),
    ),
    ("month", "agency", "policy_no", "role"),
)


_OF_AGENCIES = (
    pl.col("agency").is_not_null()
    & ~pl.col("policy_status").fill_null("in_force").is_in(["cancelled", "void", "test"])
    & pl.col("role").is_in(["policyholder", "insured"])
)


@dataclass(frozen=True)
class RewardSettings:
    """``bands``: rate from which a factor is earned, and the factor. ``least``: parties below which there is none."""

    bands: tuple[tuple[float, float], ...] = ((0.95, 1.0), (0.93, 0.9), (0.9, 0.5), (0.0, 0.0))
    least: int = 30


def premiums(parties: pl.DataFrame) -> pl.DataFrame:
    """agency, month, policies, premium of ``parties`` (PARTIES), all of a policy among them; cancelled ones bring nothing."""
    own = parties.select("policy_no", "role", "issued_on", "premium", "policy_status", agency="agency_code")
    own = own.filter(_OF_AGENCIES)
    ways = Ways(("agency", "issued_on"), ("premium",), ())
    policies = folded(own.select(*ways.least, *ways.greatest), numbered(own["policy_no"]), ways)
    return (
        policies.drop_nulls("issued_on")
        .group_by("agency", month=pl.col("issued_on").dt.strftime("%Y-%m"))
        .agg(policies=pl.len().cast(pl.Int64), premium=pl.col("premium").fill_null(0).sum())
    )


def reward_base(
    scorecards: pl.DataFrame, parts: Sequence[pl.DataFrame], settings: RewardSettings, caliber: Caliber
) -> pl.DataFrame:
    """REWARD_BASE from ``scorecards`` (SCORECARDS of ``caliber``) and the :func:`premiums` of all policies."""
    told = pl.concat(parts).with_columns(quarter=QUARTER)
    sums = pl.concat(
        [
            told.group_by("agency", period=kind)
            .agg(pl.col("policies", "premium").sum())
            .with_columns(period_kind=pl.lit(kind))
            .select("period_kind", "period", "agency", "policies", "premium")
            for kind in ("month", "quarter")
        ]
    )
    rated = scorecards.filter(pl.col("dimension") == "agency").select(
        "period_kind", "period", "denominator", "rate", agency="value"
    )
    told = sums.join(rated, on=["period_kind", "period", "agency"], how="left").with_columns(
        pl.col("denominator").fill_null(0)
    )
    factor = pl.lit(None, pl.Float64)
    for start, earned in sorted(settings.bands):
        factor = pl.when(pl.col("rate") >= start).then(pl.lit(earned)).otherwise(factor)
    told = told.with_columns(factor=pl.when(pl.col("denominator") >= settings.least).then(factor))
    # Money in whole fen: a factor of four decimals, multiplied as integers.
    per_myriad = (pl.col("factor") * 10_000).round().cast(pl.Int64)
    told = told.with_columns(
        base=pl.col("premium") * per_myriad // 10_000, caliber=pl.lit(caliber.name), digest=pl.lit(caliber.digest)
    )
    return told.select(REWARD_BASE.schema.names()).cast(REWARD_BASE.schema).sort(REWARD_BASE.sorted_by)


def reward_evidence(refuted: pl.DataFrame) -> pl.DataFrame:
    """REWARD_EVIDENCE of the ``refuted`` parties of the population (PARTIES)."""
    told = refuted.rename({"agency_code": "agency"}).filter(_OF_AGENCIES)
    told = told.with_columns(month=pl.col("issued_on").dt.strftime("%Y-%m")).drop_nulls("month")
    rows = told.select(REWARD_EVIDENCE.schema.names()).cast(REWARD_EVIDENCE.schema)
    return rows[order_of(rows.select(REWARD_EVIDENCE.sorted_by))]

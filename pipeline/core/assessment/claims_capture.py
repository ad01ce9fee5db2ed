"""How completely claims teams capture whom they meet: C01 per unit, team and day, wanted at 100 %."""

from typing import Final

import polars as pl

from pipeline.core.schema import COUNT, DATE, RATIO, TEXT, Column, Table

CLAIMS_CAPTURE = Table(
    "claims_capture",
    "理赔端收集率",
    "share of claims with a complete owner or driver, per unit, team and day; wanted: all",
    (
        Column("feed", TEXT, "来源", "feed of claims"),
        Column("unit", TEXT, "经营单位", "unit, empty when none"),
        Column("team", TEXT, "团队", "claims team, empty when none"),
        Column("day", DATE, "日期", "day of capture, empty when not told"),
        Column("claims", COUNT, "赔案数", "claims with a party of the insurer's own"),
        Column("complete", COUNT, "齐全数", "claims with an owner or driver with name, valid phone and plate or VIN"),
        Column("rate", RATIO, "收集率", "complete / claims, 0–1"),
    ),
    ("feed", "unit", "team", "day"),
)

_INCOMPLETE = pl.col("failed_rules").list.eval(pl.element().struct.field("rule") == "C01").list.any()
NEEDED: Final = (
    *(pl.col(name) for name in ("source", "role", "claim_no", "unit", "team", "captured_at")),
    _INCOMPLETE.fill_null(value=False).alias("incomplete"),
)
"""What is asked of observations: of the rules they fail, whether C01 is among them."""

_ROLES = ("reporter", "driver", "owner", "insured")


def last_team(observations: pl.DataFrame) -> pl.DataFrame:
    """customer_id and ``claims_team``: the team that met each customer last.

    ``observations`` of claims: customer_id, role, team, captured_at, observed_at, record_id.
    """
    own = observations.filter(pl.col("role").is_in(_ROLES)).drop_nulls(["customer_id", "team"])
    told = own.with_columns(at=pl.coalesce("captured_at", "observed_at"))
    # Most were met once: only the others are sorted.
    again = told["customer_id"].is_duplicated()
    newest = told.filter(again).sort("customer_id", "at", "record_id", descending=[False, True, False], nulls_last=True)
    last = pl.concat([told.filter(~again), newest.unique("customer_id", keep="first", maintain_order=True)])
    return last.select("customer_id", claims_team="team").sort("customer_id")


def claims_capture(observations: pl.DataFrame) -> pl.DataFrame:
    """CLAIMS_CAPTURE of observations of claims (:data:`NEEDED`); a claim stands at the first unit, team and day told."""
    own = observations.filter(pl.col("role").is_in(_ROLES) & pl.col("claim_no").is_not_null())
    claims = own.group_by(feed="source", claim="claim_no").agg(
        unit=pl.col("unit").min().fill_null(""),
        team=pl.col("team").min().fill_null(""),
        day=pl.col("captured_at").min().dt.date(),
        complete=~pl.col("incomplete").any(),
    )
    counts = claims.group_by("feed", "unit", "team", "day").agg(
        claims=pl.len().cast(pl.Int64), complete=pl.col("complete").sum().cast(pl.Int64)
    )
    told = counts.with_columns(rate=pl.col("complete") / pl.col("claims"))
    return told.select(CLAIMS_CAPTURE.schema.names()).cast(CLAIMS_CAPTURE.schema).sort(CLAIMS_CAPTURE.sorted_by)

"""How often a party that fails a rule, or passes them all, turns out false when somebody calls.

A rule is a guess about the truth; drawn call-backs say how good a guess. Calls from no drawn list have no place here:
parties called for cause fail more often than the rest.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.core.authenticity.intervals import COVERAGE, DIGITS, wilson
from pipeline.core.authenticity.ordered_sums import sums

PASSED = "passed"
"""Stands for a rule: the parties without any finding."""

DRAWN_SCHEMA = pl.Schema({"party": pl.UInt64(), "inclusion_probability": pl.Float64(), "outcome": pl.String()})
"""Drawn calls by unflagged callers, one row per party; outcomes of drawn_calls."""

FINDING_SCHEMA = pl.Schema({"party": pl.UInt64(), "rule": pl.String()})
"""Rules failed; every party once per rule, no row when it passed all."""

FAIL_SCHEMA = pl.Schema(
    {
        "rule": pl.String(),  # or PASSED
        "reached": pl.Int64(),
        "refuted": pl.Int64(),
        "fail_rate": pl.Float64(),  # weighted share refuted
        "low": pl.Float64(),
        "high": pl.Float64(),
        "method": pl.String(),
        "predicted": pl.Float64(),  # the share, drawn towards that of all when few were called
    }
)

BIN_SCHEMA = pl.Schema(
    {
        "bin": pl.Int64(),  # from 0
        "reached": pl.Int64(),
        "predicted": pl.Float64(),  # mean chance foretold
        "observed": pl.Float64(),  # weighted share refuted
        "low": pl.Float64(),
        "high": pl.Float64(),
        "method": pl.String(),
    }
)


@dataclass(frozen=True)
class Prior:
    """Beta prior of a rule's fail rate, centred on that of the parties with, or without, a finding; worth ``calls``."""

    calls: float = 10.0


def fail_rates(
    drawn: pl.DataFrame, findings: pl.DataFrame, prior: Prior | None = None, coverage: float = COVERAGE
) -> pl.DataFrame:
    """Per rule and for :data:`PASSED`, in :data:`FAIL_SCHEMA`, sorted by rule. Frames: DRAWN_SCHEMA, FINDING_SCHEMA.

    ``predicted`` is the mean of the beta posterior at Kish's effective size. A party that failed two rules counts for both:
    a rate says what to expect of who fails the rule, not what the rule adds.
    """
    heard = _heard(drawn)
    told = heard.join(findings, on="party", how="left", maintain_order="left").with_columns(
        pl.col("rule").fill_null(PASSED)
    )
    passed = pl.col("rule") == PASSED
    centres = _shares(told.unique(["party", passed.alias("passed")]).sort("party"), passed.alias("passed"), coverage)
    worth = (prior or Prior()).calls
    return (
        _shares(told, pl.col("rule"), coverage)
        .with_columns(passed=passed)
        .join(centres.select("passed", centre="share"), on="passed")
        .with_columns(
            fail_rate="share",
            predicted=(pl.col("share") * pl.col("size") + worth * pl.col("centre")) / (pl.col("size") + worth),
        )
        .with_columns(pl.col("fail_rate", "low", "high", "predicted").round(DIGITS))
        .select(FAIL_SCHEMA.names())
        .cast(FAIL_SCHEMA)
        .sort("rule")
    )


def predict(parties: pl.Series, findings: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """``party``, ``predicted``: chance of being false, the highest of the rules failed; null when none is calibrated."""
    told = pl.DataFrame({"party": parties}).join(findings, on="party", how="left", maintain_order="left")
    rated = told.with_columns(pl.col("rule").fill_null(PASSED)).join(
        rates.select("rule", "predicted"), on="rule", how="left", maintain_order="left"
    )
    return rated.group_by("party").agg(pl.col("predicted").max()).sort("party")


def reliability(
    drawn: pl.DataFrame, predicted: pl.DataFrame, bins: int = 10, coverage: float = COVERAGE
) -> pl.DataFrame:
    """Points of the reliability plot in :data:`BIN_SCHEMA`: ``bins`` of equal width, without those nobody falls in.

    ``predicted``: :func:`predict`, from rates of earlier lists; of the same calls it would praise itself.
    """
    told = _heard(drawn).join(predicted.drop_nulls("predicted"), on="party", maintain_order="left")
    place = (pl.col("predicted") * bins).floor().clip(0, bins - 1).cast(pl.Int64).alias("bin")
    foretold = sums(told.select(place, "w", hits=pl.col("predicted") * pl.col("w")), ("bin",), ("w", "hits"))
    means = foretold.select("bin", predicted=pl.col("hits") / pl.col("w"))
    points = _shares(told, place, coverage).with_columns(observed="share").join(means, on="bin")
    rounded = points.with_columns(pl.col("predicted", "observed", "low", "high").round(DIGITS))
    return rounded.select(BIN_SCHEMA.names()).cast(BIN_SCHEMA).sort("bin")


def _heard(drawn: pl.DataFrame) -> pl.DataFrame:
    """Calls that confirm or refute: party, w, refuted."""
    return drawn.filter(
        pl.col("outcome").is_in(["confirmed", "refuted"])
        & pl.col("inclusion_probability").is_between(0, 1, closed="right")
    ).select("party", w=1 / pl.col("inclusion_probability"), refuted=pl.col("outcome") == "refuted").sort("party")  # fmt: skip


def _shares(told: pl.DataFrame, key: pl.Expr, coverage: float) -> pl.DataFrame:
    """Weighted share refuted per ``key``, Kish's effective size, Wilson's interval at that size."""
    w = pl.col("w")
    each = told.select(
        key,
        "w",
        reached=pl.lit(1, pl.Int64),
        refuted=pl.col("refuted").cast(pl.Int64),
        hits=pl.when("refuted").then(w),
        squares=w**2,
    )
    name = each.columns[0]
    added = sums(each, (name,), ("reached", "refuted", "w", "hits", "squares"))
    shares = added.select(name, "reached", "refuted", share=pl.col("hits") / w, size=w**2 / pl.col("squares"))
    share, size = shares["share"].to_numpy(), shares["size"].to_numpy()
    low, high, method = wilson(share * size, size, coverage)
    even = np.isclose(size, shares["reached"].to_numpy())
    return shares.with_columns(
        low=pl.Series(low),
        high=pl.Series(high),
        method=pl.when(pl.Series(even)).then(pl.lit(method)).otherwise(pl.lit(f"{method} at effective size")),
    )

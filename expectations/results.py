"""What became of every expectation of a night: one row each, kept beside the night and read by the scorecard."""

from collections.abc import Sequence

import polars as pl

RESULTS = pl.Schema(
    {
        "id": pl.String(),
        "suite": pl.String(),
        "subject": pl.String(),  # rule id, feed, table or measure it is about
        "zh": pl.String(),
        "en": pl.String(),
        "norm_zh": pl.String(),  # what it goes by
        "norm_en": pl.String(),
        "severity": pl.String(),  # critical, warning or info
        "owner": pl.String(),
        "low": pl.Float64(),  # thresholds, null where there is none
        "high": pl.Float64(),
        "observed": pl.Float64(),
        "evaluated": pl.Int64(),
        "failed": pl.Int64(),
        "success": pl.Boolean(),  # null: too little to judge by
        "error": pl.Boolean(),  # the question could not be asked: no data failure, and never a pass
        "detail": pl.String(),  # worst slice, or what went wrong; no customer value
        "state": pl.String(),  # new, persisting, fixed or ok
        "since": pl.Date(),  # first night of an unbroken failure
    }
)

FILE = "results.parquet"


def with_states(results: pl.DataFrame, before: pl.DataFrame | None, on: object) -> pl.DataFrame:
    """``results`` with state and since, beside those of the night ``before``."""
    former = RESULTS.to_frame(eager=True) if before is None else before
    was = former.filter(_failing()).select("id", was=pl.lit(value=True), was_since="since")
    told = results.drop("state", "since", strict=False).join(was, on="id", how="left", maintain_order="left")
    failing, failed = _failing(), pl.col("was").fill_null(value=False)
    return told.with_columns(
        state=pl.when(failing & failed)
        .then(pl.lit("persisting"))
        .when(failing)
        .then(pl.lit("new"))
        .when(failed & pl.col("success"))
        .then(pl.lit("fixed"))
        .otherwise(pl.lit("ok")),
        since=pl.when(failing).then(pl.coalesce("was_since", pl.lit(on, pl.Date()))),
    ).select(RESULTS.names())


def worst(results: pl.DataFrame) -> str:
    """``error``, else the severest failure, else ``ok``."""
    if results["error"].any():
        return "error"
    failed = set(results.filter(~pl.col("success"))["severity"])
    severities: Sequence[str] = ("critical", "warning", "info")
    return next((severity for severity in severities if severity in failed), "ok")


def _failing() -> pl.Expr:
    return pl.col("error") | ~pl.col("success").fill_null(value=True)

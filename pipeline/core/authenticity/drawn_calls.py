"""Call-backs drawn by chance, counted: all that the estimate of the true rate may look at.

Calls from no drawn list are evidence about a party and never enter here: who is not drawn by chance stands for nobody else.
"""

from collections.abc import Iterable

import polars as pl

from pipeline.core.authenticity.ordered_sums import sums

GROUP = ("period", "dimension", "value")
"""What an estimate is told for, as in the rates table."""

OUTCOMES = ("confirmed", "refuted", "not_reached", "unusable")
"""``unusable``: drawn, but the call says nothing (do-not-call, relatives answer); told as if not reached."""

CALL_SCHEMA = pl.Schema(
    {
        **dict.fromkeys(GROUP, pl.String()),
        "list_id": pl.String(),
        "stratum": pl.String(),  # of the design: the party was drawn within it
        "inclusion_probability": pl.Float64(),
        "post_stratum": pl.String(),  # what rules and evidence say, call-backs of this list left aside
        "outcome": pl.String(),  # of OUTCOMES
        "flagged": pl.Boolean(),  # by a caller whose results are doubted
    }
)
"""One row per drawn party of a list and group; several attempts are already one outcome."""

CALL_COUNTS = pl.Schema({**CALL_SCHEMA, "calls": pl.Int64()})
"""Drawn calls alike, counted."""

_CONFIRMED = ("00",)
_REFUTED = ("01", "02", "11", "12", "20", "50")
_UNUSABLE = ("10", "51")


def outcome(code: pl.Expr, suspended: pl.Expr) -> pl.Expr:
    """Outcome of a call's code (``callback_codes``); ``suspended``: 3 tries over 7 days found the number suspended (21).

    02 (corrected on the call) is refuted here though the party's verdict becomes authentic: nobody corrects those who
    were not drawn, for whom the call stands.
    """
    return (
        pl.when(code.is_in(_CONFIRMED)).then(pl.lit("confirmed"))
        .when(code.is_in(_REFUTED) | ((code == "21") & suspended)).then(pl.lit("refuted"))
        .when(code.is_in(_UNUSABLE)).then(pl.lit("unusable"))
        .otherwise(pl.lit("not_reached"))
    )  # fmt: skip


def count(calls: pl.DataFrame) -> pl.DataFrame:
    """Drawn calls of :data:`CALL_SCHEMA` counted in :data:`CALL_COUNTS`; calls from no drawn list are left out."""
    drawn = calls.filter(
        pl.col("list_id").is_not_null() & pl.col("inclusion_probability").is_between(0, 1, closed="right")
    ).with_columns(pl.col("flagged").fill_null(value=False))
    return total([drawn.select(CALL_SCHEMA.names()).with_columns(calls=pl.lit(1, pl.Int64))])


def total(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Counts added up, sorted. Associative, commutative; an empty frame is neutral."""
    keys = CALL_SCHEMA.names()
    together = pl.concat([CALL_COUNTS.to_frame(eager=True), *parts])
    return sums(together, keys, ("calls",)).select(CALL_COUNTS.names())

"""All rulings there ever were, and which of them are in force tonight.

A ruling is kept for ever. The same row of the same workbook is the same ruling however often it comes; a later one on the
same finding replaces it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from pipeline.core.rulings.ruling_table import CORRECTED, FALSE_POSITIVE, RULINGS
from pipeline.errors import RunError

MOST: Final = 1_000_000
"""More are no work of people, and every worker holds them all."""

GONE: Final = "gone"
REPLACED: Final = "replaced"
EXPIRED: Final = "expired"
SECOND_PERSON: Final = "second_person_needed"

_FINDING: Final = ["record_id", "rule", "field"]
_SAID: Final = (*_FINDING, "status", "value", "decided_by", "why", "expires_on", "reviewed_by", "seen_at")
"""What tells two rulings apart, beside their time."""


@dataclass(frozen=True)
class Bounds:
    """``on``: the night. ``share``: of a rule's findings that one person may call false positives, 0–1."""

    on: date
    share: float


def known(earlier: pl.DataFrame, tonight: pl.DataFrame) -> pl.DataFrame:
    """RULINGS of ``earlier`` nights and ``tonight`` (with ``undated``), each once; ``state`` empty unless replaced.

    Raises :class:`RunError` when there are more than a night can hold in mind.
    """
    names = RULINGS.schema.names()
    before = earlier.with_columns(
        state=pl.when(pl.col("state") == REPLACED).then("state"), turn=pl.lit(0), undated=pl.lit(value=False)
    )
    again = tonight.filter("undated").join(before, on=_SAID, how="semi", nulls_equal=True)
    fresh = pl.concat(
        [
            tonight.filter(~pl.col("undated")),
            tonight.filter("undated").join(again, on=_SAID, how="anti", nulls_equal=True),
        ]
    )
    both = pl.concat([before, fresh.with_columns(turn=pl.lit(1))], how="diagonal_relaxed")
    told = both.sort("turn", *_SAID, "decided_at", nulls_last=False).unique(
        [*_SAID, "decided_at"], keep="first", maintain_order=True
    )
    if told.height > MOST:
        raise RunError("decisions", f"{told.height} rulings, {MOST} at most", "Retire rulings on records long gone.")
    open_ = told.filter(pl.col("state").is_null()).sort(
        "decided_at", "turn", pl.col("reviewed_by").is_not_null(), *_SAID, nulls_last=False
    )
    valued = (pl.col("status") == CORRECTED) & pl.col("value").is_not_null()
    # One finding has one ruling, and one field one corrected value, whatever findings it answers.
    last = open_.with_columns(last=pl.struct(_FINDING).is_last_distinct())
    values = last.filter(pl.col("last") & valued)
    newest = pl.col("value").last().over("record_id", "field")
    older = values.filter(pl.col("value") != newest)
    stands = last.filter("last").join(older, on=[*_SAID, "decided_at"], how="anti", nulls_equal=True)
    whole = told.join(
        stands.select(*_SAID, "decided_at", stands=pl.lit(value=True)),
        on=[*_SAID, "decided_at"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    state = pl.when(pl.col("stands").is_null()).then(pl.lit(REPLACED))
    return whole.with_columns(state=state).select(names).sort(RULINGS.sorted_by)


def bounded(rulings: pl.DataFrame, findings: pl.DataFrame, bounds: Bounds) -> pl.DataFrame:
    """``rulings`` with the ``state`` of those that cannot be in force on the night, whatever the data say.

    ``findings``: rule and ``failed``, of the night before. False positives of a rule beyond the permitted share of them, in
    the order they were ruled, need a second person.
    """
    over = pl.col("expires_on") < bounds.on
    told = rulings.with_columns(
        state=pl.coalesce("state", pl.when(over.fill_null(value=False)).then(pl.lit(EXPIRED)))
    ).join(findings.select("rule", "failed"), on="rule", how="left", maintain_order="left")
    false = (pl.col("status") == FALSE_POSITIVE) & pl.col("state").is_null()
    order = pl.struct("decided_at", *_FINDING).rank("ordinal")
    permitted = (pl.col("failed").fill_null(0) * bounds.share).floor()
    alone = pl.col("reviewed_by").is_null() | (
        pl.col("reviewed_by").str.to_lowercase() == pl.col("decided_by").str.to_lowercase()
    )
    beyond = told.filter(false).with_columns(place=order.over("rule")).filter((pl.col("place") > permitted) & alone)
    key = [*_FINDING, "decided_at", "status"]
    held = beyond.select(*key, held=pl.lit(SECOND_PERSON)).unique()
    whole = told.join(held, on=key, how="left", nulls_equal=True, maintain_order="left")
    return whole.with_columns(state=pl.coalesce("state", "held")).select(RULINGS.schema.names())


def settled(rulings: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """The table: ``rulings`` with what became of them; those whose record nobody has met are about nothing any more."""
    told = rulings.with_row_index("number").join(
        states.select("number", "state"), on="number", how="left", suffix="_now", maintain_order="left"
    )
    return told.with_columns(state=pl.coalesce("state", "state_now", pl.lit(GONE))).select(RULINGS.schema.names())

"""What rulings change in one record partition: values corrected and asked again, findings set aside.

A corrected observation is asked every rule as if the source had told it so, beside everybody else as sources told them:
a correction changes the findings of its own record and of no other. Matching does not see it, so that no typing hand joins
customers; what the rules of customers say of the record as told is taken for it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipeline.core import tallies
from pipeline.core.digest import Digests, digest
from pipeline.core.rules import by_customer
from pipeline.core.rules.catalogue import PLACE
from pipeline.core.rules.evaluate import Outcomes, aligned, apply
from pipeline.core.rules.findings import findings
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, PASSED
from pipeline.core.rulings.corrected import APPLIED, SUPERSEDED, corrected, still_of
from pipeline.core.rulings.ruling_table import CORRECTED, FALSE_POSITIVE
from pipeline.core.schema import OBSERVATIONS

INSTEAD: Final = np.uint64(0x5EED_0C0A_2EC7_ED00)
"""What a record's digest is changed by for the record as corrected: it is asked the rules under a name of its own."""

STATES_SCHEMA: Final = pl.Schema({"number": pl.UInt32(), "state": pl.String()})
"""What became of a ruling (its place among the night's)."""

FIXED: Final = "fixed"
STILL_FAILING: Final = "still_failing"
SOURCE_FIXED: Final = "source_fixed"
RECORDED: Final = "recorded"


@dataclass(frozen=True)
class InForce:
    """Rulings (RULINGS with ``number``) to be honoured tonight if the data let them, by what they do."""

    corrections: pl.DataFrame
    waivers: pl.DataFrame
    notes: pl.DataFrame

    @property
    def any(self) -> bool:
        """There is a ruling at all."""
        return any(part.height > 0 for part in (self.corrections, self.waivers, self.notes))


def in_force(rulings: pl.DataFrame) -> InForce:
    """Of ``rulings`` (RULINGS) those without a state."""
    told = rulings.with_row_index("number").filter(pl.col("state").is_null()).drop("state")
    correction = (pl.col("status") == CORRECTED) & pl.col("value").is_not_null()
    false = pl.col("status") == FALSE_POSITIVE
    return InForce(told.filter(correction), told.filter(false), told.filter(~correction & ~false))


@dataclass(frozen=True)
class Answers:
    """What the rules said in a partition.

    ``outcomes`` (``record``, ``outcomes``: a code per rule) are the local answers of its standing records, ``instead`` those
    of its records as corrected; ``deviations`` (``record``, ``rule``, ``outcome``) say where rules over several records
    differ from them.
    """

    outcomes: pl.DataFrame
    deviations: pl.DataFrame
    instead: pl.DataFrame


@dataclass(frozen=True)
class Asked:
    """``standing`` observations of a partition, by record id, the ``matrix`` of their outcomes, and the rows to publish
    without any ruling.
    """

    standing: pl.DataFrame
    matrix: Outcomes
    answers: Answers
    published: pl.DataFrame


@dataclass(frozen=True)
class Overrides:
    """``observations``: all rows with rulings honoured. ``overridden``: those that differ, without them. ``corrected``:
    of those that differ, record_id and ``_corrected``. ``rule_stats``: what is to be added. ``states``: STATES_SCHEMA.
    """

    observations: pl.DataFrame
    overridden: pl.DataFrame
    corrected: pl.DataFrame
    rule_stats: pl.DataFrame
    states: pl.DataFrame


def overridden(asked: Asked, rulings: InForce, settings: RuleSettings) -> Overrides:
    """Honour ``rulings`` in one partition."""
    done = corrected(asked.standing, rulings.corrections)
    records = digest(asked.standing["record_id"])
    changed = done.rows.select(asked.standing.columns)
    place = dict(zip(asked.standing["record_id"], range(asked.standing.height), strict=True))
    of_changed = np.array([place[name] for name in changed["record_id"]], np.intp)
    matrix = asked.matrix.copy(order="F")
    if changed.height:
        matrix[of_changed] = _asked_again(records[of_changed], asked, settings)
    with_values = _states(matrix, place, rulings.corrections, done.results)
    waived = still_of(rulings.waivers, asked.standing)
    set_aside, waiver_states = _set_aside(matrix, place, waived)
    notes = _noted(matrix, place, still_of(rulings.notes, asked.standing))
    touched = np.unique(np.concatenate([of_changed, set_aside]))
    before, after = asked.matrix[touched], matrix[touched]
    rows = _rows(asked.standing, changed, touched, after, asked.published, settings)
    source, unit, channel = (rows[name] for name in ("source", "unit", "channel"))
    stats = [tallies.rule_stats(outcomes, source, unit, channel, settings) for outcomes in (before, after)]
    without = asked.published[touched]
    return Overrides(
        pl.concat([asked.published.join(without, on="record_id", how="anti"), rows]).sort("record_id"),
        without,
        done.rows.select("record_id", "_corrected"),
        tallies.standing_change(*stats),
        pl.concat([with_values, waiver_states, notes]),
    )


def _asked_again(records: Digests, asked: Asked, settings: RuleSettings) -> Outcomes:
    """Outcomes of records as corrected, with what the rules of customers say of them as told."""
    again = records ^ INSTEAD
    told = asked.answers.deviations
    customers = told.filter(pl.col("rule").is_in([PLACE[rule] for rule in by_customer.RULES]))
    moved = customers.with_columns(record=pl.Series(customers["record"].to_numpy() ^ INSTEAD, dtype=pl.UInt64))
    return apply(aligned(again, asked.answers.instead), again, pl.concat([told, moved]), settings)


def _failing(matrix: Outcomes, place: dict[str, int], rulings: pl.DataFrame) -> pl.Series:
    """Whether the rule of each ruling fails on its record; false without a rule."""
    told = [
        rule is not None and bool(matrix[place[record], PLACE[rule]] >= FAILED)
        for record, rule in rulings.select("record_id", "rule").iter_rows()
    ]
    return pl.Series("failing", told, dtype=pl.Boolean)


def _states(matrix: Outcomes, place: dict[str, int], rulings: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    met = results.join(rulings.select("number", "record_id", "rule"), on="number", maintain_order="left")
    failing = _failing(matrix, place, met)
    state = pl.when(failing).then(pl.lit(STILL_FAILING)).otherwise(pl.lit(FIXED))
    return met.select("number", state=pl.when(pl.col("state") == APPLIED).then(state).otherwise("state")).cast(
        STATES_SCHEMA
    )


def _set_aside(
    matrix: Outcomes, place: dict[str, int], waivers: pl.DataFrame
) -> tuple["np.ndarray[tuple[int], np.dtype[np.intp]]", pl.DataFrame]:
    """Sets the findings of fresh ``waivers`` to passed in ``matrix``; gives rows that changed, and states."""
    failing = _failing(matrix, place, waivers)
    cells = [
        (place[record], PLACE[rule])
        for record, rule in waivers.filter(failing & waivers["fresh"]).select("record_id", "rule").iter_rows()
    ]
    for row, rule in cells:
        matrix[row, rule] = PASSED
    state = pl.when(~pl.col("fresh")).then(pl.lit(SUPERSEDED)).when(failing).then(pl.lit(FALSE_POSITIVE))
    states = waivers.select("number", state=state.otherwise(pl.lit(SOURCE_FIXED))).cast(STATES_SCHEMA)
    return np.array([row for row, _ in cells], np.intp), states


def _noted(matrix: Outcomes, place: dict[str, int], notes: pl.DataFrame) -> pl.DataFrame:
    failing = _failing(matrix, place, notes) | notes["rule"].is_null()
    state = pl.when(~pl.col("fresh")).then(pl.lit(SUPERSEDED)).when(failing).then(pl.lit(RECORDED))
    return notes.select("number", state=state.otherwise(pl.lit(SOURCE_FIXED))).cast(STATES_SCHEMA)


def _rows(
    standing: pl.DataFrame,
    changed: pl.DataFrame,
    touched: "np.ndarray[tuple[int], np.dtype[np.intp]]",
    outcomes: Outcomes,
    published: pl.DataFrame,
    settings: RuleSettings,
) -> pl.DataFrame:
    """The touched rows as they are published: new values, standing findings."""
    failed, unknown, _ = findings(outcomes, settings)
    same = standing[touched].join(changed, on="record_id", how="anti").select(changed.columns)
    values = pl.concat([same, changed]).sort("record_id")
    # A code at issue confirmed the number that was told then.
    moved = values["mobile"].ne_missing(standing[touched]["mobile"])
    values = values.with_columns(sms_verified=pl.when(~moved).then("sms_verified"))
    whose = published[touched].select("customer_id", "telling")
    told = values.with_columns(failed_rules=failed, unknown_rules=unknown, **{c.name: c for c in whose})
    return told.select(OBSERVATIONS.schema.names())

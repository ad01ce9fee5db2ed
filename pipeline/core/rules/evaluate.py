"""Every rule asked of every observation: a matrix of outcome codes, one row per observation, one column per rule.

Columns stand in the order of :data:`~pipeline.core.rules.catalogue.RULES`. Value and row rules are answered here.
Shared and policy rules get their local answer (asked or not, inputs there or not); :func:`apply` sets what the shuffle
found.
"""

from dataclasses import fields
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.rules.catalogue import PLACE, RULES
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, NOT_ASKED, PASSED, SEVERITIES, UNKNOWN, Rule, Severity
from pipeline.errors import RunError

Outcomes = npt.NDArray[np.uint8]
"""n × rules, uint8."""
Records = npt.NDArray[np.uint64]
Order = npt.NDArray[np.intp]

DEVIATION_SCHEMA = pl.Schema({"_part": pl.UInt16(), "record": pl.UInt64(), "rule": pl.UInt8(), "outcome": pl.UInt8()})
"""What the shuffle found against the local answer: partition and digest of the record, place of the rule, outcome."""

_TURNED = 256
"""Rows turned at a time, so that both sides of them fit into the processor's cache."""

CODES = FAILED + max(len(rule.reasons) for rule in RULES)
"""Outcome codes there are."""


def evaluate(examined: pl.DataFrame, on: date, settings: RuleSettings) -> Outcomes:
    """Outcomes of ``examined`` (see :func:`pipeline.core.rules.facts.examine`) on the business date ``on``."""
    questions = _questions(tuple(sorted(settings.off)), tuple(sorted(settings.severities.items())))
    told = examined.lazy().with_columns(limit_columns(settings, on)).select(questions).collect()
    matrix = np.zeros((examined.height, len(RULES)), np.uint8, order="F")
    for outcomes in told:
        matrix[:, PLACE[outcomes.name]] = outcomes.to_numpy()
    return matrix


@cache
def _questions(off: tuple[str, ...], regraded: tuple[tuple[tuple[str, str], Severity], ...]) -> list[pl.Expr]:
    """One expression per rule that is asked. Building them takes longer than asking a small batch."""
    settings = RuleSettings(off=frozenset(off), severities=dict(regraded))
    return [_outcome(rule, settings) for rule in RULES if rule.asked is not None and rule.id not in settings.off]


def limit_columns(settings: RuleSettings, on: date) -> list[pl.Expr]:
    """The columns expressions read limits from."""
    limits = settings.limits
    dates = {
        "night": on,
        "adults_born_by": _years_before(on, limits.adult_age),
        "oldest_born_since": _years_before(on, limits.oldest_age + 1) + timedelta(days=1),
    }
    return [pl.lit(day).alias(f"limit__{name}") for name, day in dates.items()] + [
        _literal(getattr(limits, limit.name)).alias(f"limit__{limit.name}") for limit in fields(limits)
    ]


def _years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier, 28 February for a 29th there is none of."""
    leap_day = (day.month, day.day) == (2, 29)
    return (
        day.replace(year=max(day.year - years, 1), day=28) if leap_day else day.replace(year=max(day.year - years, 1))
    )


def _literal(value: Any) -> pl.Expr:
    return pl.lit(value, pl.Date) if value is None or isinstance(value, date) else pl.lit(value, pl.Int64)


def _outcome(rule: Rule, settings: RuleSettings) -> pl.Expr:
    """The worst reason that holds, else unknown when anything could not be told, else passed."""
    assert rule.asked is not None
    local = [(place, reason.when) for place, reason in enumerate(rule.reasons) if reason.when is not None]
    local.sort(key=lambda reason: SEVERITIES.index(severity_of(rule, reason[0], settings)))
    told: Any = pl.when(~rule.asked.fill_null(value=False)).then(_code(NOT_ASKED))
    for place, when in local:
        told = told.when(when).then(_code(FAILED + place))
    doubts = [when.is_null() for _, when in local]
    if rule.given is not None:
        doubts.append(~rule.given.fill_null(value=False))
    if doubts:
        told = told.when(pl.any_horizontal(doubts)).then(_code(UNKNOWN))
    answer: pl.Expr = told.otherwise(_code(PASSED)).alias(rule.id)
    return answer


@cache
def _code(code: int) -> pl.Expr:
    return pl.lit(code, pl.UInt8)


def severity_of(rule: Rule, place: int, settings: RuleSettings) -> Severity:
    """Severity of the reason at ``place``, as settings say or the catalogue."""
    reason = rule.reasons[place]
    return settings.severities.get((rule.id, reason.code), reason.severity)


def severities(settings: RuleSettings) -> Outcomes:
    """Rules × codes: 0 where an outcome is no failure, else 1 + place of its severity in SEVERITIES."""
    table = np.zeros((len(RULES), CODES), np.uint8)
    for row, rule in enumerate(RULES):
        for place in range(len(rule.reasons)):
            table[row, FAILED + place] = 1 + SEVERITIES.index(severity_of(rule, place, settings))
    return table


def apply(
    matrix: Outcomes,
    records: Records,
    deviations: pl.DataFrame,
    settings: RuleSettings | None = None,
    order: Order | None = None,
) -> Outcomes:
    """``matrix`` with what the shuffle found; row i is the record with digest ``records[i]``.

    A rule not asked locally stays unasked, and records of other partitions are passed over. Where several answers meet
    in one cell the worst failure wins, then unknown; the order of ``deviations`` does not matter. ``order`` sorts
    ``records``, where it is known.
    """
    changed = matrix.copy(order="F")
    order = np.argsort(records) if order is None else order
    digests = deviations["record"].to_numpy()
    found = np.searchsorted(records, digests, sorter=order)
    here = found < len(records)
    here[here] = records[order[found[here]]] == digests[here]
    rows = order[found[here]]
    places = deviations["rule"].to_numpy()[here].astype(np.intp)
    told = deviations["outcome"].to_numpy()[here]
    strength = _strengths(settings or RuleSettings())
    # Weakest first: of several assignments to one cell the last one stays.
    weakest_first = np.lexsort((-told.astype(np.int16), strength[places, told]))
    rows, places, told = rows[weakest_first], places[weakest_first], told[weakest_first]
    now = matrix[rows, places]
    stronger = (now != NOT_ASKED) & ((now == PASSED) | (strength[places, told] > strength[places, now]))
    changed[rows[stronger], places[stronger]] = told[stronger]
    return changed


def _strengths(settings: RuleSettings) -> Outcomes:
    """Rules × codes: which of two answers in one cell stays; failures by severity, then unknown, passed, not asked."""
    failures = severities(settings)
    strength = np.where(failures > 0, 3 + len(SEVERITIES) - failures, 0).astype(np.uint8)
    strength[:, PASSED] = 1
    strength[:, UNKNOWN] = 2
    return strength


def aligned(records: Records, outcomes: pl.DataFrame, order: Order | None = None) -> Outcomes:
    """The outcome codes of ``records``, in their order; ``order`` sorts ``records``, where it is known.

    Raises :class:`RunError` when one was not answered.
    """
    if outcomes.height != len(records):
        raise RunError(
            "rules",
            f"{outcomes.height} records were answered, {len(records)} stand",
            "Report it; nothing was published.",
        )
    if not len(records):
        return np.zeros((0, len(RULES)), np.uint8)
    place = np.argsort(outcomes["record"].to_numpy())
    rank = np.empty(len(records), np.intp)
    rank[np.argsort(records) if order is None else order] = place
    return by_rule(outcomes["outcomes"].to_numpy(), rank)


def by_rule(rows: Outcomes, order: Order) -> Outcomes:
    """``rows`` (each observation's outcomes side by side) in ``order``, each rule's outcomes side by side."""
    turned = np.empty((len(order), rows.shape[1]), np.uint8, order="F")
    for start in range(0, len(order), _TURNED):
        turned[start : start + _TURNED] = rows[order[start : start + _TURNED]]
    return turned

"""What one part of the policies adds to an assessment.

All parties and all evidence of a policy lie in one part, so that each part is assessed alone and forgotten: what is kept
of it is small, and is added up by the tables it is for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from pipeline.core.assessment import drawn, freezing, not_known, reward, signals
from pipeline.core.authenticity import cells
from pipeline.core.authenticity.calibers import HEADLINE, Caliber
from pipeline.core.authenticity.counts import (
    CLAIMS_TEAM,
    COUNTS,
    NEEDED,
    count_cells,
    count_customers,
    marked,
    persons,
    total,
)
from pipeline.core.authenticity.states import REFUTED, opens, states

PARTIES = tuple(dict.fromkeys((*NEEDED, "refuted_kind", "reasons", "advice", "deciding")))
"""Columns of the parties table that are read."""

EVIDENCE = ("policy_no", "role", "source", "field", "direction", "used", "why_not")
"""Columns of the evidence table that are read of every piece."""

SPEAKS = pl.col("used") | pl.col("why_not").is_in(["outranked", "another_value"]).fill_null(value=False)
"""Of which pieces: what is out of date or says nothing is asked of by nobody."""

_REFUTED = (
    *("policy_no", "role", "policy_status", "issued_on", "refuted_kind", "reasons", "deciding", "advice"),
    *("unit", "channel", "agency_code", "salesperson_code"),
)
_PARTY = ["policy_no", "role"]
_ROW = "_row"


@dataclass(frozen=True)
class Asked:
    """What is asked of every part: the night, its definitions, what is known of calls and claims before.

    ``estimated``: calibers held against the drawn ``calls`` (drawn.outcomes), in the ``weeks`` of issue that were drawn.
    ``teams``: the claims team that met each customer last. ``frozen``: definition -> months frozen under it.
    ``listed``: caliber the call-back list is drawn for; ``since``: of policies issued after that day.
    """

    on: date
    calibers: Mapping[str, Caliber]
    estimated: Sequence[str]
    calls: pl.DataFrame
    weeks: pl.Series | None
    teams: pl.DataFrame
    frozen: Mapping[Caliber, Sequence[str]]
    listed: str
    since: date


class Met(NamedTuple):
    """Of the customers that claims teams met: finest cells of their parties, and a row per customer, month and team."""

    parties: pl.DataFrame
    customers: pl.DataFrame


@dataclass(frozen=True)
class Share:
    """What is kept of a part. ``refuted``: parties of the headline's population. ``called``: drawn outcomes with their
    post_stratum; ``candidates``: persons of whom call-backs may be drawn, with theirs. ``pieces``: source -> pieces in use.
    """

    estimates: Mapping[str, drawn.Cells]
    refuted: pl.DataFrame
    premiums: pl.DataFrame
    sales: signals.Sales
    frozen: Mapping[Caliber, pl.DataFrame]
    met: Met
    called: pl.DataFrame
    candidates: pl.DataFrame
    pieces: Mapping[str, int]


def share(parties: pl.DataFrame, evidence: pl.DataFrame, asked: Asked) -> Share:
    """The share of ``parties`` (:data:`PARTIES`) and ``evidence`` (:data:`EVIDENCE`), both as sources told them."""
    told = marked(parties, list(asked.calibers.values()), asked.on)
    refuted = parties.select(_REFUTED).filter((told[f"state:{HEADLINE}"] == REFUTED).fill_null(value=False))
    some = _stratified(parties, told, evidence, asked)
    return Share(
        _estimates(some, asked),
        refuted,
        reward.premiums(told),
        signals.sales(parties),
        {caliber: freezing.counted_in(parties, caliber, months, asked.on) for caliber, months in asked.frozen.items()},
        met(told, asked),
        some.select(*_PARTY, "record_id", "post_stratum").join(asked.calls, on=_PARTY),
        _candidates(parties, some, asked),
        not_known.pieces_in_use(evidence),
    )


def _stratified(parties: pl.DataFrame, told: pl.DataFrame, evidence: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """``told`` (:func:`marked`) with post_stratum, and the row it is told in: those who could be drawn, are candidates, or were called."""
    wanted = drawn.could_be_drawn(asked.weeks) | (pl.col("issued_on") > asked.since)
    numbered = told.select(*_PARTY, wanted=wanted.fill_null(value=False)).with_row_index("row")
    called = numbered.join(asked.calls, on=_PARTY, how="semi")
    rows = pl.concat([numbered.filter("wanted")["row"], called["row"]]).unique().sort()
    lists = parties.select("failed_fields", "missing_fields", "suspect_fields")
    some = told[rows].hstack(lists[rows]).with_columns(rows.alias(_ROW))
    # To look a policy up in a set takes a third of joining it.
    ours = pl.col("policy_no").is_in(some["policy_no"].implode())
    own = evidence.select(EVIDENCE).filter(drawn.SPEAKS & ours)
    return drawn.stratified(some, own).drop(lists.columns)


def _estimates(some: pl.DataFrame, asked: Asked) -> dict[str, drawn.Cells]:
    calibers = [asked.calibers[name] for name in asked.estimated]
    people = drawn.population(some.filter(drawn.could_be_drawn(asked.weeks)), calibers, asked.on)
    return {caliber.name: drawn.cells(people, caliber, asked.calls) for caliber in calibers}


def _candidates(parties: pl.DataFrame, some: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """The persons the caliber of the list counts, once each."""
    caliber = asked.calibers[asked.listed]
    weight = pl.col("premium").fill_null(0) if caliber.weight == "premium" else pl.lit(1, pl.Int64)
    again = (pl.col("role") == "insured") & pl.col("same_person")
    inside = pl.col(f"state:{caliber.name}").is_not_null() & ~again & (pl.col("issued_on") > asked.since)
    own = some.filter(inside).select(
        *_PARTY, "unit", "salesperson_code", "issued_on", "post_stratum", "record_id", _ROW, weight=weight
    )
    return own.drop(_ROW).hstack(parties.select("reasons", "advice")[own[_ROW]])


def met(told: pl.DataFrame, asked: Asked) -> Met:
    """Parties (:func:`marked`) of customers that claims teams met."""
    by_party, by_customer = _by(asked, "party"), _by(asked, "customer")
    ours = told.join(asked.teams, on="customer_id", maintain_order="left")
    # Parties that are one person are one customer: his team is that of any of them.
    people = persons(ours, [*by_party, *by_customer], (), (CLAIMS_TEAM,))
    parties = cells.finest(people, by_party, (CLAIMS_TEAM,))
    customers = people.group_by("customer_id", "month", CLAIMS_TEAM).agg(
        pl.col(states(by_customer)).min(), pl.col(opens(by_customer)).all(), pl.col("premium").sum()
    )
    return Met(parties, customers)


def counts_of_teams(parts: Sequence[Met], asked: Asked) -> pl.DataFrame:
    """COUNTS of the parties and customers that claims teams met, of all parts."""
    parties, customers = (pl.concat(of_parts) for of_parts in zip(*parts, strict=True))
    by_party = count_cells(parties, _by(asked, "party"), asked.on, (CLAIMS_TEAM,))
    # Whom a team met is a customer: the policy stands in for those who are none.
    people = customers.with_columns(policy_no=pl.lit(""), counted_as=pl.lit(""))
    by_customer = count_customers(people, _by(asked, "customer"), asked.on, (CLAIMS_TEAM,))
    return total([by_party, by_customer]).select(COUNTS.names())


def _by(asked: Asked, unit: str) -> list[Caliber]:
    return [caliber for caliber in asked.calibers.values() if caliber.unit == unit]

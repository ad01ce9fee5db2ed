"""Assessment: what is made of a night's verdicts once they are written, before the night is published.

It reads the few columns it needs of what was written, so that it neither holds up the workers nor sees more than it must.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipeline.core.assessment import (
    claims_capture,
    drawn,
    fail_rates,
    freezing,
    not_known,
    reward,
    scorecards,
    signals,
    vendor_audit,
)
from pipeline.core.assessment.reward import RewardSettings
from pipeline.core.authenticity.calibers import HEADLINE, Caliber
from pipeline.core.authenticity.counts import CLAIMS_TEAM, COUNTS, count, count_customers, counted, paired, total
from pipeline.core.authenticity.estimate import Question, estimates
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.evidence_tables import EVIDENCE
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.authenticity.rates import rates, without_rulings
from pipeline.core.authenticity.states import REFUTED, stated
from pipeline.core.lists.worklists import WORKLISTS
from pipeline.core.rulings.ruling_table import OVERRIDDEN, OVERRIDDEN_EVIDENCE, OVERRIDDEN_PARTIES, as_told
from pipeline.core.schema import OBSERVATIONS, RATES, RULE_STATS
from pipeline.listing import Judged, Listing, worklists
from pipeline.ports import Staging
from pipeline.transforms.coders import compact

ESTIMATED = ("system", "final")
"""Calibers whose rate is held against the drawn calls."""

LATER_PART = 1
"""Part of a table that the run itself writes the first of."""

_CALLS = (
    *("policy_no", "role", "feed", "vendor", "caller", "record_id", "source", "field", "direction", "answer", "code"),
    *("at", "used", "why_not", "evidence_id", "phone", "talk_seconds", "list_id", "stratum", "inclusion_probability"),
)


@dataclass(frozen=True)
class Assessment:
    """What an assessment needs to know: the business date, the definitions, the target.

    ``claims``: feeds of claims. ``frozen``: the frozen months.
    """

    on: date
    calibers: Mapping[str, Caliber]
    target: float
    claims: Sequence[str] = ()
    least_parties: int = 30
    reward: RewardSettings = field(default_factory=RewardSettings)
    frozen: Mapping[str, freezing.FrozenMonth] = field(default_factory=dict)
    listing: Listing = field(default_factory=Listing)


@dataclass(frozen=True)
class Assessed:
    """What the closing summary tells: the estimates (ESTIMATES), and source of evidence -> pieces in use."""

    estimates: pl.DataFrame
    pieces: Mapping[str, int]


def assess(staging: Staging, told: Assessment) -> Assessed:
    """Make the tables that are made of verdicts, and add to the rule statistics what they answer."""
    told_evidence = _read(staging, EVIDENCE.name, _CALLS)
    ruled = _read(staging, PARTIES.name, PARTIES.schema.names())
    # Money hangs on what follows: no ruling of a steward moves it.
    parties = as_told(ruled, _read(staging, OVERRIDDEN_PARTIES.name, PARTIES.schema.names()))
    evidence = as_told(told_evidence, _read(staging, OVERRIDDEN_EVIDENCE.name, _CALLS))
    calls = evidence.filter(pl.col("source") == "callback")
    audit = vendor_audit.vendor_audit(calls.unique("record_id", keep="first", maintain_order=True))
    heard = drawn.outcomes(calls, audit.filter("flagged"))
    stratified = drawn.stratified(parties, evidence)
    tables = {
        vendor_audit.VENDOR_AUDIT.name: audit,
        ESTIMATES.name: _estimates(stratified, heard, told),
        **_calibration(staging, heard, parties),
        **_standings(staging, parties, told),
        **_restatements(parties, told),
        **dict(zip((signals.SIGNALS.name, signals.SIGNAL_ROWS.name), signals.signals(parties), strict=True)),
        WORKLISTS.name: worklists(
            staging,
            Judged(stratified, evidence, heard, ruled, told_evidence),
            told.calibers[told.listing.caliber],
            told.on,
            told.listing,
        ),
    }
    for name, rows in tables.items():
        staging.sink.write(name, 0, compact(rows))
    staging.sink.write(RULE_STATS.name, LATER_PART, compact(vendor_audit.stats(audit)))
    staging.sink.write(RATES.name, LATER_PART, compact(_of_claims_teams(staging, ruled, parties, told)))
    return Assessed(tables[ESTIMATES.name], not_known.pieces_in_use(evidence))


def _estimates(parties: pl.DataFrame, calls: pl.DataFrame, told: Assessment) -> pl.DataFrame:
    parts = [ESTIMATES.schema.to_frame(eager=True)]
    parties = drawn.framed(parties, calls)
    for name in ESTIMATED:
        persons = drawn.population(parties, told.calibers[name], told.on)
        heard, counts = drawn.grouped(persons, calls)
        parts.append(estimates(heard, counts, Question(name, told.target, digest=told.calibers[name].digest)))
    return pl.concat(parts).sort(ESTIMATES.sorted_by)


def _calibration(staging: Staging, calls: pl.DataFrame, parties: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Findings are read only of the parties that were called."""
    called = parties.select("policy_no", "role", "record_id").join(calls, on=["policy_no", "role"], how="semi")
    found = _told(staging).select("record_id", "failed_rules")
    own = found.join(called.lazy(), on="record_id").collect().explode("failed_rules").drop_nulls("failed_rules")
    findings = own.unnest("failed_rules").filter(pl.col("severity").is_in(["F", "W"]))
    of_rules, points = fail_rates.calibrated(calls, findings.select("policy_no", "role", "rule"))
    return {fail_rates.RULE_FAIL_RATES.name: of_rules, fail_rates.RELIABILITY.name: points}


def _standings(staging: Staging, parties: pl.DataFrame, told: Assessment) -> dict[str, pl.DataFrame]:
    """League tables, the reward base with its rows, and how completely claims were captured."""
    told_rates = without_rulings(_read(staging, RATES.name, RATES.schema.names()))
    headline = told.calibers[HEADLINE]
    refuted = stated(parties, [headline], told.on).filter(pl.col(f"state:{HEADLINE}") == REFUTED)
    league = scorecards.scorecards(told_rates, refuted, HEADLINE, told.target, told.least_parties)
    claims = _told(staging).select(claims_capture.NEEDED).filter(pl.col("source").is_in(told.claims))
    return {
        scorecards.SCORECARDS.name: league,
        reward.REWARD_BASE.name: reward.reward_base(league, parties, told.reward, headline),
        reward.REWARD_EVIDENCE.name: reward.reward_evidence(refuted),
        claims_capture.CLAIMS_CAPTURE.name: claims_capture.claims_capture(claims.collect()),
    }


def _of_claims_teams(staging: Staging, ruled: pl.DataFrame, parties: pl.DataFrame, told: Assessment) -> pl.DataFrame:
    """RATES of the customers each claims team met last, of the parties as ``ruled`` and as sources told them."""
    columns = ("customer_id", "role", "team", "captured_at", "observed_at", "record_id")
    claims = staging.scan(OBSERVATIONS.name).filter(pl.col("source").is_in(told.claims)).select(columns).collect()
    teams = claims_capture.last_team(claims)
    without = _counts_of(teams, parties, told)
    with_rulings = without if ruled is parties else _counts_of(teams, ruled, told)
    samples = [one.name for one in told.calibers.values() if one.basis == "callback"]
    return rates([paired(with_rulings, without)], samples)


def _counts_of(teams: pl.DataFrame, parties: pl.DataFrame, told: Assessment) -> pl.DataFrame:
    """COUNTS of the parties of customers that ``teams`` met."""
    met = parties.join(teams.select("customer_id"), on="customer_id", how="semi")
    by_unit = {unit: [one for one in told.calibers.values() if one.unit == unit] for unit in ("party", "customer")}
    persons = counted(met, [*by_unit["party"], *by_unit["customer"]], told.on).join(teams, on="customer_id")
    dimension = (CLAIMS_TEAM,)
    by_party = count(persons, by_unit["party"], told.on, dimension)
    return total([by_party, count_customers(persons, by_unit["customer"], told.on, dimension)]).select(COUNTS.names())


def _restatements(parties: pl.DataFrame, told: Assessment) -> dict[str, pl.DataFrame]:
    """What tonight says otherwise of frozen months, under the definition they were frozen under."""
    cells, rows = (
        [freezing.RESTATEMENTS.schema.to_frame(eager=True)],
        [freezing.RESTATED_PARTIES.schema.to_frame(eager=True)],
    )
    for month, frozen in sorted(told.frozen.items()):
        now = freezing.persons_of(parties, frozen.caliber, month, told.on)
        of_month, persons = freezing.restated(frozen.persons, now, month)
        cells.append(of_month)
        rows.append(persons)
    return {freezing.RESTATEMENTS.name: pl.concat(cells), freezing.RESTATED_PARTIES.name: pl.concat(rows)}


def _told(staging: Staging) -> pl.LazyFrame:
    """Observations as their sources told them."""
    observations = staging.scan(OBSERVATIONS.name)
    if not staging.rows(OVERRIDDEN.name):
        return observations
    overridden = staging.scan(OVERRIDDEN.name)
    return pl.concat([observations.join(overridden.select("record_id"), on="record_id", how="anti"), overridden])


def _read(staging: Staging, table: str, columns: tuple[str, ...] | list[str]) -> pl.DataFrame:
    return staging.scan(table).select(columns).collect()

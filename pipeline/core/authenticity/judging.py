"""One partition of policies judged: what underwriting and evidence say of their parties, the verdicts, and the counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.core.authenticity import evidence, party_facts
from pipeline.core.authenticity.attach import attached
from pipeline.core.authenticity.calibers import CALIBERS, Caliber
from pipeline.core.authenticity.counts import count, counted
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources import callbacks, contacts
from pipeline.core.authenticity.evidence_tables import PIECES, empty
from pipeline.core.authenticity.resolve import resolved
from pipeline.core.authenticity.states import CODES, opens, states
from pipeline.core.authenticity.verdict import verdicts
from pipeline.core.golden.verified import verified
from pipeline.core.rules import by_evidence
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.schema import OBSERVATIONS

CALLS = pl.Schema({**{name: OBSERVATIONS.schema[name] for name in evidence.NEEDED if name != "kind"},
                   "feed_file": pl.String(), "feed_row": pl.Int64()})  # fmt: skip
"""Observations of call-backs, as they come to the policies."""

UNDERWRITTEN = pl.Schema({name: OBSERVATIONS.schema[name] for name in party_facts.UNDERWRITTEN})

STANDING = pl.Schema(
    {
        "policy_no": pl.String(),
        "counted_as": pl.String(),
        "customer_id": pl.String(),
        "month": pl.String(),
        **dict.fromkeys(("unit", "channel", "agency", "salesperson", "source"), pl.String()),
        "premium": pl.Int64(),
        "verdict": pl.UInt8(),  # state of the worst verdict
    }
)
"""A person of a policy, beside the states and open flags of the calibers by customer."""


@dataclass(frozen=True)
class VerdictSettings:
    """How evidence is weighed, and under which calibers parties are counted; each caliber also by customer where it says so."""

    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    calibers: tuple[Caliber, ...] = tuple(CALIBERS.values())

    def by(self, unit: str) -> list[Caliber]:
        """Calibers that count by ``unit``."""
        return [caliber for caliber in self.calibers if caliber.unit == unit]


@dataclass
class Told:
    """Everything that came to a partition: UNDERWRITTEN, CALLS, met and unmet PIECES, tonight's changed and former NUMBERS."""

    underwritten: pl.DataFrame
    calls: pl.DataFrame
    met: pl.DataFrame
    unmet: pl.DataFrame
    changed: pl.DataFrame
    former: pl.DataFrame


@dataclass
class JudgedParties:
    """Tables to publish, counts (COUNTS), and what customers need: ``standing``, their parties, and ``verified``, their values
    that evidence speaks of (VERIFIED). ``rule_stats``: answers of the rules that evidence answers.
    """

    evidence: pl.DataFrame
    parties: pl.DataFrame
    numbers: pl.DataFrame
    rejects: pl.DataFrame
    counts: pl.DataFrame
    standing: pl.DataFrame
    verified: pl.DataFrame
    rule_stats: pl.DataFrame


def judged(told: Told, settings: VerdictSettings, on: date, rules: RuleSettings) -> JudgedParties:
    """Judge the policies of ``told``; all that concerns them must be there."""
    facts = party_facts.facts(told.underwritten)
    history = party_facts.number_history(told.changed, told.former).join(
        facts.select("policy_no").unique(), on="policy_no", how="semi"
    )
    pieces = pl.concat([empty(PIECES), *_of_policies(told, settings.evidence), told.met])
    found = attached(pieces.sort("record_id", "field"), facts, party_facts.all_numbers(facts, history))
    found = pl.concat([found, attached(told.unmet, facts.clear(), history.clear())])
    heard = evidence.published(resolved(found, settings.evidence, on))
    asked = by_evidence.ask(facts, heard, history, rules)
    facts = _with_suspicions(facts, asked.suspicions)
    parties = verdicts(facts, heard, settings.evidence)
    persons = _persons(found, facts, parties, settings, on)
    by_customer = settings.by("customer")
    return JudgedParties(
        heard,
        parties,
        history,
        evidence.rejects(heard.filter(pl.col("source") == "callback"), told.calls),
        count(persons, settings.by("party"), on),
        persons.select(*STANDING.names(), *states(by_customer), *opens(by_customer)),
        verified(heard, facts),
        by_evidence.stats(asked.answers, rules),
    )


def _with_suspicions(facts: pl.DataFrame, suspicions: pl.DataFrame) -> pl.DataFrame:
    """``facts`` with the findings that evidence led to, beside those of the record."""
    told = facts.join(suspicions, on=["policy_no", "role"], how="left", maintain_order="left")
    found = pl.when(pl.col("found").is_null()).then("failed_rules")
    both = found.otherwise(pl.col("failed_rules").fill_null([]).list.concat(pl.col("found")))
    return told.with_columns(failed_rules=both).drop("found")


def standing_schema(calibers: Sequence[Caliber]) -> pl.Schema:
    """:data:`STANDING` with the states and open flags of ``calibers``."""
    marks = {**dict.fromkeys(states(calibers), pl.UInt8()), **dict.fromkeys(opens(calibers), pl.Boolean())}
    return pl.Schema({**STANDING, **marks})


def with_verdict(customers: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """``customers`` with the worst verdict of their parties, null of those who are no party."""
    worst = standing.group_by("customer_id").agg(pl.col("verdict").min())
    told = customers.drop("verdict").join(worst, on="customer_id", how="left", maintain_order="left")
    words = {code: word for word, code in CODES.items()}
    return told.with_columns(pl.col("verdict").replace_strict(words, return_dtype=pl.String))


def _persons(
    found: pl.DataFrame, facts: pl.DataFrame, parties: pl.DataFrame, settings: VerdictSettings, on: date
) -> pl.DataFrame:
    """Who is counted under all calibers; one that weighs evidence in another order has the parties judged in that order."""
    orders = dict.fromkeys([settings.evidence.order, *(caliber.evidence_order for caliber in settings.calibers)])
    persons = pl.DataFrame()
    for order in orders:
        calibers = [caliber for caliber in settings.calibers if caliber.evidence_order == order]
        weighed = replace(settings.evidence, order=order)
        usual = order == settings.evidence.order
        judged_so = parties if usual else verdicts(facts, evidence.published(resolved(found, weighed, on)), weighed)
        some = counted(judged_so, calibers, on)
        own = some.select("policy_no", "counted_as", *states(calibers), *opens(calibers))
        persons = some if usual else persons.join(own, on=["policy_no", "counted_as"], how="left")
    return persons


def _of_policies(told: Told, settings: EvidenceSettings) -> list[pl.DataFrame]:
    """Pieces that speak of a policy: calls, and codes confirmed at issue."""
    parts = [callbacks.pieces(told.calls, settings)] if told.calls.height else []
    return [*parts, contacts.sms_codes(told.underwritten)] if told.underwritten.height else parts

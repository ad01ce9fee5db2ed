"""One partition of policies judged: what underwriting and evidence say of their parties, the verdicts, and the counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.core.authenticity import corrections, evidence, party_facts, verdict
from pipeline.core.authenticity.attach import Attached, attached
from pipeline.core.authenticity.calibers import CALIBERS, Caliber
from pipeline.core.authenticity.cells import ALWAYS, COUNTED_IN, RULED, TOLD, finest
from pipeline.core.authenticity.counts import counted, policies
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources import callbacks, contacts
from pipeline.core.authenticity.evidence_tables import EVIDENCE, PIECES, empty
from pipeline.core.authenticity.heard import Heard
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.authenticity.resolve import resolved
from pipeline.core.authenticity.states import CODES, opens, states
from pipeline.core.authenticity.verdict import Verdicts
from pipeline.core.golden.verified import verified
from pipeline.core.rules import by_evidence
from pipeline.core.rules.findings import NUMBERED
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rulings.corrected import PROVED_BY
from pipeline.core.schema import OBSERVATIONS, Table

CALLS = pl.Schema({**{name: OBSERVATIONS.schema[name] for name in evidence.NEEDED if name != "kind"},
                   "feed_file": pl.String(), "feed_row": pl.Int64()})  # fmt: skip
"""Observations of call-backs, as they come to the policies."""

UNDERWRITTEN = pl.Schema(
    {name: {**OBSERVATIONS.schema, "findings": NUMBERED}[name] for name in party_facts.UNDERWRITTEN}
)

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


INSTEAD = pl.Schema({**UNDERWRITTEN, "_corrected": PROVED_BY})
"""Parties as rulings have them, beside :data:`UNDERWRITTEN` as sources told them."""


@dataclass
class Told:
    """Everything that came to a partition: UNDERWRITTEN, CALLS, met and unmet PIECES, tonight's changed and former NUMBERS.

    ``instead``: INSTEAD of parties that rulings change; ``met_instead``: PIECES that may speak of them and met nobody's
    values as told.
    """

    underwritten: pl.DataFrame
    calls: pl.DataFrame
    met: pl.DataFrame
    unmet: pl.DataFrame
    changed: pl.DataFrame
    former: pl.DataFrame
    instead: pl.DataFrame = field(default_factory=lambda: INSTEAD.to_frame(eager=True))
    met_instead: pl.DataFrame = field(default_factory=lambda: empty(PIECES))


@dataclass
class Standing:
    """Parties for the counts by customer: of policies ``untouched`` by rulings, and the others ``ruled`` and as ``told``."""

    untouched: pl.DataFrame
    ruled: pl.DataFrame
    told: pl.DataFrame


@dataclass
class JudgedParties:
    """Tables to publish, few words said again and again as numbers (Enum), finest cells of counts, and what customers need: ``standing``, their parties, and ``verified``, their values
    that evidence speaks of (VERIFIED). ``rule_stats``: answers of the rules that evidence answers. ``overridden_evidence``
    and ``overridden_parties``: of policies that rulings change, what is so without them.
    """

    evidence: pl.DataFrame
    parties: pl.DataFrame
    numbers: pl.DataFrame
    rejects: pl.DataFrame
    cells: pl.DataFrame
    standing: Standing
    verified: pl.DataFrame
    rule_stats: pl.DataFrame
    overridden_evidence: pl.DataFrame
    overridden_parties: pl.DataFrame


@dataclass
class Weighed:
    """Parties beside what speaks of them: FACTS, what was heard, PARTIES, answers of rules, and who is counted (:func:`counted`)."""

    facts: pl.DataFrame
    heard: Heard
    parties: pl.DataFrame
    asked: by_evidence.Asked
    persons: pl.DataFrame


@dataclass(frozen=True)
class _By:
    """What parties are judged by."""

    settings: VerdictSettings
    on: date
    rules: RuleSettings


def judged(told: Told, settings: VerdictSettings, on: date, rules: RuleSettings) -> JudgedParties:
    """Judge the policies of ``told``; all that concerns them must be there.

    They are judged as sources told them; policies that rulings change a second time, as these have them.
    """
    facts = party_facts.facts(told.underwritten).with_row_index("party")
    history = party_facts.number_history(told.changed, told.former)
    if history.height:
        history = history.join(facts.select("policy_no").unique(), on="policy_no", how="semi")
    own = pl.concat([empty(PIECES), *_of_policies(told, settings.evidence)])
    found = attached(pl.concat([own, told.met, told.unmet]), facts, history)
    by = _By(settings, on, rules)
    world = _weighed(found, facts, history, by)
    ruled = _as_ruled(told, own, facts, history, by) if told.instead.height else None
    return JudgedParties(
        _both(_evidence(world), ruled, EVIDENCE),
        _both(world.parties, ruled, PARTIES),
        history,
        evidence.rejects(world.heard.calls, told.calls),
        _cells(world, ruled, settings),
        _standing(world, ruled, settings.by("customer")),
        _verified(world, ruled),
        by_evidence.stats(world.asked, rules),
        _touched(_evidence(world), ruled),
        _touched(world.parties, ruled),
    )


def _weighed(found: Attached, facts: pl.DataFrame, history: pl.DataFrame, by: _By) -> Weighed:
    """``facts`` judged by ``found`` (attached pieces)."""
    heard = evidence.published(resolved(found, by.settings.evidence, by.on), facts)
    asked = by_evidence.ask(facts, heard, history, by.rules)
    told = verdict.judged(facts, heard, by.settings.evidence, asked.suspected)
    persons = _persons(found, facts, told, asked.suspected, by)
    return Weighed(facts, heard, told.parties, asked, persons)


def _as_ruled(told: Told, own: pl.DataFrame, facts: pl.DataFrame, history: pl.DataFrame, by: _By) -> Weighed:
    """The policies of ``told.instead`` with these parties in place of those told. Evidence is the same: what sources said."""
    ruled = told.instead.select("policy_no").unique()
    theirs = told.underwritten.join(ruled, on="policy_no", how="semi")
    rows = pl.concat([theirs.join(told.instead, on="record_id", how="anti"), told.instead.select(UNDERWRITTEN.names())])
    proofs = corrections.proofs(told.instead)
    now = party_facts.numbered(corrections.with_fields(party_facts.facts(rows), proofs))
    before = facts.join(ruled, on="policy_no", how="semi")
    numbers = corrections.numbers(history.join(ruled, on="policy_no", how="semi"), before, now, proofs)
    pieces = pl.concat([own.join(ruled, on="policy_no", how="semi"), told.met, told.met_instead])
    found = attached(pieces, now, numbers)
    of_them = corrections.without_older(found, now, proofs)
    return _weighed(of_them, now, numbers, by)


def _evidence(world: Weighed) -> pl.DataFrame:
    return world.heard.table.drop("party")


def _verified(world: Weighed, ruled: Weighed | None) -> pl.DataFrame:
    """VERIFIED of the policies untouched by rulings, and of the others as ruled."""
    if ruled is None:
        return verified(world.heard, world.facts)
    untouched = _apart(world.facts, ruled.parties)["party"]
    rows = world.heard.rows.filter(pl.col("party").is_in(untouched.implode()))
    return pl.concat([verified(world.heard._replace(rows=rows), world.facts), verified(ruled.heard, ruled.facts)])


def _apart(rows: pl.DataFrame, ruled: pl.DataFrame) -> pl.DataFrame:
    """``rows`` of other policies than those of ``ruled``, or of none."""
    return rows.join(ruled.select("policy_no").unique(), on="policy_no", how="anti")


def _both(told: pl.DataFrame, ruled: Weighed | None, table: Table) -> pl.DataFrame:
    """The table with its rows as ruled."""
    if ruled is None:
        return told
    rows = _evidence(ruled) if table is EVIDENCE else ruled.parties
    # Words that are numbers are others in each.
    parts = [part.cast(table.schema) for part in (_apart(told, ruled.parties), rows)]
    return pl.concat(parts).sort(table.sorted_by)


def _touched(told: pl.DataFrame, ruled: Weighed | None) -> pl.DataFrame:
    """Rows of the policies that rulings change, as they are without them."""
    if ruled is None:
        return told.clear()
    return told.join(ruled.parties.select("policy_no").unique(), on="policy_no", how="semi", maintain_order="left")


def _standing(world: Weighed, ruled: Weighed | None, by_customer: Sequence[Caliber]) -> Standing:
    names = [*STANDING.names(), *states(by_customer), *opens(by_customer)]
    told = world.persons.select(names)
    if ruled is None:
        return Standing(told, told.clear(), told.clear())
    return Standing(
        _apart(told, ruled.parties),
        ruled.persons.select(names),
        told.join(ruled.parties.select("policy_no").unique(), on="policy_no", how="semi"),
    )


def _cells(world: Weighed, ruled: Weighed | None, settings: VerdictSettings) -> pl.DataFrame:
    """Finest cells under the calibers by party and by policy, those that rulings change apart; customers are counted where
    all of theirs is.
    """
    by = {unit: settings.by(unit) for unit in ("party", "policy")}
    told = world.persons
    marked = {ALWAYS: told}
    if ruled is not None:
        changed = ruled.parties.select("policy_no").unique()
        marked = {
            ALWAYS: _apart(told, ruled.parties),
            RULED: ruled.persons,
            TOLD: told.join(changed, on="policy_no", how="semi"),
        }
    parts = []
    for mark, persons in marked.items():
        of_unit = [finest(persons, by["party"])]
        if by["policy"]:
            of_unit.append(finest(policies(persons, by["policy"]), by["policy"]))
        parts.append(pl.concat(of_unit, how="diagonal").with_columns(pl.lit(mark).alias(COUNTED_IN)))
    return pl.concat(parts)


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
    found: Attached, facts: pl.DataFrame, told: Verdicts, suspected: by_evidence.Suspected, by: _By
) -> pl.DataFrame:
    """Who is counted under all calibers; one that weighs evidence in another order has the parties judged in that order."""
    settings, on = by.settings, by.on
    orders = dict.fromkeys([settings.evidence.order, *(caliber.evidence_order for caliber in settings.calibers)])
    persons = pl.DataFrame()
    for order in orders:
        calibers = [caliber for caliber in settings.calibers if caliber.evidence_order == order]
        weighed = replace(settings.evidence, order=order)
        usual = order == settings.evidence.order
        judged = told if usual else _in_order(found, facts, suspected, weighed, on)
        some = counted(judged.parties, calibers, on, judged.sets)
        own = some.select("policy_no", "counted_as", *states(calibers), *opens(calibers))
        persons = some if usual else persons.join(own, on=["policy_no", "counted_as"], how="left")
    return persons


def _in_order(
    found: Attached, facts: pl.DataFrame, suspected: by_evidence.Suspected, weighed: EvidenceSettings, on: date
) -> Verdicts:
    """The parties judged again, evidence ``weighed`` in another order."""
    return verdict.judged(facts, evidence.published(resolved(found, weighed, on), facts), weighed, suspected)


def _of_policies(told: Told, settings: EvidenceSettings) -> list[pl.DataFrame]:
    """Pieces that speak of a policy: calls, and codes confirmed at issue."""
    parts = [callbacks.pieces(told.calls, settings)] if told.calls.height else []
    return [*parts, contacts.sms_codes(told.underwritten)] if told.underwritten.height else parts

"""What one night's work needs to know, and the two questions it asks of a partition.

A record partition holds every telling of its row keys: :func:`known` picks what stands, :func:`judge` asks the rules and
gives the rows to publish and the counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.core import tallies
from pipeline.core.authenticity import evidence
from pipeline.core.authenticity.judging import CALLS, INSTEAD, VerdictSettings
from pipeline.core.authenticity.party_facts import JUDGED_ROLES, changed_numbers, underwritten
from pipeline.core.decisions import ends_of
from pipeline.core.digest import Digests, digest, in_hex, refuse_collisions
from pipeline.core.feed_rules import newest
from pipeline.core.golden.records import NEEDED
from pipeline.core.ledger import entries
from pipeline.core.matching.matcher import Matcher, packaged
from pipeline.core.rules.evaluate import aligned, apply
from pipeline.core.rules.findings import findings
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rulings.corrected import PROVED_BY
from pipeline.core.rulings.overrides import STATES_SCHEMA, Answers, Asked, InForce, Overrides, in_force, overridden
from pipeline.core.rulings.ruling_table import OVERRIDDEN, RULINGS
from pipeline.core.schema import DECISIONS, LEADS, OBSERVATION_SCHEMA, OBSERVATIONS, REJECTS, RULE_STATS
from pipeline.core.upsert import account, choose, duplicates


@dataclass(frozen=True)
class Night:
    """``kinds``: feed -> kind. ``full_feeds``: feeds delivered tonight as a whole. ``max_age_days``: feed -> days.

    ``keyless``: feeds whose rows have no key of their own. ``decisions`` and ``rulings`` of stewards: see
    :func:`pipeline.core.decisions.known` and :func:`pipeline.core.rulings.known.bounded`.
    """

    on: date
    kinds: Mapping[str, str]
    full_feeds: frozenset[str] = frozenset()
    max_age_days: Mapping[str, int] = field(default_factory=dict)
    rules: RuleSettings = field(default_factory=RuleSettings)
    matcher: Matcher = field(default_factory=packaged)
    keyless: frozenset[str] = frozenset()
    decisions: pl.DataFrame = field(default_factory=lambda: DECISIONS.schema.to_frame(eager=True))
    verdicts: VerdictSettings = field(default_factory=VerdictSettings)
    rulings: pl.DataFrame = field(default_factory=lambda: RULINGS.schema.to_frame(eager=True))

    @cached_property
    def in_force(self) -> InForce:
        """Rulings that may be honoured."""
        return in_force(self.rulings)

    @cached_property
    def ends(self) -> pl.DataFrame:
        """What the decisions in force are about, in ENDS_SCHEMA."""
        return ends_of(self.decisions)


ASSIGNED_SCHEMA = pl.Schema({"record": pl.UInt64(), "telling": pl.UInt64(), "customer_id": pl.String()})
"""Whose a record is, and which telling."""

_CHANGING = ("source", "policy_no", "role", "record_id", "observed_at", "mobile", "landline", "other_phones")
"""What tells whether a party's numbers changed."""

_CORRECTED = pl.Schema({"record_id": pl.String(), "_corrected": PROVED_BY})

GOLDEN_COLUMNS = (*NEEDED, "failed_rules", "repairs", "sms_verified")
"""What golden records are made from."""


@dataclass
class Judged:
    """What a partition gives: rows to publish, what the verdicts need, and partial counts.

    ``underwritten``, ``calls``, ``pieces`` and ``changed_numbers`` are for the verdicts: UNDERWRITTEN, observations of
    call-backs, PIECES of all other evidence, and NUMBERS of the parties whose numbers changed. Evidence is what sources
    told; ``instead``: INSTEAD of the parties that rulings change. ``overridden``: observations as they are without
    rulings, of those they change; ``ruled``: what became of rulings.
    """

    observations: pl.DataFrame
    leads: pl.DataFrame
    rejects: pl.DataFrame
    rule_stats: pl.DataFrame
    underwritten: pl.DataFrame
    calls: pl.DataFrame
    pieces: pl.DataFrame
    changed_numbers: pl.DataFrame
    ledger: pl.DataFrame
    newest: pl.DataFrame
    overridden: pl.DataFrame
    instead: pl.DataFrame
    ruled: pl.DataFrame


_GONE = pl.Schema({"customer_id": pl.String(), "record": pl.UInt64()})


@dataclass
class Known:
    """``standing``: rows that stand, with ``_record``, ``_anchor`` and ``_customer``. ``gone``: record and its customer."""

    standing: pl.DataFrame
    gone: pl.DataFrame


def known(travelled: pl.DataFrame, night: Night) -> Known:
    """Rows of ``travelled`` that stand, with the digest of their record id and last night's customer; and what is gone."""
    standing = travelled.filter(choose(travelled, night.full_feeds).kept)
    records = digest(standing["record_id"])
    refuse_collisions("record ids", standing["record_id"], records)
    former = travelled.filter(pl.col("_customer").is_not_null()).select("record_id", "_customer")
    anchored = standing.with_columns(_record=pl.Series(records), _anchor=~pl.col("source").is_in(list(night.keyless)))
    if former.is_empty():
        return Known(anchored, _GONE.to_frame(eager=True))
    # Only few columns are joined: the rows themselves are wide.
    whose = standing.select("record_id").join(former, on="record_id", how="left", maintain_order="left")
    gone = former.join(standing.select("record_id"), on="record_id", how="anti")
    return Known(
        anchored.with_columns(whose["_customer"]),
        gone.select(customer_id="_customer", record=pl.Series(digest(gone["record_id"]))),
    )


def judge(
    travelled: pl.DataFrame,
    rejected: pl.DataFrame,
    answers: Answers,
    assigned: pl.DataFrame,
    night: Night,
) -> Judged:
    """Judge one record partition: its standing records by ``answers``, and the customers they are ``assigned``."""
    choice = choose(travelled, night.full_feeds)
    kept = choice.kept.arg_true()
    standing = travelled.select(pl.all().gather(kept.gather(travelled["record_id"].gather(kept).arg_sort())))
    records = digest(standing["record_id"])
    order = np.argsort(records)
    matrix = apply(aligned(records, answers.outcomes, order), records, answers.deviations, night.rules, order)
    failed, unknown, graded = findings(matrix, night.rules)
    published = (
        standing.select(*OBSERVATION_SCHEMA)
        .with_columns(failed_rules=failed, unknown_rules=unknown)
        .with_columns(_whose(records, assigned))
    )
    kind = pl.col("source").replace_strict(night.kinds, default=pl.col("source"), return_dtype=pl.String)
    counted = published.with_columns(graded, kind=kind)
    leads = published.filter((counted["kind"] == "leads") & pl.col("customer_id").is_null())
    told = _evidence(counted, night)
    published = published.select(OBSERVATIONS.schema.names())
    stats = tallies.rule_stats(matrix, standing["source"], standing["unit"], standing["channel"], night.rules)
    ruled = _ruled(Asked(standing.select(*OBSERVATION_SCHEMA), matrix, answers, published), night)
    return Judged(
        ruled.observations,
        leads.select(LEADS.schema.names()),
        pl.concat([rejected.select(REJECTS.schema.names()), duplicates(travelled, choice), told.unread]).sort(
            REJECTS.sorted_by
        ),
        tallies.merge([stats, ruled.rule_stats]) if ruled.rule_stats.height else stats,
        _underwritten(counted),
        told.calls,
        told.pieces,
        changed_numbers(_of_kind(travelled.select(*_CHANGING, "_tombstone"), "underwriting", night)),
        pl.concat(
            [account(travelled, choice), entries(rejected.rename({"feed": "source"}), "rows_rejected", "reason")]
        ),
        newest(standing),
        ruled.overridden,
        _instead(ruled, kind),
        ruled.states,
    )


def _ruled(asked: Asked, night: Night) -> Overrides:
    """What rulings change; nothing where there is none."""
    if night.in_force.any:
        return overridden(asked, night.in_force, night.rules)
    nothing = (OVERRIDDEN.schema, _CORRECTED, RULE_STATS.schema, STATES_SCHEMA)
    return Overrides(asked.published, *(schema.to_frame(eager=True) for schema in nothing))


def _instead(ruled: Overrides, kind: pl.Expr) -> pl.DataFrame:
    """INSTEAD of the judged parties that rulings change."""
    changed = ruled.observations.join(ruled.overridden.select("record_id"), on="record_id", how="semi")
    told = _underwritten(changed.with_columns(kind=kind)).join(ruled.corrected, on="record_id", how="left")
    return told.select(INSTEAD.names())


@dataclass
class _Evidence:
    """Observations of call-backs, PIECES of all else but underwriting, and rejects of what nobody can read."""

    calls: pl.DataFrame
    pieces: pl.DataFrame
    unread: pl.DataFrame


def _evidence(counted: pl.DataFrame, night: Night) -> _Evidence:
    """What the observations (with ``kind``) say as evidence; calls and codes at issue are read beside their policy."""
    elsewhere = [kind for kind in evidence.KINDS if kind not in ("callbacks", "underwriting")]
    said = counted.select(*evidence.NEEDED, "feed_file", "feed_row").filter(pl.col("kind").is_in(elsewhere))
    pieces = evidence.pieces(said, night.verdicts.evidence)
    calls = counted.select(*CALLS, "kind").filter(pl.col("kind") == "callbacks").drop("kind")
    return _Evidence(calls, pieces, evidence.rejects(pieces, said))


def _underwritten(counted: pl.DataFrame) -> pl.DataFrame:
    """Judged parties as underwriting tells them."""
    judged = pl.col("role").is_in(JUDGED_ROLES) & pl.col("policy_no").is_not_null()
    theirs = counted.select((pl.col("kind") == "underwriting") & judged).to_series()
    return underwritten(counted).filter(theirs)


def _of_kind(rows: pl.DataFrame, kind: str, night: Night) -> pl.DataFrame:
    """Rows that feeds of a ``kind`` tell, but for tombstones."""
    feeds = [feed for feed, of in night.kinds.items() if of == kind]
    return rows.filter(pl.col("source").is_in(feeds) & ~pl.col("_tombstone"))


def _whose(records: Digests, assigned: pl.DataFrame) -> list[pl.Series]:
    """``customer_id`` and ``telling`` of ``records``; null of those that are nobody's."""
    told = pl.DataFrame({"record": records}).join(assigned, on="record", how="left", maintain_order="left")
    return [told["customer_id"], in_hex(told["telling"]).alias("telling")]

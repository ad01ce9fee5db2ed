"""Assessment: what is made of a night's verdicts once they are written, before the night is published.

It reads the few columns it needs of what was written, so that it neither holds up the workers nor sees more than it must.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from pipeline.core.assessment import (
    claims_capture,
    drawn,
    fail_rates,
    freezing,
    policies,
    reward,
    scorecards,
    signals,
    vendor_audit,
)
from pipeline.core.assessment.policies import Asked, Met, Share
from pipeline.core.assessment.reward import RewardSettings
from pipeline.core.authenticity.calibers import HEADLINE, Caliber
from pipeline.core.authenticity.counts import marked, paired
from pipeline.core.authenticity.estimate import Question, estimates
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.rates import rates, without_rulings
from pipeline.core.batches import compact
from pipeline.core.lists.corrections import IS_REMEDY, REFUTED, REMEDIES
from pipeline.core.lists.worklists import WORKLISTS
from pipeline.core.schema import RATES, RULE_STATS
from pipeline.listing import Listing, Standing, contacts_of, worklists
from pipeline.ports import Staging
from pipeline.written import Columns, Written

ESTIMATED = ("system", "final")
"""Calibers whose rate is held against the drawn calls."""

LATER_PART = 1
"""Part of a table that the run itself writes the first of."""

_PARTY = ["policy_no", "role"]
_CALLS = (
    *("policy_no", "role", "feed", "vendor", "caller", "record_id", "source", "direction", "answer", "code", "at"),
    *("why_not", "phone", "talk_seconds", "list_id", "stratum", "inclusion_probability"),
)
_PIECES = tuple(dict.fromkeys((*policies.EVIDENCE, *REMEDIES)))
_CLAIMS: Columns = (*claims_capture.NEEDED, "customer_id", "observed_at", "record_id")
_FINDINGS: Columns = ("record_id", "failed_rules")


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


@dataclass(frozen=True)
class _Part:
    """What is kept of a part of the policies: its ``share``; ``met``, the same of it with rulings honoured; and parties that
    are ``refuted`` with rulings honoured, beside the ``remedies`` that evidence knows.
    """

    share: Share
    met: Met
    refuted: pl.DataFrame
    remedies: pl.DataFrame


def assess(staging: Staging, told: Assessment) -> Assessed:
    """Make the tables that are made of verdicts, and add to the rule statistics what they answer.

    Money hangs on them: no ruling of a steward moves them. Policies are assessed part by part, so that memory does not
    grow with their number.
    """
    written = Written(staging)
    call, unsubscribed = pl.col("source") == "callback", pl.col("answer") == "unsubscribed"
    heard_of = written.evidence(_CALLS, call | unsubscribed)
    calls = heard_of.filter(call)
    audit = vendor_audit.vendor_audit(calls.unique("record_id", keep="first", maintain_order=True))
    heard = drawn.outcomes(calls, audit.filter("flagged"))
    in_claims = pl.col("source").is_in(told.claims)
    claims = written.observations(_CLAIMS, in_claims)
    asked = _asked(written, told, heard, claims_capture.last_team(claims))
    parts = [_of_part(written, part, asked) for part in written.parts]
    shares = [part.share for part in parts]
    standing = Standing(
        pl.concat([part.refuted for part in parts], rechunk=True),
        pl.concat([part.remedies for part in parts], rechunk=True),
        pl.concat([share.candidates for share in shares], rechunk=True),
        pl.concat([share.called for share in shares], rechunk=True),
        calls.select("phone", "at").drop_nulls(),
        claims["customer_id"].drop_nulls().unique(),
        heard_of.filter(unsubscribed).select("phone", "at"),
    )
    contacts = contacts_of(written, standing)
    tables = {
        vendor_audit.VENDOR_AUDIT.name: audit,
        ESTIMATES.name: _estimates(shares, heard, told),
        **_calibration(written, heard, standing.called, contacts),
        **_standings(staging, shares, told),
        claims_capture.CLAIMS_CAPTURE.name: claims_capture.claims_capture(
            written.without_rulings(claims, _CLAIMS, in_claims)
        ),
        **_restatements(shares, told),
        **dict(
            zip(
                (signals.SIGNALS.name, signals.SIGNAL_ROWS.name),
                signals.signals([share.sales for share in shares]),
                strict=True,
            )
        ),
        WORKLISTS.name: worklists(written, standing, contacts, told.on, told.listing),
    }
    _write(staging, tables, 0)
    later = {RULE_STATS.name: vendor_audit.stats(audit), RATES.name: _of_claims_teams(parts, asked)}
    _write(staging, later, LATER_PART)
    pieces: Counter[str] = Counter()
    for share in shares:
        pieces.update(share.pieces)
    return Assessed(tables[ESTIMATES.name], pieces)


def _write(staging: Staging, tables: Mapping[str, pl.DataFrame], part: int) -> None:
    """Two at a time: nobody else works meanwhile."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: staging.sink.write(name, part, compact(tables[name])), tables))


def _asked(written: Written, told: Assessment, heard: pl.DataFrame, teams: pl.DataFrame) -> Asked:
    issued = written.parties_of(heard["policy_no"].unique(), ("policy_no", "role", "issued_on"))
    frozen: dict[Caliber, list[str]] = {}
    for month, one in sorted(told.frozen.items()):
        frozen.setdefault(one.caliber, []).append(month)
    listing = told.listing
    return Asked(
        told.on,
        told.calibers,
        ESTIMATED,
        heard,
        drawn.weeks(issued, heard),
        teams,
        frozen,
        listing.caliber,
        told.on - timedelta(days=listing.plan.days),
    )


def _of_part(written: Written, part: int, asked: Asked) -> _Part:
    """Nothing else of a part is kept."""
    ruled, told = written.parties(policies.PARTIES, part)
    heard = written.pieces(_PIECES, part, policies.SPEAKS)
    share = policies.share(told, heard.told, asked)
    met = share.met if ruled is told else policies.met(marked(ruled, list(asked.calibers.values()), asked.on), asked)
    refuted = ruled.select(REFUTED).filter(pl.col("verdict") == "refuted")
    # Few are left to be joined when their policies were looked up.
    theirs = IS_REMEDY & pl.col("policy_no").is_in(refuted["policy_no"].implode())
    remedies = heard.ruled.select(REMEDIES).filter(theirs).join(refuted.select(_PARTY), on=_PARTY, how="semi")
    return _Part(share, met, refuted, remedies)


def _estimates(shares: Sequence[Share], calls: pl.DataFrame, told: Assessment) -> pl.DataFrame:
    parts = [ESTIMATES.schema.to_frame(eager=True)]
    for name in ESTIMATED:
        heard, counts = drawn.grouped([share.estimates[name] for share in shares], calls)
        parts.append(estimates(heard, counts, Question(name, told.target, digest=told.calibers[name].digest)))
    return pl.concat(parts).sort(ESTIMATES.sorted_by)


def _calibration(
    written: Written, calls: pl.DataFrame, called: pl.DataFrame, contacts: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Findings are told only of the parties that were called."""
    who = called.select("policy_no", "role", "record_id").unique()
    wanted = pl.col("record_id").is_in(who["record_id"].implode())
    told = written.without_rulings(contacts.select(_FINDINGS).filter(wanted), _FINDINGS, wanted)
    own = told.join(who, on="record_id")
    found = own.explode("failed_rules").drop_nulls("failed_rules").unnest("failed_rules")
    findings = found.filter(pl.col("severity").is_in(["F", "W"]))
    of_rules, points = fail_rates.calibrated(calls, findings.select("policy_no", "role", "rule"))
    return {fail_rates.RULE_FAIL_RATES.name: of_rules, fail_rates.RELIABILITY.name: points}


def _standings(staging: Staging, shares: Sequence[Share], told: Assessment) -> dict[str, pl.DataFrame]:
    """League tables, and the reward base with its rows."""
    headline = told.calibers[HEADLINE]
    told_rates = without_rulings(staging.scan(RATES.name).filter(pl.col("caliber") == HEADLINE).collect())
    refuted = pl.concat([share.refuted for share in shares], rechunk=True)
    league = scorecards.scorecards(told_rates, refuted, HEADLINE, told.target, told.least_parties)
    premiums = [share.premiums for share in shares]
    return {
        scorecards.SCORECARDS.name: league,
        reward.REWARD_BASE.name: reward.reward_base(league, premiums, told.reward, headline),
        reward.REWARD_EVIDENCE.name: reward.reward_evidence(refuted),
    }


def _of_claims_teams(parts: Sequence[_Part], asked: Asked) -> pl.DataFrame:
    """RATES of the customers each claims team met last, with rulings honoured and as sources told them."""
    without = policies.counts_of_teams([part.share.met for part in parts], asked)
    changed = any(part.met is not part.share.met for part in parts)
    with_rulings = policies.counts_of_teams([part.met for part in parts], asked) if changed else without
    samples = [one.name for one in asked.calibers.values() if one.basis == "callback"]
    return rates([paired(with_rulings, without)], samples)


def _restatements(shares: Sequence[Share], told: Assessment) -> dict[str, pl.DataFrame]:
    """What tonight says otherwise of frozen months, under the definition they were frozen under."""
    cells, rows = (
        [freezing.RESTATEMENTS.schema.to_frame(eager=True)],
        [freezing.RESTATED_PARTIES.schema.to_frame(eager=True)],
    )
    for month, frozen in sorted(told.frozen.items()):
        counted = pl.concat([share.frozen[frozen.caliber] for share in shares])
        now = freezing.persons_of(counted, frozen.caliber, month)
        of_month, persons = freezing.restated(frozen.persons(), now, month)
        cells.append(of_month)
        rows.append(persons)
    return {freezing.RESTATEMENTS.name: pl.concat(cells), freezing.RESTATED_PARTIES.name: pl.concat(rows)}

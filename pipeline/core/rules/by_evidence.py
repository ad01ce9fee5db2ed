"""What evidence answers: questions of parties beside the pieces that speak of them, and of call-backs one by one."""

from dataclasses import dataclass

import polars as pl

from pipeline.core import tallies
from pipeline.core.authenticity.party_facts import by_number, numbered
from pipeline.core.rules.catalogue import BY_ID
from pipeline.core.rules.evaluate import severity_of
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, PASSED, UNKNOWN
from pipeline.core.schema import RULE_STATS

ANSWERS = pl.Schema(
    {
        "party": pl.UInt32(),  # number of :func:`party_facts.numbered`
        "rule": pl.String(),
        "reason": pl.String(),  # of a failure
        "outcome": pl.UInt8(),
        "source": pl.String(),  # feed
        "unit": pl.String(),
        "channel": pl.String(),
    }
)
"""One row per party, or call-back, and rule that was asked."""

PARTY_RULES = ("D27", "P12", "P13", "P14", "P15", "P19", "C02", "C06")
CALL_RULES = ("C05", "C07")

_PARTY = "party"
_OUT_OF_DATE = ("stale", "later_than_night", "unknown_code", "unknown_vendor", "no_time")


@dataclass(frozen=True)
class Asked:
    """``answers``: ANSWERS. ``suspicions``: party, rule, severity, reason of failed W answers of parties."""

    answers: pl.DataFrame
    suspicions: pl.DataFrame


def ask(facts: pl.DataFrame, evidence: pl.DataFrame, numbers: pl.DataFrame, settings: RuleSettings) -> Asked:
    """Ask the rules of ``facts`` (FACTS), ``evidence`` (EVIDENCE, resolved) and the changed ``numbers`` (NUMBERS).

    All pieces of a party must be there. F answers of parties are evidence that refutes already and are counted only.
    """
    facts = numbered(facts)
    evidence = by_number(evidence, facts)
    heard = evidence.filter(pl.col("policy_no").is_not_null())
    fresh = heard.filter(~pl.col("why_not").is_in(_OUT_OF_DATE).fill_null(value=False))
    calls = evidence.filter(pl.col("source") == "callback").unique("record_id", keep="first", maintain_order=True)
    of_parties = pl.concat(
        [
            _of_answers(fresh, "D27", "identity", {"other_name": "mismatch", "deregistered": "deregistered"}),
            _of_answers(fresh, "P12", "number_status", {name: name for name in ("empty_number", "suspended", "risky")}),
            _of_answers(fresh, "P13", "three_factor", {name: name for name in ("other_name", "registered_to_another")}),
            _positive(facts, fresh),
            _elsewhere(facts, fresh),
            _changed(facts, calls, numbers, settings.limits.phone_change_days),
            _claims(fresh),
            _first_call(facts, calls, settings.limits.first_call_days),
        ]
    )
    where = facts.select(
        _PARTY, "unit", "channel", source=pl.col("record_id").str.split_exact("/", 1).struct.field("field_0")
    )
    told = pl.concat([of_parties.join(where, on=_PARTY, how="inner").pipe(_filled), _calls(calls)])
    told = told.filter(~pl.col("rule").is_in(sorted(settings.off)))
    return Asked(told, _suspicions(told, settings))


def stats(answers: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """RULE_STATS of ``answers`` (ANSWERS)."""
    alike = answers.group_by("rule", "source", "unit", "channel", "reason", "outcome").len()
    graded = alike.with_columns(pl.col("len").cast(pl.Int64), severity=_severity(settings))
    told = {
        "evaluated": pl.col("outcome") != UNKNOWN,
        "failed": pl.col("outcome") == FAILED,
        "failed_f": pl.col("severity") == "F",
        "failed_w": pl.col("severity") == "W",
        "failed_i": pl.col("severity") == "I",
        "unknown": pl.col("outcome") == UNKNOWN,
        "standing": pl.col("outcome") == FAILED,
    }
    counts = graded.group_by("rule", pl.col("source", "unit", "channel").fill_null("")).agg(
        pl.col("len").filter(where).sum().alias(name) for name, where in told.items()
    )
    return tallies.merge([counts.select(RULE_STATS.schema.names()).cast(RULE_STATS.schema)])


def _severity(settings: RuleSettings) -> pl.Expr:
    """Severity of each failed answer, null of others."""
    told = pl.lit(None, pl.String)
    for rule in (*PARTY_RULES, *CALL_RULES):
        for place, reason in enumerate(BY_ID[rule].reasons):
            here = (pl.col("rule") == rule) & (pl.col("reason") == reason.code)
            told = pl.when(here).then(pl.lit(severity_of(BY_ID[rule], place, settings))).otherwise(told)
    return pl.when(pl.col("outcome") == FAILED).then(told)


def _suspicions(told: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    failed = told.filter((pl.col("outcome") == FAILED) & pl.col("rule").is_in(PARTY_RULES))
    kinds = failed.select("rule", "reason", "outcome").unique().with_columns(severity=_severity(settings))
    doubted = kinds.filter(pl.col("severity") == "W").select("rule", "reason", "severity")
    graded = failed.join(doubted, on=["rule", "reason"], nulls_equal=True)
    return graded.select(_PARTY, "rule", "severity", "reason").sort(_PARTY, "rule", "reason")


def _of_answers(fresh: pl.DataFrame, rule: str, source: str, fails: dict[str, str]) -> pl.DataFrame:
    """The newest answer of ``source`` to each party: one of ``fails`` fails, one that confirms passes, others are unknown."""
    newest = (
        fresh.filter(pl.col("source") == source)
        .sort(_PARTY, "at", "direction", "answer", descending=[False, True, True, False])
        .unique(_PARTY, keep="first", maintain_order=True)
    )
    reason = pl.col("answer").replace_strict(fails, default=None, return_dtype=pl.String)
    failed = reason.is_not_null()
    passed = pl.col("direction") == "confirms"
    return _answers(newest, rule, reason, failed, passed)


def _positive(facts: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """P14, of parties with a number: something that still counts confirms it."""
    confirmed = fresh.filter((pl.col("field") == "phone") & (pl.col("direction") == "confirms")).select(_PARTY).unique()
    numbered = facts.drop_nulls("phone").select(_PARTY)
    told = numbered.join(confirmed.with_columns(passed=pl.lit(value=True)), on=_PARTY, how="left")
    passed = pl.col("passed").fill_null(value=False)
    return _answers(told, "P14", pl.lit("none"), ~passed, passed)


def _elsewhere(facts: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """P15, of parties whose customer gave a number elsewhere: the newest is the policy's, or older than the policy's."""
    given = (
        fresh.filter(pl.col("source").is_in(["wechat", "inbound_call", "claims"]) & (pl.col("field") == "phone"))
        .sort(_PARTY, "at", "evidence_id", descending=[False, True, False])
        .unique(_PARTY, keep="first", maintain_order=True)
        .join(facts.select(_PARTY, "observed_at"), on=_PARTY)
    )
    other = (pl.col("why_not") == "another_value").fill_null(value=False) & (pl.col("at") > pl.col("observed_at"))
    return _answers(given, "P15", pl.lit("newer_elsewhere"), other, ~other)


def _changed(facts: pl.DataFrame, calls: pl.DataFrame, numbers: pl.DataFrame, days: int) -> pl.DataFrame:
    """P19, of parties that were called: no number of theirs began in the ``days`` before the first call."""
    first = calls.drop_nulls("at").group_by(_PARTY).agg(first=pl.col("at").min())
    called = facts.select(_PARTY).join(first, on=_PARTY)
    begun = by_number(numbers.drop_nulls("since"), facts).join(called, on=_PARTY)
    before = begun.filter(pl.col("since").is_between(pl.col("first") - pl.duration(days=days), pl.col("first")))
    told = called.join(before.select(_PARTY).unique().with_columns(hit=pl.lit(value=True)), on=_PARTY, how="left")
    hit = pl.col("hit").fill_null(value=False)
    return _answers(told, "P19", pl.lit("changed"), hit, ~hit)


def _claims(fresh: pl.DataFrame) -> pl.DataFrame:
    """C02, of parties whose customer had a claim: the newest values captured there are the policy's."""
    newest = (
        fresh.filter(pl.col("source").is_in(["claims", "inbound_call"]))
        .sort(_PARTY, "field", "at", "evidence_id", descending=[False, False, True, False])
        .unique([_PARTY, "field"], keep="first", maintain_order=True)
    )
    differing = (pl.col("why_not") == "another_value").fill_null(value=False)
    told = newest.group_by(_PARTY).agg(reason=pl.col("field").filter(differing).min())
    failed = pl.col("reason").is_not_null()
    return _answers(told, "C02", pl.col("reason"), failed, ~failed)


def _first_call(facts: pl.DataFrame, calls: pl.DataFrame, days: int) -> pl.DataFrame:
    """C06, of parties that were called: the first call came at most ``days`` after issue; unknown without a day of issue."""
    first = calls.drop_nulls("at").group_by(_PARTY).agg(first=pl.col("at").min().dt.date())
    told = facts.select(_PARTY, "issued_on").join(first, on=_PARTY)
    late = (pl.col("first") - pl.col("issued_on")).dt.total_days() > days
    return _answers(told, "C06", pl.lit("late"), late.fill_null(value=False), (~late).fill_null(value=False))


def _calls(calls: pl.DataFrame) -> pl.DataFrame:
    """C05 and C07 of every call-back; an orphan is asked C07 alone, there being no number it should have gone to."""
    orphan = (pl.col("why_not") == "orphan").fill_null(value=False)
    told = calls.with_columns(source="feed", unit=pl.lit(None, pl.String), channel=pl.lit(None, pl.String))
    fault = pl.col("why_not").replace_strict(
        {
            "unknown_code": "unknown_code",
            "not_the_policys_number": "other_number",
            "no_number": "other_number",
            "no_time": "no_time",
            "caller_distrusted": "distrusted",
        },
        default=None,
        return_dtype=pl.String,
    )
    answered = pl.col("direction").is_in(["confirms", "refutes"]) & pl.col("talk_seconds").is_null()
    dialled = ~pl.col("answer").is_in(["empty_number", "suspended_long", "not_dialled_bad_number"]).fill_null(
        value=False
    )
    reason = pl.coalesce(fault, pl.when(answered & dialled).then(pl.lit("no_length")))
    failed = reason.is_not_null()
    lost = pl.when(orphan).then(pl.lit("orphan"))
    parts = [
        _answers(told.filter(~orphan), "C05", reason, failed, ~failed, "source", "unit", "channel"),
        _answers(told, "C07", lost, orphan, ~orphan, "source", "unit", "channel"),
    ]
    return pl.concat([_filled(part) for part in parts])


def _answers(
    rows: pl.DataFrame, rule: str, reason: pl.Expr, failed: pl.Expr, passed: pl.Expr, *more: str
) -> pl.DataFrame:
    outcome = pl.when(failed).then(FAILED).when(passed).then(PASSED).otherwise(UNKNOWN).cast(pl.UInt8)
    return rows.select(
        _PARTY, *more, rule=pl.lit(rule), reason=pl.when(failed).then(reason.cast(pl.String)), outcome=outcome
    )


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(ANSWERS.names()).cast(ANSWERS)

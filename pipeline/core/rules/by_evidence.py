"""What evidence answers: questions of parties beside the pieces that speak of them, and of call-backs one by one."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs, tallies
from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.heard import Heard
from pipeline.core.authenticity.party_facts import by_number
from pipeline.core.distinct import numbered_rows
from pipeline.core.record_ids import feed_of
from pipeline.core.rules.catalogue import BY_ID
from pipeline.core.rules.evaluate import CODES, severity_of
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
_FRESH = ~pl.col("why_not").is_in(_OUT_OF_DATE).fill_null(value=False)
_ANOTHER = (pl.col("why_not") == "another_value").fill_null(value=False)

_PLACES = {rule: place * CODES for place, rule in enumerate(PARTY_RULES)}
"""Rule of parties -> where its answers begin among the :data:`_KINDS`; an answer is its outcome code further on."""


def _kinds() -> pl.DataFrame:
    rows: list[tuple[str, str | None, int]] = []
    for rule in PARTY_RULES:
        reasons = [reason.code for reason in BY_ID[rule].reasons]
        codes = [None] * FAILED + reasons + [None] * (CODES - FAILED - len(reasons))
        rows += [(rule, reason, min(place, FAILED)) for place, reason in enumerate(codes)]
    return pl.DataFrame(rows, schema={name: ANSWERS[name] for name in ("rule", "reason", "outcome")}, orient="row")


_KINDS = _kinds()
"""Rule, reason and outcome of every answer of parties there is."""


class Suspected(NamedTuple):
    """Failed W answers of parties. ``rows``: party and ``suspicion``, a row of ``suspicions``: rule, severity, reason."""

    rows: pl.DataFrame
    suspicions: pl.DataFrame


@dataclass(frozen=True)
class Asked:
    """``told``: party and ``kind`` (place among the kinds of answers) of every answer of a party; ``calls``: ANSWERS of
    call-backs. ``where``: number of each party among ``places``: source, unit and channel.
    """

    told: pl.DataFrame
    calls: pl.DataFrame
    where: pl.Series
    places: pl.DataFrame
    suspected: Suspected

    @property
    def answers(self) -> pl.DataFrame:
        """All of them in ANSWERS."""
        whose = self.where.gather(self.told[_PARTY])
        parts = (
            self.told.select(_PARTY),
            _KINDS[self.told["kind"]],
            self.places[whose],
        )
        return pl.concat([_filled(pl.concat(parts, how="horizontal")), self.calls])


def ask(facts: pl.DataFrame, heard: Heard, numbers: pl.DataFrame, settings: RuleSettings) -> Asked:
    """Ask the rules of numbered ``facts`` (FACTS), what was ``heard`` of them, and the changed ``numbers`` (NUMBERS).

    All pieces of a party must be there. F answers of parties are evidence that refutes already and are counted only.
    """
    calls = heard.calls.unique("record_id", keep="first", maintain_order=True)
    told = pl.concat(
        [
            _of_answers(heard, "D27", "identity", {"other_name": "mismatch", "deregistered": "deregistered"}),
            _of_answers(heard, "P12", "number_status", {name: name for name in ("empty_number", "suspended", "risky")}),
            _of_answers(heard, "P13", "three_factor", {name: name for name in ("other_name", "registered_to_another")}),
            _positive(facts, heard),
            _elsewhere(facts, heard),
            _changed(facts, calls, numbers, settings.limits.phone_change_days),
            _claims(heard),
            _first_call(facts, calls, settings.limits.first_call_days),
        ]
    )
    off = [place for place, rule in enumerate(_KINDS["rule"]) if rule in settings.off]
    told = told.filter(~pl.col("kind").is_in(off)) if off else told
    where, places = numbered_rows(facts.select("unit", "channel", source=feed_of(pl.col("record_id"))))
    of_calls = _calls(calls).filter(~pl.col("rule").is_in(sorted(settings.off)))
    return Asked(told, of_calls, where, places, _suspected(told, settings))


def stats(asked: Asked, settings: RuleSettings) -> pl.DataFrame:
    """RULE_STATS of the answers."""
    alike = pl.concat([_counted(asked), asked.calls.group_by(_ALIKE).len()])
    graded = _graded(alike, settings).with_columns(pl.col("len").cast(pl.Int64))
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


_ALIKE = ("rule", "source", "unit", "channel", "reason", "outcome")


def _counted(asked: Asked) -> pl.DataFrame:
    """How many parties gave each answer at each place."""
    width = _KINDS.height
    place = asked.where.to_numpy()[asked.told[_PARTY].to_numpy()].astype(np.intp)
    counts = np.bincount(place * width + asked.told["kind"].to_numpy(), minlength=1)
    cells = np.flatnonzero(counts)
    told = asked.places[cells // width].hstack(_KINDS[cells % width])
    return told.select(_ALIKE).with_columns(len=pl.Series(counts[cells], dtype=pl.UInt32))


def _graded(answers: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """``answers`` with the ``severity`` of each that failed, null of others."""
    rows = [
        (rule, reason.code, FAILED, severity_of(BY_ID[rule], place, settings))
        for rule in (*PARTY_RULES, *CALL_RULES)
        for place, reason in enumerate(BY_ID[rule].reasons)
    ]
    keys = {name: ANSWERS[name] for name in ("rule", "reason", "outcome")}
    table = pl.DataFrame(rows, schema={**keys, "severity": pl.String}, orient="row")
    return answers.join(table, on=list(keys), how="left", maintain_order="left")


def _suspected(told: pl.DataFrame, settings: RuleSettings) -> Suspected:
    graded = _graded(_KINDS, settings).with_row_index("kind")
    doubted = graded.filter(pl.col("severity") == "W").with_row_index("suspicion")
    number = np.zeros(_KINDS.height, np.uint32)
    number[doubted["kind"].to_numpy()] = doubted["suspicion"].to_numpy()
    failed = told.filter(pl.col("kind").is_in(doubted["kind"].implode()))
    rows = failed.select(_PARTY, suspicion=pl.Series(number[failed["kind"].to_numpy()], dtype=pl.UInt32))
    return Suspected(rows, doubted.select("rule", "severity", "reason"))


def _of_answers(heard: Heard, rule: str, source: str, fails: dict[str, str]) -> pl.DataFrame:
    """The newest answer of ``source`` to each party: one of ``fails`` fails, one that confirms passes, others are unknown."""
    says = heard.says
    order = says.select("direction", "answer").with_row_index("said")
    order = order.sort("direction", "answer", descending=[True, False])
    turn = np.empty(says.height, np.uint32)
    turn[order["said"].to_numpy()] = np.arange(says.height, dtype=np.uint32)
    rows = heard.those(_FRESH & (pl.col("source") == source))
    newest = rows[runs.firsts(rows[_PARTY].to_numpy(), _newest_first(rows), turn[rows["said"].to_numpy()])]
    codes = {answer: _code(rule, reason) for answer, reason in fails.items()}
    code = says.select(
        pl.coalesce(
            pl.col("answer").replace_strict(codes, default=None, return_dtype=pl.UInt8),
            pl.when(pl.col("direction") == "confirms").then(PASSED).otherwise(UNKNOWN).cast(pl.UInt8),
        )
    ).to_series()
    return _answers(newest[_PARTY], rule, code.gather(newest["said"]).to_numpy())


def _positive(facts: pl.DataFrame, heard: Heard) -> pl.DataFrame:
    """P14, of parties with a number: something that still counts confirms it."""
    confirmed = heard.those(_FRESH & (pl.col("field") == "phone") & (pl.col("direction") == "confirms"))
    passed = _among(facts, confirmed)
    numbered = facts["phone"].is_not_null()
    return _outcomes(facts[_PARTY].filter(numbered), "P14", ~passed[numbered.to_numpy()])


def _elsewhere(facts: pl.DataFrame, heard: Heard) -> pl.DataFrame:
    """P15, of parties whose customer gave a number elsewhere: the newest is the policy's, or older than the policy's."""
    elsewhere = pl.col("source").is_in(["wechat", "inbound_call", "claims"]) & (pl.col("field") == "phone")
    rows = heard.those(_FRESH & elsewhere)
    given = rows[runs.firsts(rows[_PARTY].to_numpy(), _newest_first(rows), rows["piece"].to_numpy())]
    later = (given["at"] > facts["observed_at"].gather(given[_PARTY])).fill_null(value=False).to_numpy()
    return _outcomes(given[_PARTY], "P15", heard.marked(_ANOTHER)[given["said"].to_numpy()] & later)


def _changed(facts: pl.DataFrame, calls: pl.DataFrame, numbers: pl.DataFrame, days: int) -> pl.DataFrame:
    """P19, of parties that were called: no number of theirs began in the ``days`` before the first call."""
    first = calls.drop_nulls((_PARTY, "at")).group_by(_PARTY).agg(first=pl.col("at").min())
    begun = by_number(numbers.drop_nulls("since"), facts).join(first, on=_PARTY)
    before = begun.filter(pl.col("since").is_between(pl.col("first") - pl.duration(days=days), pl.col("first")))
    return _outcomes(first[_PARTY], "P19", _among(facts, before)[first[_PARTY].to_numpy()])


def _claims(heard: Heard) -> pl.DataFrame:
    """C02, of parties whose customer had a claim: the newest values captured there are the policy's."""
    reasons = {field_sets.FIELDS.index(reason.code): _code("C02", reason.code) for reason in BY_ID["C02"].reasons}
    captured = pl.col("source").is_in(["claims", "inbound_call"])
    told = heard.those(_FRESH & captured, field=field_sets.place(), another=_ANOTHER)
    # Rows stand by party and field: where several fields differ the first by name is told.
    slot = told[_PARTY].to_numpy().astype(np.uint64) * np.uint64(len(field_sets.FIELDS)) + told["field"].to_numpy()
    newest = told[runs.firsts(slot, _newest_first(told), told["piece"].to_numpy())]
    code = np.where(
        newest["another"], newest["field"].replace_strict(reasons, default=PASSED, return_dtype=pl.UInt8), PASSED
    )
    parties = newest[_PARTY].to_numpy()
    first = runs.firsts(parties, code == PASSED)
    return _answers(newest[_PARTY].gather(first), "C02", code[first])


def _newest_first(rows: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Turn of each row by its time: the newest first, without one before all."""
    return -rows.select(pl.col("at").cast(pl.Int64).fill_null(_NEVER)).to_series().to_numpy()


_NEVER = (1 << 63) - 1
"""Time of what has none: after all others."""


def _first_call(facts: pl.DataFrame, calls: pl.DataFrame, days: int) -> pl.DataFrame:
    """C06, of parties that were called: the first call came at most ``days`` after issue; unknown without a day of issue."""
    first = calls.drop_nulls((_PARTY, "at")).group_by(_PARTY).agg(first=pl.col("at").min().dt.date())
    issued = facts["issued_on"].gather(first[_PARTY])
    late = ((first["first"] - issued).dt.total_days() > days).cast(pl.UInt8)
    told = late.replace_strict({1: FAILED, 0: PASSED}, default=UNKNOWN, return_dtype=pl.UInt8)
    return _answers(first[_PARTY], "C06", told.to_numpy())


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
        _of_calls(told.filter(~orphan), "C05", reason, failed),
        _of_calls(told, "C07", lost, orphan),
    ]
    return pl.concat([_filled(part) for part in parts])


def _of_calls(rows: pl.DataFrame, rule: str, reason: pl.Expr, failed: pl.Expr) -> pl.DataFrame:
    outcome = pl.when(failed).then(FAILED).otherwise(PASSED).cast(pl.UInt8)
    where = (_PARTY, "source", "unit", "channel")
    return rows.select(*where, rule=pl.lit(rule), reason=pl.when(failed).then(reason), outcome=outcome)


def _code(rule: str, reason: str) -> int:
    """Outcome code of a reason."""
    return FAILED + [way.code for way in BY_ID[rule].reasons].index(reason)


def _among(facts: pl.DataFrame, rows: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Which parties of ``facts`` any of ``rows`` is of."""
    there = np.zeros(facts.height, bool)
    there[rows[_PARTY].to_numpy()] = True
    return there


def _outcomes(parties: pl.Series, rule: str, failed: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Answers of a rule that fails for one reason, or passes."""
    return _answers(parties, rule, np.where(failed, FAILED, PASSED))


def _answers(parties: pl.Series, rule: str, codes: npt.NDArray[np.integer]) -> pl.DataFrame:
    """Answers by outcome code."""
    kind = codes.astype(np.uint16) + np.uint16(_PLACES[rule])
    return pl.DataFrame({_PARTY: parties, "kind": pl.Series(kind, dtype=pl.UInt16)})


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(ANSWERS.names()).cast(ANSWERS)

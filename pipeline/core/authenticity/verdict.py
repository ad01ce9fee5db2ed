"""The verdict on every party (design §9).

*authentic*: no standing finding F and confirmed by evidence that counts; *refuted*: a standing finding F, a missing
obligatory field or refuting evidence; *unverified*: the rest. Evidence speaks for the field it proves and no other.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity import field_sets, grouped
from pipeline.core.authenticity.advice import advice
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.field_sets import Sets
from pipeline.core.authenticity.grounds import ORDER, REFUTES, Grounds, grounds
from pipeline.core.authenticity.grouped import Numbers
from pipeline.core.authenticity.heard import Heard, heard
from pipeline.core.authenticity.party_facts import numbered
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.rules.by_evidence import Suspected

_PARTY = "party"
_VERDICTS = ("refuted", "authentic", "unverified")
_DECIDING = ("false", "proof", "open")
"""Effect of the evidence that decides each of them."""
_REFUTED, _AUTHENTIC, _UNVERIFIED = range(3)

_AGAINST, _FALSE, _HEARD = 1, 2, 4
_FOUND = ("failed_fields", "standing_fields", "suspect_fields", "confirmed_fields", "refuted_fields")
_WIDTH = len(field_sets.FIELDS)
"""A kind of ground is one number: three flags, and a set of fields for each of these."""


class Verdicts(NamedTuple):
    """``parties``: PARTIES. ``sets``: its lists of fields as sets (:mod:`field_sets`), by column."""

    parties: pl.DataFrame
    sets: dict[str, Sets]


class _Summed(NamedTuple):
    """What the grounds of each party come to."""

    against: npt.NDArray[np.bool_]
    false: npt.NDArray[np.bool_]
    heard: npt.NDArray[np.bool_]
    sets: dict[str, Sets]


def verdicts(facts: pl.DataFrame, evidence: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """The parties table: ``facts`` (FACTS) judged by their findings and by ``evidence`` (EVIDENCE, resolved)."""
    facts = numbered(facts)
    return judged(facts, heard(evidence, facts), settings).parties


def judged(
    facts: pl.DataFrame, told: Heard, settings: EvidenceSettings, suspected: Suspected | None = None
) -> Verdicts:
    """The parties of numbered ``facts`` judged by their findings and by what was heard.

    ``suspected``: findings that evidence led to, beside those of the record.
    """
    said = grounds(facts, told, settings, suspected)
    ordered = _in_order(said)
    summed = _summed(said, ordered, facts)
    # A steward corrected a field that no evidence has confirmed since.
    waits = (summed.sets["corrected_fields"] & ~summed.sets["confirmed_fields"]) != 0
    proof = field_sets.of(settings.proof)
    proven = bool(settings.proof) & ((summed.sets["confirmed_fields"] & proof) == proof)
    verdict = np.where(summed.against, _REFUTED, np.where(proven & ~waits, _AUTHENTIC, _UNVERIFIED))
    silent = ~summed.heard & (verdict == _UNVERIFIED)
    calls = _calls(facts, told.calls)
    columns = {
        **{name: field_sets.lists(summed.sets[name]) for name in _FOUND},
        "missing_fields": facts["missing"],
        "corrected_fields": facts["corrected_fields"].fill_null([]),
        "verdict": pl.Series(_VERDICTS).gather(verdict),
        "refuted_kind": _refuted_kind(verdict, summed.false),
        "reasons": _reasons(said, ordered, silent, waits & (verdict == _UNVERIFIED)),
        "advice": advice(said, told, verdict, summed.sets["confirmed_fields"], calls["callback_direction"]),
        "deciding": _deciding(said, verdict, told.pieces["evidence_id"]),
    }
    whole = facts.hstack(calls).with_columns(**columns)
    return Verdicts(whole.select(PARTIES.schema.names()).cast(PARTIES.schema), summed.sets)


def _refuted_kind(verdict: npt.NDArray[np.intp], false: npt.NDArray[np.bool_]) -> pl.Series:
    place = np.where(verdict == _REFUTED, np.where(false, 1, 0), 2)
    return pl.Series(["missing", "false", None], dtype=pl.String).gather(place)


def _in_order(said: Grounds) -> Numbers:
    """Party and kind of every ground, as keys, in the order they are told."""
    kinds = said.kinds.with_row_index("kind").with_columns(turn=_turn())
    order = kinds.sort("turn", "place", "code", "kind")["kind"].to_numpy()
    turn = np.empty(len(order), np.uint64)
    turn[order] = np.arange(len(order), dtype=np.uint64)
    keys = grouped.key(said.rows[_PARTY].to_numpy(), turn[said.rows["kind"].to_numpy()])
    parties, turns = grouped.taken_apart(runs.ordered(keys))
    return grouped.key(parties, order[turns])


def _turn() -> pl.Expr:
    return pl.col("effect").cast(pl.Enum(ORDER)).to_physical()


def _summed(said: Grounds, ordered: Numbers, facts: pl.DataFrame) -> _Summed:
    """Whether the grounds refute, whether evidence spoke, and the fields that rules found at fault and evidence speaks of."""
    found = (pl.col("severity") == "F").fill_null(value=False)
    refutes = pl.col("effect").is_in(REFUTES)
    wanted = (
        found,
        found & refutes,
        (pl.col("severity") == "W").fill_null(value=False),
        pl.col("confirms").fill_null(value=False),
        pl.col("refutes").fill_null(value=False),
    )
    flags = ((_AGAINST, refutes), (_FALSE, pl.col("effect") == "false"), (_HEARD, pl.col("effect").is_in(["proof", "support", "open"])))  # fmt: skip
    bits = np.zeros(said.kinds.height, np.uint64)
    for flag, where in flags:
        bits |= np.where(said.kinds.select(where).to_series().to_numpy(), np.uint64(flag), np.uint64(0))
    for place, where in enumerate(wanted):
        own = said.kinds.select(pl.when(where).then(field_sets.bit()).otherwise(pl.lit(0, pl.UInt16))).to_series()
        bits |= own.to_numpy().astype(np.uint64) << np.uint64(3 + place * _WIDTH)
    parties, kinds = grouped.taken_apart(ordered)
    union = runs.united(parties, bits[kinds], facts.height)
    all_fields = np.uint64((1 << _WIDTH) - 1)
    sets = {name: (union >> np.uint64(3 + place * _WIDTH)) & all_fields for place, name in enumerate(_FOUND)}
    for name, column in (("missing_fields", "missing"), ("corrected_fields", "corrected_fields")):
        sets[name] = field_sets.of_lists(facts[column])
    against, false, heard_of = ((union & np.uint64(flag)) != 0 for flag in (_AGAINST, _FALSE, _HEARD))
    return _Summed(against, false, heard_of, sets)


def _reasons(said: Grounds, ordered: Numbers, silent: npt.NDArray[np.bool_], waits: npt.NDArray[np.bool_]) -> pl.Series:
    """Codes of the grounds of each party.

    An unverified party of whom no evidence speaks is told so before anything else, and before that, that a corrected value
    is not proved yet.
    """
    words = pl.concat([said.kinds["code"], pl.Series("code", ["corrected_unproved", "no_evidence"])])
    distinct = words.unique(maintain_order=True)
    word = pl.DataFrame({"code": words}).join(
        pl.DataFrame({"code": distinct}).with_row_index("word"), on="code", how="left", nulls_equal=True, maintain_order="left"
    )["word"].to_numpy()  # fmt: skip
    parties, kinds = grouped.taken_apart(ordered)
    firsts = [np.flatnonzero(some) for some in (waits, silent)]
    who = np.concatenate([*firsts, parties])
    what = np.concatenate(
        [*(np.full(len(some), code) for some, code in zip(firsts, word[-2:], strict=True)), word[kinds]]
    )
    order = np.argsort(who, kind="stable")
    return grouped.lists(grouped.key(who[order], what[order]), distinct, len(silent))


def _calls(facts: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """The call that stands for each party, else one that was not dialled for a bad number; its worst word counts.

    Whatever decides the party instead, the call was made: the call-back rate is about calls.
    """
    told = ("outranked", "record_since_changed", "rule_finding")
    counts = pl.col("used") | pl.col("why_not").is_in(told)
    calls = calls.filter(counts & pl.col(_PARTY).is_not_null())
    worst = pl.Enum(["refutes", "confirms", "not_reached", "says_nothing"])
    ordered = calls.with_columns(
        undialled=(pl.col("why_not") == "rule_finding").fill_null(value=False),
        turn=pl.col("direction").cast(worst).to_physical(),
    ).sort(_PARTY, "undialled", "turn", "at", "evidence_id", descending=[False, False, False, True, False])
    best = ordered.unique(_PARTY, keep="first", maintain_order=True)
    place = np.full(facts.height, best.height)
    place[best[_PARTY].to_numpy()] = np.arange(best.height)
    # Whoever was not called has the last row.
    named = best.select(callback_code="code", callback_answer="answer", callback_direction="direction")
    none = pl.DataFrame({name: [None] for name in named.columns}, schema=named.schema)
    return pl.concat([named, none])[place]


def _deciding(said: Grounds, verdict: npt.NDArray[np.intp], ids: pl.Series) -> pl.Series:
    """Evidence that decided: what refutes of the refuted, what proves of the authentic, the open call of the others."""
    heard_of = said.rows.filter(pl.col("piece").is_not_null())
    decides = said.kinds["effect"].replace_strict(_DECIDING, range(3), default=-1, return_dtype=pl.Int8).to_numpy()
    parties = heard_of[_PARTY].to_numpy()
    decided = decides[heard_of["kind"].to_numpy()] == verdict[parties]
    keys = grouped.key(parties[decided], heard_of["piece"].to_numpy()[decided])
    return grouped.lists(runs.distinct(keys), ids, len(verdict))

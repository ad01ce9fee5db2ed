"""The verdict on every party (design §9).

*authentic*: no standing finding F and confirmed by evidence that counts; *refuted*: a standing finding F, a missing
obligatory field or refuting evidence; *unverified*: the rest. Evidence speaks for the field it proves and no other.
"""

import polars as pl

from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.advice import advice
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.grounds import ORDER, REFUTES, grounds
from pipeline.core.authenticity.party_facts import by_number, numbered
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.authenticity.states import any_corrected, unproved

_PARTY = "party"
_LISTS = (
    *("reasons", "deciding", "failed_fields", "standing_fields", "suspect_fields"),
    *("confirmed_fields", "refuted_fields", "corrected_fields", "advice"),
)


def verdicts(
    facts: pl.DataFrame, evidence: pl.DataFrame, settings: EvidenceSettings, suspicions: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The parties table: ``facts`` (FACTS) judged by their findings and by ``evidence`` (EVIDENCE, resolved).

    ``suspicions``: party, rule, severity, reason of findings that evidence led to, beside those of the record.
    """
    facts = numbered(facts)
    of_somebody = by_number(evidence.drop_nulls("policy_no"), facts)
    told = grounds(facts, of_somebody, settings, suspicions)
    judged = (
        facts.rename({"missing": "missing_fields"})
        .join(_summary(told), on=_PARTY, how="left", maintain_order="left")
        .join(_fields(of_somebody), on=_PARTY, how="left", maintain_order="left")
        .join(_calls(of_somebody), on=_PARTY, how="left", maintain_order="left")
        .with_columns(pl.col("against", "false", "heard").fill_null(value=False))
    )
    proven = pl.all_horizontal(
        pl.lit(bool(settings.proof)),
        *(pl.col("confirmed_fields").list.contains(field).fill_null(value=False) for field in settings.proof),
    )
    stated = judged.with_columns(
        verdict=pl.when("against")
        .then(pl.lit("refuted"))
        .when(proven & ~unproved(judged))
        .then(pl.lit("authentic"))
        .otherwise(pl.lit("unverified")),
    ).with_columns(_refuted_kind())
    whole = (
        stated.join(_deciding(told, stated), on=_PARTY, how="left", maintain_order="left")
        .join(advice(told, stated, of_somebody), on=_PARTY, how="left", maintain_order="left")
        .with_columns(pl.col(_LISTS).fill_null([]))
        .with_columns(reasons=_with_silence())
        .with_columns(reasons=_with_correction(stated))
    )
    return whole.select(PARTIES.schema.names()).cast(PARTIES.schema)


def _with_silence() -> pl.Expr:
    """An unverified party of whom no evidence speaks is told so before anything else."""
    said = pl.lit(["no_evidence"], dtype=pl.List(pl.String)).list.concat("reasons")
    return pl.when((pl.col("verdict") == "unverified") & ~pl.col("heard")).then(said).otherwise("reasons")


def _with_correction(stated: pl.DataFrame) -> pl.Expr:
    """A party with a corrected value that nothing proves yet is told so before anything else."""
    if not any_corrected(stated):
        return pl.col("reasons")
    said = pl.lit(["corrected_unproved"], dtype=pl.List(pl.String)).list.concat("reasons")
    return pl.when((pl.col("verdict") == "unverified") & unproved(stated)).then(said).otherwise("reasons")


def _refuted_kind() -> pl.Expr:
    kind = pl.when("false").then(pl.lit("false")).otherwise(pl.lit("missing"))
    return pl.when(pl.col("verdict") == "refuted").then(kind).alias("refuted_kind")


def _summary(told: pl.DataFrame) -> pl.DataFrame:
    """Reasons in their order, whether they refute, whether evidence spoke, and the fields that rules found at fault."""
    ordered = told.with_columns(turn=pl.col("effect").cast(pl.Enum(ORDER)).to_physical()).sort(
        _PARTY, "turn", "place", "code"
    )
    found = (pl.col("severity") == "F").fill_null(value=False)
    refutes = pl.col("effect").is_in(REFUTES)
    field = pl.col("bit")
    summed = ordered.with_columns(bit=field_sets.bit()).group_by(_PARTY, maintain_order=True).agg(
        against=refutes.any(),
        false=(pl.col("effect") == "false").any(),
        heard=pl.col("effect").is_in(["proof", "support", "open"]).any(),
        failed_fields=field_sets.together(field, found),
        standing_fields=field_sets.together(field, found & refutes),
        suspect_fields=field_sets.together(field, (pl.col("severity") == "W").fill_null(value=False)),
    )  # fmt: skip
    # A group's codes are told once before they are gathered: that is far less work than within each group.
    once = ordered.select(_PARTY, "code").unique(maintain_order=True, keep="first")
    reasons = once.group_by(_PARTY, maintain_order=True).agg(reasons="code")
    return summed.with_columns(
        field_sets.listed(name) for name in ("failed_fields", "standing_fields", "suspect_fields")
    ).join(reasons, on=_PARTY)


def _fields(evidence: pl.DataFrame) -> pl.DataFrame:
    """What evidence confirms and refutes of each party."""
    used = evidence.filter("used").with_columns(bit=field_sets.bit())
    told = used.group_by(_PARTY).agg(
        confirmed_fields=field_sets.together(pl.col("bit"), pl.col("direction") == "confirms"),
        refuted_fields=field_sets.together(pl.col("bit"), pl.col("direction") == "refutes"),
    )
    return told.with_columns(field_sets.listed(name) for name in ("confirmed_fields", "refuted_fields"))


def _calls(evidence: pl.DataFrame) -> pl.DataFrame:
    """The call that stands for each party, else one that was not dialled for a bad number; its worst word counts.

    Whatever decides the party instead, the call was made: the call-back rate is about calls.
    """
    told = ("outranked", "record_since_changed", "rule_finding")
    calls = evidence.filter((pl.col("source") == "callback") & (pl.col("used") | pl.col("why_not").is_in(told)))
    worst = pl.Enum(["refutes", "confirms", "not_reached", "says_nothing"])
    ordered = calls.with_columns(
        undialled=(pl.col("why_not") == "rule_finding").fill_null(value=False),
        turn=pl.col("direction").cast(worst).to_physical(),
    ).sort(_PARTY, "undialled", "turn", "at", "evidence_id", descending=[False, False, False, True, False])
    best = ordered.unique(_PARTY, keep="first", maintain_order=True)
    return best.select(_PARTY, callback_code="code", callback_answer="answer", callback_direction="direction")


def _deciding(told: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Evidence that decided: what refutes of the refuted, what proves of the authentic, the open call of the others."""
    deciding = {"refuted": "false", "authentic": "proof", "unverified": "open"}
    by_effect = stated.select(_PARTY, effect=pl.col("verdict").replace_strict(deciding, return_dtype=pl.String))
    known = told.select(_PARTY, "effect", "evidence_id").drop_nulls("evidence_id")
    decided = known.join(by_effect, on=[_PARTY, "effect"], how="semi").unique()
    return decided.sort(_PARTY, "evidence_id").group_by(_PARTY, maintain_order=True).agg(deciding="evidence_id")

"""Grounds of a verdict: everything that speaks for or against a party, one row each, in the order it is told.

A ground has an *effect*: ``missing`` and ``false`` refute, ``proof`` confirms a field that proves, ``support`` another
one; ``healed``, ``open`` and ``suspect`` are told and decide nothing.
"""

import polars as pl

from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.rules.catalogue import PLACE, RULES
from pipeline.core.tables import csv_table

GROUNDS = pl.Schema(
    {
        "party": pl.UInt32(),  # number of :func:`party_facts.numbered`
        "effect": pl.String(),
        "code": pl.String(),
        "field": pl.String(),
        "severity": pl.String(),  # of findings: F or W
        "on": pl.String(),  # what advice is looked up by
        "place": pl.Int32(),  # among grounds of one effect
        "evidence_id": pl.String(),
    }
)

REFUTES = ("false", "missing")
ORDER = ("false", "missing", "healed", "proof", "support", "open", "suspect")
"""Effects in the order they are told."""

FIELD_OF_FAMILY = {
    "N": "name",
    "D": "cert_no",
    "P": "phone",
    "A": "address",
    "E": "email",
    "R": "relation",
    "V": "vehicle",
    "C": "conduct",
}
"""Family of a rule (first letter of its id) -> field it asks about."""

_PARTY = "party"


def grounds(
    facts: pl.DataFrame, evidence: pl.DataFrame, settings: EvidenceSettings, suspicions: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Every ground of every party of ``facts`` (numbered), in :data:`GROUNDS`.

    ``suspicions``: party, rule, severity, reason of findings that evidence led to.
    """
    told = of_evidence(evidence, settings)
    parts = [told, _missing(facts), _findings(facts, evidence, suspicions)]
    return pl.concat([GROUNDS.to_frame(eager=True), *parts])


def of_evidence(evidence: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """What the evidence that is used says; a refuting answer comes before all findings."""
    proves = pl.col("field").is_in(settings.proof)
    effect = (
        pl.when(pl.col("direction") == "refutes")
        .then(pl.lit("false"))
        .when(pl.col("direction") != "confirms")
        .then(pl.lit("open"))
        .when(proves)
        .then(pl.lit("proof"))
        .otherwise(pl.lit("support"))
    )
    code = pl.concat_str("source", pl.lit("."), "answer")
    return _filled(
        evidence.filter("used").with_columns(effect=effect, code=code, on=code, place=pl.col("rank") - pl.lit(100))
    )


def _missing(facts: pl.DataFrame) -> pl.DataFrame:
    some = facts.select(_PARTY, field="missing").filter(pl.col("field").list.len() > 0)
    listed = some.explode("field").drop_nulls("field")
    return _filled(
        listed.with_columns(
            effect=pl.lit("missing"), code=pl.concat_str(pl.lit("missing."), "field"), on="field", place=pl.lit(-1)
        )
    )


def _findings(facts: pl.DataFrame, evidence: pl.DataFrame, suspicions: pl.DataFrame | None) -> pl.DataFrame:
    """Findings F and W; a missing field is told once, and a finding that evidence sets aside is told as healed."""
    some = facts.select(_PARTY, finding="failed_rules").filter(pl.col("finding").list.len() > 0)
    own = some.explode("finding").drop_nulls("finding").unnest("finding")
    found = own if suspicions is None else pl.concat([own, suspicions.select(own.columns)])
    told = (
        found.filter(pl.col("severity").is_in(["F", "W"]))
        .join(facts.select(_PARTY, "missing"), on=_PARTY, how="left")
        .join(_effects(), on=["rule", "reason"], how="left")
        .join(_healing(evidence), on=[_PARTY, "rule", "reason"], how="left")
    )
    code = pl.concat_str("rule", pl.lit("."), "reason")
    healed = pl.col("healed").fill_null(value=False)
    effect = (
        pl.when(pl.col("severity") == "W")
        .then(pl.lit("suspect"))
        .when(healed)
        .then(pl.lit("healed"))
        .when(pl.col("effect") == "missing")
        .then(pl.lit("missing"))
        .otherwise(pl.lit("false"))
    )
    family = pl.col("rule").str.slice(0, 1)
    placed = told.with_columns(
        field=family.replace_strict(FIELD_OF_FAMILY, default=None, return_dtype=pl.String),
        place=pl.col("rule").replace_strict(PLACE, default=len(PLACE), return_dtype=pl.Int32),
        effect=effect,
        code=pl.when(healed).then("healed." + code).otherwise(code),
        on="rule",
    )
    twice = (pl.col("effect") == "missing") & pl.col("missing").list.contains(pl.col("field"))
    return _filled(placed.filter(~twice.fill_null(value=False)))


def _effects() -> pl.DataFrame:
    rows = [(rule.id, reason.code, reason.effect) for rule in RULES for reason in rule.reasons]
    return pl.DataFrame(rows, schema=["rule", "reason", "effect"], orient="row")


def _healing(evidence: pl.DataFrame) -> pl.DataFrame:
    """Findings of parties that evidence sets aside: it is used, confirms the field and comes from a source that may."""
    table = csv_table.read("healed_findings.csv").with_columns(source=pl.col("sources").str.split(" "))
    may = table.explode("source").select("rule", "reason", "field", "source")
    confirming = evidence.filter(pl.col("used") & (pl.col("direction") == "confirms"))
    met = confirming.select(_PARTY, "field", "source").join(may, on=["field", "source"])
    return met.select(_PARTY, "rule", "reason", healed=pl.lit(True)).unique()


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in GROUNDS.items()
    )

"""Grounds of a verdict: everything that speaks for or against a party, one row each.

A ground has an *effect*: ``missing`` and ``false`` refute, ``proof`` confirms a field that proves, ``support`` another
one; ``healed``, ``open`` and ``suspect`` are told and decide nothing. There are a few hundred kinds of ground, and many
parties that have them: what is known of a kind is told once.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.field_sets import Sets
from pipeline.core.authenticity.heard import Heard
from pipeline.core.distinct import numbered_rows
from pipeline.core.rules.by_evidence import Suspected
from pipeline.core.rules.catalogue import PLACE, RULES
from pipeline.core.rules.findings import known
from pipeline.core.tables import csv_table

KINDS = pl.Schema(
    {
        "effect": pl.String(),
        "code": pl.String(),
        "field": pl.String(),
        "severity": pl.String(),  # of findings: F or W
        "on": pl.String(),  # what advice is looked up by
        "place": pl.Int32(),  # among grounds of one effect
        "confirms": pl.Boolean(),  # of evidence: it confirms the field
        "refutes": pl.Boolean(),
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

_FOUND = ("rule", "severity", "reason")


class Grounds(NamedTuple):
    """``rows``: ``party``, ``kind`` and ``piece`` of every ground; the piece of evidence it is, null of others.

    ``kinds``: :data:`KINDS`, row ``kind`` of it.
    """

    rows: pl.DataFrame
    kinds: pl.DataFrame


def grounds(
    facts: pl.DataFrame, heard: Heard, settings: EvidenceSettings, suspected: Suspected | None = None
) -> Grounds:
    """Every ground of every party of numbered ``facts``; ``suspected``: findings that evidence led to."""
    parts = (of_evidence(heard, settings), _missing(facts), *_findings(facts, heard, suspected))
    starts = np.cumsum([0, *(part.kinds.height for part in parts)])
    rows = [
        part.rows.select(
            pl.col("party").cast(pl.UInt32),
            kind=pl.col("kind").cast(pl.UInt32) + pl.lit(int(start), pl.UInt32),
            piece=pl.col("piece") if "piece" in part.rows.columns else pl.lit(None, pl.UInt32),
        )
        for part, start in zip(parts, starts[:-1], strict=True)
    ]
    return Grounds(pl.concat(rows, rechunk=True), pl.concat([part.kinds for part in parts]))


def of_evidence(heard: Heard, settings: EvidenceSettings) -> Grounds:
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
    kinds = heard.says.with_columns(
        effect=effect,
        code=code,
        on=code,
        place=pl.col("rank").cast(pl.Int32) - 100,
        confirms=pl.col("direction") == "confirms",
        refutes=pl.col("direction") == "refutes",
    )
    used = heard.those(pl.col("used"))
    return Grounds(used.select("party", "piece", kind="said"), _filled(kinds))


def _missing(facts: pl.DataFrame) -> Grounds:
    listed = facts.select("party", field="missing").filter(pl.col("field").list.len() > 0)
    each = listed.explode("field").drop_nulls("field")
    codes, fields = numbered_rows(each.select("field"))
    kinds = fields.with_columns(
        effect=pl.lit("missing"), code=pl.concat_str(pl.lit("missing."), "field"), on="field", place=pl.lit(-1)
    )
    return Grounds(each.select("party", codes.alias("kind")), _filled(kinds))


def _findings(facts: pl.DataFrame, heard: Heard, suspected: Suspected | None) -> list[Grounds]:
    """Findings F and W; a missing field is told once, and a finding that evidence sets aside is told as healed."""
    listed = facts.select("party", finding="findings").filter(pl.col("finding").list.len() > 0)
    each = listed.explode("finding").drop_nulls("finding")
    number = each["finding"].to_numpy()
    there = np.flatnonzero(np.bincount(number, minlength=1))
    parts = [(each["party"], pl.Series(np.searchsorted(there, number)), known().select(_FOUND)[there])]
    if suspected is not None:
        parts.append((suspected.rows["party"], suspected.rows["suspicion"], suspected.suspicions.select(_FOUND)))
    absent, heals = field_sets.of_lists(facts["missing"]), _heals(heard, facts.height)
    return [_found(*part, absent, heals) for part in parts]


def _found(parties: pl.Series, codes: pl.Series, found: pl.DataFrame, absent: Sets, heals: Sets) -> Grounds:
    """Grounds of findings: of each its party and its number in ``found``. A kind is such a number, not healed or healed.

    ``absent``: missing fields of every party; ``heals``: what evidence says of it (:func:`_heals`).
    """
    kinds = pl.concat([_of_kind(found, healed=way) for way in (False, True)])
    who, number = parties.to_numpy(), codes.to_numpy().astype(np.intp)
    healed = (heals[who] & _healed_by(found)[number]) != 0
    kind = number + healed * found.height
    told_twice = pl.when(pl.col("effect") == "missing").then(field_sets.bit()).otherwise(pl.lit(0, pl.UInt16))
    twice = kinds.select(told_twice).to_series().to_numpy()[kind]
    graded = kinds.select(pl.col("severity").is_in(["F", "W"])).to_series().to_numpy()[kind]
    counts = graded & ((absent[who] & twice) == 0)
    rows = pl.DataFrame({"party": parties, "kind": pl.Series(kind.astype(np.uint32))})
    return Grounds(rows.filter(pl.Series(counts)), kinds)


def _of_kind(found: pl.DataFrame, *, healed: bool) -> pl.DataFrame:
    """KINDS of findings: rule, severity, reason."""
    told = found.join(_effects(), on=["rule", "reason"], how="left", maintain_order="left")
    code = pl.concat_str("rule", pl.lit("."), "reason")
    effect = (
        pl.when(pl.col("severity") == "W")
        .then(pl.lit("suspect"))
        .when(pl.lit(healed))
        .then(pl.lit("healed"))
        .when(pl.col("effect") == "missing")
        .then(pl.lit("missing"))
        .otherwise(pl.lit("false"))
    )
    family = pl.col("rule").str.slice(0, 1)
    return _filled(
        told.with_columns(
            field=family.replace_strict(FIELD_OF_FAMILY, default=None, return_dtype=pl.String),
            place=pl.col("rule").replace_strict(PLACE, default=len(PLACE), return_dtype=pl.Int32),
            effect=effect,
            code="healed." + code if healed else code,
            on="rule",
        )
    )


@cache
def _effects() -> pl.DataFrame:
    rows = [(rule.id, reason.code, reason.effect) for rule in RULES for reason in rule.reasons]
    return pl.DataFrame(rows, schema=["rule", "reason", "effect"], orient="row")


@cache
def _healing() -> pl.DataFrame:
    """rule, reason, field, source: what evidence sets aside, when it is used and confirms; a ``bit`` per field and source."""
    table = csv_table.read("healed_findings.csv").with_columns(source=pl.col("sources").str.split(" "))
    may = table.explode("source").select("rule", "reason", "field", "source")
    ways = may.select("field", "source").unique().sort("field", "source")
    bits = pl.Series([1 << place for place in range(ways.height)], dtype=pl.UInt64)
    return may.join(ways.with_columns(bit=bits), on=["field", "source"])


def _heals(heard: Heard, height: int) -> Sets:
    """What evidence confirms of every party, and by which source: bits of :func:`_healing`."""
    ways = _healing().select("field", "source", "bit").unique()
    told = heard.says.join(ways, on=["field", "source"], how="left", maintain_order="left")
    confirms = pl.col("used") & (pl.col("direction") == "confirms")
    bits = told.select(pl.when(confirms).then("bit").fill_null(0)).to_series().to_numpy()
    return runs.united(heard.rows["party"].to_numpy(), bits[heard.rows["said"].to_numpy()], height)


def _healed_by(found: pl.DataFrame) -> Sets:
    """Of each finding (rule, reason) the bits of :func:`_healing` that set it aside."""
    of_finding = _healing().group_by("rule", "reason").agg(pl.col("bit").bitwise_or())
    told = found.join(of_finding, on=["rule", "reason"], how="left", maintain_order="left")
    bits: Sets = told["bit"].fill_null(0).to_numpy()
    return bits


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in KINDS.items()
    )

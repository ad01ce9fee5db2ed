"""Parties whose values a steward corrected, beside evidence: no value is proved by what was known before it was entered.

A correction is mostly taken from a call, a WeChat number or a claim; if these proved it, it would prove itself.
"""

from typing import Final

import polars as pl

from pipeline.core.authenticity.attach import ROWS, Attached, said
from pipeline.core.authenticity.evidence_tables import NUMBERS
from pipeline.core.authenticity.party_facts import by_number

BEFORE_CORRECTION: Final = "before_correction"
"""Why evidence of a corrected field is not used."""

_PARTY = ["policy_no", "role"]


def proofs(instead: pl.DataFrame) -> pl.DataFrame:
    """policy_no, role, field and ``since`` of every corrected field of evidence, from INSTEAD."""
    told = instead.select(*_PARTY, "_corrected").explode("_corrected").drop_nulls("_corrected").unnest("_corrected")
    return told.group_by(*_PARTY, "field").agg(since=pl.col("at").max()).sort(*_PARTY, "field")


def with_fields(facts: pl.DataFrame, proofs: pl.DataFrame) -> pl.DataFrame:
    """``facts`` (FACTS) with ``corrected_fields``."""
    fields = proofs.group_by(_PARTY, maintain_order=True).agg(corrected_fields=pl.col("field"))
    told = facts.drop("corrected_fields").join(fields, on=_PARTY, how="left", maintain_order="left")
    return told.select(facts.columns)


def numbers(history: pl.DataFrame, before: pl.DataFrame, now: pl.DataFrame, proofs: pl.DataFrame) -> pl.DataFrame:
    """NUMBERS of parties (FACTS ``before`` and ``now``): a corrected number is theirs since then, the one before it until then."""
    moved = proofs.filter(pl.col("field") == "phone").select(*_PARTY, "since")
    if moved.is_empty():
        return history
    has = now.join(moved, on=_PARTY).select(*_PARTY, phone="phones", corrected="since").explode("phone")
    had = before.join(moved, on=_PARTY).select(*_PARTY, phone="phones").explode("phone").drop_nulls("phone")
    steady = had.join(history, on=_PARTY, how="anti").select(*_PARTY, "phone", since=None, until=None).cast(NUMBERS)
    known = pl.concat([history.join(moved, on=_PARTY, how="semi"), steady])
    kept = has.select(*_PARTY, "phone").with_columns(kept=pl.lit(value=True))
    ended = (
        known.join(kept, on=[*_PARTY, "phone"], how="left")
        .join(moved.rename({"since": "corrected"}), on=_PARTY)
        .with_columns(until=pl.coalesce("until", pl.when(pl.col("kept").is_null()).then("corrected")))
    )
    still = known.filter(pl.col("until").is_null())
    begun = has.drop_nulls("phone").join(still, on=[*_PARTY, "phone"], how="anti")
    fresh = begun.select(*_PARTY, "phone", since="corrected", until=pl.lit(None, pl.Datetime("us")))
    others = history.join(moved, on=_PARTY, how="anti")
    parts = [others, ended.select(NUMBERS.names()), fresh.select(NUMBERS.names())]
    return pl.concat([part.cast(NUMBERS) for part in parts]).unique().sort(NUMBERS.names())


def without_older(found: Attached, facts: pl.DataFrame, proofs: pl.DataFrame) -> Attached:
    """``found``, those pieces of a corrected field from before its correction set aside; what is nobody's is left out."""
    since = by_number(proofs, facts).select("party", "field", "since")
    own = found.rows.drop_nulls("party")
    told = own.hstack(found.pieces[own["piece"], ["field", "at"]].cast({"field": pl.String}))
    told = told.join(since, on=["party", "field"], how="left", maintain_order="left")
    older = (pl.col("at") < pl.col("since")).fill_null(value=False)
    before = said(told, "why_not", BEFORE_CORRECTION)
    marked = told.with_columns(why_not=pl.coalesce("why_not", pl.when(older).then(before)))
    return found._replace(rows=marked.select(ROWS))

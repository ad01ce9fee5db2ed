"""The parties that are judged, and which numbers were theirs when, from underwriting's observations."""

from collections.abc import Sequence

import polars as pl

from pipeline.core.authenticity.evidence_tables import FACTS, NUMBERS

JUDGED_ROLES = ("policyholder", "insured", "owner")
OBLIGATORY = ("name", "cert_type", "cert_no", "phone", "address")
"""Customer information that every party must have (Shaanxi 2018, without the e-mail)."""

_PHONES = pl.concat_list("mobile", "landline").list.concat(pl.col("other_phones").fill_null([])).list.drop_nulls()
_PARTY = ("policy_no", "role")


def facts(observations: pl.DataFrame, obligatory: Sequence[str] = OBLIGATORY) -> pl.DataFrame:
    """Parties in :data:`FACTS` from published observations of underwriting; the newest telling of each party counts.

    ``failed_rules`` and ``customer_id`` are those of the observations; an insured is the policyholder when the source
    says so, or when both are one customer.
    """
    own = _own(observations).with_columns(phone=pl.coalesce("mobile", "landline"), phones=_PHONES)
    newest = own.sort("observed_at", "record_id", descending=True, nulls_last=True).unique(_PARTY, keep="first")
    holder = newest.filter(pl.col("role") == "policyholder").select("policy_no", holder="customer_id")
    same = pl.coalesce("same_person_flag", pl.col("customer_id") == pl.col("holder")).fill_null(value=False)
    told = newest.join(holder, on="policy_no", how="left").with_columns(
        missing=_missing(obligatory),
        same_person=(pl.col("role") == "insured") & same,
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in FACTS.items()).sort(_PARTY)


def numbers(tellings: pl.DataFrame) -> pl.DataFrame:
    """Numbers of parties in :data:`NUMBERS`, from every known telling of underwriting.

    What the earliest telling says held ever since; a later telling ends the numbers it no longer has.
    """
    ordered = _own(tellings).sort(*_PARTY, "observed_at", "record_id", nulls_last=False)
    place = pl.int_range(pl.len()).over(_PARTY)
    told = ordered.with_columns(
        phone=_PHONES,
        since=pl.when(place > 0).then("observed_at"),
        until=pl.col("observed_at").shift(-1).over(_PARTY),
    )
    listed = told.select(NUMBERS.names()).explode("phone").drop_nulls("phone")
    return listed.unique().cast(NUMBERS).sort(NUMBERS.names())


def _missing(obligatory: Sequence[str]) -> pl.Expr:
    named = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in obligatory]
    return pl.concat_list(pl.lit(None, pl.String), *named).list.drop_nulls()


def _own(observations: pl.DataFrame) -> pl.DataFrame:
    return observations.filter(pl.col("role").is_in(JUDGED_ROLES) & pl.col("policy_no").is_not_null())

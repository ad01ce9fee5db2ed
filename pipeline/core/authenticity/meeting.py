"""Where evidence and the parties it may speak of meet, when both are spread over many machines.

A piece goes to one place, that of its key; a party goes to the place of each of its keys. What is attached there is then
brought together by policy, where it is resolved and judged.
"""

import polars as pl

from pipeline.core.authenticity.evidence_settings import SOURCES

KEY = {
    "callback": "policy_no",
    "sms_code": "policy_no",
    "number_status": "phone",
    "sms_delivery": "phone",
    "three_factor": "phone",
    "identity": "cert_no",
    "wechat": "customer_id",
    "claims": "customer_id",
}
"""Source -> column that a piece and its parties have in common."""


def of_pieces(pieces: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` with ``place``; those without a value of their key meet nobody, at the place of nobody."""
    value = pl.lit(None, pl.String)
    for source in SOURCES:
        value = pl.when(pl.col("source") == source).then(_place(KEY[source])).otherwise(value)
    return pieces.with_columns(place=value.fill_null(""))


def of_facts(facts: pl.DataFrame) -> pl.DataFrame:
    """``facts`` with ``place``, once for every key a party has."""
    keys = sorted(set(KEY.values()))
    parts = [facts.with_columns(place=_place(key)).drop_nulls("place") for key in keys]
    return pl.concat(parts)


def _place(key: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{key}="), key)

"""Whom each piece of evidence speaks of, and what it says of him."""

import polars as pl

from pipeline.core.authenticity.evidence_tables import PIECES

_PARTY = ("policy_no", "role")
_OF_PARTY = ("callback", "sms_code")
_OF_NUMBER = ("number_status", "sms_delivery")
_OF_CUSTOMER = ("wechat", "claims")
_THEIRS = ("record_id", "customer_id", "name", "cert_no", "phone", "phones", "observed_at")


def attached(pieces: pl.DataFrame, facts: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` once per party they speak of, with ``evidence_id``; those of nobody have no ``policy_no`` and are orphans.

    A call-back or SMS code speaks of its policy and role, if it went to that party's own number at that time; the state of
    a number of everybody who has it; three-factor and identity checks of everybody with the same values; WeChat and claims
    of the same customer, confirming where the values agree.
    """
    told = pieces.unique(["record_id", "field"], keep="first").with_columns(
        evidence_id=pl.concat_str("record_id", pl.lit("#"), "field")
    )
    known = facts.select(*_PARTY, *(pl.col(name).alias(f"party_{name}") for name in _THEIRS))
    parts = [
        _own_number(_by(told, known, _OF_PARTY, ("policy_no", "role")), numbers),
        _by(told, known, _OF_NUMBER, ("phone",)),
        _by(told, known, ("three_factor",), ("phone", "cert_no", "name")),
        _by(told, known, ("identity",), ("cert_no", "name")),
        _compared(_by(told, known, _OF_CUSTOMER, ("customer_id",))),
    ]
    found = pl.concat([_written_back(part).select(_columns()) for part in parts])
    lost = told.join(found.select("evidence_id").unique(), on="evidence_id", how="anti").with_columns(
        why_not=pl.coalesce("why_not", pl.lit("orphan")),
        policy_no=pl.lit(None, pl.String),
        role=pl.lit(None, pl.String),
    )
    return pl.concat([found, lost.select(_columns())])


def _columns() -> list[str]:
    return ["evidence_id", *PIECES.names()]


def _by(told: pl.DataFrame, known: pl.DataFrame, sources: tuple[str, ...], keys: tuple[str, ...]) -> pl.DataFrame:
    """Pieces of ``sources`` with each party that has the same ``keys``; the party's values as ``party_…``."""
    some = told.filter(pl.col("source").is_in(sources))
    of_party = keys == _PARTY
    theirs = known if of_party else known.rename({"policy_no": "party_policy_no", "role": "party_role"})
    right = list(_PARTY) if of_party else [f"party_{key}" for key in keys]
    met = some.join(theirs, left_on=list(keys), right_on=right, how="inner", coalesce=False)
    if of_party:
        return met.drop([f"{name}_right" for name in _PARTY], strict=False)
    return met.with_columns(policy_no="party_policy_no", role="party_role")


def _own_number(met: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Only calls and codes to the party's own number at that time count, and only while it still is his."""
    then = met.select("evidence_id", *_PARTY, "phone", "at").join(numbers, on=[*_PARTY, "phone"], how="inner")
    # A number told on a day was the party's on the whole of it: the code at issue has no hour.
    since = pl.col("since").is_null() | (pl.col("since").dt.date() <= pl.col("at").dt.date())
    held = then.filter(since & (pl.col("until").is_null() | (pl.col("at") < pl.col("until"))))
    was = pl.col("evidence_id").is_in(held["evidence_id"].implode())
    still = pl.col("party_phones").list.contains(pl.col("phone")).fill_null(value=False)
    dialled = pl.col("source") == "callback"
    return met.with_columns(
        why_not=pl.when(pl.col("why_not").is_not_null())
        .then("why_not")
        .when(dialled & (pl.col("answer") == "not_dialled_bad_number"))
        .then(pl.lit("rule_finding"))
        .when(dialled & (pl.col("answer") == "not_dialled_do_not_call"))
        .then(pl.lit("do_not_call"))
        .when(pl.col("phone").is_null())
        .then(pl.lit("no_number"))
        .when(~was)
        .then(pl.lit("not_the_policys_number"))
        .when(~still)
        .then(pl.lit("number_since_changed"))
    )


def _written_back(met: pl.DataFrame) -> pl.DataFrame:
    """What a call says of the record holds until the record is told anew: then a correction confirms, an error lapses."""
    since = (pl.col("field") == "record") & (pl.col("party_observed_at") > pl.col("at")) & pl.col("why_not").is_null()
    entered = since & (pl.col("answer") == "corrected")
    return met.with_columns(
        direction=pl.when(entered).then(pl.lit("confirms")).otherwise("direction"),
        answer=pl.when(entered).then(pl.lit("written_back")).otherwise("answer"),
        why_not=pl.when(since & ~entered).then(pl.lit("record_since_changed")).otherwise("why_not"),
    )


def _compared(met: pl.DataFrame) -> pl.DataFrame:
    """A value that the customer gave elsewhere confirms the party's when it is the same; another one is a hint only."""
    number = pl.col("field") == "phone"
    same = (
        pl.when(number)
        .then(pl.col("party_phones").list.contains(pl.col("phone")))
        .otherwise(pl.col("party_cert_no") == pl.col("cert_no"))
    ).fill_null(value=False)
    return met.with_columns(
        direction=pl.when(same).then(pl.lit("confirms")).otherwise(pl.lit("says_nothing")),
        answer=pl.when(same).then(pl.lit("same")).otherwise(pl.lit("another")),
        why_not=pl.coalesce("why_not", pl.when(~same).then(pl.lit("another_value"))),
    )

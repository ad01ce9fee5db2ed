"""Whom each piece of evidence speaks of, and what it says of him."""

import polars as pl

from pipeline.core.authenticity.evidence_tables import PIECES

_PARTY = ("policy_no", "role")
_OF_PARTY = ("callback", "sms_code")
_OF_NUMBER = ("number_status", "sms_delivery")
_OF_CUSTOMER = ("wechat", "inbound_call", "claims")


def attached(pieces: pl.DataFrame, facts: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` once per party they speak of, with ``evidence_id``; those of nobody have no ``policy_no`` and are orphans.

    ``facts`` are numbered (:func:`party_facts.numbered`), and so is what comes out: ``party``, and ``piece`` in the order of
    ``evidence_id``. Numbers are what all that follows sorts and joins by.

    A call-back or SMS code speaks of its policy and role, if it went to that party's own number at that time; the state of
    a number of everybody who has it; three-factor and identity checks of everybody with the same values; WeChat and claims
    of the same customer, confirming where the values agree.
    """
    ordered = pieces.with_columns(evidence_id=pl.concat_str("record_id", pl.lit("#"), "field")).sort("evidence_id")
    again = (pl.col("evidence_id") == pl.col("evidence_id").shift(1)).fill_null(value=False)
    told = ordered.filter(~again).with_row_index("piece")
    parts = [
        _written_back(_own_number(_by(told, facts, _OF_PARTY, _PARTY, ("phones", "observed_at")), numbers)),
        _by(told, facts, _OF_NUMBER, ("phone",)),
        _by(told, facts, ("three_factor",), ("phone", "cert_no", "name")),
        _by(told, facts, ("identity",), ("cert_no", "name")),
        _compared(_by(told, facts, _OF_CUSTOMER, ("customer_id",), ("phones", "cert_no"))),
    ]
    found = pl.concat([part.select(_columns()) for part in parts])
    lost = told.join(found.select("piece"), on="piece", how="anti").with_columns(
        why_not=pl.coalesce("why_not", pl.lit("orphan")),
        policy_no=pl.lit(None, pl.String),
        role=pl.lit(None, pl.String),
        party=pl.lit(None, pl.UInt32),
    )
    return pl.concat([found, lost.select(_columns())])


def _columns() -> list[str]:
    return ["party", "piece", "evidence_id", *PIECES.names()]


def _by(
    told: pl.DataFrame,
    facts: pl.DataFrame,
    sources: tuple[str, ...],
    keys: tuple[str, ...],
    values: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Pieces of ``sources`` with each party that has the same ``keys``; ``values`` of the party as ``party_…``."""
    some = told.filter(pl.col("source").is_in(sources))
    whom = some if keys == _PARTY else some.drop(_PARTY)
    theirs = {f"party_{name}": pl.col(name) for name in values}
    known = facts.select("party", *dict.fromkeys((*_PARTY, *keys)), **theirs)
    return whom.join(known, on=list(keys), how="inner")


def _own_number(met: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Only calls and codes to the party's own number at that time count, and only while it still is his."""
    then = met.select("piece", *_PARTY, "phone", "at").join(numbers, on=[*_PARTY, "phone"], how="inner")
    # A number told on a day was the party's on the whole of it: the code at issue has no hour.
    since = pl.col("since").is_null() | (pl.col("since").dt.date() <= pl.col("at").dt.date())
    held = then.filter(since & (pl.col("until").is_null() | (pl.col("at") < pl.col("until"))))
    was = pl.col("piece").is_in(held["piece"].implode())
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

"""Whom each piece of evidence speaks of, and what it says of him."""

from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity.evidence_settings import SOURCES
from pipeline.core.authenticity.evidence_tables import DIRECTIONS, PIECES, WHY_NOT
from pipeline.core.authenticity.field_sets import FIELDS
from pipeline.core.authenticity.party_facts import by_number
from pipeline.core.distinct import worded

ROWS = (
    "party",  # number of :func:`party_facts.numbered`, null of what is nobody's
    "piece",  # place of the piece
    *("direction", "answer", "why_not"),
)
"""A piece beside a party it speaks of, and what it says there, in words of :data:`WORDS`."""

WORDS = {
    "direction": DIRECTIONS,
    "answer": ("same", "another", "written_back", "suspended_long"),
    "why_not": WHY_NOT,
    "source": SOURCES,
    "field": FIELDS,
    **dict.fromkeys(("code", "feed", "vendor"), ()),
}
"""Columns of pieces in which the same few words are said again and again (:func:`worded`), and words that may come to them or are asked for."""

_SAID = ROWS[2:]
_PARTY = ("policy_no", "role")
_OF_PARTY = ("callback", "sms_code")
_OF_NUMBER = ("number_status", "sms_delivery")
_OF_CUSTOMER = ("wechat", "inbound_call", "claims")


class Attached(NamedTuple):
    """``rows``: ROWS. ``pieces``: PIECES and ``evidence_id``, each once, in its order, :data:`WORDS` as numbers: a piece of
    many parties is told once.
    """

    rows: pl.DataFrame
    pieces: pl.DataFrame


def attached(pieces: pl.DataFrame, facts: pl.DataFrame, numbers: pl.DataFrame) -> Attached:
    """``pieces`` (PIECES) once per party of ``facts`` they speak of; those of nobody have no ``party`` and are orphans.

    ``facts`` are numbered (:func:`party_facts.numbered`). ``numbers`` (NUMBERS): those of parties whose numbers ever
    changed, or of more; a party without any of them has had today's ever since.

    A call-back or SMS code speaks of its policy and role, if it went to that party's own number at that time; the state of
    a number of everybody who has it; three-factor and identity checks of everybody with the same values; WeChat and claims
    of the same customer, confirming where the values agree.
    """
    told = _once(pieces)
    numbered = told.with_row_index("piece")
    of_party = _by(numbered, facts, _OF_PARTY, _PARTY, ("field", "phone", "at", *_SAID))
    of_customer = _by(numbered, facts, _OF_CUSTOMER, ("customer_id",), ("field", "phone", "cert_no", *_SAID))
    same = [
        _by(numbered, facts, sources, keys, _SAID)
        for sources, keys in (
            (_OF_NUMBER, ("phone",)),
            (("three_factor",), ("cert_no", "phone", "name")),
            (("identity",), ("cert_no", "name")),
        )
    ]
    parts = [_written_back(_own_number(of_party, facts, numbers), facts), *same, _compared(of_customer, facts)]
    found = pl.concat([part.select(ROWS) for part in parts], rechunk=True)
    met = np.zeros(told.height, bool)
    met[found["piece"].to_numpy()] = True
    lost = numbered.select("piece", *_SAID).filter(pl.Series(~met))
    orphans = lost.with_columns(
        party=pl.lit(None, pl.UInt32), why_not=pl.coalesce("why_not", said(told, "why_not", "orphan"))
    )
    return Attached(pl.concat([found, orphans.select(ROWS)]), told)


def said(rows: pl.DataFrame, column: str, word: str) -> pl.Expr:
    """``word`` as ``column`` of ``rows`` says it."""
    return pl.lit(word, rows[column].dtype)


def _once(pieces: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` with ``evidence_id``, each once, in its order."""
    # In one piece: to fetch rows from several pieces takes many times as long.
    pieces = pieces.rechunk()
    named = pieces.select(evidence_id=pl.concat_str("record_id", pl.lit("#"), "field"))["evidence_id"]
    order = runs.order_of_texts(named)
    ordered = named.gather(order)
    again = (ordered == ordered.shift(1)).fill_null(value=False)
    if again.any():
        order, ordered = order.filter(~again), ordered.filter(~again)
    told = pieces[order, PIECES.names()].insert_column(0, ordered)
    return told.with_columns(worded(told[name], more) for name, more in WORDS.items())


def _by(
    told: pl.DataFrame, facts: pl.DataFrame, sources: tuple[str, ...], keys: tuple[str, ...], wanted: tuple[str, ...]
) -> pl.DataFrame:
    """``wanted`` of the pieces of ``sources`` with each party that has the same ``keys``."""
    ours = told["source"].is_in(sources)
    some = told.select("piece", "source", *dict.fromkeys((*keys, *wanted))).filter(ours)
    first, *others = keys
    met = some.join(facts.select("party", first), on=first, how="inner")
    # To join by several texts, all of them are written side by side: hardly any party meets by one and not by the others.
    same = [met[name] == facts[name].gather(met["party"]) for name in others]
    return met.filter(*same) if same else met


def _has(met: pl.DataFrame, facts: pl.DataFrame) -> pl.Series:
    """Whether the phone of each row is one of its party's numbers."""
    theirs = facts.select("phone", more=pl.col("phones").list.len() > 1)
    party = met["party"]
    same = (met["phone"] == theirs["phone"].gather(party)).fill_null(value=False)
    # Most have one number: only those of the others are looked through.
    lone = theirs["phone"].is_null() | theirs["more"]
    doubtful = (~same & lone.gather(party)).arg_true()
    if not doubtful.len():
        return same
    several = pl.DataFrame(
        {"phone": met["phone"].gather(doubtful), "phones": facts["phones"].gather(party.gather(doubtful))}
    )
    has = several.select(pl.col("phones").list.contains(pl.col("phone")).fill_null(value=False)).to_series()
    return same.scatter(doubtful.filter(has), True)


def _own_number(met: pl.DataFrame, facts: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Only calls and codes to the party's own number at that time count, and only while it still is his."""
    still = _has(met, facts)
    was = _had(met, still, by_number(numbers, facts).drop_nulls("party"))
    dialled = pl.col("source") == "callback"
    why_not = partial(said, met, "why_not")
    return met.with_columns(
        why_not=pl.when(pl.col("why_not").is_not_null())
        .then("why_not")
        .when(dialled & (pl.col("answer") == "not_dialled_bad_number"))
        .then(why_not("rule_finding"))
        .when(dialled & (pl.col("answer") == "not_dialled_do_not_call"))
        .then(why_not("do_not_call"))
        .when(pl.col("phone").is_null())
        .then(why_not("no_number"))
        .when(~was)
        .then(why_not("not_the_policys_number"))
        .when(~still)
        .then(why_not("number_since_changed"))
    )


def _had(met: pl.DataFrame, still: pl.Series, numbers: pl.DataFrame) -> pl.Series:
    """Whether the phone of each row was its party's at the time; ``still``: whether it is today."""
    changed = met.select("party", "phone", "at", moved=pl.col("party").is_in(numbers["party"].implode()))
    some = changed.with_row_index("row").filter("moved")
    then = some.join(numbers.select("party", "phone", "since", "until"), on=["party", "phone"], how="inner")
    # A number told on a day was the party's on the whole of it: the code at issue has no hour.
    since = pl.col("since").is_null() | (pl.col("since").dt.date() <= pl.col("at").dt.date())
    held = then.filter(since & (pl.col("until").is_null() | (pl.col("at") < pl.col("until"))))
    return (still & ~changed["moved"]).scatter(held["row"].unique(), True)


def _written_back(met: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """What a call says of the record holds until the record is told anew: then a correction confirms, an error lapses."""
    told_anew = facts["observed_at"].gather(met["party"]) > met["at"]
    since = (pl.col("field") == "record") & told_anew & pl.col("why_not").is_null()
    entered = since & (pl.col("answer") == "corrected")
    return met.with_columns(
        direction=pl.when(entered).then(said(met, "direction", "confirms")).otherwise("direction"),
        answer=pl.when(entered).then(said(met, "answer", "written_back")).otherwise("answer"),
        why_not=pl.when(since & ~entered).then(said(met, "why_not", "record_since_changed")).otherwise("why_not"),
    )


def _compared(met: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """A value that the customer gave elsewhere confirms the party's when it is the same; another one is a hint only."""
    number = met["field"] == "phone"
    document = (facts["cert_no"].gather(met["party"]) == met["cert_no"]).fill_null(value=False)
    same = (number & _has(met, facts)) | (~number & document)
    return met.with_columns(
        direction=pl.when(same)
        .then(said(met, "direction", "confirms"))
        .otherwise(said(met, "direction", "says_nothing")),
        answer=pl.when(same).then(said(met, "answer", "same")).otherwise(said(met, "answer", "another")),
        why_not=pl.coalesce("why_not", pl.when(~same).then(said(met, "why_not", "another_value"))),
    )

"""Evidence: what stands outside the record and speaks for or against it (design §9).

Three steps: each source says what it says (:mod:`evidence_sources`), each piece finds whom it speaks of
(:mod:`attach`), and of several pieces one decides (:mod:`resolve`). The losing ones stay, with the reason.
"""

from datetime import date

import polars as pl

from pipeline.core.authenticity.attach import attached
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources import callbacks, checks, contacts
from pipeline.core.authenticity.evidence_tables import EVIDENCE, PIECES, empty
from pipeline.core.authenticity.heard import SAYS, Heard, calls_of
from pipeline.core.authenticity.party_facts import numbered
from pipeline.core.authenticity.resolve import Resolved, resolved
from pipeline.core.distinct import numbered_rows, worded
from pipeline.core.schema import REJECTS

KINDS = ("callbacks", "verifications", "sms", "underwriting", "wechat", "claims")
"""Kinds of feed that hold evidence."""

NEEDED = (
    *(
        "kind",
        "record_id",
        "source",
        "observed_at",
        "captured_at",
        "issued_on",
        "policy_no",
        "claim_no",
        "role",
        "customer_id",
    ),
    *("name", "cert_no", "mobile", "landline", "plate", "openid", "capture_route", "sms_verified"),
    *("result_code", "vendor", "caller", "talk_seconds", "list_id", "stratum", "inclusion_probability"),
)
"""Columns of observations that evidence is made from, ``kind`` (of the feed) among them."""

_PARTY = ["policy_no", "role"]
_REJECTED = {
    "unknown_code": "a code of callback_codes.csv or check_codes.csv, or a mapping of the sender's code in the settings",
    "unknown_vendor": "a vendor whose table of codes the settings name",
    "no_time": "the time of the call or check",
    "orphan": "a policy number and role of the underwriting feed",
}


def pieces(observations: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """What ``observations`` (:data:`NEEDED`) say, in :data:`PIECES`. May be split, policies and claims kept whole."""
    told = observations.select(NEEDED)
    of = {kind: told.filter(pl.col("kind") == kind) for kind in KINDS}
    says = {
        "callbacks": lambda told: callbacks.pieces(told, settings),
        "verifications": lambda told: checks.verifications(told, settings),
        "sms": lambda told: checks.messages(told, settings),
        "underwriting": contacts.sms_codes,
        "wechat": contacts.wechat,
        "claims": contacts.claims,
    }
    return pl.concat([empty(PIECES), *(says[kind](some) for kind, some in of.items() if some.height)])


def evidence(
    found: pl.DataFrame, facts: pl.DataFrame, numbers: pl.DataFrame, settings: EvidenceSettings, on: date
) -> pl.DataFrame:
    """The evidence table: ``found`` (PIECES) beside ``facts`` (FACTS) and ``numbers`` (NUMBERS) as of the night ``on``.

    All pieces, facts and numbers of a party must be there.
    """
    facts = numbered(facts)
    return (
        published(resolved(attached(found, facts, numbers), settings, on), facts)
        .table.select(EVIDENCE.schema.names())
        .cast(EVIDENCE.schema)
    )


def published(told: Resolved, facts: pl.DataFrame) -> Heard:
    """EVIDENCE, sorted, with ``party``, beside what it says; what was not counted together was said once.

    Words that are numbers (:data:`WORDS`) stay so in the table: it is long, and written as it is.
    """
    schema = pl.Schema({**EVIDENCE.schema, "party": pl.UInt32()})
    rows, pieces = told.rows, told.pieces.with_columns(pl.col("repeats").fill_null(1))
    rest = [name for name in schema if name not in rows.columns and name not in _PARTY]
    # Where there are no parties at all, orphans are nobody's all the same.
    names = facts.select("policy_no", worded(facts["role"]))
    whose, what = names.select(pl.all().gather(rows["party"])), pieces[rows["piece"], rest]
    table = pl.concat([rows, whose, what], how="horizontal").select(schema.names())
    told_as = table.schema
    table = table.cast({name: dtype for name, dtype in schema.items() if not isinstance(told_as[name], pl.Enum)})
    # Orphans come first: they are nobody's.
    own = rows.slice(rows["party"].null_count())
    return Heard(
        *_said(own, told.pieces), told.pieces.select("evidence_id", "phone"), table, calls_of(table).cast(schema)
    )


def _said(rows: pl.DataFrame, pieces: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows and things said of :class:`Heard`; what a piece says to everybody is numbered piece by piece."""
    kind, kinds = numbered_rows(pieces.select("source", "field", pl.col("rank").cast(pl.UInt8)))
    own = rows.select("direction", "answer", "why_not", "used", kind=kind.gather(rows["piece"]))
    codes, told = numbered_rows(own)
    says = told.hstack(kinds[told["kind"]]).select(SAYS)
    says = says.cast({pl.Enum: pl.String, pl.UInt8: pl.Int8})
    return rows.select("party", "piece", codes.alias("said"), at=pieces["at"].gather(rows["piece"])), says


def rejects(table: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Rows of REJECTS for answers nobody can read and calls to nobody; the raw text is the sender's code alone."""
    lost = (pl.col("why_not") != "orphan") | (pl.col("source") == "callback")
    unread = table.filter(pl.col("why_not").is_in(list(_REJECTED)) & lost).unique("record_id")
    if unread.is_empty():
        return REJECTS.schema.to_frame(eager=True)
    where = observations.select("record_id", "feed_file", "feed_row").unique("record_id")
    told = (
        unread.cast({pl.Enum: pl.String})
        .join(where, on="record_id", how="left")
        .with_columns(
            field=pl.col("why_not").replace_strict(
                {
                    "unknown_code": "result_code",
                    "unknown_vendor": "vendor",
                    "no_time": "captured_at",
                    "orphan": "policy_no",
                }
            ),
            reason="why_not",
            advice=pl.col("why_not").replace_strict(_REJECTED),
            raw=pl.col("code").fill_null(""),
        )
    )
    return told.select(REJECTS.schema.names()).cast(REJECTS.schema).sort(REJECTS.sorted_by)

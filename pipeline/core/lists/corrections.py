"""What each unit and salesperson should correct, finding by finding, with the value the data propose when they know one."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from pipeline.core.authenticity.grounds import FIELD_OF_FAMILY
from pipeline.core.lists.callbacks import filled
from pipeline.core.lists.worklists import CORRECTIONS, LAPSED, LEADS
from pipeline.core.rules.catalogue import RULES

_PARTY = ["policy_no", "role"]
_VALUES = {
    "phone": ("mobile", "landline"),
    "cert_type": ("cert_type",),
    "cert_no": ("cert_no",),
    "name": ("name",),
    "address": ("address",),
}
"""Field at fault -> columns of the observation that hold its value."""

REFUTED: Final = (
    *("policy_no", "role", "record_id", "customer_id", "verdict", "reasons", "advice", "unit", "salesperson_code"),
)
"""Columns of the parties table that a correction list needs."""

REMEDIES: Final = (
    *("policy_no", "role", "field", "source", "answer", "used", "direction", "why_not", "phone", "at", "evidence_id"),
)
"""Columns of the evidence table that it needs, and of which pieces."""

_REFUTES: Final = pl.col("used") & (pl.col("direction") == "refutes")
_ANOTHER: Final = (
    (pl.col("why_not") == "another_value")
    & (pl.col("field") == "phone")
    & pl.col("source").is_in(["wechat", "inbound_call", "claims"])
)
_CONFIRMED: Final = pl.col("used") & (pl.col("field") == "cert_no") & (pl.col("direction") == "confirms")
IS_REMEDY: Final = _REFUTES | _CONFIRMED | _ANOTHER.fill_null(value=False)

_OF_ABSENCE: Final = pl.DataFrame(
    [(rule.id, reason.code) for rule in RULES for reason in rule.reasons if reason.effect == "missing"],
    schema=["rule", "reason"],
    orient="row",
)
"""Reasons of rules by which a field is missing."""


KNOWN = pl.Schema(
    {"customer_id": pl.String(), "field": pl.String(), "known": pl.String()}  # name or cert_no
)
"""Values of golden records that underwriting told on some policy of the customer."""


def correction_list(
    parties: pl.DataFrame, contacts: pl.DataFrame, evidence: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """WORKLISTS rows: a row per standing finding of the refuted ``parties`` (:data:`REFUTED`), and per field evidence
    refutes.

    An owner is asked for nothing that was not told: phone, document and address are asked of policyholder and insured.

    ``contacts``: record_id, observed_at, name, mobile, landline, cert_type, cert_no, address, birth_date, failed_rules.
    ``evidence`` (:data:`REMEDIES`): the newest other number a customer gave in WeChat or claims is proposed, never entered; so is
    another name or document that he has on another policy (``known``, in KNOWN), and the date of birth in a document
    that evidence confirms.
    """
    refuted = parties.filter(pl.col("verdict") == "refuted").unique(_PARTY).sort(_PARTY)
    found = _grounds(refuted, contacts, evidence)
    told = (
        found.join(refuted.select(*_PARTY, "unit", "salesperson_code", "advice"), on=_PARTY)
        .join(contacts.drop("failed_rules"), on="record_id", how="left")
        .join(_proposals(evidence, refuted), on=[*_PARTY, "field"], how="left")
        .join(refuted.select(*_PARTY, "customer_id"), on=_PARTY)
        .join(known, on=["customer_id", "field"], how="left")
    )
    value = pl.lit(None, pl.String)
    for field, columns in _VALUES.items():
        value = pl.when(pl.col("field") == field).then(pl.coalesce(columns)).otherwise(value)
    untold = pl.col("field").is_in(list(_VALUES)) & pl.col("value").is_null()
    told = told.with_columns(value=value).filter((pl.col("role") != "owner") | ~untold)
    another = pl.col("known").is_not_null() & (pl.col("known") != pl.col("value")).fill_null(value=True)
    told = told.with_columns(
        proposed=pl.when(another).then("known").otherwise("proposed"),
        proposed_by=pl.when(another).then(pl.lit("golden_record")).otherwise("proposed_by"),
    )
    told = _with_births(told, evidence)
    rows = told.with_columns(
        list=pl.lit(CORRECTIONS),
        key=pl.concat_str("policy_no", pl.lit("/"), "role"),
        phone=pl.lit(None, pl.String),
    )
    return filled(rows)


def _with_births(told: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Where a date of birth contradicts a number that evidence confirms, the number says what it should be.

    A number nobody confirmed is as likely to be the wrong one of the two.
    """
    confirmed = evidence.filter(_CONFIRMED).select(*_PARTY, confirmed=pl.lit(value=True))
    told = told.join(confirmed.unique(), on=_PARTY, how="left")
    digits = pl.col("cert_no").str.extract(r"^\d{6}(\d{8})\d{3}[\dX]$")
    date = digits.str.to_date("%Y%m%d", strict=False).cast(pl.String)
    by_number = ((pl.col("rule") == "D08") & pl.col("confirmed") & date.is_not_null()).fill_null(value=False)
    return told.with_columns(
        value=pl.when(by_number).then(pl.col("birth_date").cast(pl.String)).otherwise("value"),
        proposed=pl.when(by_number).then(date).otherwise("proposed"),
        proposed_by=pl.when(by_number).then(pl.lit("cert_no")).otherwise("proposed_by"),
        field=pl.when(by_number).then(pl.lit("birth_date")).otherwise("field"),
    )


def known_of(customers: pl.DataFrame, underwriting: Sequence[str]) -> pl.DataFrame:
    """KNOWN of ``customers`` (customer_id, name, name_source, cert_no, document_source); ``underwriting``: its feeds.

    Documents are looked at where a policy is written; what claims and WeChat write down is no better than what it would
    replace.
    """
    parts = [
        customers.filter(pl.col(source).is_in(underwriting)).select("customer_id", field=pl.lit(field), known=field)
        for field, source in (("name", "name_source"), ("cert_no", "document_source"))
    ]
    return pl.concat([KNOWN.to_frame(eager=True), *parts]).drop_nulls()


def _grounds(refuted: pl.DataFrame, contacts: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """What refutes each party: its ``rule`` (null of evidence), ``field`` and ``reasons``, in the party's own order."""
    codes = (
        refuted.select(*_PARTY, "record_id", code="reasons")
        .explode("code")
        .drop_nulls("code")
        .with_columns(place=pl.int_range(pl.len()).over(_PARTY))
    )
    findings = _findings(refuted, contacts)
    by_rule = codes.join(findings, on=["record_id", "code"], how="inner")
    missing = codes.filter(pl.col("code").str.starts_with("missing.")).with_columns(
        field=pl.col("code").str.strip_prefix("missing.")
    )
    absent = findings.join(_OF_ABSENCE, on=["rule", "reason"], how="semi").unique(
        ["record_id", "field"], keep="first", maintain_order=True
    )
    by_absence = missing.join(absent.select("record_id", "field", "rule"), on=["record_id", "field"], how="left")
    said = evidence.select(*_PARTY, "field", "source", "answer", "used", "direction")
    refutes = said.filter(_REFUTES).select(
        *_PARTY, "field", code=pl.concat_str("source", pl.lit("."), "answer"), rule=pl.lit(None, pl.String)
    )
    by_evidence = codes.join(refutes.unique(), on=[*_PARTY, "code"])
    columns = [*_PARTY, "record_id", "rule", "field", "code", "place"]
    whole = pl.concat([part.select(columns) for part in (by_rule, by_absence, by_evidence)])
    return whole.sort(*_PARTY, "place", "field", "rule").group_by(
        *_PARTY, "record_id", "rule", "field", maintain_order=True
    ).agg(reasons="code")  # fmt: skip


def _findings(refuted: pl.DataFrame, contacts: pl.DataFrame) -> pl.DataFrame:
    """F findings of the records that stand for the parties, as codes, with the field their family is about."""
    own = contacts.join(refuted.select("record_id").unique(), on="record_id", how="semi")
    told = own.select("record_id", "failed_rules").explode("failed_rules").drop_nulls("failed_rules")
    return (
        told.unnest("failed_rules")
        .filter(pl.col("severity") == "F")
        .select(
            "record_id",
            "rule",
            "reason",
            code=pl.concat_str("rule", pl.lit("."), "reason"),
            field=pl.col("rule").str.slice(0, 1).replace_strict(FIELD_OF_FAMILY, default=None, return_dtype=pl.String),
        )
    )


def lapsed_list(customers: pl.DataFrame, size: int) -> pl.DataFrame:
    """WORKLISTS rows of the first ``size`` by ``lot`` of ``customers``: customer_id, unit, name, phone, policy_no, lot.

    Lapsed, without a claim, and not barred: whoever calls must know them to be so.
    """
    chosen = customers.sort("lot", "customer_id").head(size)
    return filled(chosen.with_columns(list=pl.lit(LAPSED), key="customer_id"))


def lead_list(leads: pl.DataFrame) -> pl.DataFrame:
    """WORKLISTS rows of patrol leads that agreed to be contacted (LEADS)."""
    agreed = leads.filter(pl.col("consent").fill_null(value=False))
    return filled(agreed.drop("observed_at").with_columns(list=pl.lit(LEADS), key="record_id", phone="mobile"))


def _proposals(evidence: pl.DataFrame, refuted: pl.DataFrame) -> pl.DataFrame:
    """The newest other number of each ``refuted`` party's customer, and where it was told."""
    given = evidence.select(*_PARTY, "field", "source", "why_not", "phone", "at", "evidence_id")
    other = given.filter(_ANOTHER).join(refuted.select(_PARTY), on=_PARTY, how="semi")
    newest = other.sort(*_PARTY, "at", "evidence_id", descending=[False, False, True, False]).unique(
        _PARTY, keep="first", maintain_order=True
    )
    return newest.select(*_PARTY, "field", proposed="phone", proposed_by="source")

"""What each unit and salesperson should correct, finding by finding, with the value the data propose when they know one."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from pipeline.core.authenticity.grounds import FIELD_OF_FAMILY
from pipeline.core.lists.callbacks import filled
from pipeline.core.lists.worklists import CORRECTIONS, LAPSED, LEADS
from pipeline.core.rules.catalogue import RULES

_PARTY = ["policy_no", "role"]
_NUMBER, _RECORD = "_number", "_record"
"""Number of a refuted party, and of what was observed of it."""

_VALUES = {
    "phone": ("mobile", "landline"),
    "cert_type": ("cert_type",),
    "cert_no": ("cert_no",),
    "name": ("name",),
    "address": ("address",),
}
"""Field at fault -> columns of the observation that hold its value."""

_VEHICLE_VALUES = {"vin": ("V03", "V04"), "engine_no": ("V06",)}
"""Column of the observation -> rules about a vehicle that ask of it; the others ask of its plate."""

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

    ``contacts``: record_id, observed_at, name, mobile, landline, cert_type, cert_no, address, birth_date, plate, vin,
    engine_no, failed_rules.
    ``evidence`` (:data:`REMEDIES`): the newest other number a customer gave in WeChat or claims is proposed, never entered; so is
    another name or document that he has on another policy (``known``, in KNOWN), and the date of birth in a document
    that evidence confirms.
    """
    refuted = _once(parties.filter(pl.col("verdict") == "refuted"))
    # Numbers instead of words: what is listed is joined half a dozen times.
    numbered = refuted.select(*_PARTY, "customer_id", "record_id").with_row_index(_NUMBER)
    records = contacts.select("record_id").with_row_index(_RECORD)
    numbered = numbered.join(records, on="record_id", how="left", maintain_order="left")
    said = evidence.join(numbered.select(_NUMBER, *_PARTY), on=_PARTY).drop(_PARTY)
    at = [_NUMBER, "field"]
    found = (
        _grounds(numbered.select(_NUMBER, _RECORD, refuted["reasons"]), contacts["failed_rules"], said)
        .join(_proposals(said), on=at, how="left")
        .join(numbered.select(_NUMBER, "customer_id").join(known, on="customer_id"), on=at, how="left")
        .join(said.filter(_CONFIRMED).select(_NUMBER, confirmed=pl.lit(value=True)).unique(), on=_NUMBER, how="left")
    )
    whose = refuted.select(*_PARTY, "record_id", "unit", "salesperson_code", "advice")[found[_NUMBER]]
    seen = contacts.drop("record_id", "failed_rules").select(pl.all().gather(found[_RECORD]))
    told = pl.concat([whose, seen, found.drop(_NUMBER, _RECORD, "customer_id")], how="horizontal")
    value = pl.lit(None, pl.String)
    for field, columns in _VALUES.items():
        value = pl.when(pl.col("field") == field).then(pl.coalesce(columns)).otherwise(value)
    of_vehicle = pl.col("plate")
    for column, rules in _VEHICLE_VALUES.items():
        of_vehicle = pl.when(pl.col("rule").is_in(rules)).then(column).otherwise(of_vehicle)
    value = pl.when(pl.col("field") == "vehicle").then(of_vehicle).otherwise(value)
    untold = pl.col("field").is_in(list(_VALUES)) & pl.col("value").is_null()
    told = told.with_columns(value=value).filter((pl.col("role") != "owner") | ~untold)
    another = pl.col("known").is_not_null() & (pl.col("known") != pl.col("value")).fill_null(value=True)
    told = told.with_columns(
        proposed=pl.when(another).then("known").otherwise("proposed"),
        proposed_by=pl.when(another).then(pl.lit("golden_record")).otherwise("proposed_by"),
    )
    rows = _with_births(told).with_columns(
        list=pl.lit(CORRECTIONS),
        key=pl.concat_str("policy_no", pl.lit("/"), "role"),
        phone=pl.lit(None, pl.String),
    )
    return filled(rows)


def _once(parties: pl.DataFrame) -> pl.DataFrame:
    """Every party once, in order."""
    return parties[parties.select(_PARTY).with_row_index(_NUMBER).unique(_PARTY, keep="first").sort(_PARTY)[_NUMBER]]


def _with_births(told: pl.DataFrame) -> pl.DataFrame:
    """Where a date of birth contradicts a number that evidence confirms, the number says what it should be.

    A number nobody confirmed is as likely to be the wrong one of the two.
    """
    asked = ((pl.col("rule") == "D08") & pl.col("confirmed")).fill_null(value=False)
    digits = pl.when(asked).then("cert_no").str.extract(r"^\d{6}(\d{8})\d{3}[\dX]$")
    date = digits.str.to_date("%Y%m%d", strict=False).cast(pl.String)
    by_number = date.is_not_null()
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


def _grounds(refuted: pl.DataFrame, findings: pl.Series, said: pl.DataFrame) -> pl.DataFrame:
    """What refutes each party: its ``rule`` (null of evidence), ``field`` and ``reasons``, in the party's own order.

    ``refuted``: number, record, reasons. ``findings``: of every record. ``said``: evidence, by number.
    """
    codes = refuted.select(_NUMBER, _RECORD, code="reasons").explode("code").drop_nulls("code").with_row_index("place")
    found = _findings(refuted[_RECORD].drop_nulls().unique().sort(), findings)
    by_rule = codes.join(found, on=[_RECORD, "code"], how="inner")
    missing = codes.filter(pl.col("code").str.starts_with("missing.")).with_columns(
        field=pl.col("code").str.strip_prefix("missing.")
    )
    absent = found.join(_OF_ABSENCE, on=["rule", "reason"], how="semi", maintain_order="left").unique(
        [_RECORD, "field"], keep="first", maintain_order=True
    )
    by_absence = missing.join(absent.select(_RECORD, "field", "rule"), on=[_RECORD, "field"], how="left")
    refutes = said.filter(_REFUTES).select(
        _NUMBER, "field", code=pl.concat_str("source", pl.lit("."), "answer"), rule=pl.lit(None, pl.String)
    )
    by_evidence = codes.join(refutes.unique(), on=[_NUMBER, "code"])
    columns = [_NUMBER, _RECORD, "rule", "field", "code", "place"]
    whole = pl.concat([part.select(columns) for part in (by_rule, by_absence, by_evidence)])
    # A place is a party's own, later ones of a later party.
    return whole.sort("place", "field", "rule").group_by(_NUMBER, _RECORD, "rule", "field", maintain_order=True).agg(
        reasons="code"
    )  # fmt: skip


def _findings(records: pl.Series, findings: pl.Series) -> pl.DataFrame:
    """F findings of the ``records``, as codes, with the field their family is about."""
    told = pl.DataFrame({_RECORD: records, "found": findings[records]}).explode("found").drop_nulls("found")
    return (
        told.unnest("found")
        .filter(pl.col("severity") == "F")
        .select(
            _RECORD,
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


def _proposals(said: pl.DataFrame) -> pl.DataFrame:
    """The newest other number of each party's customer, and where it was told."""
    other = said.filter(_ANOTHER).select(_NUMBER, "field", "source", "phone", "at", "evidence_id")
    newest = other.sort(_NUMBER, "at", "evidence_id", descending=[False, True, False]).unique(
        _NUMBER, keep="first", maintain_order=True
    )
    return newest.select(_NUMBER, "field", proposed="phone", proposed_by="source")

"""What each unit and salesperson should correct, with the value the data propose when they know one."""

import polars as pl

from pipeline.core.lists.callbacks import filled
from pipeline.core.lists.worklists import CORRECTIONS, LAPSED, LEADS

_PARTY = ["policy_no", "role"]
_VALUES = {"phone": ("mobile", "landline"), "cert_no": ("cert_no",), "name": ("name",), "address": ("address",)}
"""Field at fault -> columns of the observation that hold its value."""


def correction_list(parties: pl.DataFrame, contacts: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """WORKLISTS rows: a row per field at fault of the refuted ``parties`` (PARTIES).

    ``contacts``: record_id, name, mobile, landline, cert_no, address, birth_date. ``evidence`` (EVIDENCE): the newest other number a
    customer gave in WeChat or claims is proposed, never entered.
    """
    refuted = parties.filter(pl.col("verdict") == "refuted")
    fields = pl.concat_list("missing_fields", "standing_fields", "refuted_fields").list.unique()
    told = (
        refuted.with_columns(field=fields)
        .explode("field")
        .with_columns(field=pl.when(pl.col("field") == "cert_type").then(pl.lit("cert_no")).otherwise("field"))
        .filter(pl.col("field").is_in(list(_VALUES)))
        .unique([*_PARTY, "field"])
        .join(contacts, on="record_id", how="left")
        .join(_proposals(evidence), on=[*_PARTY, "field"], how="left")
    )
    value = pl.lit(None, pl.String)
    for field, columns in _VALUES.items():
        value = pl.when(pl.col("field") == field).then(pl.coalesce(columns)).otherwise(value)
    # Where only the date of birth contradicts a valid number, the number says what it should be.
    born = (pl.col("field") == "cert_no") & pl.col("reasons").list.contains("D08.differs")
    digits = pl.col("cert_no").str.extract(r"^\d{6}(\d{8})\d{3}[\dX]$")
    date = digits.str.to_date("%Y%m%d", strict=False).cast(pl.String)
    told = told.with_columns(
        value=pl.when(born & date.is_not_null()).then(pl.col("birth_date").cast(pl.String)).otherwise(value),
        proposed=pl.when(born).then(date).otherwise("proposed"),
        proposed_by=pl.when(born & date.is_not_null()).then(pl.lit("cert_no")).otherwise("proposed_by"),
        field=pl.when(born & date.is_not_null()).then(pl.lit("birth_date")).otherwise("field"),
    )
    rows = told.with_columns(
        list=pl.lit(CORRECTIONS),
        key=pl.concat_str("policy_no", pl.lit("/"), "role"),
        phone=pl.lit(None, pl.String),
    )
    return filled(rows)


def lapsed_list(customers: pl.DataFrame, size: int) -> pl.DataFrame:
    """WORKLISTS rows of the first ``size`` by ``lot`` of ``customers``: customer_id, unit, name, phone, policy_no, lot.

    Lapsed, without a claim, and not barred: whoever calls must know them to be so.
    """
    chosen = customers.sort("lot", "customer_id").head(size)
    return filled(chosen.with_columns(list=pl.lit(LAPSED), key="customer_id"))


def lead_list(leads: pl.DataFrame) -> pl.DataFrame:
    """WORKLISTS rows of patrol leads that agreed to be contacted (LEADS)."""
    agreed = leads.filter(pl.col("consent").fill_null(value=False))
    return filled(agreed.with_columns(list=pl.lit(LEADS), key="record_id", phone="mobile"))


def _proposals(evidence: pl.DataFrame) -> pl.DataFrame:
    """The newest other number of each party's customer, and where it was told."""
    other = evidence.filter(
        (pl.col("why_not") == "another_value")
        & (pl.col("field") == "phone")
        & pl.col("source").is_in(["wechat", "claims"])
    )
    newest = other.sort(*_PARTY, "at", "evidence_id", descending=[False, False, True, False]).unique(
        _PARTY, keep="first", maintain_order=True
    )
    return newest.select(*_PARTY, "field", proposed="phone", proposed_by="source")

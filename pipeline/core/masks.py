"""What a person may see of a customer's values without having asked for them in full (design §11)."""

from collections import Counter
from collections.abc import Callable
from typing import Final

import polars as pl

from pipeline.core.fields import (
    certificate_facts,
    dates,
    email,
    engine_no,
    name,
    phone,
    plate,
    postcode,
    region,
    text,
    vin,
    wechat,
)

Mask = Callable[[pl.Series], pl.Series]

MASKS: Final[dict[str, Mask]] = {
    **dict.fromkeys(("name", "legal_representative", "contact_name", "account_name"), name.mask),
    **dict.fromkeys(("mobile", "landline", "contact_phone", "other_phones"), phone.mask),
    **dict.fromkeys(("birth_date", "cert_valid_from", "cert_valid_to", "first_registered_on"), dates.mask),
    **dict.fromkeys(("openid", "unionid"), wechat.mask),
    "cert_no": certificate_facts.mask,
    "email": email.mask,
    "plate": plate.mask,
    "vin": vin.mask,
    "engine_no": engine_no.mask,
    "postcode": postcode.mask,
    "region_code": region.mask,
}
"""Column -> the mask of its field."""

OPEN: Final = frozenset(
    {
        *(
            "record_id",
            "customer_id",
            "telling",
            "source",
            "observed_at",
            "role",
            "customer_type",
            "cert_type",
            "gender",
        ),
        *("nationality", "province", "city", "county", "relation", "same_person_flag", "policy_no", "claim_no"),
        *(
            "channel",
            "capture_route",
            "captured_at",
            "issued_on",
            "plate_type",
            "vehicle_kind",
            "use",
            "vehicle_relation",
        ),
        *("policy_status", "sms_verified", "result_code"),
    }
)
"""Columns that say nothing of who somebody is; every other one is masked as free text where no field has a mask."""

NAMING: Final = ("name", "cert_no", "mobile", "landline", "email", "plate", "vin", "openid", "unionid")
"""Columns whose values a source may use as its key, so that they stand in record ids."""


def masked(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with every column masked that is not :data:`OPEN`; lists stay as they are unless they hold phones."""
    columns = []
    for column in rows:
        if column.name in OPEN or isinstance(column.dtype, pl.Struct) or _holds_findings(column.dtype):
            columns.append(column)
        elif isinstance(column.dtype, pl.List):
            columns.append(_within(column))
        else:
            columns.append(_mask(column.name)(column if column.name in MASKS else column.cast(pl.String)))
    return pl.DataFrame(columns, schema=rows.columns)


def shown_ids(records: pl.DataFrame) -> dict[str, str]:
    """Record id -> the id with the record's own values masked in it: some sources have a phone number for a key."""
    hidden = masked(records)
    naming = [column for column in NAMING if column in records.columns]
    told = {}
    for row, veiled in zip(records.iter_rows(named=True), hidden.iter_rows(named=True), strict=True):
        shown = row["record_id"]
        for column in naming:
            if row[column]:
                shown = shown.replace(row[column], veiled[column])
        told[row["record_id"]] = shown
    return _apart(told)


def _apart(told: dict[str, str]) -> dict[str, str]:
    """The same, with a number behind ids that only what is masked told apart."""
    met: Counter[str] = Counter()
    for record, shown in sorted(told.items()):
        met[shown] += 1
        if met[shown] > 1:
            told[record] = f"{shown}#{met[shown]}"
    return told


def _mask(column: str) -> Mask:
    return MASKS.get(column, text.mask)


def _within(column: pl.Series) -> pl.Series:
    values = [_mask(column.name)(cell).to_list() if cell is not None else None for cell in column]
    return pl.Series(column.name, values, column.dtype)


def _holds_findings(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct)

"""How good a value is within its unit where nobody refutes it, 0 (least) to 7."""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Ranks = npt.NDArray[np.uint64]

_LENGTH: Final = pl.col("cert_no").str.len_bytes()
_OF_18: Final = _LENGTH == 18

_DOCUMENT_TYPES: Final = {
    # Lifetime numbers on the document that proves them; then on another that bears them.
    "RIC": 7,
    "HMT_RESIDENCE": 7,
    "FPR": 7,
    "USCC": 7,
    "HUKOU": 6,
    "DRIVER": 6,
    "BIZ": 6,
    # Part of the number stays for life.
    "HM_PERMIT": 5,
    # Numbers that change with every renewal.
    "PASSPORT_CN": 4,
    "PASSPORT_X": 4,
    "TW_PERMIT": 4,
    "MIL": 4,
    "TRAVEL": 4,
    # Superseded.
    "ORG": 3,
    "TAX": 3,
    "RIC_ABN": 1,
    "OTHER": 1,
}
_UNTYPED: Final = 2
_SUPERSEDED: Final = 3
_LIFETIME: Final = 6


def quality(members: pl.DataFrame, unit: str) -> Ranks | None:
    """Quality of every record's value of ``unit``, larger is better; None where all are alike."""
    if unit not in _QUALITY:
        return None
    return members.select(_QUALITY[unit].cast(pl.UInt64)).to_series().to_numpy()


def _document() -> pl.Expr:
    by_type = pl.col("cert_type").replace_strict(_DOCUMENT_TYPES, default=_UNTYPED, return_dtype=pl.UInt8)
    # A number of 18 characters without a type is a citizen number; a type whose number has not its 18 is an old form.
    return (
        pl.when(pl.col("cert_type").is_null() & _OF_18)
        .then(_LIFETIME)
        .when((by_type >= _LIFETIME) & ~_OF_18)
        .then(_SUPERSEDED)
        .otherwise(by_type)
        .fill_null(0)
    )


_QUALITY: Final = {
    "document": _document(),
    "address": pl.col("address").is_not_null(),
    "wechat": pl.all_horizontal(pl.col("openid", "unionid").is_not_null()),
    "contact": pl.all_horizontal(pl.col("contact_name", "contact_phone").is_not_null()),
}
"""Unit -> quality."""

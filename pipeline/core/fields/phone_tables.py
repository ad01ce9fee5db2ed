"""Numbering plan of mainland China as look-ups: mobile segments, area codes, service numbers, the deny list.

The tables lie in ``pipeline/core/tables`` with their provenance; each is read once.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt
import polars as pl

SEGMENT_DIGITS = 5
"""A number's segment is looked up by this many leading digits; no listed prefix is longer."""

UNALLOCATED, EMERGENCY = 0, 1
SEGMENT_CLASSES = ("unallocated", "emergency", "mobile", "mvno", "data", "iot", "satellite")
"""What a segment is, by its class number. The first two are no customer's phone; the rest are kinds of phone."""

_CLASS_OF_TYPE = {name: number for number, name in enumerate(SEGMENT_CLASSES)} | {
    "data-11": SEGMENT_CLASSES.index("iot")
}


def _table(name: str) -> pl.DataFrame:
    """Table ``name`` as strings, its comment lines left out."""
    content = files("pipeline.core").joinpath("tables", name).read_bytes()
    return pl.read_csv(BytesIO(content), comment_prefix="#", infer_schema=False)


@cache
def segment_classes(digits: int) -> npt.NDArray[np.uint8]:
    """Class number of each of the 100,000 five-digit beginnings of a mobile number of 11 or 13 ``digits``."""
    rows = _table("mobile_segments.csv").filter(pl.col("length") == str(digits)).sort(pl.col("prefix").str.len_bytes())
    classes = np.full(10**SEGMENT_DIGITS, UNALLOCATED, dtype=np.uint8)
    for prefix, kind in rows.select("prefix", "type").rows():
        width = 10 ** (SEGMENT_DIGITS - len(prefix))
        classes[int(prefix) * width : (int(prefix) + 1) * width] = _CLASS_OF_TYPE[kind]
    return classes


@cache
def subscriber_digits() -> dict[str, str]:
    """Digits of a subscriber number by area code with its zero: ``025`` -> ``8``; ``7|8`` where both are in use."""
    rows = _table("area_codes.csv").select("area_code", "subscriber_digits").rows()
    return {str(area): str(digits) for area, digits in rows}


@cache
def area_lengths() -> pl.Series:
    """Digits of subscriber numbers by area code as a number (25 for 025): 1 for 7 digits, 2 for 8, 3 for either."""
    lengths = np.zeros(1000, dtype=np.uint8)
    for area, digits in subscriber_digits().items():
        lengths[int(area)] = ("7" in digits) + 2 * ("8" in digits)
    return pl.Series(lengths)


@cache
def landline_fits(area: str = "area", subscriber: str = "subscriber") -> pl.Expr:
    """Of two columns: the area code exists, the subscriber number has its digits and begins with 2 to 8; never null."""
    lengths = pl.lit(area_lengths()).gather(pl.col(area).cast(pl.UInt32))
    digits = pl.col(subscriber).str.len_bytes()
    long_enough = ((digits == 7) & lengths.is_in([1, 3])) | ((digits == 8) & (lengths >= 2))
    return (long_enough & pl.col(subscriber).str.contains("^[2-8]")).fill_null(False)


@cache
def service_pattern(kind: str) -> str:
    """Regular expression, not anchored, of the service numbers of ``kind`` (service or relay)."""
    rows = (
        _table("phone_services.csv").filter(pl.col("kind") == kind).select("prefix", "min_digits", "max_digits").rows()
    )
    alternatives = (
        f"{prefix}[0-9]{{{int(low) - len(prefix)},{int(high) - len(prefix)}}}" for prefix, low, high in rows
    )
    return f"(?:{'|'.join(alternatives)})"


@cache
def denied_numbers() -> npt.NDArray[np.int64]:
    """Mobile numbers that are typed in place of a real one."""
    return _table("phone_deny_list.csv")["number"].cast(pl.Int64).to_numpy()

"""Facts about cleaned phone numbers: what is wrong, what kind it is, whether it was made up.

Sources: rules P02–P06, P11, P20, P21; the tables behind :mod:`pipeline.core.fields.phone_tables`. Numbers kept for
drama and fiction are no customer's: NANPA 555-0100 to 555-0199, Ofcom 07700 900000 to 900999 and 020 7946 0000 to 0999.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.distinct import on_distinct
from pipeline.core.fields import phone_number
from pipeline.core.fields.phone_tables import (
    EMERGENCY,
    SEGMENT_CLASSES,
    denied_numbers,
    landline_fits,
    segment_classes,
    service_pattern,
)

REASONS = (
    "masked",
    "letters",
    "too_short",
    "hotline",
    "emergency",
    "unallocated",
    "bad_landline",
    "unknown",
    "bad_foreign",
)
KINDS = ("mobile", "mvno", "data", "iot", "satellite", "landline", "foreign", "relay", "hotline")
PERSONAL_KINDS = ("mobile", "mvno", "data")
"""Kinds of number a person carries about."""

FACTS = pl.Schema({"reason": pl.String(), "kind": pl.String(), "pattern": pl.String(), "usable": pl.Boolean()})

_FEWEST_DIGITS = 7
_LANDLINE = r"^(?<area>0[0-9]{2,3})-(?<subscriber>[0-9]+)(?:-[0-9]{1,6})?$"
_SMALLEST_MOBILE, _LARGEST_MOBILE = 13_000_000_000, 19_999_999_999
_RUNS = np.array([1234567, 12345678, 23456789, 98765432, 87654321, 76543210], dtype=np.uint32)
_DIGITS_OF = np.array([sum({1 << int(digit) for digit in f"{n:03d}"}) for n in range(1000)], dtype=np.uint16)
"""Bit set of the digits that occur in a three-digit number."""
_FICTION = r"^\+(?:1[0-9]{3}55501[0-9]{2}|447700900[0-9]{3}|442079460[0-9]{3})$"

_NO_NUMBER = len(SEGMENT_CLASSES)
_REASON_OF_CLASS = pl.Series([*SEGMENT_CLASSES[:2], *[None] * (_NO_NUMBER - 1)], dtype=pl.String)
_KIND_OF_CLASS = pl.Series([None, None, *SEGMENT_CLASSES[2:], None], dtype=pl.String)
_USABLE_OF_CLASS = pl.Series([False, False, *[True] * (_NO_NUMBER - 2), None], dtype=pl.Boolean)
_PATTERNS = pl.Series([None, "few_digits", "run", "repeated", "deny_list"], dtype=pl.String)


def plain_mobiles(values: pl.Series) -> pl.Series:
    """Int64: the number where a value is 11 digits beginning 13 to 19, null elsewhere."""
    numbers = values.cast(pl.Int64, strict=False)
    plain = (values.str.len_bytes() == 11) & numbers.is_between(_SMALLEST_MOBILE, _LARGEST_MOBILE)
    return numbers.set(~plain.fill_null(False), None)


def check(values: pl.Series) -> pl.DataFrame:
    """What is wrong with each cleaned number, and what it is; rows aligned, all null where the value is.

    * ``reason``: null when fine, else one of REASONS: masked, letters or too_short (P11), hotline (P04), emergency or
      unallocated (P02), bad_landline (P03), bad_foreign (P20), unknown (P02: nothing that could be called)
    * ``kind``: one of KINDS; null where the number is none, except hotline, bad_landline and bad_foreign
    * ``pattern``: deny_list, repeated, run or few_digits for a number of mobile form (P06), null when none shows
    * ``usable``: it has no reason against it. Relay (P21) and IoT or satellite numbers (P05) are usable but suspect
    """
    values = values.cast(pl.String)
    numbers = plain_mobiles(values)
    facts = _check_mobiles(numbers)
    odd = numbers.is_null() & values.is_not_null()
    if not odd.any():
        return facts
    rest = on_distinct(values.filter(odd), _check_odd)
    return facts.with_columns(facts[name].scatter(odd.arg_true(), rest[name]) for name in FACTS)


def answers_at(rows: pl.Series, answers: pl.DataFrame) -> pl.DataFrame:
    """``answers`` spread over the true ``rows`` in order; null in the others."""
    at = pl.DataFrame({"row": rows}).select(pl.when("row").then(pl.col("row").cum_sum() - 1)).to_series()
    return answers.select(pl.all().gather(at))


def _check_mobiles(numbers: pl.Series) -> pl.DataFrame:
    """Facts about 11-digit mobile numbers, null rows where there is none."""
    missing = numbers.is_null().to_numpy()
    filled = numbers.fill_null(_SMALLEST_MOBILE).to_numpy()
    classes = segment_classes(11)[filled // 10**6]
    classes[missing] = _NO_NUMBER
    patterns = _pattern_numbers(filled)
    patterns[missing] = 0
    rows = pl.Series(classes)
    answers = (_REASON_OF_CLASS.gather(rows), _KIND_OF_CLASS.gather(rows))
    return pl.DataFrame([*answers, _PATTERNS.gather(pl.Series(patterns)), _USABLE_OF_CLASS.gather(rows)], schema=FACTS)


def _pattern_numbers(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Index into _PATTERNS of each 11-digit number; the graver pattern wins."""
    last9 = (numbers % 10**9).astype(np.uint32)
    last8, last6 = last9 % 10**8, last9 % 10**6
    digits = _DIGITS_OF[last9 // 10**6] | _DIGITS_OF[last6 // 1000] | _DIGITS_OF[last6 % 1000]
    # A set of at most two bits is empty after its lowest bit was cleared twice.
    without_one = digits & (digits - 1)
    pattern: npt.NDArray[np.uint8] = ((without_one & (without_one - 1)) == 0).astype(np.uint8)
    pattern[np.isin(last8, _RUNS)] = 2
    pattern[last8 % 11_111_111 == 0] = 3
    pattern[np.isin(numbers, denied_numbers())] = 4
    return pattern


def _check_odd(values: pl.Series) -> pl.DataFrame:
    """Facts about everything that is not 11 digits beginning 13 to 19."""
    split = pl.col("v").str.extract_groups(_LANDLINE).struct
    facts = pl.DataFrame({"v": values}).with_columns(area=split.field("area"), subscriber=split.field("subscriber"))
    # Most of what is no mobile number is a landline as it should be, of which nothing else need be asked.
    fits = facts.select(landline_fits()).to_series()
    other = answers_at(~fits, _check_others(facts.filter(~fits)))
    landline = pl.when(fits).then(pl.lit("landline")).otherwise(other["kind"])
    return other.select("reason", kind=landline, pattern=pl.lit(None, pl.String), usable=other["reason"].is_null())


def _check_others(facts: pl.DataFrame) -> pl.DataFrame:
    """``reason`` and ``kind`` of what is neither a plain mobile number nor a landline as it should be."""
    values = facts["v"]
    facts = facts.with_columns(
        valid_foreign=_valid_foreign(values),
        iot=_segments(values.str.extract(r"^(14[0-9]{3})[0-9]{8}$"), 13),
        relayed=_segments(values.str.extract(r"^(1[3-9][0-9]{3})[0-9]{6}-[0-9]{1,6}$"), 11),
    )
    facts = facts.with_columns(reason=_reason())
    fine = pl.col("reason").is_null()
    kind = (
        pl.when(pl.col("reason") == "hotline")
        .then(pl.lit("hotline"))
        .when(pl.col("reason") == "bad_landline")
        .then(pl.lit("landline"))
        .when(pl.col("valid_foreign") | (pl.col("reason") == "bad_foreign"))
        .then(pl.lit("foreign"))
        .when(fine & pl.col("iot").is_not_null())
        .then(pl.lit("iot"))
        .when(fine)
        .then(pl.lit("relay"))
    )
    return facts.select("reason", kind=kind)


@cache
def _reason() -> pl.Expr:
    """First thing wrong; the order keeps a masked or short string from being read as a number."""
    v = pl.col("v")
    service = service_pattern("service")
    nothing = pl.lit(None, pl.String)
    return (
        pl.when(v.str.contains(r"\*|[•●×#]{2}|(?i:x{2})"))
        .then(pl.lit("masked"))
        .when(v.str.contains(r"^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}$"))
        .then(pl.lit("unknown"))
        .when(v.str.contains(r"\p{L}"))
        .then(pl.lit("letters"))
        .when(v.str.contains(rf"^(?:0[0-9]{{2,3}}-)?{service}(?:-[0-9]{{1,6}})?$"))
        .then(pl.lit("hotline"))
        .when(v.str.count_matches("[0-9]") < _FEWEST_DIGITS)
        .then(pl.lit("too_short"))
        .when(pl.col("valid_foreign") | v.str.contains(f"^{service_pattern('relay')}$"))
        .then(nothing)
        .when(v.str.contains(r"^\+[0-9]+$") & ~v.str.starts_with("+86"))
        .then(pl.lit("bad_foreign"))
        .when(pl.col("area").is_not_null() | v.str.contains(r"^[2-8][0-9]{6,7}$"))
        .then(pl.lit("bad_landline"))
        .when(pl.col("relayed") == EMERGENCY)
        .then(pl.lit("emergency"))
        .when((pl.col("relayed") > EMERGENCY) | (pl.col("iot") > EMERGENCY))
        .then(nothing)
        .when(v.str.contains(r"^1[0-9]{10}$") | pl.col("relayed").is_not_null() | pl.col("iot").is_not_null())
        .then(pl.lit("unallocated"))
        .otherwise(pl.lit("unknown"))
    )


def _valid_foreign(values: pl.Series) -> pl.Series:
    """True for a number with its country's code that phonenumbers holds valid there and that is not fiction's."""
    asked = values.str.starts_with("+")
    if not asked.any():
        return asked
    genuine = values.filter(asked & values.str.contains(r"^\+[1-9][0-9]{5,14}$") & ~values.str.contains(_FICTION))
    valid = [number for number in genuine if phone_number.foreign(number)[1]]
    return values.is_in(pl.Series(valid, dtype=pl.String).implode())


def _segments(prefixes: pl.Series, digits: int) -> pl.Series:
    """Segment class by five-digit prefix of numbers with ``digits`` digits, null without one."""
    numbers = prefixes.cast(pl.Int64)
    classes = pl.Series(segment_classes(digits)[numbers.fill_null(0).to_numpy()])
    return classes.set(numbers.is_null(), None)

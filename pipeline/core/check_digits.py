"""Check digits of identity and organisation numbers, for whole columns at once.

All work on a character matrix: one row per number, one ``uint8`` column per character, made by :func:`characters`
straight from the Arrow buffer. Characters outside a scheme's alphabet count as some value or other; whether a number is
well formed is asked apart.

Norms: ISO/IEC 7064 (MOD 11-2 of GB 11643, MOD 11,10 of the licence number GS 15), GB 32100 (MOD 31), GB 11714 (MOD 11),
ICAO Doc 9303-3 (weights 7-3-1).
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Matrix = NDArray[np.uint8]
Flags = NDArray[np.bool_]

ZERO: Final = ord("0")
_LETTER_X: Final = ord("X")

_GB_11643_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_GB_11714_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ICAO_WEIGHTS: Final = (7, 3, 1)
GB_32100_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def characters(values: pl.Series, width: int) -> Matrix:
    """Matrix n × ``width`` of the bytes of ``values``, each of which has exactly ``width`` bytes and is not null."""
    told = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = told.buffers()
    if len(told) == 0 or data is None:
        return np.empty((0, width), dtype=np.uint8)
    starts = np.frombuffer(offsets, dtype=np.int64)
    start = int(starts[told.offset])
    return np.frombuffer(data, dtype=np.uint8, count=len(told) * width, offset=start).reshape(len(told), width)


def columns(matrix: Matrix) -> Matrix:
    """The same matrix turned: one contiguous row per character position."""
    return np.ascontiguousarray(matrix.T)


def _values_of(alphabet: str) -> Matrix:
    table = np.zeros(256, dtype=np.uint8)
    for value, character in enumerate(alphabet):
        table[ord(character)] = value
    return table


_BASE_31: Final = _values_of(GB_32100_ALPHABET)
_BASE_36: Final = _values_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

# Sums of at most 255 × 100 lie in 16 bits, so the check character can be looked up by the sum itself.
_MOD_11_2: Final = np.frombuffer(b"10X98765432", dtype=np.uint8)[np.arange(255 * 100 + 1) % 11]


def mod_11_2(digits: Matrix) -> Matrix:
    """Check characters (ASCII) of GB 11643 for ``digits``: 17 or more turned rows of digit values 0–9."""
    total = np.zeros(digits.shape[1], dtype=np.uint16)
    for weight, column in zip(_GB_11643_WEIGHTS, digits, strict=False):
        total += column * np.uint16(weight)
    return _MOD_11_2[total]


def mod_31_ok(matrix: Matrix) -> Flags:
    """Whether the 18th character is the check character of GB 32100 for the 17 before it."""
    weights = np.array([pow(3, position, 31) for position in range(17)], dtype=np.int64)
    total = _BASE_31[matrix[:, :17]].astype(np.int64) @ weights
    wanted = (31 - total % 31) % 31
    flags: Flags = _BASE_31[matrix[:, 17]] == wanted
    return flags


def organisation_code_ok(matrix: Matrix) -> Flags:
    """Whether the 9th character is the check character of GB 11714 for the 8 before it: 10 is X, 11 is 0."""
    total = _BASE_36[matrix[:, :8]].astype(np.int64) @ np.array(_GB_11714_WEIGHTS, dtype=np.int64)
    wanted = (11 - total % 11) % 11
    written = np.where(wanted == 10, _LETTER_X, wanted + ZERO)
    flags: Flags = matrix[:, 8] == written
    return flags


def mod_11_10_ok(matrix: Matrix) -> Flags:
    """Whether the last digit is the ISO/IEC 7064 MOD 11,10 check digit of those before it."""
    digits = matrix.astype(np.int64) - ZERO
    carried = np.full(len(matrix), 10, dtype=np.int64)
    for position in range(matrix.shape[1] - 1):
        added = (carried + digits[:, position]) % 10
        carried = np.where(added == 0, 10, added) * 2 % 11
    flags: Flags = (carried + digits[:, -1]) % 10 == 1
    return flags


def icao_ok(matrix: Matrix) -> Flags:
    """Whether the last digit is the ICAO 7-3-1 check digit of the letters (A = 10) and digits before it."""
    width = matrix.shape[1] - 1
    weights = np.resize(np.array(_ICAO_WEIGHTS, dtype=np.int64), width)
    flags: Flags = (_BASE_36[matrix[:, :width]].astype(np.int64) @ weights) % 10 == matrix[:, width].astype(
        np.int64
    ) - ZERO
    return flags

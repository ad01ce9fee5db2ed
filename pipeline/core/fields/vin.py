"""Vehicle identification numbers: 17 characters of A–Z and 0–9 without I, O and Q.

GB 16735 and ISO 3779. Position 9 is the check digit where the maker uses one: the values of the characters, weighted
8 7 6 5 4 3 2 10 0 9 8 7 6 5 4 3 2, modulo 11, with X for 10. Imported cars and cars built before 2004 may lack it.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.fields import text

LENGTH = 17
_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.float32)
_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_DIGITS = np.frombuffer(b"0123456789X", dtype=np.uint8)

_WELL_FORMED = "^[A-HJ-NPR-Z0-9]{17}$"
_SWAPS = {"O": "0", "I": "1", "Q": "0"}
_FULL_WIDTH = "[！-＞＠-～]"  # all but ？, which to_ascii_forms leaves
_MARKS = r"[·•.,'‘’_‐‑‒–—―−-]"
_PLACEHOLDERS = (
    "未知|不详|暂无|待定|待补|待补充|未提供|未录入|无车架号|无VIN|无VIN码|见行驶证|同上|新车|空|X{2,}|[*#?/]+|"
    "0+|(?:12345678901234567|12345678912345678)"
)
_PLACEHOLDER = f"^(?:{_PLACEHOLDERS})$"


def clean(values: pl.Series) -> pl.DataFrame:
    """``value``: upper case without blanks and separators; ``repair``: what was changed, null when nothing.

    Codes: ``full_width``, ``separators``, ``letter_swap`` (O, I or Q, which no VIN has, as 0, 1 and 0, only where the
    check digit then holds), ``placeholder`` (null), ``null_word`` (null).
    """
    raw = values.cast(pl.String)
    odd = ~raw.str.contains(_WELL_FORMED).fill_null(value=True) | raw.str.contains(_PLACEHOLDER).fill_null(value=False)
    repair = pl.Series("repair", [None], dtype=pl.String).new_from_index(0, len(raw))
    if not odd.any():
        return pl.DataFrame({"value": raw, "repair": repair})
    at = odd.arg_true()
    cleaned = _clean_odd(raw.gather(at))
    return pl.DataFrame(
        {"value": raw.clone().scatter(at, cleaned["value"]), "repair": repair.scatter(at, cleaned["repair"])}
    )


def _clean_odd(raw: pl.Series) -> pl.DataFrame:
    upper = text.to_ascii_forms(raw).str.strip_chars().str.to_uppercase()
    # A VIN is stamped between two stars; a star inside hides a character.
    bare = upper.str.replace_all(rf"\s|{_MARKS}", "")
    bare = pl.select(
        pl.when(bare.str.contains(_PLACEHOLDER)).then(bare).otherwise(bare.str.strip_chars("*"))
    ).to_series()
    swapped = _swapped(bare)
    placeholder = bare.str.contains(_PLACEHOLDER)
    null_words = sorted(text.NULL_WORDS)
    nothing = upper.str.to_lowercase().is_in(null_words) | bare.str.to_lowercase().is_in(null_words) | (bare == "")
    changed = pl.DataFrame(
        {
            "full_width": raw.str.contains(_FULL_WIDTH),
            "letter_swap": swapped.is_not_null(),
            "separators": upper.str.replace_all(r"\s", "") != bare,
        }
    )
    gone = pl.when(placeholder).then(pl.lit("placeholder")).when(nothing & (upper != "")).then(pl.lit("null_word"))
    value = pl.when(~placeholder & ~nothing).then(pl.coalesce(swapped, bare))
    return pl.select(value=value, repair=pl.when(placeholder | nothing).then(gone).otherwise(text.joined(changed)))


def _swapped(vins: pl.Series) -> pl.Series:
    """The VIN with its I, O and Q as digits where the check digit then holds; null elsewhere."""
    suspect = vins.str.contains("[IOQ]") & (vins.str.len_chars() == LENGTH)
    digits = pl.select(pl.when(suspect).then(vins.str.replace_many(_SWAPS))).to_series()
    return pl.select(pl.when(check_digit_holds(digits)).then(digits)).to_series()


def check_digit_holds(vins: pl.Series) -> pl.Series:
    """Whether position 9 is the check digit of the other sixteen; null where the VIN is not well formed."""
    well_formed = vins.str.contains(_WELL_FORMED).fill_null(value=False)
    at = well_formed.arg_true()
    holds = pl.Series("check_digit_ok", [None], dtype=pl.Boolean).new_from_index(0, len(vins))
    if at.is_empty():
        return holds
    letters = _letters(vins.gather(at))
    weighted = _values()[letters] @ _WEIGHTS
    return holds.scatter(at, pl.Series(_DIGITS[weighted.astype(np.int32) % 11] == letters[:, 8]))


def _letters(vins: pl.Series) -> npt.NDArray[np.uint8]:
    """The ASCII codes of well-formed VINs, one row each."""
    together = vins.str.join("").cast(pl.Binary).item()
    return np.frombuffer(together, dtype=np.uint8).reshape(-1, LENGTH)


@cache
def _values() -> npt.NDArray[np.float32]:
    """Value of every byte in the check digit's sum. Floats: the product with the weights is then one matrix product."""
    values = np.zeros(256, dtype=np.float32)
    values[[ord(letter) for letter in _VALUES]] = list(_VALUES.values())
    values[ord("0") : ord("9") + 1] = range(10)
    return values


def check(values: pl.Series) -> pl.DataFrame:
    """Facts about cleaned VINs.

    ``reason``: null when fine, else ``length``, ``characters`` (I, O, Q or none of A–Z, 0–9), ``repeated`` (one
    character seventeen times) or ``check_digit``. ``check_digit_ok``: null where the VIN is not well formed.
    """
    vins = values.cast(pl.String)
    holds = check_digit_holds(vins)
    repeated = pl.select(
        (vins.str.len_chars() == LENGTH) & (vins.str.strip_chars_start(vins.str.slice(0, 1)) == "")
    ).to_series()
    reason = (
        pl.when(vins.str.len_chars() != LENGTH).then(pl.lit("length"))
        .when(vins.is_not_null() & holds.is_null()).then(pl.lit("characters"))
        .when(repeated).then(pl.lit("repeated"))
        .when(~holds).then(pl.lit("check_digit"))
    )  # fmt: skip
    return pl.select(reason=reason, check_digit_ok=holds)


def mask(values: pl.Series) -> pl.Series:
    """Maker and the last four characters: ``LSV**********3456``; a value of another length is hidden whole."""
    whole = pl.concat_str(values.str.slice(0, 3), pl.lit("*" * 10), values.str.slice(-4))
    shown = pl.when(values.str.len_chars() == LENGTH).then(whole).when(values.is_not_null()).then(pl.lit("****"))
    return pl.select(shown).to_series().alias(values.name)

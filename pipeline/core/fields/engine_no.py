"""Engine and drive-motor numbers. No standard binds them: printed are A–Z, 0–9, ``-`` and ``*``, 4 to 20 characters."""

import polars as pl

from pipeline.core.fields import text

SHORTEST = 4
"""Fewest characters of a number that can tell engines apart."""

_FULL_WIDTH = "[！-＞＠-～]"  # all but ？, which to_ascii_forms leaves
_PLACEHOLDER = "^(?:待定|待补|待补充|未提供|未录入|无发动机号?|无发动机号码|无号码|见行驶证|同上|新车|[*#?/]+)$"


def clean(values: pl.Series) -> pl.DataFrame:
    """``value``: upper case, without blanks and the stars a number is stamped between; ``repair``: what was changed.

    Codes: ``full_width``, ``placeholder`` (null), ``null_word`` (null).
    """
    raw = values.cast(pl.String)
    upper = text.to_ascii_forms(raw).str.to_uppercase().str.replace_all(r"\s", "")
    bare = pl.select(
        pl.when(upper.str.contains(_PLACEHOLDER)).then(upper).otherwise(upper.str.strip_chars("*"))
    ).to_series()
    placeholder = bare.str.contains(_PLACEHOLDER)
    nothing = bare.str.to_lowercase().is_in(sorted(text.NULL_WORDS)) | (bare == "")
    gone = pl.when(placeholder).then(pl.lit("placeholder")).when(nothing & (upper != "")).then(pl.lit("null_word"))
    changed = pl.when(raw.str.contains(_FULL_WIDTH)).then(pl.lit("full_width"))
    return pl.select(
        value=pl.when(~placeholder & ~nothing).then(bare),
        repair=pl.when(placeholder | nothing).then(gone).otherwise(changed),
    )


def check(values: pl.Series) -> pl.DataFrame:
    """``reason``: null when fine, else ``too_short`` or ``repeated`` (one character throughout)."""
    length = values.str.len_chars()
    repeated = pl.select(values.str.strip_chars_start(values.str.slice(0, 1)) == "").to_series()
    reason = (
        pl.when(repeated & (length >= SHORTEST))
        .then(pl.lit("repeated"))
        .when(length < SHORTEST)
        .then(pl.lit("too_short"))
    )
    return pl.select(reason=reason)


def mask(values: pl.Series) -> pl.Series:
    """The first and the last two characters: ``EA****56``; a value of fewer than eight is hidden whole."""
    ends = pl.concat_str(values.str.slice(0, 2), pl.lit("****"), values.str.slice(-2))
    shown = pl.when(values.str.len_chars() >= 8).then(ends).when(values.is_not_null()).then(pl.lit("****"))
    return pl.select(shown).to_series().alias(values.name)

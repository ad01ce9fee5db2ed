"""WeChat identifiers: OpenID and UnionID.

Issued by WeChat. An OpenID names a person within one official account or mini program, a UnionID within one open
platform account; one person has one OpenID for each. Both are ``o`` and 27 (now and then 28) characters of
``A-Za-z0-9_-``, upper and lower case told apart.
Examples of the platform's documentation: OpenID o6_bmjrPTlm6_2sgVt7hMZOPfL2M, UnionID o6_bmasdasdsad6_2sgVt7hMZOPfL.
"""

import polars as pl

from pipeline.core.fields import text

_SHAPE = "^o[A-Za-z0-9_-]{27,28}$"
_NULL_WORDS = text.NULL_WORDS | {"openid", "unionid", "fromusername"}


def clean(values: pl.Series) -> pl.DataFrame:
    """``value``: the identifier, blanks removed, letter case kept; ``repair``: full_width, null_word, zero_width."""
    plain = text.to_ascii_forms(values).str.replace_all(r"\s", "")
    null_word = plain.str.to_lowercase().is_in(sorted(_NULL_WORDS))
    flags = text.odd_forms(values).select("full_width", "zero_width", null_word=null_word)
    return pl.select(value=pl.when(~null_word & (plain != "")).then(plain), repair=text.joined(flags))


def check(values: pl.Series) -> pl.DataFrame:
    """``reason``: ``shape`` when it is no OpenID or UnionID, null when fine."""
    return pl.select(reason=pl.when(~values.str.contains(_SHAPE)).then(pl.lit("shape")))


def mask(values: pl.Series) -> pl.Series:
    """First and last three characters of an identifier of regular length, nothing of any other."""
    whole = values.str.contains(_SHAPE)
    short = pl.concat_str(values.str.slice(0, 3), pl.lit("***"), values.str.slice(-3))
    return (
        pl.select(pl.when(whole).then(short).when(values.is_not_null()).then(pl.lit("***")))
        .to_series()
        .alias(values.name)
    )

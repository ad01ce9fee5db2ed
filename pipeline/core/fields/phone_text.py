"""What is written around the phone numbers of a cell, taken away.

Words (``手机：139…``, ``妻子139…``), quotes, a spreadsheet's traces (``13912345678.0``, ``1.3912345678E+10``, a leading
apostrophe) and the separators between several numbers. Words that speak against the number (空号, 停机, 错 …) leave the
cell as it is.
"""

import polars as pl

from pipeline.core.fields.phone_check import answers_at
from pipeline.core.fields.text import NULL_WORDS, to_ascii_forms

CELL_CODES = ("apostrophe", "full_width", "note", "null_word", "zero_width")
"""Repairs of a cell as a whole; ``note``: words that are no part of a number were left out."""

NO_NUMBER_WORDS = NULL_WORDS | {"无电话", "无手机", "无固话", "不明", "未提供", "未留", "无此项", "拒绝提供", "保密"}
"""Words of a phone cell that say there is no number, lower case."""

_BARE = r"^[+(]?0*[1-9][0-9+()./ \-]*$"
"""Cells of digits and separators only, which have nothing around their numbers."""
_FULL_WIDTH = r"[０-９Ａ-Ｚａ-ｚ＋－＊＃．（）]"
_INVISIBLE = r"[\x{AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]"
_LINE_BREAKS = r"[\r\n\t\x0B\x0C\x{85}\x{2028}\x{2029}]+"
_QUOTED = r"""^(?:\s*=?["'`´‘’“”]+)+\s*|[\s"'`´‘’“”]+$"""
_NOTHING = r"^[\s0\-_/\\.,;:~+?？、。]*$"
_DOUBT = r"空号|停机|错|无效|作废|注销|不通|不对|不是|不存在|非本人|已换|换号|旧号|原号"
_EXTENSION = r"转接|转|轉|分机号?|分機|(?i:(?-u:\b)(?:extension|extn?)(?-u:\b)\.?)"
_EXTENSION_X = r"([0-9]{7,}) *[xX] *([0-9]{1,6})(?-u:\b)"
_JOINERS = r"[、。]|以及|或者?|和|及|与"
_LABELS = r"(?i)(^|[^0-9a-z])(?:(?:telephone|tel|phone|mobile|mob|cellphone|cell|fax|hp)[.: ]*)+([+(]?[0-9])"
_PLAIN = r"^[0-9+*# ()./\-]*[0-9][0-9+*# ()./\-]*$"
_THOUSANDS = r"^[0-9]{1,3}(?:,[0-9]{3})+(?:\.0+)?$"
_AREA_APART = r"(^|[^0-9])(0(?:10|2[0-9]|[3-9][0-9]{2})) *[/,;|\\:] *([2-8][0-9]{6,7})($|[^0-9])"
_EDGES = " \t#-_.:~'\"()[]{}<>=!?？"
_PLUSES = r"\+(?:[^0-9A-Za-z*#/]*\+)+"
_PLUS_WITHIN = r"([0-9*#])[^0-9A-Za-z*#/+]*\+"
_PLUS_MOBILE = r"/\+(1[3-9][0-9]{9})(?-u:\b)"
_FLOAT = r"^(\+?[0-9]{5,15})\.0+$"


def unwrapped(cells: pl.Series) -> pl.DataFrame:
    """One row per cell: ``row`` (from 0), ``text``, ``work`` and Booleans.

    ``text`` is the cell trimmed, in ASCII forms and without quotes; ``work`` what of it may hold numbers, words turned
    into separators, null when nothing does. The Booleans are CELL_CODES and ``regrouped``: separators within a number
    (``025/84550000``, ``13,912,345,678``) were told from those between numbers.
    """
    rows = pl.DataFrame({"raw": cells}).with_row_index("row")
    bare = rows["raw"].str.contains(_BARE)
    frame = rows.filter(bare).select("row", text="raw", work="raw", **{code: pl.lit(False) for code in CELL_CODES})
    if not bare.all():
        dressed = _without_words(_undressed(rows.filter(~bare)))
        frame = pl.concat([frame, dressed.select(frame.columns)]).sort("row")
    return _regrouped(frame)


def pieces(frame: pl.DataFrame) -> pl.DataFrame:
    """What stands between the separators of ``work``: ``row``, ``piece``, Booleans ``edged`` and ``float_tail``."""
    work = pl.col("work").str.replace_all(r"[/;,|&\\]+", "/")
    # A plus within digits parts two numbers, and belongs to the second unless that is a mobile number of this country.
    work = work.str.replace_all(_PLUSES, "+").str.replace_all(_PLUS_WITHIN, "$1/+").str.replace_all(_PLUS_MOBILE, "/$1")
    parts = frame.select("row", piece=work.str.split("/"))
    parts = parts.filter(pl.col("piece").is_not_null()).explode("piece", empty_as_null=True, keep_nulls=True)
    parts = trimmed(parts)
    dotted = parts["piece"].str.contains(".", literal=True)
    if not dotted.any():
        return parts.with_columns(float_tail=pl.lit(False))
    whole = answers_at(dotted, _without_float(parts["piece"].filter(dotted)).to_frame("whole"))["whole"]
    return parts.with_columns(float_tail=whole.is_not_null(), piece=pl.coalesce(whole, "piece"))


def trimmed(parts: pl.DataFrame) -> pl.DataFrame:
    """``parts`` without punctuation at the edges of ``piece``; ``edged`` where more than blanks was taken away."""
    piece = pl.col("piece").str.strip_chars(_EDGES).str.replace_all(" {2,}", " ")
    return parts.with_columns(
        piece=piece, edged=pl.col("piece").str.strip_chars() != pl.col("piece").str.strip_chars(_EDGES)
    )


def _undressed(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with ``text``, ``work`` and the flags of what was around them; ``work`` still has its words."""
    raw = pl.col("raw")
    # A line break parts numbers; in ASCII forms it would be a blank like any other.
    lines = rows["raw"].str.strip_chars().str.replace_all(_LINE_BREAKS, "/")
    frame = rows.with_columns(text=to_ascii_forms(lines).str.strip_chars().str.replace_all(" {2,}", " ")).with_columns(
        full_width=raw.str.contains(_FULL_WIDTH),
        zero_width=raw.str.contains(_INVISIBLE),
        apostrophe=pl.col("text").str.contains(r"""^\s*=?["'`´‘’“”]"""),
        text=pl.col("text").str.replace_all(_QUOTED, ""),
    )
    word = pl.col("text").str.to_lowercase()
    blank = raw.str.strip_chars() == ""
    nothing = word.is_in(sorted(NO_NUMBER_WORDS)) | word.str.contains(_NOTHING)
    tells = pl.col("text").str.contains("[0-9]") & ~pl.col("text").str.contains(_DOUBT)
    return frame.with_columns(
        text=pl.when(~nothing).then("text"),
        work=pl.when(~nothing & tells).then("text"),
        null_word=nothing & ~blank,
    )


def _without_words(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with the words of ``work`` turned into separators, and ``note``."""
    wordy = (pl.col("work").is_not_null() & ~pl.col("work").str.contains(_PLAIN)).fill_null(False)
    frame = frame.with_columns(wordy=wordy, note=pl.lit(False))
    if not frame["wordy"].any():
        return frame
    worded = frame.filter("wordy").with_columns(
        work=pl.col("work")
        .str.replace_all(_EXTENSION, "#")
        .str.replace_all(_EXTENSION_X, "$1#$2")
        .str.replace_all(_JOINERS, "/")
        .str.replace_all(r"\p{Pd}", "-")
        .str.replace_all(r"([0-9]) *[一ー] *([0-9])", "$1-$2")
    )
    worded = worded.with_columns(
        note=pl.col("work").str.contains(_LABELS) | pl.col("work").str.contains(r"\p{Han}"),
        work=pl.col("work").str.replace_all(_LABELS, "$1 $2").str.replace_all(r"\p{Han}+|[^\x00-\x7F\p{L}\p{N}]", " "),
    )
    return pl.concat([frame.filter(~pl.col("wordy")), worded])


def _regrouped(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with the separators that stand within a number told from those between numbers, and ``regrouped``."""
    work = pl.col("work")
    ungrouped = pl.when(work.str.contains(_THOUSANDS)).then(work.str.replace_all(",", "", literal=True))
    joined = pl.coalesce(ungrouped, work.str.replace_all(_AREA_APART, "$1$2-$3$4"))
    return frame.with_columns(work=joined, regrouped=(joined != work).fill_null(False))


def _without_float(pieces: pl.Series) -> pl.Series:
    """Digits of ``13912345678.0``, and of ``1.3912345678E+10`` when it tells them all; null for anything else."""
    form = pl.col("piece").str.extract_groups(r"^([0-9]\.[0-9]+)[eE]\+?([0-9]{1,2})$").struct
    parts = pieces.to_frame("piece").select(
        "piece",
        digits=form.field("1").str.replace(".", "", literal=True),
        exponent=form.field("2").cast(pl.Int64),
    )
    told = (pl.col("digits").str.len_bytes() > pl.col("exponent")) & (pl.col("exponent") >= 6)
    exact = told & pl.col("digits").str.slice(pl.col("exponent") + 1).str.contains("^0*$")
    scientific = pl.when(exact).then(pl.col("digits").str.slice(0, pl.col("exponent") + 1))
    return parts.select(pl.coalesce(pl.col("piece").str.extract(_FLOAT), scientific)).to_series()

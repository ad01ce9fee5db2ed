"""Free text of any kind: one form per character, no invisible characters, garbled text read back where that is certain.

Two tables do the work, not a Unicode normal form: NFKC is not idempotent together with stripping and changes real
names. ``character_forms.csv`` holds full-width forms, blanks, invisible characters and compatibility ideographs;
``gbk_private_use.csv`` the private-use code points that old GBK decoders gave to characters such as 䶮.
Garbled text is the business of :mod:`pipeline.core.fields.mojibake`.
"""

from functools import cache

import opencc
import polars as pl

from pipeline.core.distinct import on_distinct
from pipeline.core.fields import mojibake
from pipeline.core.tables import csv_table

_NULL_WORDS = """
无 未知 不详 暂无 空 null none nan n/a - -- 0 * .
没有 不明 未填 未填写 不清楚 不知道 未登记 未录入 无记录 空白 缺失 暂缺 不祥 无数据
na nat nil #n/a #null! <na> <null> (null) [null] \\n undefined --- ---- — —— – / // \\ _ __ ** 、 。 .. ...
"""
NULL_WORDS: frozenset[str] = frozenset(_NULL_WORDS.split())
"""Words that say nothing was entered, lower case: rule N01's and their kin."""

_REPAIRS = {
    "compatibility": "compatibility",
    "full_width": "full_width",
    "invisible": "zero_width",
    "private_use": "private_use",
}
"""Kind of table row -> repair. Blanks are representation, so a row of kind ``blank`` is no repair."""


def _forms() -> tuple[dict[int, str], dict[str, str], str]:
    """Replacements of visible characters; regex class of every kind; class of everything the tables know."""
    replaced: dict[int, str] = {}
    kinds: dict[str, set[int]] = {}
    for first, last, to, kind in csv_table.read("character_forms.csv").rows():
        kinds.setdefault(kind, set()).update(range(int(first, 16), int(last, 16) + 1))
        if kind in ("full_width", "compatibility"):
            replaced[int(first, 16)] = chr(int(to, 16))
    for _, private, to in csv_table.read("gbk_private_use.csv").rows():
        kinds.setdefault("private_use", set()).add(int(private, 16))
        replaced[int(private, 16)] = replaced.get(int(to, 16), chr(int(to, 16)))
    return replaced, {kind: _class_of(codes) for kind, codes in kinds.items()}, _class_of(set().union(*kinds.values()))


def _class_of(codes: set[int]) -> str:
    """Regex class of code points, neighbours as one range: one a point takes a hundred times as long to compile."""
    told = sorted(codes)
    firsts = [code for code in told if code - 1 not in codes]
    lasts = [code for code in told if code + 1 not in codes]
    ranges = (rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in zip(firsts, lasts, strict=True))
    return f"[{''.join(ranges)}]"


_REPLACED, _CLASSES, _IN_TABLE = _forms()


_NEEDS_WORK = f"{_IN_TABLE}|{mojibake.SCRAMBLED}|{mojibake.LOST}|  "


def clean(values: pl.Series, null_words: frozenset[str] = NULL_WORDS) -> pl.DataFrame:
    """``value``: the text, null when nothing or a null word is left; ``repair``: what was done, see the module.

    Repairs: compatibility (radicals and compatibility ideographs), full_width, mojibake (not repaired),
    mojibake_repaired, null_word, private_use, zero_width (every invisible character). ``null_words`` in any letter
    case.
    """
    told = repaired(values, null_words)
    return pl.DataFrame({"value": told["value"], "repair": joined(told.drop("value"))})


def repaired(values: pl.Series, null_words: frozenset[str] = NULL_WORDS) -> pl.DataFrame:
    """As :func:`clean`, but one Boolean column per repair in place of ``repair``."""
    odd = values.str.contains(_NEEDS_WORK).fill_null(value=False)
    value = values.str.strip_chars()
    nothing_done = pl.repeat(value=False, n=len(values), eager=True)
    flags = pl.DataFrame(dict.fromkeys(_FLAGS, nothing_done))
    if odd.any():
        at = odd.arg_true()
        settled = _settled(values.gather(at))
        value = _put(value, at, settled["value"])
        flags = flags.with_columns(_put(flags[code], at, settled[code]) for code in _FLAGS)
    null_word = value.str.to_lowercase().is_in([word.lower() for word in null_words]).fill_null(value=False)
    nothing = null_word | (value == "").fill_null(value=False)
    value = pl.select(pl.when(~nothing).then(value)).to_series()
    return pl.DataFrame({"value": value.alias("value"), **flags.to_dict(), "null_word": null_word})


def joined(flags: pl.DataFrame) -> pl.Series:
    """``repair`` of Boolean columns named by their codes: the true ones, in alphabetical order, joined by ``+``."""
    return flags.select(_joined(tuple(sorted(flags.columns)))).select(_unless_empty()).to_series()


@cache
def _joined(codes: tuple[str, ...]) -> pl.Expr:
    told = [pl.when(pl.col(code)).then(pl.lit(code)) for code in codes]
    return pl.concat_str(told, separator="+", ignore_nulls=True).alias("repair")


@cache
def _unless_empty() -> pl.Expr:
    return pl.when(pl.col("repair") != "").then(pl.col("repair"))


def check(values: pl.Series) -> pl.DataFrame:
    """``reason``: ``mojibake`` when the text is garbled beyond repair, null when it is fine."""
    return pl.select(reason=pl.when(mojibake.is_garbled(values)).then(pl.lit("mojibake")))


def mask(values: pl.Series) -> pl.Series:
    """Two first characters of a text of eight or more, nothing of a shorter one; at most eight stars."""
    shown = pl.when(values.str.len_chars() >= 8).then(values.str.slice(0, 2)).otherwise(pl.lit(""))
    long, short = stars(values.str.slice(2, 8)), stars(values.str.slice(0, 8))
    hidden = pl.when(values.str.len_chars() >= 8).then(long).otherwise(short)
    return pl.select(pl.concat_str(shown, hidden)).to_series().alias(values.name)


def stars(values: pl.Series) -> pl.Series:
    """As many asterisks as each of ``values`` has characters."""
    return on_distinct(values.str.len_chars(), _asterisks)["stars"]


def _asterisks(lengths: pl.Series) -> pl.DataFrame:
    told = [None if length is None else "*" * length for length in lengths]
    return pl.DataFrame({"stars": told}, schema={"stars": pl.String})


def to_ascii_forms(values: pl.Series) -> pl.Series:
    """The same text in one form per character: ASCII for full-width, a space for any blank, nothing for the invisible.

    Idempotent. Not trimmed. U+FF1F stays: a bare ``?`` between Han is the trace of a lost character.
    """
    odd = values.str.contains(_IN_TABLE).fill_null(value=False)
    if not odd.any():
        return values
    at = odd.arg_true()
    return _put(values, at, _in_one_form(values.gather(at)))


def odd_forms(values: pl.Series) -> pl.DataFrame:
    """Whether a text holds characters that :func:`to_ascii_forms` repairs: one Boolean column per repair."""
    return pl.DataFrame({code: values.str.contains(_CLASSES[kind]) for kind, code in _REPAIRS.items()})


def simplify(values: pl.Series) -> pl.Series:
    """Traditional characters as simplified ones, for match keys only. 乾 stays: in names it is not 干."""
    texts = values.drop_nulls()
    if texts.is_empty():
        return values
    # One call for the column is fifteen times faster than one a value. It is joined and split by Python, who has to make
    # the text for the library anyway: each of polars' steps would wake its threads, and columns are often short.
    told = texts.to_list()
    together = "\n".join(told)
    if together.count("\n") < len(told):
        answers = _simplified(together).split("\n")
    else:
        # Texts that hold the separator go alone.
        others = iter(_simplified("\n".join(text for text in told if "\n" not in text)).split("\n"))
        answers = [_simplified(text) if "\n" in text else next(others) for text in told]
    simple = pl.Series(values.name, answers, dtype=pl.String())
    return simple if len(texts) == len(values) else _put(values, values.is_not_null().arg_true(), simple)


def _simplified(text: str) -> str:
    converted: str = _converter().convert(text.replace("乾", "\ufdd0"))
    return converted.replace("\ufdd0", "乾")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


_FLAGS = ("compatibility", "full_width", "mojibake", "mojibake_repaired", "private_use", "zero_width")


def _put(values: pl.Series, at: pl.Series, answers: pl.Series) -> pl.Series:
    return values.clone().scatter(at, answers)  # scatter writes into its Series; the clone keeps the caller's


def _in_one_form(values: pl.Series) -> pl.Series:
    """Every character of the table in its one form; no nulls, at least one value."""
    values = values.str.replace_all(_CLASSES["invisible"], "").str.replace_all(_CLASSES["blank"], " ")
    # The line feed is a blank of the table, so by now it can hold the texts apart in one translation of them all.
    together = values.str.join("\n").item()
    return pl.Series([together.translate(_REPLACED)]).str.split("\n").explode()


def _settled(values: pl.Series) -> pl.DataFrame:
    """Character work done over and over until nothing changes, so that cleaning twice is cleaning once.

    It ends: reading back shortens a text, and the tables never lead to a character they hold.
    """
    found = {code: pl.repeat(value=False, n=len(values), eager=True) for code in _FLAGS}
    while True:
        before = values
        values = mojibake.read_back(values)
        found["mojibake_repaired"] |= values != before
        for flag in odd_forms(values):
            found[flag.name] |= flag
        values = _in_one_form(values).str.replace_all(" {2,}", " ").str.strip_chars()
        if values.equals(before):
            found["mojibake"] = mojibake.is_garbled(values)
            return pl.DataFrame({"value": values, **found})

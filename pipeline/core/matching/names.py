"""What two names of persons have in common, by sound and by shape.

Two complete real names are *incompatible* when no slip of ear, eye or keyboard leads from one to the other. Then they
do not stand on one lifetime number by mistake (rule D24), and matching never joins their records. Given name alone,
traditional forms, ``·`` left out, parts in another order are the same name told otherwise.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl
from pypinyin import lazy_pinyin
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.core.distinct import on_distinct
from pipeline.core.fields import name, text
from pipeline.core.matching import organisations
from pipeline.core.tables import csv_table

_LETTERS_APART = 3
"""Pinyin letters that a slip can change; a fifth of the letters of a name longer than twenty."""

_LETTERS_OF_TWO_SLIPS = 2

_LONGEST_USUAL = 4
"""Characters of a person's Han name without ``·``: a longer one is rather a company's, and told with and without its place."""

_ONE_IN_THREE = 5
"""Characters of the longest names in which one alone may differ, if no more than a third may."""

NEAR = 1
LOOSE = 2
INCOMPATIBLE = 3
FAR = 4
KIN = 5
"""How near two names are; 0 where it cannot be told."""

_SEPARATORS = r"[ .,'·-]+"

_LATIN_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i", "þ": "th", "ð": "d"}


def pinyin(values: pl.Series) -> pl.Series:
    """Letters of the names, a-z only, no tones: 单雄信 and 單雄信 -> shanxiongxin, O'Brien -> obrien; ü is v.

    Surnames are read as surnames. Every other character has one reading wherever it stands, so that one wrong
    character changes one syllable. A character nobody reads stands for itself. Null for null and for nothing to read.
    """
    return on_distinct(values, lambda distinct: _letters(text.simplify(distinct)).to_frame("letters"))["letters"]


def forms(values: pl.Series) -> pl.DataFrame:
    """Names as they are compared: ``spelt`` (simplified, look-alikes as one), ``plain`` (no separators), ``sound``, ``surname``.

    ``surname`` is the sound of the surname of a Han name, of its first character where it begins with no known one,
    and the first letter of a Latin name; ``given`` the sound of the last character of a Han name, whatever signs follow
    it. A company sounds like its name without place and legal form.
    """
    simplified = text.simplify(values)
    first = pl.coalesce(simplified.str.extract(_compound_pattern()), simplified.str.slice(0, 1))
    spelt = _alike(simplified)
    return pl.DataFrame(
        {
            "spelt": spelt,
            "plain": spelt.str.replace_all(_SEPARATORS, ""),
            "sound": _letters(organisations.core(simplified)),
            "surname": _letters(pl.select(first).to_series().replace(_readings("surname"))),
            "given": _letters(simplified.str.extract(rf"({name.HAN})[^\p{{L}}]*$")),
            "usual": simplified.str.contains(_usual_pattern()),
        }
    )


def names_incompatible(left: pl.Series, right: pl.Series) -> pl.Series:
    """Whether two names cannot be one name misspelt; null where one is incomplete, or Han and Latin spellings differ.

    Incomplete: null, masked, title, placeholder, organisation, single character, garbled or repeated characters.
    Incompatible: pinyin more than three letters apart, more than one character of three different (look-alikes count
    as equal), neither contained in the other, not the same parts in another order. Symmetric.
    """
    both = left.is_not_null() & right.is_not_null()
    asked = pl.DataFrame({"left": left, "right": right}).select(
        one=pl.when(both).then(pl.min_horizontal("left", "right")),
        other=pl.when(both).then(pl.max_horizontal("left", "right")),
    )
    pairs = asked.unique().drop_nulls()
    known = _known(pl.concat([pairs["one"], pairs["other"].alias("one")]).unique())
    told = pairs.join(known, left_on="one", right_on="name", how="left", maintain_order="left").join(
        known, left_on="other", right_on="name", how="left", maintain_order="left", suffix="_other"
    )
    answers = pairs.with_columns(incompatible=_incompatible(told))
    return asked.join(answers, on=["one", "other"], how="left", maintain_order="left")["incompatible"]


def _known(names: pl.Series) -> pl.DataFrame:
    """What is compared of each distinct name: ``spelt`` with its separators, ``plain`` without, ``letters``."""
    cleaned = name.clean(names)["value"]
    facts = name.check(cleaned)
    simplified = text.simplify(cleaned)
    spelt = _alike(simplified)
    letters = _letters(simplified)
    fine = facts["reason"].is_null() | (facts["reason"] == "too_long")
    return pl.DataFrame(
        {
            "name": names,
            "complete": fine & letters.is_not_null(),
            "latin": facts["legal_latin"],
            "spelt": spelt,
            "plain": spelt.str.replace_all(_SEPARATORS, ""),
            "letters": letters,
        }
    )


def alike_pattern(pattern: str) -> str:
    """``pattern`` as it must be written to find words among names whose look-alikes are one."""
    return alike_words([pattern])[0]


def alike_words(words: Sequence[str]) -> list[str]:
    """``words`` as they stand among names whose look-alikes are one."""
    return _alike(text.simplify(pl.Series(words, dtype=pl.String()))).to_list()


def nearness(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """How far apart complete names in their :func:`forms` are (frames with ``spelt`` and ``sound``, rows aligned).

    UInt8: 0 cannot be told (Han against Latin), :data:`NEAR` (one letter, one contained in the other, parts reordered),
    :data:`LOOSE` (one character of three, two letters of three characters), :data:`KIN` (no less alike, but with another
    last character or a character more, as brothers and cousins of one generation are named, unless the ear takes one for
    the other: 斌 and 冰, 诗 and 斯; or with another usual character in the middle: 许兰霞 and 许玉霞), :data:`FAR` (no two
    names by :func:`names_incompatible`, yet two persons of one family sound no less alike), :data:`INCOMPATIBLE`.
    """
    sides = (
        side.select(
            "spelt",
            plain=pl.col("spelt").str.replace_all(_SEPARATORS, ""),
            letters="sound",
            complete=pl.lit(value=True),
            latin=pl.col("spelt").str.contains(r"^\p{Latin}"),
        )
        for side in (left, right)
    )
    one, other = sides
    facts = _apart(pl.concat([one, other.rename(lambda name: f"{name}_other")], how="horizontal"))
    told = facts.select(near=pl.when("comparable").then(INCOMPATIBLE).otherwise(0).cast(pl.UInt8)).to_series()
    # One pair in twenty is any nearer: only of these more is asked.
    at = facts.select((pl.col("comparable") & pl.col("same")).fill_null(value=False)).to_series().arg_true()
    return told.scatter(at, _how_alike(facts[at])) if len(at) else told


def _how_alike(facts: pl.DataFrame) -> pl.Series:
    """:func:`nearness` of names that can be one name misspelt."""
    han = ~(pl.col("latin") | pl.col("latin_other"))
    loose = pl.col("one_of_three") | ~han | ((_shorter("plain") > 2) & (pl.col("apart") <= _LETTERS_OF_TWO_SLIPS))
    misheard = _misheard("letters") & ((pl.col("apart") == 0) | (pl.col("characters") == 1).fill_null(value=False))
    short = han & (_longer("plain") <= _LONGEST_USUAL) & ~_same_last("plain") & ~misheard
    told = (
        pl.when((pl.col("apart") <= 1) | pl.col("contained"))
        .then(pl.when(short).then(KIN).otherwise(NEAR))
        .when(~loose)
        .then(FAR)
        .when(han & (~_end_alike("plain") | _two_middles()))
        .then(KIN)
        .otherwise(LOOSE)
    )
    return facts.select(near=told.fill_null(0).cast(pl.UInt8)).to_series()


def _incompatible(pairs: pl.DataFrame) -> pl.Series:
    return _apart(pairs).select(incompatible=pl.when("comparable").then(~pl.col("same"))).to_series()


def _apart(pairs: pl.DataFrame) -> pl.DataFrame:
    facts = pairs.with_columns(
        apart=_distances(pairs["letters"], pairs["letters_other"]),
        characters=_characters(pairs["plain"], pairs["plain_other"]),
        reordered=pl.lit(value=False),
    )
    parted = (pairs["spelt"] != pairs["plain"]) | (pairs["spelt_other"] != pairs["plain_other"])
    parted = parted.fill_null(value=False)
    if len(at := parted.arg_true()):
        told = _with_parts(facts[at])
        facts = facts.with_columns(facts[name].clone().scatter(at, told[name]) for name in ("apart", "reordered"))
    plain, plain_other = pl.col("plain"), pl.col("plain_other")
    near = pl.col("apart") <= pl.max_horizontal(pl.lit(_LETTERS_APART), _longer("letters") // 5)
    facts = facts.with_columns(
        one_of_three=(3 * pl.col("characters") <= _longer("plain")).fill_null(value=False),
        contained=plain.str.contains(plain_other, literal=True)
        | plain_other.str.contains(plain, literal=True)
        | pl.col("reordered"),
        near=near,
    )
    comparable = pl.col("complete") & pl.col("complete_other") & ((pl.col("latin") == pl.col("latin_other")) | near)
    return facts.with_columns(same=near | pl.col("one_of_three") | pl.col("contained"), comparable=comparable)


def _with_parts(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of names in several parts: ``reordered`` when all parts of one are in the other, ``apart`` the nearer way.

    A Latin name is also read with its last part first, which is the Chinese order of XIAOMING WANG.
    """
    parts = [pairs[of].str.replace_all(_SEPARATORS, " ").str.strip_chars() for of in ("spelt", "spelt_other")]
    one, other = (part.str.split(" ") for part in parts)
    # Both sides at once: what it costs to read a name is mostly the same for one and for many.
    turned = _turned(
        pl.concat(parts),
        pl.concat([pairs["latin"], pairs["latin_other"]]),
        pl.concat([pairs["letters_other"], pairs["letters"]]),
    )
    ways = pairs.select("apart", first=turned.head(pairs.height), second=turned.tail(pairs.height))
    return pairs.with_columns(
        apart=ways.min_horizontal(),
        reordered=(one.list.set_difference(other).list.len() == 0) | (other.list.set_difference(one).list.len() == 0),
    )


def _turned(parts: pl.Series, latin: pl.Series, letters: pl.Series) -> pl.Series:
    """Letters of each Latin name with its last part first, and how far from ``letters`` they are; null for Han names."""
    at = latin.fill_null(value=False).arg_true()
    apart = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(latin))
    if at.is_empty():
        return apart
    # Simplified already, and none begins with a surname: the tables that cost most need not be asked.
    turned = _read(parts.gather(at).str.replace("^(.* )([^ ]+)$", "${2} ${1}"))
    return apart.scatter(at, _distances(turned, letters.gather(at)))


def _longer(column: str) -> pl.Expr:
    return pl.max_horizontal(pl.col(column).str.len_chars(), pl.col(f"{column}_other").str.len_chars())


def _end_alike(column: str) -> pl.Expr:
    """As many characters, and the last of them the same."""
    one, other = pl.col(column), pl.col(f"{column}_other")
    return (one.str.len_chars() == other.str.len_chars()) & _same_last(column)


def _same_last(column: str) -> pl.Expr:
    return pl.col(column).str.tail(1) == pl.col(f"{column}_other").str.tail(1)


def _two_middles() -> pl.Expr:
    """Both names have another character before the last, which is a usual one of given names in both and no slip of the ear."""
    head, middle = (
        [pl.col(name).str.head(pl.col(name).str.len_chars() - 2) for name in ("plain", "plain_other")],
        [pl.col(name).str.slice(-2, 1) for name in ("plain", "plain_other")],
    )
    usual = [one.is_in(_usual_characters()) for one in middle]
    other = (middle[0] != middle[1]) & (head[0] == head[1]) & (head[0].str.len_chars() > 0)
    return other & usual[0] & usual[1] & (pl.col("apart") > _LETTERS_OF_TWO_SLIPS)


def _misheard(column: str) -> pl.Expr:
    """The letters of both are one to the ear of who does not tell zh from z, ch from c, sh from s, ng from n."""
    one, other = (
        pl.col(name).str.replace_all("([zcs])h", "$1").str.replace_all("ng", "n", literal=True)
        for name in (column, f"{column}_other")
    )
    return one == other


def _shorter(column: str) -> pl.Expr:
    return pl.min_horizontal(pl.col(column).str.len_chars(), pl.col(f"{column}_other").str.len_chars())


def _distances(one: pl.Series, other: pl.Series) -> pl.Series:
    """Optimal string alignment distance of each pair; a null counts as empty."""
    counts = process.cpdist(
        one.fill_null("").to_list(), other.fill_null("").to_list(), scorer=OSA.distance, dtype=np.int32, workers=1
    )
    return pl.Series(counts, dtype=pl.Int64())


def _characters(one: pl.Series, other: pl.Series) -> pl.Series:
    """:func:`_distances`, or null where they are more than a third of the longer name and so say nothing.

    A third of five characters is one, and one slip leaves the first or the last as it was.
    """
    pairs = pl.DataFrame({"plain": one, "plain_other": other})
    plain, plain_other = pl.col("plain").str, pl.col("plain_other").str
    same_end = (plain.head(1) == plain_other.head(1)) | (plain.tail(1) == plain_other.tail(1))
    asked = pairs.select(same_end.fill_null(value=True) | (_longer("plain") > _ONE_IN_THREE)).to_series()
    at = asked.arg_true()
    apart = pl.Series([None], dtype=pl.Int64).new_from_index(0, pairs.height)
    return apart.scatter(at, _distances(one.gather(at), other.gather(at)))


def _letters(simplified: pl.Series) -> pl.Series:
    if simplified.is_empty():
        return simplified.alias("letters")
    surname = simplified.str.extract(_surname_pattern())
    reading = surname.replace_strict(_readings("surname"), default=None, return_dtype=pl.String())
    rest = simplified.str.slice(surname.str.len_chars())
    return _read(pl.select(pl.coalesce(pl.concat_str(reading, rest), simplified)).to_series())


def _read(named: pl.Series) -> pl.Series:
    # One joined text and one translation: the only loop is over the distinct characters.
    told = named.fill_null("").str.replace_all("\n", "", literal=True)
    joined = told.str.join("\n").item()
    letters = pl.Series([joined.translate(_READINGS)]).str.split("\n").explode()
    return pl.select(pl.when(letters != "").then(letters).alias("letters")).to_series()


class _Readings(dict[int, str]):
    """Code point -> letters, looked up when first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _reading(chr(code))
        return self[code]


_READINGS = _Readings({ord("\n"): "\n"})


def _reading(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalpha() else ""
    if read := _readings("anywhere").get(character) or "".join(lazy_pinyin(character, errors="ignore")):
        return read
    if unicodedata.category(character) == "Lo":
        return character
    plain = unicodedata.normalize("NFKD", character.lower())
    return "".join(_LATIN_LETTERS.get(c, c) for c in plain if c in _LATIN_LETTERS or (c.isascii() and c.isalpha()))


@cache
def _readings(place: str) -> dict[str, str]:
    told = csv_table.read("name_readings.csv").filter(pl.col("place") == place)
    return dict(zip(told["characters"], told["pinyin"], strict=True))


@cache
def _surname_pattern() -> str:
    """A surname of the table at the head of a Han name without ``·``; a compound one needs a given name after it."""
    surnames = _readings("surname")
    compound = "|".join(surname for surname in surnames if len(surname) > 1)
    single = "".join(surname for surname in surnames if len(surname) == 1)
    return rf"^((?:{compound})|[{single}]){name.HAN}+$"


@cache
def _compound_pattern() -> str:
    """A compound surname with a given name or a title after it."""
    return rf"^({'|'.join(one for one in _surnames() if len(one) > 1)}){name.HAN}"


@cache
def title_pattern() -> str:
    """A surname with one character behind it, as in 王姐 and 欧阳总."""
    compound = "|".join(alike_words([one for one in _surnames() if len(one) > 1]))
    return rf"^(?:{compound}|{name.HAN}){name.HAN}$"


@cache
def _usual_pattern() -> str:
    """A Han name as most are: a surname and one or two characters, or parts with ``·`` between them."""
    single = "".join(one for one in _surnames() if len(one) == 1)
    compound = "|".join(one for one in _surnames() if len(one) > 1)
    return rf"^(?:(?:{compound}|[{single}]){name.HAN}{{1,2}}|{name.HAN}+(?:·{name.HAN}+)+)$"


@cache
def _usual_characters() -> list[str]:
    """Usual characters of given names, look-alikes as one."""
    return list(alike_pattern(csv_table.read("given_characters.csv")["characters"].item()))


@cache
def _surnames() -> tuple[str, ...]:
    return tuple(csv_table.read("surnames.csv")["characters"])


def _alike(names: pl.Series) -> pl.Series:
    """The names with the first character of each group of look-alikes in place of the others."""
    groups = csv_table.read("look_alikes.csv")["characters"]
    first = {character: group[0] for group in groups for character in group[1:]}
    return names.str.replace_many(first)

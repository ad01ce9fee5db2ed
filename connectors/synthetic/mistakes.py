"""How a name, an address or any text comes to look when something goes wrong: one function per kind of mistake.

Each takes the values that are hit and a generator, and gives as many values; where the mistake cannot be made (a name
without a known homophone) the value comes back as it was. The hit are few, so these may look at values one by one.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from connectors.synthetic import names
from connectors.synthetic.draw import chance, join, pick_evenly, pick_one, where

Kind = Callable[[pl.Series, np.random.Generator], pl.Series]
Mistake = Callable[[str, float], str]

SOUNDS = {one: group.replace(one, "") for group in names.HOMOPHONES for one in group}
"""Character -> others of its sound."""
_SURNAME_SOUNDS = {one: group.replace(one, "") for group in names.SURNAME_HOMOPHONES for one in group}
_LOOKS = dict(pair.split(":") for pair in names.LOOKALIKES)
_TRADITIONAL = str.maketrans({pair[0]: pair[1] for pair in names.TRADITIONAL})


def homophone(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One character of a name becomes another of the same sound; the surname in one of six."""
    return each(values, rng, _homophone)


def _homophone(name: str, draw: float) -> str:
    places = [place for place in range(1, len(name)) if name[place] in SOUNDS]
    if name[0] in _SURNAME_SOUNDS and (draw < 1 / 6 or not places):
        others = _SURNAME_SOUNDS[name[0]]
        return others[int(draw * 997) % len(others)] + name[1:]
    if not places:
        return name
    place = places[int(draw * 997) % len(places)]
    others = SOUNDS[name[place]]
    return name[:place] + others[int(draw * 7919) % len(others)] + name[place + 1 :]


def lookalike(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One character becomes one that looks like it."""
    return each(values, rng, _lookalike)


def _lookalike(name: str, draw: float) -> str:
    places = [place for place in range(1, len(name)) if name[place] in _LOOKS]
    if not places:
        return name
    place = places[int(draw * 997) % len(places)]
    return name[:place] + _LOOKS[name[place]] + name[place + 1 :]


def traditional(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Every character that has a traditional form is written in it."""
    return each(values, rng, lambda name, _draw: name.translate(_TRADITIONAL))


def masked_name(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """王*明, or 王** where the source hides all but the surname."""
    middle = join(values.str.head(1), "*", where(values.str.len_chars() > 2, values.str.tail(1), ""))
    return where(chance(rng, 0.7, len(values)), middle, join(values.str.head(1), "**"))


def extra(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A digit or a remark behind the name."""
    return join(values, pick_evenly(rng, ("1", "2", "(代)", "/", "@"), len(values)))


def spaced(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Blanks inside or behind the name, or another dot in a minority name."""
    dotted = values.str.contains("·", literal=True)
    other_dot = values.str.replace("·", "•", literal=True)
    apart = join(values.str.head(1), pick_evenly(rng, (" ", "  ", "\u3000"), len(values)), values.str.slice(1))
    blanks = where(chance(rng, 0.7, len(values)), apart, join(values, "\u3000"))
    return where(dotted, other_dot, blanks)


def zero_width(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An invisible character inside."""
    mark = pick_evenly(rng, ("\u200b", "\ufeff", "\u200e"), len(values))
    return join(values.str.head(1), mark, values.str.slice(1))


def mojibake(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """UTF-8 bytes read as GBK, where no byte is lost by it."""
    return each(values, rng, _read_as_gbk)


def _read_as_gbk(value: str, _draw: float) -> str:
    wrong = value.encode().decode("gb18030", errors="replace")
    return wrong if wrong.isprintable() and "\ufffd" not in wrong else value


def mojibake_lossy(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """UTF-8 bytes read as GBK, where some byte made no character and became a question mark."""
    return each(values, rng, _read_with_marks)


def _read_with_marks(value: str, draw: float) -> str:
    if _read_as_gbk(value, draw) != value:
        return value
    return value.encode().decode("gb18030", errors="replace").replace("\ufffd", "?")


def only_county(values: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """Province, city and county without street, where they are told."""
    county = values.str.extract("^(.{2,3}省.{2,3}市(?:.{1,4}?[区县市])?)", 1)
    return where(county.is_not_null(), county, values)


def abbreviated(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An address without its province, or without province and city, or with dashes for 幢, 单元 and 室."""
    dashes = values.str.replace("幢", "-").str.replace("单元", "-").str.replace("室$", "")
    forms = (
        values.str.replace("^江苏省", ""),
        values.str.replace("^江苏省南京市", ""),
        values.str.replace("^江苏省", "江苏"),
        dashes,
    )
    return pick_one(rng.integers(0, len(forms), len(values)), forms)


def shortened(values: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """A company without its city or with another end of its legal form."""
    plain = values.str.replace("^南京市?", "")
    return plain.str.replace("有限责任公司$", "有限公司").str.replace("股份有限公司$", "公司")


def each(values: pl.Series, rng: np.random.Generator, mistake: Mistake) -> pl.Series:
    """``mistake`` made in every value, each with a draw of its own."""
    draws = rng.random(len(values))
    made = [None if value is None else mistake(value, draw) for value, draw in zip(values, draws, strict=True)]
    return pl.Series(values.name, made, dtype=pl.String)

"""How a value comes to look when something goes wrong: one function per kind of mistake.

Each takes the values that are hit and a generator, and gives as many values; where the mistake cannot be made (a name
without a known homophone) the value comes back as it was. The hit are few, so these may look at values one by one.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from connectors.synthetic import names
from connectors.synthetic.business import DENY_LIST, HOTLINES, RELAYS
from connectors.synthetic.draw import chance, digits, join, pick_evenly, where
from connectors.synthetic.numbers import old_ids

_SOUNDS = {one: group.replace(one, "") for group in names.HOMOPHONES.split() for one in group}
_SURNAME_SOUNDS = {one: group.replace(one, "") for group in names.SURNAME_HOMOPHONES.split() for one in group}
_LOOKS = dict(pair.split(":") for pair in names.LOOKALIKES.split())
_TRADITIONAL = {pair[0]: pair[1] for pair in names.TRADITIONAL.split()}
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
Mistake = Callable[[str, float], str]
Kind = Callable[[pl.Series, np.random.Generator], pl.Series]
_PAD_NEXT = dict(zip("0123456789", ("89", "24", "135", "26", "157", "2468", "359", "48", "579", "68"), strict=True))


def homophone(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One character of a name becomes another of the same sound; the surname in one of six."""
    return _each(values, rng, _homophone)


def _homophone(name: str, draw: float) -> str:
    places = [place for place in range(1, len(name)) if name[place] in _SOUNDS]
    if name[0] in _SURNAME_SOUNDS and (draw < 1 / 6 or not places):
        return _SURNAME_SOUNDS[name[0]][int(draw * 60) % len(_SURNAME_SOUNDS[name[0]])] + name[1:]
    if not places:
        return name
    place = places[int(draw * 997) % len(places)]
    others = _SOUNDS[name[place]]
    return name[:place] + others[int(draw * 7919) % len(others)] + name[place + 1 :]


def lookalike(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One character becomes one that looks like it."""
    return _each(values, rng, lambda name, draw: _one_by(_LOOKS, name, draw))


def traditional(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Every character that has a traditional form is written in it."""
    table = str.maketrans(_TRADITIONAL)
    return _each(values, rng, lambda name, draw: name.translate(table))


def _one_by(table: dict[str, str], name: str, draw: float) -> str:
    places = [place for place in range(1, len(name)) if name[place] in table]
    if not places:
        return name
    place = places[int(draw * 997) % len(places)]
    return name[:place] + table[name[place]] + name[place + 1 :]


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
    return where(dotted, other_dot, where(chance(rng, 0.7, len(values)), apart, join(values, "\u3000")))


def zero_width(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An invisible character inside."""
    return join(values.str.head(1), pick_evenly(rng, ("\u200b", "\ufeff", "\u200e"), len(values)), values.str.slice(1))


def mojibake(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """UTF-8 bytes read as GBK, where no byte is lost by it."""
    return _each(values, rng, _read_as_gbk)


def mojibake_lossy(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """UTF-8 bytes read as GBK, where some byte made no character and became a question mark."""
    return _each(values, rng, lambda value, draw: value if _read_as_gbk(value, draw) != value else _with_marks(value))


def _with_marks(value: str) -> str:
    return value.encode().decode("gb18030", errors="replace").replace("\ufffd", "?")


def _read_as_gbk(value: str, draw: float) -> str:
    wrong = value.encode().decode("gb18030", errors="replace")
    return wrong if wrong.isprintable() and "\ufffd" not in wrong else value


def cert_digit(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One digit wrong, or two neighbours swapped in three of ten."""
    return _each(values, rng, _slip)


def _slip(number: str, draw: float) -> str:
    places = [place for place, letter in enumerate(number) if letter.isdigit()]
    if len(places) < 3:
        return number
    place = places[int(draw * 9973) % (len(places) - 1)]
    if draw < 0.3 and number[place + 1].isdigit():
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    digit = str((int(number[place]) + 1 + int(draw * 99991) % 9) % 10)
    return number[:place] + digit + number[place + 1 :]


def masked_cert(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The middle hidden: region and last four stay, or the first three and last four."""
    stars = "*" * 12
    wide = join(values.str.head(6), "*" * 8, values.str.tail(4))
    narrow = join(values.str.head(4), stars, values.str.tail(2))
    return where(values.str.len_chars() == 18, where(chance(rng, 0.8, len(values)), wide, narrow), join(values.str.head(2), "****", values.str.tail(2)))


def fifteen(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The number of a first-generation card, for people born in the 1900s."""
    fits = values.str.contains("^[1-8][0-9]{5}19[0-9]{9}[0-9X]$")
    return where(fits, old_ids(values), values)


def placeholder_cert(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A made-up number."""
    return pick_evenly(rng, ("111111111111111111", "123456789012345678", "11010519491231002X", "000000000000000000"), len(values))


def full_width(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Digits in full width."""
    return _each(values, rng, lambda value, draw: value.translate(_FULL_WIDTH))


def lower_x(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A small x, or × as on the key next to it, for the check character."""
    return where(chance(rng, 0.9, len(values)), values.str.replace("X$", "x"), values.str.replace("X$", "×"))


def blanks(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An apostrophe before, blanks, tabs or no-break spaces around or inside."""
    kind = pl.Series(rng.integers(0, 4, len(values)))
    inside = join(values.str.head(6), " ", values.str.slice(6, 8), " ", values.str.slice(14))
    sides = (join("'", values), join(" ", values), join(values, "\u00a0"), where(values.str.len_chars() == 18, inside, values))
    return pl.select(pl.coalesce(pl.when(kind == place).then(side) for place, side in enumerate(sides))).to_series()


def excel_number(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """What a spreadsheet makes of an 18-digit number: 3.20106E+17."""
    fits = values.str.contains("^[0-9]{18}$")
    return where(fits, join(values.str.head(1), ".", values.str.slice(1, 5), "E+17"), values)


def phone_slip(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A neighbouring key, two digits swapped, or a digit lost or doubled."""
    return _each(values, rng, _phone_slip)


def _phone_slip(number: str, draw: float) -> str:
    place = 1 + int(draw * 99991) % (len(number) - 2)
    if draw < 0.5:
        near = _PAD_NEXT.get(number[place], "0")
        return number[:place] + near[int(draw * 997) % len(near)] + number[place + 1 :]
    if draw < 0.85:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return number[:place] + number[place + 1 :] if draw < 0.95 else number[:place] + number[place] + number[place:]


def masked_phone(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """139****5678."""
    return join(values.str.head(3), "****", values.str.tail(4))


def deny_list(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A number everybody knows."""
    return pick_evenly(rng, DENY_LIST, len(values))


def hotline(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A service number."""
    return pick_evenly(rng, HOTLINES, len(values))


def country_code(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """+86, 0086, 86, a trunk zero, or a dialling prefix before the number."""
    return join(pick_evenly(rng, ("+86 ", "+86", "0086", "86-", "0", "17951"), len(values)), values)


def separators(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Dashes or blanks between the groups, or the .0 of a number that was a float."""
    mark = pick_evenly(rng, ("-", " ", "·"), len(values))
    apart = join(values.str.head(3), mark, values.str.slice(3, 4), mark, values.str.slice(7))
    return where(chance(rng, 0.7, len(values)), apart, join(values, ".0"))


def several(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A landline in the same cell."""
    size = len(values)
    return join(values, pick_evenly(rng, ("/", ";", "、", " ", "，"), size), "025-8", digits(rng.integers(0, 10**7, size), 7))


def relay(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A privacy number of a booking platform."""
    return pick_evenly(rng, RELAYS, len(values))


def plate_letter_o(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """O for 0, I for 1, or a small letter."""
    body = values.str.slice(2)
    return join(values.str.head(2), where(chance(rng, 0.8, len(values)), body.str.replace_all("0", "O").str.replace_all("1", "I"), body.str.to_lowercase()))


def plate_wrong(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A digit wrong or lost, or the province forgotten."""
    kind = pl.Series(rng.integers(0, 4, len(values)))
    slip = _each(values, rng, _slip)
    sides = (slip, slip, values.str.head(6), values.str.slice(1))
    return pl.select(pl.coalesce(pl.when(kind == place).then(side) for place, side in enumerate(sides))).to_series()


def vin_letter_o(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """O for 0, I for 1."""
    return where(chance(rng, 0.6, len(values)), values.str.replace("0", "O"), values.str.replace("1", "I"))


def vin_wrong(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A digit of the serial wrong."""
    return _each(values, rng, lambda vin, draw: vin[:11] + _slip(vin[11:], draw))


def vin_short(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A character lost."""
    return _each(values, rng, lambda vin, draw: vin[: int(draw * 16) + 1] + vin[int(draw * 16) + 2 :])


def _each(values: pl.Series, rng: np.random.Generator, mistake: Mistake) -> pl.Series:
    made = [None if value is None else mistake(value, draw) for value, draw in zip(values, rng.random(len(values)), strict=True)]
    return pl.Series(values.name, made, dtype=pl.String)


"""How a document number, phone, plate or VIN comes to look when something goes wrong, as in :mod:`mistakes`."""

import numpy as np
import polars as pl

from connectors.synthetic.business import DENY_LIST, HOTLINES, RELAYS
from connectors.synthetic.draw import chance, digits, join, pick_evenly, pick_one, where
from connectors.synthetic.identifiers import old_ids
from connectors.synthetic.mistakes import each

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_NEXT_KEY = dict(zip("0123456789", ("89", "24", "135", "26", "157", "2468", "359", "48", "579", "68"), strict=True))


def cert_digit(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One digit wrong, or two neighbours swapped in three of ten."""
    return each(values, rng, _slip)


def _slip(number: str, draw: float) -> str:
    places = [place for place, letter in enumerate(number) if letter.isdigit()]
    if len(places) < 3:
        return number
    place = places[int(draw * 9973) % (len(places) - 1)]
    if draw < 0.3 and number[place + 1].isdigit() and number[place + 1] != number[place]:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    digit = str((int(number[place]) + 1 + int(draw * 99991) % 9) % 10)
    return number[:place] + digit + number[place + 1 :]


def masked_cert(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The middle hidden: region and last four stay, or the first four and last two."""
    wide = join(values.str.head(6), "*" * 8, values.str.tail(4))
    narrow = join(values.str.head(4), "*" * 12, values.str.tail(2))
    other = join(values.str.head(2), "****", values.str.tail(2))
    return where(values.str.len_chars() == 18, where(chance(rng, 0.8, len(values)), wide, narrow), other)


def fifteen(values: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """The number of a first-generation card, for people born in the 1900s."""
    fits = values.str.contains("^[1-8][0-9]{5}19[0-9]{9}[0-9X]$")
    return where(fits, old_ids(values), values)


def placeholder_cert(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A made-up number."""
    made_up = ("111111111111111111", "123456789012345678", "11010519491231002X", "000000000000000000")
    return pick_evenly(rng, made_up, len(values))


def full_width(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Digits in full width."""
    return each(values, rng, lambda value, _draw: value.translate(_FULL_WIDTH))


def lower_x(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A small x, or × as on the key next to it, for the check character."""
    return where(chance(rng, 0.9, len(values)), values.str.replace("X$", "x"), values.str.replace("X$", "×"))


def blanks(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An apostrophe before, a blank before, a no-break space behind, or blanks inside."""
    inside = join(values.str.head(6), " ", values.str.slice(6, 8), " ", values.str.slice(14))
    forms = (
        join("'", values),
        join(" ", values),
        join(values, "\u00a0"),
        where(values.str.len_chars() == 18, inside, values),
    )
    return pick_one(rng.integers(0, len(forms), len(values)), forms)


def excel_number(values: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """What a spreadsheet makes of an 18-digit number: 3.20106E+17."""
    fits = values.str.contains("^[0-9]{18}$")
    return where(fits, join(values.str.head(1), ".", values.str.slice(1, 5), "E+17"), values)


def phone_slip(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A neighbouring key, two digits swapped, or a digit lost or doubled."""
    return each(values, rng, _phone_slip)


def _phone_slip(number: str, draw: float) -> str:
    place = 1 + int(draw * 99991) % (len(number) - 2)
    if draw < 0.5:
        near = _NEXT_KEY.get(number[place], "0")
        return number[:place] + near[int(draw * 997) % len(near)] + number[place + 1 :]
    if draw < 0.85:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return number[:place] + number[place + 1 :] if draw < 0.95 else number[:place] + number[place] + number[place:]


def masked_phone(values: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """139****5678."""
    return join(values.str.head(3), "****", values.str.tail(4))


def deny_list(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A number everybody knows."""
    return pick_evenly(rng, DENY_LIST, len(values))


def hotline(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A service number."""
    return pick_evenly(rng, HOTLINES, len(values))


def relay(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A privacy number of a booking platform."""
    return pick_evenly(rng, RELAYS, len(values))


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
    mark = pick_evenly(rng, ("/", ";", "、", " ", "，"), size)
    return join(values, mark, "025-8", digits(rng.integers(0, 10**7, size), 7))


def plate_letter_o(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """O for 0 and I for 1, or small letters."""
    body = values.str.slice(2)
    letters = body.str.replace_all("0", "O").str.replace_all("1", "I")
    return join(values.str.head(2), where(chance(rng, 0.8, len(values)), letters, body.str.to_lowercase()))


def plate_wrong(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A digit wrong, the end lost, or the province forgotten."""
    slip = each(values, rng, _slip)
    return pick_one(rng.integers(0, 4, len(values)), (slip, slip, values.str.head(6), values.str.slice(1)))


def vin_letter_o(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """O for 0, or I for 1."""
    return where(chance(rng, 0.6, len(values)), values.str.replace("0", "O"), values.str.replace("1", "I"))


def vin_wrong(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A digit of the serial wrong."""
    return each(values, rng, lambda vin, draw: vin[:11] + _slip(vin[11:], draw))


def vin_short(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A character lost."""
    return each(values, rng, lambda vin, draw: vin[: int(draw * 16) + 1] + vin[int(draw * 16) + 2 :])

"""Persons of a Latin-script register: given name, surname, street, suburb, postcode, date of birth, number.

The same engine with other keys, comparisons and model; it shows that nothing in the engine is about China.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.core.digest import digest
from pipeline.core.matching.blocking import Key
from pipeline.core.matching.comparisons import Comparison, Flags, Levels, Sides, digits_apart, first_true
from pipeline.core.matching.model import Model, guessed

NAME: Final = "latin"

TEXTS: Final = ("given_name", "surname", "street", "district", "suburb", "state")
"""Texts that are compared as they are, lower case; ``street``: without its number, ``district``: second address line."""
NUMBERS: Final = ("house", "postcode", "birth", "number")
"""Digits as numbers; ``birth`` as YYYYMMDD, ``number``: any number a person is known by."""

KEYS: Final = (
    Key("number", ("number",)),
    Key("name", ("given_name_code", "surname_code")),
    Key("name swapped", ("name_code",)),
    Key("birth", ("birth",)),
    Key("home", ("street_code", "house")),
    Key("surname and postcode", ("surname_code", "postcode")),
    Key("given name and postcode", ("given_name_code", "postcode")),
    Key("district and postcode", ("district_code", "postcode")),
    Key("street and suburb", ("street_code", "suburb_code")),
    Key("given name and suburb", ("given_name_code", "suburb_code")),
    Key("surname and suburb", ("surname_code", "suburb_code")),
    Key("street and postcode", ("street_code", "postcode")),
    Key("house and postcode", ("house", "postcode")),
    Key("house and suburb", ("house", "suburb_code")),
    Key("given name and house", ("given_name_code", "house")),
    Key("surname and house", ("surname_code", "house")),
    Key("district and suburb", ("district_code", "suburb_code")),
    Key("suburb and postcode", ("suburb_code", "postcode")),
    Key("head of number and state", ("number_head", "state_code")),
    Key("tail of number and state", ("number_tail", "state_code")),
)
"""What brings two persons together."""

_NEAR: Final = 0.7
"""Share of the letters that slips leave. Names that only begin alike (Charles, Charlotte) are not near: measures that
prize the beginning take them for one.
"""
_TAIL: Final = 10_000


def describe(persons: pl.DataFrame) -> pl.DataFrame:
    """Tellings of ``persons`` (columns of TEXTS and NUMBERS, all text; ``record_id``), each with its digest ``telling``.

    Every record is a telling of its own: registers have few that say quite the same.
    """
    texts = [persons[name].str.to_lowercase().str.strip_chars() for name in TEXTS]
    numbers = [
        persons[name].str.replace_all("[^0-9]", "").cast(pl.UInt64, strict=False).fill_null(0) for name in NUMBERS
    ]
    both = pl.concat_str(
        pl.min_horizontal("given_name", "surname"), pl.max_horizontal("given_name", "surname"), separator=" "
    )
    told = pl.DataFrame([*texts, *numbers])
    return told.with_columns(
        *(pl.Series(f"{name}_code", digest(told[name])) for name in TEXTS),
        name_code=pl.Series(digest(told.select(both=both)["both"])),
        number_head=pl.col("number") // _TAIL,
        number_tail=pl.col("number") % _TAIL,
        telling=pl.Series(digest(persons["record_id"])),
        record_id=persons["record_id"],
    )


def _alike(column: str) -> Callable[[Sides], Levels]:
    """Levels same, near, other of a text."""

    def compare(sides: Sides) -> Levels:
        same, told = sides.equal(f"{column}_code"), sides.told(f"{column}_code")
        return first_true(len(sides), same, told & ~same & _near(sides, column, column, told & ~same), told)

    return compare


def _near(sides: Sides, left: str, right: str, asked: Flags) -> Flags:
    at = np.flatnonzero(asked)
    near = np.zeros(len(sides), np.bool_)
    one = sides.tellings[left].gather(sides.left[at]).fill_null("").to_list()
    other = sides.tellings[right].gather(sides.right[at]).fill_null("").to_list()
    near[at] = process.cpdist(one, other, scorer=OSA.normalized_similarity, dtype=np.float64, workers=1) >= _NEAR
    return near


def name(sides: Sides) -> Levels:
    """Given name and surname together: they are swapped, and one of them is often all that is right."""
    given, surname = sides.equal("given_name_code"), sides.equal("surname_code")
    told = sides.told("given_name_code") & sides.told("surname_code")
    given_near = given | _near(sides, "given_name", "given_name", sides.told("given_name_code") & ~given)
    surname_near = surname | _near(sides, "surname", "surname", sides.told("surname_code") & ~surname)
    any_told = sides.told("given_name_code") | sides.told("surname_code")
    return first_true(
        len(sides),
        given & surname,
        sides.equal("name_code"),
        told & given_near & surname_near,
        given | surname,
        given_near | surname_near,
        any_told,
    )


def _digits(column: str, places: int, near: int) -> Callable[[Sides], Levels]:
    """Levels same, near (a few digits apart), other of a number."""

    def compare(sides: Sides) -> Levels:
        one, other = sides.both(column)
        told = sides.told(column)
        return first_true(len(sides), sides.equal(column), told & (digits_apart(one, other, places) <= near), told)

    return compare


COMPARISONS: Final = (
    Comparison("name", ("same", "swapped", "near", "one_same", "one_near", "other"), name),
    Comparison("birth", ("same", "near", "other"), _digits("birth", 8, 2)),
    Comparison("number", ("same", "near", "other"), _digits("number", 12, 2)),
    Comparison("street", ("same", "near", "other"), _alike("street")),
    Comparison("house", ("same", "near", "other"), _digits("house", 5, 1)),
    Comparison("district", ("same", "near", "other"), _alike("district")),
    Comparison("suburb", ("same", "near", "other"), _alike("suburb")),
    Comparison("postcode", ("same", "near", "other"), _digits("postcode", 4, 2)),
    Comparison("state", ("same", "near", "other"), _alike("state")),
)

START: Final[Model] = guessed(
    NAME,
    COMPARISONS,
    {"name": (0.6, 0.02, 0.2, 0.14, 0.03, 0.01), "state": (0.9, 0.02, 0.08)},
    {"name": (0.01, 0.001, 0.01, 0.08, 0.1, 0.8), "state": (0.3, 0.02, 0.68)},
    (0.85, 0.1, 0.05),
    (0.02, 0.05, 0.93),
)
"""Where EM begins: rough guesses that say which way each level points."""

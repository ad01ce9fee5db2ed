"""Persons of a Latin-script register: what is near and what only begins alike."""

import numpy as np
import polars as pl
import pytest

from pipeline.core.matching import latin
from pipeline.core.matching.comparisons import Sides, levels_of

PERSON = dict.fromkeys((*latin.TEXTS, *latin.NUMBERS), "")


def level(comparison: str, one: dict[str, str], other: dict[str, str]) -> str:
    """The level of ``comparison`` between two persons who tell that."""
    persons = pl.DataFrame([{**PERSON, "record_id": name, **told} for name, told in (("a", one), ("b", other))])
    tellings = latin.describe(persons.with_columns(pl.col(pl.String).replace("", None)))
    sides = Sides(tellings, np.array([0]), np.array([1]), np.zeros(1, np.uint32))
    place = [each.name for each in latin.COMPARISONS].index(comparison)
    found = int(levels_of(sides, latin.COMPARISONS)[0, place])
    return ("unknown", *latin.COMPARISONS[place].levels)[found]


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("charlotte", "charlotte", "same"),
        ("charlotte", "charlotye", "near"),
        ("charlotte", "cahrlotte", "near"),
        ("charlotye", "charles", "one_same"),
        ("christopher", "christina", "one_same"),
    ],
)
def test_names_that_only_begin_alike_are_not_near(one: str, other: str, how: str) -> None:
    told = ({"given_name": name, "surname": "orchard"} for name in (one, other))
    assert level("name", *told) == how


def test_a_street_with_a_slip_is_near() -> None:
    assert level("street", {"street": "dickinson street"}, {"street": "dickenson stret"}) == "near"
    assert level("street", {"street": "dickinson street"}, {"street": "perry drive"}) == "other"

"""Names of the people of the city: by sex, age and family, with minority, foreign, rare and changed ones."""

import numpy as np
import polars as pl

from connectors.synthetic import names
from connectors.synthetic.draw import Ints, chance, changed, falling, join, pick, pick_evenly, weighted, where
from connectors.synthetic.households import CHILD, ELDER, SPOUSE
from connectors.synthetic.mistakes import SOUNDS

_SURNAMES = [pair.split(":")[0] for pair in names.SURNAMES]
_SURNAME_WEIGHTS = [float(pair.split(":")[1]) for pair in names.SURNAMES]


def name_people(rng: np.random.Generator, people: pl.DataFrame) -> pl.DataFrame:
    """``surname``, ``name``, ``former_name`` (null for most), ``name_kind`` (han, minority, foreign) of each person."""
    size = people.height
    member, head, spouse = (people[column].to_numpy() for column in ("member", "head", "spouse"))
    male, household = people["male"].to_numpy(), people["household"].to_numpy()
    surname = weighted(rng, _SURNAME_WEIGHTS, size)
    mother_gives = chance(rng, 0.1, household[-1] + 1)[household]
    father = np.where((spouse >= 0) & ~male[head], spouse, head)
    giver = np.where(mother_gives & (spouse >= 0), np.where(father == head, spouse, head), father)
    surname = np.where(member == CHILD, surname[giver], surname)
    surname = np.where((member == ELDER) & male, surname[head], surname)
    given = _given(rng, people)
    name = join(pick(_SURNAMES, surname), given)
    kind = np.zeros(size, dtype=np.int64)
    other = household_traits(rng, household, (0.991, 0.006, 0.003))
    kind[(other == 1)] = 1
    kind[(other == 2) & (member != SPOUSE)] = 2
    name = _minority(rng, name, np.flatnonzero(kind == 1))
    name = _foreign(rng, name, np.flatnonzero(kind == 2))
    former = _former(rng, surname, given.gather(_same_sex(rng, male)), kind)
    return pl.DataFrame(
        {
            "surname": where(kind == 0, pick(_SURNAMES, surname), name.str.head(1)),
            "name": name,
            "former_name": former,
            "name_kind": pick(("han", "minority", "foreign"), kind),
        }
    )


def household_traits(rng: np.random.Generator, household: Ints, weights: tuple[float, ...]) -> Ints:
    """A trait drawn per household, for each person."""
    return weighted(rng, weights, household[-1] + 1)[household]


def _given(rng: np.random.Generator, people: pl.DataFrame) -> pl.Series:
    """One or two characters; siblings often share the first, and twins sound alike now and then."""
    size = people.height
    male, member, born = (people[column].to_numpy() for column in ("male", "member", "born"))
    boys = pick(names.MALE_CHARACTERS, weighted(rng, falling(len(names.MALE_CHARACTERS), 0.55), size))
    girls = pick(names.FEMALE_CHARACTERS, weighted(rng, falling(len(names.FEMALE_CHARACTERS), 0.55), size))
    last = where(male, boys, girls)
    last = where(chance(rng, 0.006, size), pick_evenly(rng, names.RARE_CHARACTERS, size), last)
    middle = weighted(rng, falling(len(names.MIDDLE_CHARACTERS), 0.45), size)
    sibling = np.flatnonzero(member == CHILD)
    sibling = sibling[member[sibling - 1] == CHILD]
    shares = sibling[chance(rng, 0.35, len(sibling))]
    middle[shares] = middle[shares - 1]
    alike = shares[chance(rng, 0.2, len(shares))]
    sounds = [
        _sounding(character, draw)
        for character, draw in zip(last.gather(alike - 1), rng.random(len(alike)), strict=True)
    ]
    last = changed(last, alike, pl.Series(sounds, dtype=pl.String))
    year = 1970 + born / 365.25
    single = chance(rng, np.where(year < 1960, 0.2, np.where(year < 1995, 0.3, 0.12)), size)
    single[shares] = False
    single[shares - 1] = False
    return join(where(single, "", pick(names.MIDDLE_CHARACTERS, middle)), last)


def _sounding(character: str, draw: float) -> str:
    """Another character of the same sound; the character itself when none is known."""
    others = SOUNDS.get(character, character)
    return others[int(draw * len(others))]


def _minority(rng: np.random.Generator, name: pl.Series, places: Ints) -> pl.Series:
    size = len(places)
    dotted = join(pick_evenly(rng, names.MINORITY_FIRST, size), "·", pick_evenly(rng, names.MINORITY_LAST, size))
    tibetan = join(pick_evenly(rng, names.TIBETAN, size), pick_evenly(rng, names.TIBETAN, size))
    return changed(name, places, where(chance(rng, 0.75, size), dotted, tibetan))


def _foreign(rng: np.random.Generator, name: pl.Series, places: Ints) -> pl.Series:
    size = len(places)
    return changed(
        name, places, join(pick_evenly(rng, names.FOREIGN_LAST, size), " ", pick_evenly(rng, names.FOREIGN_FIRST, size))
    )


def _same_sex(rng: np.random.Generator, male: Ints) -> Ints:
    """For each person the place of somebody of the same sex."""
    men, women = np.flatnonzero(male), np.flatnonzero(~male)
    draw = rng.random(len(male))
    men = men if len(men) else np.arange(len(male))
    women = women if len(women) else men
    chosen: Ints = np.where(male, men[(draw * len(men)).astype(int)], women[(draw * len(women)).astype(int)])
    return chosen


def _former(rng: np.random.Generator, surname: Ints, given: pl.Series, kind: Ints) -> pl.Series:
    """The name one in 150 bore before, made of ``given``; the surname stays for most."""
    size = len(given)
    renamed = chance(rng, 0.0065, size) & (kind == 0)
    old_surname = np.where(chance(rng, 0.12, size), weighted(rng, _SURNAME_WEIGHTS, size), surname)
    old = join(pick(_SURNAMES, old_surname), given)
    return where(renamed, old, None)

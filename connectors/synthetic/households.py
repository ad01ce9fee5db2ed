"""Who lives together: households of one to five, sexes, births, twins."""

import numpy as np
import polars as pl

from connectors.synthetic.calendar_days import BASE_DATE, day_of
from connectors.synthetic.draw import Ints, chance, mix, weighted

HEAD, SPOUSE, CHILD, ELDER = range(4)

_SHAPES: tuple[tuple[float, tuple[int, ...]], ...] = (
    (14, (HEAD,)),
    (20, (HEAD, SPOUSE)),
    (6, (HEAD, CHILD)),
    (30, (HEAD, SPOUSE, CHILD)),
    (11, (HEAD, SPOUSE, CHILD, CHILD)),
    (7, (HEAD, SPOUSE, CHILD, ELDER)),
    (8, (HEAD, SPOUSE, CHILD, ELDER, ELDER)),
    (4, (HEAD, SPOUSE, CHILD, CHILD, ELDER)),
)
"""Weight and members of each shape of household; shares are assumptions."""

YEAR = 365.25


def compose(rng: np.random.Generator, people: int) -> pl.DataFrame:
    """``people`` rows: ``household``, ``member`` (HEAD …), ``male``, ``born`` (day number), ``twin_of`` (place or -1).

    Members of a household stand together, its head first; ``head`` and ``spouse`` are their places (spouse -1 if none).
    """
    shape = weighted(rng, [weight for weight, _ in _SHAPES], people)
    sizes = np.array([len(members) for _, members in _SHAPES])[shape]
    count = int(np.searchsorted(np.cumsum(sizes), people)) + 1
    shape, sizes = shape[:count], sizes[:count]
    starts = np.cumsum(sizes) - sizes
    household = np.repeat(np.arange(count), sizes)[:people]
    place = np.arange(people) - starts[household]
    table = np.full((len(_SHAPES), 5), -1)
    for number, (_, members) in enumerate(_SHAPES):
        table[number, : len(members)] = members
    member = table[shape[household], place]
    head = starts[household]
    has_spouse = np.zeros(count, dtype=bool)
    has_spouse[household[member == SPOUSE]] = True
    spouse = np.where(has_spouse[household], head + 1, -1)
    male = _sexes(rng, member, head)
    born, twin_of = _births(rng, member, head, household, male)
    return pl.DataFrame(
        {
            "household": household,
            "member": member,
            "head": head,
            "spouse": spouse,
            "male": male,
            "born": born,
            "twin_of": twin_of,
        }
    )


def _sexes(rng: np.random.Generator, member: Ints, head: Ints) -> Ints:
    male = chance(rng, np.where(member == HEAD, 0.72, 0.51), len(member))
    elder = np.flatnonzero(member == ELDER)
    second = elder[(elder > 0) & (member[elder - 1] == ELDER)]
    male[second] = ~male[second - 1]
    spouse = np.flatnonzero(member == SPOUSE)
    male[spouse] = ~male[head[spouse]]
    return male


def _births(rng: np.random.Generator, member: Ints, head: Ints, household: Ints, male: Ints) -> tuple[Ints, Ints]:
    size = len(member)
    base = day_of(BASE_DATE)
    parents = np.zeros(household[-1] + 1, dtype=bool)
    parents[household[member == CHILD]] = True
    youngest = np.where(parents[household], 27.0, 21.0)
    age = rng.triangular(youngest, youngest + 15, 78.0, size)
    spouse = np.flatnonzero(member == SPOUSE)
    apart = rng.normal(-1.2, 3.0, len(spouse)) * np.where(male[spouse], -1, 1)
    age[spouse] = _spread(age[head[spouse]] + apart, spouse, 22.0, 24.0)
    mother = head + ((member[np.minimum(head + 1, size - 1)] == SPOUSE) & male[head])
    child = np.flatnonzero(member == CHILD)
    at_birth = rng.triangular(21.0, 27.0, 38.0, len(child))
    age[child] = np.maximum(age[mother[child]] - at_birth, rng.random(len(child)) * 2 + 0.1)
    second = child[(member[child - 1] == CHILD)]
    twins = chance(rng, 0.03, len(second))
    younger = age[second - 1] - rng.uniform(1.5, 8.0, len(second))
    younger = _spread(younger, second, 0.05, np.maximum(age[second - 1] - 0.8, 0.1))
    age[second] = np.where(twins, age[second - 1], younger)
    elder = np.flatnonzero(member == ELDER)
    at_least = np.clip(age[head[elder]] + 16.0, 85.0, 96.5)
    age[elder] = -_spread(-age[head[elder]] - rng.uniform(21.0, 34.0, len(elder)), elder, -97.0, -at_least)
    born = (base - 20 - age * YEAR).astype(np.int64)
    twin_of = np.full(size, -1)
    twin_of[second[twins]] = second[twins] - 1
    return born, twin_of


def _spread(ages: Ints, places: Ints, least: float, most: float | Ints) -> Ints:
    """``ages``, those below ``least`` spread from there to ``most``: a thousand people are not born on one day."""
    share = mix(places) / 2.0**32
    return np.where(ages < least, least + share * (most - least), ages)

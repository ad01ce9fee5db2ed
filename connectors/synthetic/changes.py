"""What changes in people's lives on a night: homes, phones, names, and what the directory says of sellers."""

import numpy as np
import polars as pl

from connectors.synthetic import identifiers
from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, chance, changed
from connectors.synthetic.homes import make_homes
from connectors.synthetic.telling import Interview, tell

TELL_US = 0.35
"""Share of those with a change who tell the insurer the same day."""
SECOND_HAND = 0.3
"""Share of new phones whose number was somebody else's."""
_RENAMED_PER_DAY = 1 / 40_000
_IN_DIRECTORY = ("name", "cert_no", "mobile", "address")


def change_people(city: City) -> Ints:
    """Moves, new phones and new names of tonight; gives the persons who tell the insurer of theirs."""
    rng = city.rng("people")
    touched = np.unique(np.concatenate([_move(city, rng), _change_phones(city, rng), _rename(city, rng)]))
    return touched[chance(rng, TELL_US, len(touched))]


def _put(city: City, places: Ints, **values: pl.Series) -> None:
    """Set columns of the parties at ``places``."""
    city.parties = city.parties.with_columns(
        changed(city.parties[name], places, new).alias(name) for name, new in values.items()
    )


def _today(city: City, size: int) -> pl.Series:
    return pl.Series(np.full(size, city.day))


def _move(city: City, rng: np.random.Generator) -> Ints:
    household = city.column("household")[: city.persons].astype(np.int64)
    count = int(household.max()) + 1
    moving = rng.permutation(count)[: max(1, round(count * city.rates.city.moves_per_year / 365))]
    new_home = np.full(count, -1)
    new_home[moving] = city.homes.height + np.arange(len(moving))
    city.homes = pl.concat([city.homes, make_homes(city.rng("new homes"), len(moving))])
    moved = np.flatnonzero(new_home[household] >= 0)
    before = city.parties["home"].gather(moved)
    now = pl.Series(new_home[household[moved]])
    _put(city, moved, former_home=before, home=now, moved_on=_today(city, len(moved)))
    return moved


def _change_phones(city: City, rng: np.random.Generator) -> Ints:
    rates = city.rates.city
    share = (rates.number_dead_per_year + rates.number_resold_per_year) / 365
    chosen = rng.permutation(city.adults(12, 95))[: max(1, round(city.persons * share))]
    before = city.parties["mobile"].gather(chosen)
    kept = pl.Series(np.zeros(len(chosen), dtype=bool))
    new = _new_numbers(city, len(chosen), rng)
    _put(city, chosen, former_mobile=before, mobile=new, mobile_changed_on=_today(city, len(chosen)), resold=kept)
    return chosen


def _new_numbers(city: City, size: int, rng: np.random.Generator) -> pl.Series:
    """Numbers for new phones: some were another person's until a few months ago, the others are new."""
    long_ago = (pl.col("mobile_changed_on") < city.day - 90) & ~pl.col("resold")
    given_up = city.parties.filter(pl.col("former_mobile").is_not_null() & long_ago)["former_mobile"]
    free = given_up.filter(~given_up.is_in(city.parties["mobile"].implode())).unique(maintain_order=True)
    reused = free.gather(rng.permutation(len(free))[: round(size * SECOND_HAND)])
    in_use = city.parties.filter("is_person")["mobile"]
    taken = pl.concat([in_use, city.sales["second_phone"], city.agencies["phone"], city.shops["phone"]])
    return pl.concat([reused, identifiers.mobiles(rng, size - len(reused), taken)])


def _rename(city: City, rng: np.random.Generator) -> Ints:
    count = int(city.persons * _RENAMED_PER_DAY + rng.random())
    han = np.flatnonzero((city.parties["name_kind"] == "han").fill_null(value=False).to_numpy())
    chosen, lenders = rng.permutation(han)[:count], han[rng.integers(0, len(han), count)]
    given = city.parties["name"].gather(lenders).str.slice(1)
    before = city.parties["name"].gather(chosen)
    name = city.parties["surname"].gather(chosen) + given
    _put(city, chosen, former_name=before, name=name, renamed_on=_today(city, len(chosen)))
    return chosen


def change_directory(city: City) -> None:
    """Write the directory's entries: all of them on night 0, later those with a new phone, and one moved to a team."""
    rng = city.rng("directory changes")
    person = city.sales["person"].to_numpy()
    moved = rng.integers(0, len(person), 1)
    new_phone = np.flatnonzero(city.column("mobile_changed_on")[person] == city.day)
    touched = np.unique(np.concatenate([new_phone, moved]))
    places = touched if city.sales_told.width else np.arange(len(person))
    interview = Interview(person[places], np.full(len(places), city.day), "directory")
    told = tell(city, interview, city.rates.directory, _IN_DIRECTORY)
    if city.sales_told.width:
        order = np.arange(len(person))
        order[places] = len(person) + np.arange(len(places))
        told = pl.concat([city.sales_told, told]).select(pl.all().gather(order))
    city.sales_told = told
    team = pl.Series([f"团队{1 + city.day % 12:02}"])
    city.sales = city.sales.with_columns(
        changed_on=changed(city.sales["changed_on"], touched, _today(city, len(touched))),
        team=changed(city.sales["team"], moved, team),
    )

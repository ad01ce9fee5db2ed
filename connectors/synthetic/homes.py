"""Homes and offices: where they are and the full text of the address."""

import numpy as np
import polars as pl

from connectors.synthetic import places
from connectors.synthetic.draw import Ints, chance, digits, join, pick, weighted, where

_WEIGHTS = [place.weight for place in places.DISTRICTS]
_ROADS = [road for place in places.DISTRICTS for road in place.roads]
_ROADS_EACH = len(places.DISTRICTS[0].roads)
_VILLAGES = [
    village
    for place in places.DISTRICTS
    for village in places.VILLAGES.get(place.code, (place.roads[0],) * places.VILLAGES_EACH)
]
_RURAL = np.array([place.code in places.VILLAGES for place in places.DISTRICTS])
_FULL_NAMES = [f"江苏省南京市{place.name}" for place in places.DISTRICTS]


def make_homes(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """``size`` homes: ``address`` in full, ``region_code``, ``postcode``.

    Most in an estate of Nanjing, the others in a village, on a street, or in a county around.
    """
    district = weighted(rng, _WEIGHTS, size)
    room = join(_count(rng, 24, size), digits(rng.integers(1, 5, size), 2), "室")
    local = join(pick(_FULL_NAMES, district), _in_district(rng, district, room))
    outside = weighted(rng, [place.weight for place in places.ELSEWHERE], size)
    roads = [road for place in places.ELSEWHERE for road in place.roads]
    each = len(places.ELSEWHERE[0].roads)
    road = pick(roads, outside * each + rng.integers(0, each, size))
    number = join(_count(rng, 400, size), "号", _count(rng, 30, size), "幢", room)
    away = join(pick([place.name for place in places.ELSEWHERE], outside), road, number)
    is_away = chance(rng, 0.065, size)
    here, there = _codes(places.DISTRICTS, district), _codes(places.ELSEWHERE, outside)
    columns = [where(is_away, there[name], here[name]).alias(name) for name in here.columns]
    return pl.DataFrame([where(is_away, away, local).alias("address"), *columns])


def make_offices(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """``size`` business addresses in Nanjing, columns as of :func:`make_homes`."""
    district = weighted(rng, _WEIGHTS, size)
    number = join(_count(rng, 500, size), "号", _count(rng, 28, size), "楼")
    text = join(pick(_FULL_NAMES, district), _road(rng, district), number)
    return pl.DataFrame([text.alias("address"), *_codes(places.DISTRICTS, district)])


def make_places(rng: np.random.Generator, size: int) -> pl.Series:
    """Where accidents and meetings happen: 江宁区胜太路路口."""
    district = weighted(rng, _WEIGHTS, size)
    spot = pick(places.ACCIDENT_PLACES, rng.integers(0, len(places.ACCIDENT_PLACES), size))
    return join(pick([place.name for place in places.DISTRICTS], district), _road(rng, district), spot)


def _codes(table: tuple[places.Place, ...], place: Ints) -> pl.DataFrame:
    codes, postcodes = [entry.code for entry in table], [entry.postcode for entry in table]
    return pl.DataFrame({"region_code": pick(codes, place), "postcode": pick(postcodes, place)})


def _count(rng: np.random.Generator, most: int, size: int) -> pl.Series:
    return pl.Series(rng.integers(1, most + 1, size)).cast(pl.String)


def _road(rng: np.random.Generator, district: Ints) -> pl.Series:
    return pick(_ROADS, district * _ROADS_EACH + rng.integers(0, _ROADS_EACH, len(district)))


def _in_district(rng: np.random.Generator, district: Ints, room: pl.Series) -> pl.Series:
    """The address below the district: estate, street, or village."""
    size = len(district)
    estates = _estates(rng, max(40, size // 120))
    estate = estates.select(pl.all().gather(_estate_of(rng, estates["district"].to_numpy(), district)))
    stair = join(_count(rng, 38, size), "幢", _count(rng, 4, size), "单元")
    flats = join(estate["street"], estate["name"], stair, room)
    street = join(_road(rng, district), _count(rng, 480, size), "号", _count(rng, 600, size), "室")
    named = pick(_VILLAGES, district * places.VILLAGES_EACH + rng.integers(0, places.VILLAGES_EACH, size))
    village = join(named, _count(rng, 14, size), "组", _count(rng, 120, size), "号")
    draw = rng.random(size)
    return where(_RURAL[district] & (draw < 0.2), village, where(draw > 0.92, street, flats))


def _estates(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """Estates with their street and number; every district has some."""
    known = len(places.DISTRICTS)
    district = np.concatenate([np.arange(known), weighted(rng, _WEIGHTS, size - known)])
    first = pick(places.ESTATE_FIRST, rng.integers(0, len(places.ESTATE_FIRST), size))
    last = pick(places.ESTATE_LAST, rng.integers(0, len(places.ESTATE_LAST), size))
    street = join(_road(rng, district), _count(rng, 480, size), "号")
    return pl.DataFrame({"district": district, "name": join(first, last), "street": street})


def _estate_of(rng: np.random.Generator, district_of_estate: Ints, district: Ints) -> Ints:
    """An estate of the same district for every home, as likely as any other of it."""
    order = np.argsort(district_of_estate, kind="stable")
    starts = np.searchsorted(district_of_estate[order], np.arange(len(places.DISTRICTS) + 1))
    room = starts[district + 1] - starts[district]
    chosen: Ints = order[starts[district] + (rng.random(len(district)) * room).astype(int)]
    return chosen

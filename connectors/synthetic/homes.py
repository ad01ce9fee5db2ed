"""Homes and offices: where they are and the full text of the address."""

import numpy as np
import polars as pl

from connectors.synthetic import places
from connectors.synthetic.draw import Ints, chance, digits, falling, join, pick, weighted

_ROADS = [road for *_, roads in places.DISTRICTS for road in roads.split()]
_FIRST_ROAD = np.cumsum([0] + [len(roads.split()) for *_, roads in places.DISTRICTS])
_ESTATE_FIRST, _ESTATE_LAST = places.ESTATE_FIRST, places.ESTATE_LAST


def make_homes(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """``size`` homes: ``address`` in full, ``region_code``, ``postcode``, ``county`` (as it stands in the address).

    Four of five in an estate of Nanjing, the others in a village, on a street, or in a county around.
    """
    district = weighted(rng, [weight for _, _, _, weight, _ in places.DISTRICTS], size)
    estates = _estates(rng, max(40, size // 120))
    estate = _estate_of(rng, estates["district"].to_numpy(), district)
    number = estates.select(pl.all().gather(estate))
    floor, flat = rng.integers(1, 25, size), rng.integers(1, 5, size)
    room = join(pl.Series(floor).cast(pl.String), digits(flat, 2), "室")
    flats = join(number["street"], number["name"], _count(rng, 38, size), "幢", _count(rng, 4, size), "单元", room)
    street = join(_road(rng, district), _count(rng, 480, size), "号", _count(rng, 600, size), "室")
    village = join(_village(rng, district), _count(rng, 14, size), "组", _count(rng, 120, size), "号")
    local = join(
        pick([f"江苏省南京市{name}" for _, name, *_ in places.DISTRICTS], district),
        _chosen(rng, district, flats, street, village),
    )
    outside = weighted(rng, list(falling(len(places.ELSEWHERE))), size)
    roads = [road for *_, roads in places.ELSEWHERE for road in roads.split()]
    away = join(
        pick([name for _, name, *_ in places.ELSEWHERE], outside),
        pick(roads, outside * 3 + rng.integers(0, 3, size)),
        _count(rng, 400, size), "号", _count(rng, 30, size), "幢", room,
    )  # fmt: skip
    is_away = pl.Series(chance(rng, 0.065, size))
    pairs = {
        "address": (away, local),
        "region_code": (
            pick([code for code, *_ in places.ELSEWHERE], outside),
            pick([code for code, *_ in places.DISTRICTS], district),
        ),
        "postcode": (
            pick([code for _, _, code, _ in places.ELSEWHERE], outside),
            pick([code for _, _, code, *_ in places.DISTRICTS], district),
        ),
        "county": (
            pick([name for _, name, *_ in places.ELSEWHERE], outside),
            pick([name for _, name, *_ in places.DISTRICTS], district),
        ),
    }
    return pl.select(**{name: pl.when(is_away).then(one).otherwise(other) for name, (one, other) in pairs.items()})


def make_offices(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """``size`` business addresses in Nanjing, columns as of :func:`make_homes`."""
    district = weighted(rng, [weight for _, _, _, weight, _ in places.DISTRICTS], size)
    text = join(
        pick([f"江苏省南京市{name}" for _, name, *_ in places.DISTRICTS], district),
        _road(rng, district), _count(rng, 500, size), "号", _count(rng, 28, size), "楼",
    )  # fmt: skip
    return pl.DataFrame(
        {
            "address": text,
            "region_code": pick([code for code, *_ in places.DISTRICTS], district),
            "postcode": pick([code for _, _, code, *_ in places.DISTRICTS], district),
            "county": pick([name for _, name, *_ in places.DISTRICTS], district),
        }
    )


def make_places(rng: np.random.Generator, size: int) -> pl.Series:
    """Where accidents and meetings happen: 江宁区胜太路路口."""
    district = weighted(rng, [weight for _, _, _, weight, _ in places.DISTRICTS], size)
    spot = pick(places.ACCIDENT_PLACES, rng.integers(0, len(places.ACCIDENT_PLACES), size))
    return join(pick([name for _, name, *_ in places.DISTRICTS], district), _road(rng, district), spot)


def _count(rng: np.random.Generator, most: int, size: int) -> pl.Series:
    return pl.Series(rng.integers(1, most + 1, size)).cast(pl.String)


def _road(rng: np.random.Generator, district: Ints) -> pl.Series:
    return pick(_ROADS, _FIRST_ROAD[district] + rng.integers(0, 10, len(district)))


def _estates(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """Estates with their street and number; every district has some."""
    known = len(places.DISTRICTS)
    district = np.concatenate(
        [np.arange(known), weighted(rng, [weight for _, _, _, weight, _ in places.DISTRICTS], size - known)]
    )
    first, last = rng.integers(0, len(_ESTATE_FIRST), size), rng.integers(0, len(_ESTATE_LAST), size)
    name = join(pick(_ESTATE_FIRST, first), pick(_ESTATE_LAST, last))
    return pl.DataFrame(
        {"district": district, "name": name, "street": join(_road(rng, district), _count(rng, 480, size), "号")}
    )


def _estate_of(rng: np.random.Generator, district_of_estate: Ints, district: Ints) -> Ints:
    """An estate of the same district for every home, as likely as any other of it."""
    order = np.argsort(district_of_estate, kind="stable")
    starts = np.searchsorted(district_of_estate[order], np.arange(len(places.DISTRICTS) + 1))
    room = starts[district + 1] - starts[district]
    return order[starts[district] + (rng.random(len(district)) * room).astype(int)]


def _village(rng: np.random.Generator, district: Ints) -> pl.Series:
    """A village of the district, the district's first road where it has none."""
    names = [
        place
        for code, *_, roads in places.DISTRICTS
        for place in (places.VILLAGES.get(code) or " ".join([roads.split()[0]] * 4)).split()
    ]
    return pick(names, district * 4 + rng.integers(0, 4, len(district)))


def _chosen(
    rng: np.random.Generator, district: Ints, flats: pl.Series, street: pl.Series, village: pl.Series
) -> pl.Series:
    rural = np.array([code in places.VILLAGES for code, *_ in places.DISTRICTS])[district]
    draw = rng.random(len(district))
    in_village, on_street = pl.Series(rural & (draw < 0.2)), pl.Series(draw > 0.92)
    return pl.select(pl.when(in_village).then(village).when(on_street).then(street).otherwise(flats)).to_series()

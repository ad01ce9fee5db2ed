"""Vehicles of the city: plates, VINs, owners, and how a row may get them wrong."""

import numpy as np
import polars as pl

from connectors.synthetic import identifiers, number_mistakes
from connectors.synthetic.calendar_days import as_ymd
from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, Mask, chance, changed, falling, pick, weighted, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.mistakes import Kind

CARS_PER_PERSON = 0.36
SECOND_HAND = 0.06
"""Share of vehicles that another party owned before within what is told: an assumption."""
_KINDS = ("客车", "货车", "摩托车", "拖拉机", "特种车", "挂车")
_PLATE_TYPES = ("02", "01", "07", "14", "02", "15")
_UNPLATED = ("未上牌", "新车", "*-*", "暂未上牌")


def add_vehicles(city: City, size: int, bought: tuple[int, int]) -> Ints:
    """``size`` more vehicles, first registered between two days; gives their places."""
    rng = city.rng("vehicles")
    owner = _owners(city, size, rng)
    registered = rng.integers(bought[0], bought[1] + 1, size)
    kind = weighted(rng, [925, 40, 14, 4, 10, 7], size)
    electric = chance(rng, np.where(registered > city.day - 1400, 0.34, 0.03), size) & (kind < 2)
    plate_type = where(electric & (kind == 0), "52", where(electric, "51", pick(_PLATE_TYPES, kind)))
    truck = where(chance(rng, 0.3, size), "营业货车", "企业非营业")
    vehicles = pl.DataFrame(
        {
            "owner": owner,
            "former_owner": np.where(chance(rng, SECOND_HAND, size), _owners(city, size, rng), owner),
            "plate": identifiers.plates(rng, electric, electric & (kind == 1)),
            "plate_type": plate_type,
            "vin": identifiers.vins(rng, as_ymd(registered) // 10_000),
            "engine": identifiers.engines(rng, size),
            "kind": pick(_KINDS, kind),
            "use": where(city.column("is_person")[owner], "家庭自用", truck),
            "registered_on": registered,
            "renews": chance(rng, 0.82, size),
            "renews_before": rng.integers(1, 30, size),
            "commercial": chance(rng, 0.88, size),
        }
    )
    first = city.vehicles.height
    city.vehicles = _with_new_plates(city.vehicles, vehicles) if first else vehicles
    return np.arange(first, city.vehicles.height)


def _with_new_plates(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Both together; a new vehicle whose plate is taken has none yet."""
    taken = new["plate"].is_in(old["plate"].drop_nulls().implode())
    return pl.concat([old, new.with_columns(plate=where(taken, None, new["plate"]))])


def _owners(city: City, size: int, rng: np.random.Generator) -> Ints:
    """Mostly heads of households; some organisations with many vehicles."""
    adults = city.adults(20, 76)
    weight = np.array([3.0, 1.4, 0.9, 0.3])[city.column("member")[adults].astype(int)]
    person = adults[weighted(rng, weight, size)]
    firm = city.persons + weighted(rng, falling(city.parties.height - city.persons, 0.3), size)
    return np.where(chance(rng, city.rates.city.organisation_vehicles, size), firm, person)


def as_written(city: City, cars: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """``plate``, ``vin`` and ``engine`` of ``cars`` as a row tells them, and the row's ``faults``.

    A car just bought has no plate yet.
    """
    rates, size = city.rates.rows, cars.height
    row = _Row(np.zeros(size, dtype=np.uint64), rng)
    new = (cars["registered_on"] > city.day - 25) & pl.Series(chance(rng, 0.6, size))
    unplated = new | cars["plate"].is_null()
    plate = where(unplated, pick(_UNPLATED, rng.integers(0, len(_UNPLATED), size)), cars["plate"])
    has_plate = ~unplated.to_numpy()
    plate = row.hit(plate, "plate:letter_o", rates.plate_letter_o, number_mistakes.plate_letter_o, has_plate)
    plate = row.hit(plate, "plate:wrong", rates.plate_wrong, number_mistakes.plate_wrong, has_plate & row.clean())
    vin = row.hit(cars["vin"], "vin:letter_o", rates.vin_letter_o, number_mistakes.vin_letter_o, row.clean())
    vin = row.hit(vin, "vin:wrong", rates.vin_wrong, number_mistakes.vin_wrong, row.clean())
    vin = row.hit(vin, "vin:short", rates.vin_short, number_mistakes.vin_short, row.clean())
    engine = where(chance(rng, rates.engine_missing, size), None, cars["engine"])
    row.faults[chance(rng, rates.same_person_wrong, size)] |= np.uint64(BIT["same_person_flag:wrong"])
    return pl.DataFrame({"plate": plate, "vin": vin, "engine": engine, "faults": row.faults})


class _Row:
    """Faults of rows while they are planted."""

    def __init__(self, faults: Ints, rng: np.random.Generator) -> None:
        self.faults = faults
        self.rng = rng

    def clean(self) -> Mask:
        """Rows without a fault so far."""
        clean: Mask = self.faults == 0
        return clean

    def hit(self, values: pl.Series, cause: str, rate: float, kind: Kind, eligible: Mask) -> pl.Series:
        """``values`` with the mistake ``kind`` in some of the ``eligible``."""
        at = np.flatnonzero(chance(self.rng, rate, len(values)) & eligible)
        before = values.gather(at)
        new = kind(before, self.rng)
        self.faults[at[(new != before).to_numpy()]] |= np.uint64(BIT[cause])
        return changed(values, at, new)

"""A synthetic city: feeds of every kind with known truth, for demonstrations, tests and benchmarks.

EVERYTHING HERE IS SYNTHETIC. People, numbers, addresses, companies, policies and calls are drawn at random from tables of
common words; numbers are well-formed, so that validators have something to do, and may by accident be somebody's. Never
call, write to or look up one, and never mix these files with real ones.

:func:`make_city` writes, under one folder,

* ``feeds/<yyyymmdd>/``: the files of each night, as insurers and their vendors deliver them (see ``feeds.py``);
* ``truth/<yyyymmdd>/``: who is behind every party of every row and what was planted (see ``truth.py``);
* ``nightly.yaml``: settings that read them, with the last night's business date.

Night 0 (business date :data:`BASE_DATE`) is the first load: two years of policies, one year of the rest. A later night
brings its changes only, but the directory and the do-not-call list always come whole. ``evolution.py`` says what a night
brings; beside that, every ninth night (2, 11, 20 …) delivers the claims file of the night before once more, byte by byte,
and on every seventh (5, 12, 19 …) the SMS file is late: it lies in the next night's folder, under its own name.

``people`` is the only size: see :data:`OBSERVATIONS_PER_PERSON`; a later night brings about 0.4 % of night 0. Same
arguments, same bytes. ``difficulty`` multiplies the error rates of ``error_model.py``.
"""

import shutil
from pathlib import Path

import polars as pl

from connectors.synthetic.calendar_days import BASE_DATE, date_of
from connectors.synthetic.city import City, found
from connectors.synthetic.delivery import Delivery
from connectors.synthetic.error_model import ErrorModel
from connectors.synthetic.evolution import first_night, next_night
from connectors.synthetic.feeds import file_name, write_night, write_settings
from connectors.synthetic.truth import write_truth

__all__ = ["BASE_DATE", "OBSERVATIONS_PER_PERSON", "ErrorModel", "make_city"]

OBSERVATIONS_PER_PERSON = 3.8
"""Observations of night 0 for each of ``people``, about; a small city has more for its directory of 60 units."""
LEAST_PEOPLE = 10


def make_city(folder: Path, people: int, seed: int = 1, night: int = 0, difficulty: float = 1.0) -> Path:
    """Write nights 0 … ``night`` of a city of ``people`` persons into ``folder``; gives the path of its ``nightly.yaml``.

    Raises :class:`ValueError` for fewer than 10 people, a negative seed or night, or a negative difficulty.
    """
    if people < LEAST_PEOPLE or min(seed, night) < 0 or not difficulty >= 0:
        raise ValueError(f"a city needs at least {LEAST_PEOPLE} people; seed, night and difficulty are not negative")
    city = found(seed, people, ErrorModel().at(difficulty))
    deliveries = first_night(city)
    files = _deliver(city, deliveries, folder, [])
    for _ in range(night):
        deliveries = next_night(city, deliveries)
        files = _deliver(city, deliveries, folder, files)
    return write_settings(city, folder)


def _deliver(city: City, deliveries: list[Delivery], folder: Path, before: list[Path]) -> list[Path]:
    """Write tonight's feeds and truth; gives the files of the feeds. ``before``: the files of the night before."""
    night = city.date.strftime("%Y%m%d")
    place = folder / "feeds" / night
    write_night(city, deliveries, place)
    write_truth(city, deliveries, folder / "truth" / night)
    files = [place / file_name(delivery.feed, city) for delivery in deliveries]
    late = [path for path in files if path.name.startswith("sms_") and city.night % 7 == 5]
    repeated = [path for path in before if path.name.startswith("claims_") and city.night % 9 == 2]
    for path in late:
        tomorrow = folder / "feeds" / date_of(city.day + 1).strftime("%Y%m%d")
        tomorrow.mkdir(exist_ok=True)
        path.replace(tomorrow / path.name)
    for path in repeated:
        shutil.copyfile(path, place / path.name)
    told = [(path.name, "late" if path in late else "first") for path in files] + [
        (path.name, "repeated") for path in repeated
    ]
    schema = {"feed_file": pl.String, "delivery": pl.String}
    pl.DataFrame(told, schema=schema, orient="row").write_parquet(folder / "truth" / night / "files.parquet")
    return files

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import connectors
from connectors.synthetic import BASE_DATE, OBSERVATIONS_PER_PERSON, make_city
from pipeline import settings
from pipeline.core.feeds import KINDS, words_of
from tests.connectors.synthetic.cities import FEEDS, NIGHTS, city, rows, truth


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_arguments_give_the_same_bytes_whatever_the_hash_seed_and_threads(tmp_path: Path) -> None:
    make_city(tmp_path / "here", 120, seed=3, night=1)
    program = f"from pathlib import Path; from connectors.synthetic import make_city; make_city(Path({str(tmp_path / 'there')!r}), 120, 3, 1)"
    root = str(Path(connectors.__file__).parents[1])
    environment = os.environ | {"PYTHONHASHSEED": "1", "POLARS_MAX_THREADS": "1", "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    here, there = contents(tmp_path / "here"), contents(tmp_path / "there")
    assert list(here) == list(there)
    assert [name for name in here if here[name] != there[name]] == []


def test_a_longer_life_leaves_the_earlier_nights_as_they_were(tmp_path: Path) -> None:
    make_city(tmp_path, 500, seed=7, night=1)
    longer = contents(city())
    assert {name: data for name, data in contents(tmp_path).items() if name != "nightly.yaml"}.items() <= longer.items()


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    make_city(tmp_path / "one", 60, seed=1)
    make_city(tmp_path / "two", 60, seed=2)
    one, two = truth("people", folder=tmp_path / "one"), truth("people", folder=tmp_path / "two")
    assert set(one["cert_no"]) & set(two["cert_no"]) == set()


def test_the_settings_read_every_file_of_the_last_night() -> None:
    told = settings.load(city() / "nightly.yaml")
    last = BASE_DATE + timedelta(days=len(NIGHTS) - 1)
    assert told.business_date == last
    assert tuple(told.feeds) == FEEDS
    for feed in told.feeds.values():
        pattern = settings.path_for(feed.path, city(), last)
        assert list(Path(pattern).parent.glob(Path(pattern).name)), feed.path


@pytest.mark.parametrize("feed", FEEDS)
def test_every_header_is_known_or_ignored_by_the_settings(feed: str) -> None:
    told = settings.load(city() / "nightly.yaml").feeds[feed]
    known = words_of(KINDS[feed]) | told.columns | dict.fromkeys(told.ignored, "")
    headers = {path for row in rows(feed) for path in paths_of(row)}
    assert headers - set(known) == set()


def paths_of(row: dict[str, object], above: str = "") -> set[str]:
    found = set()
    for name, value in row.items():
        found |= paths_of(value, f"{above}{name}.") if isinstance(value, dict) else {above + name}
    return found


@pytest.mark.parametrize(("people", "seed"), [(10, 1), (10, 2), (11, 3), (23, 4)])
def test_the_smallest_cities_live_too(tmp_path: Path, people: int, seed: int) -> None:
    make_city(tmp_path, people, seed, night=1)
    assert truth("people", NIGHTS[1], tmp_path)["is_person"].sum() == people


@pytest.mark.parametrize(
    "wrong",
    [{"people": 9}, {"people": 50, "seed": -1}, {"people": 50, "night": -1}, {"people": 50, "difficulty": -0.1}],
)
def test_an_impossible_city_is_refused(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least 10 people"):
        make_city(tmp_path, **wrong)
    assert list(tmp_path.iterdir()) == []


def test_without_difficulty_only_time_makes_data_untrue(tmp_path: Path) -> None:
    make_city(tmp_path, 200, difficulty=0)
    told = truth("parties", folder=tmp_path).explode("causes", empty_as_null=False, keep_nulls=False)
    assert set(told.filter(pl.col("feed") != "wechat")["causes"]) <= {"name:former", "mobile:former", "address:former"}
    assert set(told.filter(pl.col("feed") == "wechat")["causes"]) <= {"cert_no:masked", "mobile:former", "name:former"}


def test_people_give_about_as_many_observations_as_promised(tmp_path: Path) -> None:
    make_city(tmp_path, 3000)
    told = truth("parties", folder=tmp_path)["record_id"].n_unique()
    assert told / 3000 == pytest.approx(OBSERVATIONS_PER_PERSON, rel=0.1)


def test_no_date_lies_behind_the_business_date() -> None:
    assert date(2026, 6, 30) == BASE_DATE
    people = truth("people")
    assert people.select(pl.max("born", "mobile_changed_on", "moved_on", "renamed_on")).row(0) <= (BASE_DATE,) * 4

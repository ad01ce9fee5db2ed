"""Nights in an object store: S3 as moto serves it on loopback, and the same code on a file system."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from connectors import lease
from connectors.lease import CLAIMS
from connectors.registry import archive as archive_at
from connectors.store import Store
from connectors.store_archive import StoreArchive
from pipeline.core.published import TABLES
from pipeline.core.schema import LEDGER
from pipeline.errors import RunError, RunInProgress, SettingsError, StateUnreadable
from pipeline.transforms.coders import to_batch
from tests import nights
from tests.object_store import bucket, moved_to, stored_bytes

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
RUN = {"feeds": {"underwriting": {"files": [{"digest": "abc"}]}}, "target_rate": 0.93}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with bucket() as address:
        yield address


@pytest.fixture(params=["s3", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    root = request.getfixturevalue("s3") if request.param == "s3" else f"file://{tmp_path}"
    return Store(f"{root}/{tmp_path.name}/nights")


def ledger(rows: int = 1) -> pl.DataFrame:
    return LEDGER.schema.to_frame(eager=True).clear(rows)


def publish(archive: StoreArchive, day: date, rows: int = 1) -> Store:
    with archive.stage(day) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(ledger(rows)))
        return Store(staging.publish(RUN, {}))


def pointed(store: Store, name: str) -> str:
    return str(json.loads(store.read(name))["version"])


def test_a_night_is_published_and_read_back(store: Store) -> None:
    archive = StoreArchive(store)
    assert archive.night() is None
    version = publish(archive, MONDAY, rows=2)
    night = archive.night()
    assert night is not None and night.day == MONDAY
    assert night.files == {"abc"}
    assert night.rows(LEDGER.name) == 2
    assert night.scan(LEDGER.name).collect().height == 2
    assert [batch.num_rows for part in night.parts(LEDGER.name) for batch in part.read(1)] == [1, 1]
    assert pointed(store, "latest.json") == pointed(store, "runs/2026-01-05.json") == version.uri.rpartition("/")[2]
    assert {table.name for table in TABLES} <= set(version.names(""))


def test_nothing_is_seen_before_it_is_published(store: Store) -> None:
    archive = StoreArchive(store)
    first = publish(archive, MONDAY)
    with archive.stage(TUESDAY) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(ledger()))
        assert archive.night(TUESDAY) is None
        assert pointed(store, "latest.json") == first.uri.rpartition("/")[2]
        assert staging.rows(LEDGER.name) == staging.read(LEDGER.name).num_rows == 1
        (Path(staging.spill_folder) / "one").write_bytes(b"x")
        staging.forget_spilled()
        assert not Path(staging.spill_folder).exists()
        assert staging.rows(LEDGER.name) == 1
        staging.clear()
        assert staging.scan(LEDGER.name).collect().height == 0
        assert os.stat(staging.spill_folder).st_mode & 0o077 == 0


def test_latest_never_moves_back(store: Store) -> None:
    archive = StoreArchive(store)
    tuesday = publish(archive, TUESDAY)
    publish(archive, MONDAY)
    assert pointed(store, "latest.json") == tuesday.uri.rpartition("/")[2]
    again = publish(archive, TUESDAY, rows=3)
    assert pointed(store, "latest.json") == again.uri.rpartition("/")[2]
    assert [night.day for night in archive.nights(MONDAY, TUESDAY)] == [MONDAY, TUESDAY]
    last = archive.last_before(TUESDAY)
    assert last is not None and last.day == MONDAY


def test_a_failed_run_leaves_nothing(store: Store) -> None:
    archive = StoreArchive(store)
    publish(archive, MONDAY)
    with pytest.raises(ZeroDivisionError), archive.stage(TUESDAY) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(ledger()))
        raise ZeroDivisionError
    assert len(store.names("versions")) == 1
    assert store.names(CLAIMS) == []
    assert archive.published(TUESDAY) is None


def test_what_a_killed_run_or_its_job_left_is_removed_and_never_mixed_in(store: Store) -> None:
    archive = StoreArchive(store)
    with pytest.raises(ZeroDivisionError), archive.stage(MONDAY) as staging:
        orphan = staging.sink
        raise ZeroDivisionError
    with archive.stage(MONDAY) as staging:
        orphan.write(LEDGER.name, 7, to_batch(ledger()))
        staging.sink.write(LEDGER.name, 0, to_batch(ledger()))
        version = Store(staging.publish(RUN, {}))
    assert version.names(LEDGER.name) == ["00000.parquet"]
    assert len(store.names("versions")) == 2
    publish(archive, TUESDAY)
    assert len(store.names("versions")) == 2


def test_a_changed_table_or_manifest_is_refused(store: Store) -> None:
    archive = StoreArchive(store)
    version = publish(archive, MONDAY)
    night = archive.night()
    assert night is not None
    version.write(f"{LEDGER.name}/00001.parquet", version.read(f"{LEDGER.name}/00000.parquet"))
    with pytest.raises(StateUnreadable):
        night.parts(LEDGER.name)
    version.remove(f"{LEDGER.name}/00001.parquet")
    version.write(f"{LEDGER.name}/00000.parquet", b"PAR1")
    with pytest.raises(StateUnreadable):
        night.parts(LEDGER.name)
    version.write("run.json", version.read("run.json").replace(b"abc", b"abd"))
    with pytest.raises(StateUnreadable):
        archive.night()


def test_the_second_of_two_runs_is_refused_and_the_first_publishes(store: Store) -> None:
    archive = StoreArchive(store)
    with archive.stage(MONDAY) as staging:
        with pytest.raises(RunInProgress), archive.stage(TUESDAY):
            pass
        staging.publish(RUN, {})


def test_of_two_runs_that_begin_together_never_both_run(store: Store) -> None:
    both, inside = threading.Barrier(2), threading.Semaphore(1)
    clashes = []

    def run() -> None:
        both.wait()
        try:
            with lease.leased(store):
                if not inside.acquire(blocking=False):
                    clashes.append("two at once")
                inside.release()
        except RunInProgress:
            pass

    runs = [threading.Thread(target=run) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert clashes == []


def test_the_claim_of_a_killed_run_ends_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(f"{CLAIMS}/killed", b"")
    with pytest.raises(RunInProgress), lease.leased(store):
        pass
    ages = Store.ages

    def long_ago(store: Store, path: str) -> dict[str, datetime]:
        return {name: at - timedelta(minutes=6) * (name == "killed") for name, at in ages(store, path).items()}

    monkeypatch.setattr(Store, "ages", long_ago)
    with lease.leased(store):
        assert "killed" not in store.names(CLAIMS)


def test_a_run_whose_claim_was_taken_for_dead_does_not_publish(store: Store) -> None:
    archive = StoreArchive(store)
    with pytest.raises(RunInProgress), archive.stage(MONDAY) as staging:
        store.remove(f"{CLAIMS}/{staging.lease._name}")
        staging.publish(RUN, {})
    assert archive.night() is None


def test_a_store_that_is_not_there_is_said(s3: str) -> None:
    with pytest.raises(RunError, match="environment"), StoreArchive(Store("nosuch://bucket/x")).stage(MONDAY):
        pass


def test_a_month_is_frozen_once(store: Store) -> None:
    archive = StoreArchive(store)
    archive.months.write("2026-01", {"persons": ledger()}, {"definition": {"caliber": "final"}})
    assert archive.frozen_months() == ["2026-01"]
    assert archive.frozen("2026-01").height == 1
    assert archive.frozen_definition("2026-01") == {"caliber": "final"}
    with pytest.raises(SettingsError):
        archive.months.write("2026-01", {}, {"definition": {}})
    store.write("frozen/2026-01/persons.parquet", b"PAR1")
    with pytest.raises(StateUnreadable):
        archive.frozen("2026-01")


def test_who_looks_unmasked_is_written_down(store: Store) -> None:
    StoreArchive(store).note_access("explain --unmask", MONDAY, ["20260105-A"])
    (name,) = store.names("access")
    assert json.loads(store.read(f"access/{name}"))["ids"] == ["20260105-A"]


def test_a_uri_is_a_store_and_a_path_a_folder(tmp_path: Path) -> None:
    assert isinstance(archive_at("s3://bucket/nights/", tmp_path), StoreArchive)
    assert archive_at("output", tmp_path).place == str(tmp_path / "output")


@pytest.mark.slow
def test_a_night_from_and_to_s3_has_the_bytes_of_a_local_one(s3: str, tmp_path: Path) -> None:
    local = nights.city(tmp_path / "city", people=120)
    code, usual = nights.run(local, output="usual")
    assert code == 0
    remote = moved_to(f"{s3}/{tmp_path.name}", local)
    from pipeline.__main__ import main

    assert main(["run", str(remote)]) == 0
    archive = StoreArchive(Store(f"{s3}/{tmp_path.name}/nights"))
    night = archive.night()
    assert night is not None
    assert stored_bytes(archive) == nights.table_bytes(usual)
    assert night.version.exists("reports/index.html")
    assert archive.store.files("worklists", ".csv")
    assert main(["run", str(remote), "--resume"]) == 0

import os
from datetime import date
from pathlib import Path

import pytest

from connectors.archive import STAGING, LocalArchive
from connectors.sinks.parquet import HALF
from pipeline.core.schema import LEDGER, OBSERVATIONS
from pipeline.errors import RunInProgress, StateUnreadable
from pipeline.transforms.coders import to_batch

RUN = {"feeds": {"claims": {"files": [{"digest": "d1"}]}}}
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def publish(archive: LocalArchive, day: date) -> Path:
    with archive.stage(day) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(LEDGER.schema.to_frame(eager=True)))
        return Path(staging.publish(RUN, {}))


def test_pointers_lead_to_the_published_night(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    night = publish(archive, MONDAY)
    assert night == tmp_path / "versions" / "2026-01-05.1"
    assert (tmp_path / "latest").resolve() == (tmp_path / "runs" / "2026-01-05").resolve() == night
    assert (night / OBSERVATIONS.name / "00000.parquet").exists()


def test_an_old_date_run_again_does_not_move_latest_back(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    publish(archive, MONDAY)
    tuesday = publish(archive, TUESDAY)
    again = publish(archive, MONDAY)
    assert again.name == "2026-01-05.2"
    assert (tmp_path / "latest").resolve() == tuesday
    assert (tmp_path / "runs" / "2026-01-05").resolve() == again


def test_state_is_the_last_night_before_the_date(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    publish(archive, MONDAY)
    publish(archive, TUESDAY)
    assert archive.last_before(MONDAY) is None
    before = archive.last_before(TUESDAY)
    assert before is not None
    assert (before.day, before.files) == (MONDAY, {"d1"})


def test_a_night_is_found_by_its_date_and_the_latest_without_one(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    assert archive.night() is None
    publish(archive, MONDAY)
    publish(archive, TUESDAY)
    found = [archive.night(day) for day in (None, MONDAY, date(2026, 1, 7))]
    assert [night.day if night else None for night in found] == [TUESDAY, MONDAY, None]


def test_nights_between_two_dates_come_oldest_first(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    publish(archive, TUESDAY)
    publish(archive, MONDAY)
    assert [night.day for night in archive.nights(MONDAY, TUESDAY)] == [MONDAY, TUESDAY]
    assert [night.day for night in archive.nights(TUESDAY, TUESDAY)] == [TUESDAY]


def test_a_table_is_scanned_over_all_its_parts(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    row = LEDGER.schema.to_frame(eager=True).clear(1)
    with archive.stage(MONDAY) as staging:
        for part in (0, 1):
            staging.sink.write(LEDGER.name, part, to_batch(row))
        staging.publish(RUN, {})
    night = archive.night()
    assert night is not None
    assert night.scan(LEDGER.name).collect().height == 2


def test_what_was_half_written_is_not_published(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    with archive.stage(MONDAY) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(LEDGER.schema.to_frame(eager=True)))
        (Path(staging.sink.folder) / LEDGER.name / f"00000.parquet.killed{HALF}").write_bytes(b"PAR1")
        night = Path(staging.publish(RUN, {}))
    assert os.listdir(night / LEDGER.name) == ["00000.parquet"]


def test_a_job_that_outlives_its_run_writes_nowhere_near_the_next(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    with pytest.raises(ZeroDivisionError), archive.stage(MONDAY) as staging:
        orphan = staging.sink
        raise ZeroDivisionError
    with archive.stage(TUESDAY) as staging:
        orphan.write(LEDGER.name, 7, to_batch(LEDGER.schema.to_frame(eager=True)))
        night = Path(staging.publish(RUN, {}))
    assert os.listdir(night / LEDGER.name) == ["00000.parquet"]


def test_a_failed_run_leaves_everything_as_it_was(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    publish(archive, MONDAY)
    with pytest.raises(ZeroDivisionError), archive.stage(TUESDAY) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(LEDGER.schema.to_frame(eager=True)))
        raise ZeroDivisionError
    assert not (tmp_path / STAGING).exists()
    assert archive.published(TUESDAY) is None
    assert (tmp_path / "latest").resolve().name == "2026-01-05.1"


def test_leftovers_of_a_killed_run_are_cleaned_by_the_next(tmp_path: Path) -> None:
    (tmp_path / STAGING / "spill").mkdir(parents=True)
    (tmp_path / STAGING / "spill" / "old").write_bytes(b"x")
    with LocalArchive(tmp_path).stage(MONDAY) as staging:
        assert os.listdir(staging.spill_folder) == []
        assert os.stat(staging.spill_folder).st_mode & 0o077 == 0


def test_what_was_spilled_is_forgotten_and_the_night_is_not(tmp_path: Path) -> None:
    with LocalArchive(tmp_path).stage(MONDAY) as staging:
        staging.sink.write(LEDGER.name, 0, to_batch(LEDGER.schema.to_frame(eager=True)))
        (Path(staging.spill_folder) / "one").write_bytes(b"x")
        staging.forget_spilled()
        assert not Path(staging.spill_folder).exists()
        assert staging.part_numbers(LEDGER.name) == [0]
        staging.clear()
        assert os.listdir(staging.spill_folder) == []


def test_the_second_of_two_runs_is_refused(tmp_path: Path) -> None:
    archive = LocalArchive(tmp_path)
    with archive.stage(MONDAY), pytest.raises(RunInProgress), archive.stage(TUESDAY):
        pass


@pytest.mark.parametrize("harm", ["changed", "removed", "added"])
def test_a_night_changed_after_publication_is_no_state(tmp_path: Path, harm: str) -> None:
    archive = LocalArchive(tmp_path)
    part = publish(archive, MONDAY) / LEDGER.name / "00000.parquet"
    if harm == "changed":
        part.write_bytes(part.read_bytes()[:-1] + b"x")
    elif harm == "removed":
        part.unlink()
    else:
        part.with_name("00001.parquet").write_bytes(b"")
    night = archive.last_before(TUESDAY)
    assert night is not None
    with pytest.raises(StateUnreadable):
        night.parts(LEDGER.name)

"""A night on a real Flink cluster: the DirectRunner's bytes, and no half night whatever dies."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from connectors.store import Store
from connectors.store_archive import StoreArchive
from connectors.synthetic import make_city
from tests.flink.cluster import Cluster, environment, wait_for
from tests.nights import changed, table_bytes
from tests.object_store import moved_to, stored_bytes

pytestmark = pytest.mark.flink

FIRST, SECOND = "2026-06-30", "2026-07-01"
NIGHT_S = 900
NOTICED_S = 5
UNDER_WAY = 12
"""Finished tasks of the some two hundred of a night: workers are up, nothing is near its end."""


@dataclass(frozen=True)
class City:
    """Feeds of two nights. ``usual``: the archive in which the DirectRunner made both; ``first``: the first one alone."""

    nightly: Path
    venv: Path
    first: Path
    usual: Path

    def start(self, output: str, *flags: str) -> subprocess.Popen[str]:
        """The second night, begun as its user would, on top of the first."""
        archive = self.nightly.parent / output
        if not archive.exists():
            shutil.copytree(self.first, archive, symlinks=True)
        return self.run(changed(self.nightly, output=output), SECOND, *flags)

    def run(self, nightly: Path, date: str, *flags: str) -> subprocess.Popen[str]:
        command = [str(self.venv / "bin" / "zhenke"), "run", "--no-report", str(nightly), "--date", date, "--", *flags]
        return subprocess.Popen(
            command,
            cwd=nightly.parent.parent,
            env=environment(self.venv),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def archive(self, output: str) -> Path:
        return self.nightly.parent / output


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and log of a run."""
    try:
        _, told = process.communicate(timeout=NIGHT_S)
    finally:
        process.kill()
    return process.returncode, told


@pytest.fixture(scope="module")
def city(parts: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("feeds")
    # Many partitions, so that every task manager has some of every step.
    nightly = changed(make_city(folder / "city", 120, 1, 1), engine={"partitions": 6, "shuffle": "memory"})
    made = City(nightly, parts[1], nightly.parent / "first", nightly.parent / "usual")
    assert ended(made.run(changed(nightly, output="first"), FIRST))[0] == 0
    assert ended(made.start("usual"))[0] == 0
    return made


@pytest.fixture(autouse=True)
def nothing_left_over(flink: Cluster) -> Iterator[None]:
    """What a test leaves running would be taken for the next one's."""
    yield
    for job in flink.running_jobs():
        flink.cancel(job)


def half_published(archive: Path) -> list[str]:
    """What stands in an archive beside the first night alone."""
    assert (archive / "latest").resolve().name == f"{FIRST}.1"
    return [path.name for path in (archive / "versions").iterdir() if path.name != f"{FIRST}.1"]


def under_way(flink: Cluster, process: subprocess.Popen[str]) -> None:
    """Wait until the job has done some of its work, and no more."""
    wait_for(lambda: flink.finished_tasks() >= UNDER_WAY or process.poll() is not None, "the job to be under way")
    assert process.poll() is None, process.communicate()[1]


def lose_a_worker(flink: Cluster, process: subprocess.Popen[str]) -> None:
    """Kill one at work. Each lives for seconds; one that was about to end is missed by nobody, and another is tried."""
    while process.poll() is None and not flink.restarted():
        worker = flink.new_worker(NOTICED_S)
        if worker is not None:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
            flink.await_restart(NOTICED_S)
    assert flink.restarted(), process.communicate()[1]


@pytest.mark.parametrize("parallelism", [2, 4])
def test_the_same_bytes_as_on_one_machine(city: City, flink: Cluster, parallelism: int) -> None:
    output = f"flink_{parallelism}"
    code, log = ended(city.start(output, *flink.flags(parallelism)))
    assert code == 0, log
    assert table_bytes(city.archive(output)) == table_bytes(city.usual)
    assert (city.archive(output) / "latest").resolve().name == f"{SECOND}.1"
    for name in ("taskmanager-1", "taskmanager-2"):
        assert "switched from RUNNING to FINISHED" in flink.log(name), f"{name} did nothing"


def test_from_and_to_an_object_store_the_same_bytes(city: City, flink: Cluster, s3: str) -> None:
    remote = moved_to(s3, city.nightly)
    code, log = ended(city.run(remote, FIRST, *flink.flags(2)))
    assert code == 0, log
    assert stored_bytes(StoreArchive(Store(f"{s3}/nights"))) == table_bytes(city.first)


def test_a_lost_task_manager_is_made_good(city: City, flink: Cluster) -> None:
    process = city.start("lost_manager", *flink.flags(2))
    under_way(flink, process)
    flink.kill("taskmanager-2")
    assert half_published(city.archive("lost_manager")) == []
    flink.start_taskmanager(2)
    assert_recovered_or_failed_clean(city, "lost_manager", process, flink)


def test_a_lost_worker_is_made_good(city: City, flink: Cluster) -> None:
    process = city.start("lost_worker", *flink.flags(2))
    under_way(flink, process)
    lose_a_worker(flink, process)
    assert_recovered_or_failed_clean(city, "lost_worker", process, flink)


def test_a_restarted_job_server_fails_the_night_with_a_clear_word(city: City, flink: Cluster) -> None:
    process = city.start("lost_server", *flink.flags(2))
    under_way(flink, process)
    flink.kill("job-server")
    flink.start_job_server()
    code, log = ended(process)
    assert code == 4, log
    assert "the job server: does not answer" in log
    assert "cancel it there" in log
    assert half_published(city.archive("lost_server")) == []
    for job in flink.running_jobs():
        flink.cancel(job)
    rerun(city, "lost_server", flink)


def assert_recovered_or_failed_clean(city: City, output: str, process: subprocess.Popen[str], flink: Cluster) -> None:
    """The night is published whole, or not at all and the next try publishes it."""
    code, log = ended(process)
    if code == 0:
        assert table_bytes(city.archive(output)) == table_bytes(city.usual)
        return
    assert code == 4, log
    assert "the cluster: the job failed" in log
    assert half_published(city.archive(output)) == []
    rerun(city, output, flink)


def rerun(city: City, output: str, flink: Cluster) -> None:
    code, log = ended(city.start(output, *flink.flags(2)))
    assert code == 0, log
    assert table_bytes(city.archive(output)) == table_bytes(city.usual)
    assert not (city.archive(output) / ".staging").exists()

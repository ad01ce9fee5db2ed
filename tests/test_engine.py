import os
import pickle
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import apache_beam as beam
import grpc
import pytest
from apache_beam.options.pipeline_options import DirectOptions, GoogleCloudOptions, StandardOptions

from pipeline import engine
from pipeline.errors import EngineRefused, RunError, SettingsError
from pipeline.settings import EngineSettings


@pytest.mark.parametrize("flags", [[], ["--runner=DirectRunner"], ["--runner=FnApiRunner"]])
def test_the_direct_runner_is_the_pinned_one(flags: list[str]) -> None:
    chosen = engine.choose(EngineSettings(), flags)
    assert type(chosen.pipeline().runner).__name__ == "FnApiRunner"
    assert chosen.local


@pytest.mark.parametrize(
    "flags",
    [
        ["--runner=DaskRunner"],
        ["--runner=apache_beam.runners.dask.dask_runner.DaskRunner"],
        ["--direct_running_mode=multi_threading"],
        ["--runner=PrismRunner"],
        ["--experiments=data_buffer_time_limit_ms=1000"],
    ],
)
def test_what_loses_data_in_silence_is_refused(flags: list[str]) -> None:
    with pytest.raises(EngineRefused):
        engine.choose(EngineSettings(), flags)


@pytest.mark.parametrize(
    "flags",
    [
        ["--nosuch=1"],
        ["--direct_num_workers=many"],
        ["stray"],
        ["--runner=PortableRunner", "--job_endpoint=localhost:1", "--environment_type=EXTERNAL"],
    ],
)
def test_flags_that_beam_does_not_know_or_that_do_not_go_together_are_refused(flags: list[str]) -> None:
    with pytest.raises(SettingsError):
        engine.choose(EngineSettings(), flags)


def test_several_workers_are_processes() -> None:
    chosen = engine.choose(EngineSettings(workers=2), [])
    told = chosen.options.view_as(DirectOptions)
    assert (told.direct_running_mode, told.direct_num_workers) == ("multi_processing", 2)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, min(2, os.cpu_count() or 1)),
        ({"workers": 2}, 1),
        ({"workers": 2, "threads": 3}, 3),
    ],
)
def test_threads_are_for_one_process_that_has_the_machine(told: dict[str, int], expected: int) -> None:
    settings = EngineSettings(**told)
    chosen = engine.choose(settings, [])
    assert engine.threads(settings, chosen) == expected
    assert engine.threads(EngineSettings(), replace(chosen, local=False)) == 1


def test_flags_pass_through_to_a_portable_runner() -> None:
    flags = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    chosen = engine.choose(EngineSettings(), flags)
    assert chosen.options.view_as(StandardOptions).runner == "PortableRunner"
    assert chosen.local
    assert not engine.choose(EngineSettings(), ["--runner=FlinkRunner", "--flink_master=host:8081"]).local


class Job:
    """A job on a cluster, as Beam tells of it: it ends as ``end``."""

    def __init__(self, end: str | BaseException) -> None:
        self.end = end
        self.cancelled = False

    def wait_until_finish(self) -> str:
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end

    def cancel(self) -> None:
        self.cancelled = True


def run_as(monkeypatch: pytest.MonkeyPatch, job: Job) -> None:
    monkeypatch.setattr("apache_beam.Pipeline.run", lambda *_: job)
    workers = ["--environment_type=EXTERNAL", "--environment_config=localhost:2"]
    flags = ["--runner=PortableRunner", "--job_endpoint=localhost:1", *workers]
    engine.choose(EngineSettings(), flags).run(lambda _root: None)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("CANCELLED", "Beam: the pipeline ended as CANCELLED"),
        (RuntimeError("java.io.IOException: 13812345678"), "the cluster: the job failed"),
        (grpc.RpcError(), "the job server: does not answer"),
    ],
)
def test_a_job_that_fails_says_so_and_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, end: str | BaseException, said: str
) -> None:
    with pytest.raises(RunError) as told:
        run_as(monkeypatch, Job(end))
    assert str(told.value).startswith(said)
    assert "138" not in str(told.value)


def test_a_stopped_run_cancels_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(SystemExit(143))
    with pytest.raises(SystemExit):
        run_as(monkeypatch, job)
    assert job.cancelled


class Holding(beam.DoFn):
    """A step that holds something in its hands."""

    in_hands: ClassVar[weakref.WeakSet["Holding"]] = weakref.WeakSet()

    def process(self, element: int) -> Iterator[int]:
        self.in_hands.add(self)
        yield element


def test_what_steps_hold_is_let_go_when_a_run_ends() -> None:
    chosen = engine.choose(EngineSettings(), [])
    seen = []
    chosen.run(lambda root: seen.append(root | beam.Create([1], reshuffle=False) | beam.ParDo(Holding())))
    seen.clear()
    assert len(Holding.in_hands) == 0


@pytest.mark.parametrize(("gigabytes", "expected"), [(8, True), (64, False)])
def test_what_memory_cannot_hold_twice_is_packed(
    gigabytes: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": gigabytes * 10**9 // 4096}
    monkeypatch.setattr(engine.os, "sysconf", told.__getitem__)
    monkeypatch.setattr(engine, "_LIMITS", ())
    # Two million observations spill some seven gigabytes.
    assert engine.packed(2_000_000) is expected


@pytest.mark.parametrize(("limit", "expected"), [("8000000000", True), ("64000000000", False), ("max", False)])
def test_a_container_s_own_limit_counts(
    limit: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 64 * 10**9 // 4096}
    monkeypatch.setattr(engine.os, "sysconf", told.__getitem__)
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    monkeypatch.setattr(engine, "_LIMITS", (tmp_path / "memory.max", tmp_path / "of another version"))
    assert engine.packed(2_000_000) is expected


def test_looking_at_flags_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine.choose(EngineSettings(), ["--runner=PortableRunner", "--job_endpoint=localhost:1"])
    assert not list(tmp_path.iterdir())


def test_what_is_set_in_one_view_of_the_options_is_seen_in_all() -> None:
    """Views are made once; they still share what was said, also when that is changed later."""
    options = engine.choose(EngineSettings(), ["--job_name=night"]).options
    assert options.view_as(GoogleCloudOptions).job_name == "night"
    options.view_as(GoogleCloudOptions).job_name = "day"
    assert options.view_as(GoogleCloudOptions).job_name == options.get_all_options()["job_name"] == "day"
    assert pickle.loads(pickle.dumps(options)).view_as(GoogleCloudOptions).job_name == "day"

"""The report made by a process of its own, as a night outside of tests makes it."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from pipeline import reporter, reporting
from pipeline.__main__ import main
from pipeline.reporter import NOT_MADE, Asked, waiting
from pipeline.settings import NotifySettings
from tests.test_cli import published, write

DAY = date(2026, 3, 2)
ON_STARTING = 30.0
"""Seconds a process may take to be there, on a machine that does much else."""


@pytest.fixture
def nightly(tmp_path: Path) -> Path:
    """Settings of a published night without a report."""
    told = write(tmp_path)
    assert main(["run", "--no-report", str(told)]) == 0
    return told


def asked(nightly: Path, *, gate: bool = False) -> Asked:
    return Asked(output="output", folder=nightly.parent, day=DAY, notify=NotifySettings(), gate=gate)


def page(nightly: Path) -> Path:
    return nightly.parent / "output" / "versions" / "2026-03-02.1" / "reports" / "index.html"


def on_paper() -> tuple[Console, StringIO]:
    said = StringIO()
    return Console(file=said, width=40), said


@contextmanager
def own_process(nightly: Path) -> Iterator[tuple[psutil.Process, object]]:
    others = set(psutil.Process().children())
    with waiting(asked(nightly)) as report:
        (own,) = set(psutil.Process().children()) - others
        yield own, report
    assert not own.is_running()


def test_a_run_from_the_command_line_makes_its_report(tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("zhenke"), "run", write(tmp_path)]
    # Whatever the folder holds that it is started in.
    (tmp_path / "polars.py").write_text("raise ImportError\n", encoding="utf-8")
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert published(tmp_path) == "2026-03-02.1"
    made = page(tmp_path / "nightly.yaml")
    assert f"report     {made}\n" in run.stdout
    assert "2026-03-02" in made.read_text(encoding="utf-8")
    assert "Traceback" not in run.stderr


def test_what_the_process_says_is_said_here(nightly: Path) -> None:
    console, said = on_paper()
    with waiting(asked(nightly)) as report:
        assert report(console)
    assert said.getvalue().splitlines()[-1] == f"report     {page(nightly)}"
    assert page(nightly).exists()


def test_nobody_needs_to_call_for_a_report(nightly: Path) -> None:
    with own_process(nightly) as (own, _):
        assert own.is_running()
    assert not page(nightly).exists()


def test_the_process_goes_with_the_one_that_started_it(tmp_path: Path) -> None:
    nightly = write(tmp_path)
    command = [sys.executable, "-m", "pipeline", "run", str(nightly)]
    for how in (signal.SIGTERM, signal.SIGKILL):
        run = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + ON_STARTING
        while not (children := psutil.Process(run.pid).children()) and time.monotonic() < deadline:
            time.sleep(0.02)
        run.send_signal(how)
        run.wait(ON_STARTING)
        _, alive = psutil.wait_procs(children, ON_STARTING)
        assert len(children) == 1
        assert alive == []


def test_a_report_that_cannot_be_made_is_told_and_the_night_stands(
    nightly: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (nightly.parent / "output" / "versions" / "2026-03-02.1" / "run.json").write_text("{", encoding="utf-8")
    console, said = on_paper()
    with waiting(asked(nightly)) as report:
        assert not report(console)
    assert said.getvalue() == ""
    told = capfd.readouterr().err
    assert "the night is published, its report is not: " in told
    assert "run.json: cannot be read" in told
    assert "Traceback" not in told


def test_a_process_that_ends_is_told(nightly: Path, caplog: pytest.LogCaptureFixture) -> None:
    with own_process(nightly) as (own, report), caplog.at_level(logging.ERROR):
        own.kill()
        assert not report(on_paper()[0])
    assert caplog.messages == [NOT_MADE % "the process that makes it ended with -9"]


def test_a_process_that_breaks_off_while_it_loads_is_told(
    nightly: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reporter, "_CODE", "import no_such_library")
    with caplog.at_level(logging.ERROR), waiting(asked(nightly)) as report:
        assert not report(on_paper()[0])
    assert caplog.messages == [NOT_MADE % "the process that makes it ended with 1"]


def test_a_critical_expectation_is_not_well_with_the_gate(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("赔案号,驾驶员姓名,驾驶员手机号\nC1,王小明,\n", encoding="utf-8")
    nightly = write(tmp_path, feeds={"claims": {"path": "claims.csv"}})
    assert main(["run", "--no-report", str(nightly)]) == 0
    for gate in (False, True):
        with waiting(asked(nightly, gate=gate)) as report:
            assert report(on_paper()[0]) is not gate


def test_what_a_library_says_of_a_customer_is_not_told(
    nightly: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def quoting(*_: object) -> None:
        raise ValueError("conversion failed for 13905142687")

    monkeypatch.setattr(reporting, "report", quoting)
    with caplog.at_level(logging.ERROR):
        assert not reporting.made(asked(nightly), on_paper()[0])
    (told,) = caplog.messages
    assert told.startswith("the night is published, its report is not: ValueError at pipeline/reporting.py:")
    assert "13905142687" not in caplog.text

"""The command line as operations use it: exit codes, what is told, what is left behind."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from connectors.sinks import worklists
from pipeline.__main__ import main

HEADER = "保单号|投保人姓名|投保人证件类型|投保人证件号码|投保人手机号|投保人地址|签单日期\n"
ROW = "P{}|王小明|01|320102198801011236|13905142687|南京市玄武区北京东路41号|2026-03-01\n"


def write(folder: Path, *, rows: int = 3, feeds: dict[str, object] | None = None) -> Path:
    """A folder with an underwriting feed of ``rows`` policies and its settings."""
    (folder / "underwriting.txt").write_text(
        HEADER + "".join(ROW.format(number) for number in range(rows)), encoding="utf-8"
    )
    told = {
        "output": "output",
        "business_date": "2026-03-02",
        "feeds": {"underwriting": {"path": "underwriting.txt"}} | (feeds or {}),
    }
    nightly = folder / "nightly.yaml"
    nightly.write_text(yaml.safe_dump(told), encoding="utf-8")
    return nightly


def published(folder: Path) -> str:
    return (folder / "output" / "latest").resolve().name


def test_a_night_is_published_and_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(write(tmp_path))]) == 0
    said = capfd.readouterr().out
    page = tmp_path / "output" / "versions" / "2026-03-02.1" / "reports" / "index.html"
    assert f"report     {page}" in said
    assert "2026-03-02" in page.read_text(encoding="utf-8")
    assert "rate       final [e8ea52e2ca6da351]: 100.00% of 3 parties, 3 unverified; target 93% met" in said
    assert str(tmp_path / "output" / "versions" / "2026-03-02.1") in said.replace("\n", "")


@pytest.mark.parametrize(
    "harm", ["output: [", "feeds: {}", "output: o\nfeeds: {underwriting: {path: a}}\nrules: {limits: {nonsense: 1}}"]
)
def test_wrong_settings_are_2_and_nothing_is_read(tmp_path: Path, harm: str) -> None:
    (tmp_path / "nightly.yaml").write_text(harm, encoding="utf-8")
    assert main(["run", str(tmp_path / "nightly.yaml")]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nightly.yaml"]


@pytest.mark.parametrize(
    "arguments", [["run"], ["nonsense"], ["run", "x", "--date", "soon"], ["run", "x", "--", "--nosuch=1"]]
)
def test_a_wrong_command_line_is_2(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_an_obligatory_feed_refused_is_3_and_the_last_night_stays(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nightly = write(tmp_path)
    assert main(["run", "--no-report", str(nightly)]) == 0
    (tmp_path / "underwriting.txt").unlink()
    assert main(["run", "--no-report", str(nightly), "--date", "2026-03-03"]) == 3
    assert published(tmp_path) == "2026-03-02.1"
    assert "feed underwriting" in capfd.readouterr().err


def test_an_optional_feed_refused_is_0_and_with_the_gate_1(tmp_path: Path) -> None:
    nightly = write(tmp_path, feeds={"claims": {"path": "claims.csv"}})
    assert main(["run", "--no-report", str(nightly)]) == 0
    assert main(["run", "--no-report", str(nightly), "--gate"]) == 1
    assert published(tmp_path) == "2026-03-02.2"


def test_a_missed_target_is_1_with_the_gate(tmp_path: Path) -> None:
    nightly = write(tmp_path)
    text = (tmp_path / "underwriting.txt").read_text(encoding="utf-8").replace("王小明", "测试客户", 1)
    (tmp_path / "underwriting.txt").write_text(text, encoding="utf-8")
    assert (main(["run", "--no-report", str(nightly)]), main(["run", "--no-report", str(nightly), "--gate"])) == (0, 1)


def test_a_feed_of_rubbish_is_refused_and_the_night_made_without_it(tmp_path: Path) -> None:
    nightly = write(tmp_path, feeds={"leads": {"path": "leads.csv"}})
    (tmp_path / "leads.csv").write_text(
        "流水号,手机号,是否同意\nL1,13905142687,否\nL2,13905142688,否\n", encoding="utf-8"
    )
    assert main(["run", "--no-report", str(nightly), "--gate"]) == 1
    run = yaml.safe_load((tmp_path / "output" / "latest" / "run.json").read_text(encoding="utf-8"))
    assert run["feeds"]["leads"]["refused"]
    assert ["leads", "rows_excluded", "feed_refused", 2] in run["ledger"]


def test_a_failed_report_is_1_and_the_night_stays_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("expectations.run.measures", lambda *_: 1 / 0)
    assert main(["run", str(write(tmp_path))]) == 1
    assert published(tmp_path) == "2026-03-02.1"
    assert "report     FAILED: expectations: ZeroDivisionError" in capfd.readouterr().out
    page = tmp_path / "output" / "latest" / "reports" / "index.html"
    assert 'role="alert"' in page.read_text(encoding="utf-8")
    monkeypatch.undo()
    assert main(["report", str(tmp_path / "nightly.yaml")]) == 0
    assert "ZeroDivisionError" not in page.read_text(encoding="utf-8")


def test_work_lists_that_cannot_be_written_are_1_and_the_night_stays_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(worklists, "write_worklists", full)
    assert main(["run", "--no-report", str(write(tmp_path))]) == 1
    assert published(tmp_path) == "2026-03-02.1"
    assert "the night is published, its work lists are not: No space left on device" in capfd.readouterr().err


def test_a_critical_expectation_is_1_with_the_gate(tmp_path: Path) -> None:
    nightly = write(tmp_path, feeds={"claims": {"path": "claims.csv"}})
    (tmp_path / "claims.csv").write_text("赔案号,驾驶员姓名,驾驶员手机号\nC1,王小明,\n", encoding="utf-8")
    assert (main(["run", str(nightly)]), main(["run", str(nightly), "--gate"])) == (0, 1)


@pytest.mark.parametrize("place", ["nightly.yaml", "output", "output/latest"])
def test_the_report_of_a_night_is_made_again(tmp_path: Path, place: str) -> None:
    assert main(["run", "--no-report", str(write(tmp_path))]) == 0
    assert not (tmp_path / "output" / "latest" / "reports").exists()
    assert main(["report", str(tmp_path / place), "--date", "2026-03-02"]) == 0
    assert (tmp_path / "output" / "latest" / "reports" / "index.html").exists()


def test_a_report_of_no_night_is_2(tmp_path: Path) -> None:
    assert main(["report", str(write(tmp_path))]) == 2


def test_resume_does_nothing_twice(tmp_path: Path) -> None:
    nightly = write(tmp_path)
    assert (
        main(["run", "--no-report", str(nightly), "--resume"]),
        main(["run", "--no-report", str(nightly), "--resume"]),
    ) == (0, 0)
    assert published(tmp_path) == "2026-03-02.1"


def test_check_foretells_the_rejects_of_the_first_rows(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "leads.csv").write_text(
        "采集时间,地点,巡查小组,手机号,是否同意,用途\n"
        "2026-03-01 18:00,胜太路,巡一,13905142687,是,报价\n2026-03-01 18:10,胜太路,巡一,13770001234,否,报价\n",
        encoding="utf-8",
    )
    assert main(["check", str(write(tmp_path, feeds={"leads": {"path": "leads.csv"}}))]) == 0
    said = capfd.readouterr().out
    assert "rejects 1 of the first 2 rows: no_consent, field consent, first in row 2; a lead is kept only" in said
    assert "13770001234" not in said


def test_a_feed_refused_for_its_rows_says_what_was_wrong_with_them(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "leads.csv").write_text("手机号,是否同意\n13905142687,否\n13770001234,否\n", encoding="utf-8")
    assert main(["run", str(write(tmp_path, feeds={"leads": {"path": "leads.csv"}}))]) == 0
    told = capfd.readouterr()
    assert "most of its 2 rows could not be used: no_consent 2" in told.out + told.err


def test_check_says_what_it_understood_and_touches_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    nightly = write(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["check", str(nightly)]) == 0
    said = capfd.readouterr().out
    assert "投保人手机号 -> policyholder.mobile" in said
    assert "3 rows" in said
    assert sorted(tmp_path.rglob("*")) == before


def test_help_is_0(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "run" in capfd.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_the_last_night_and_the_next_cleans_up(tmp_path: Path, how: signal.Signals) -> None:
    nightly = write(tmp_path, rows=60_000)
    assert main(["run", "--no-report", str(nightly)]) == 0
    write(tmp_path, rows=60_001)
    command = [sys.executable, "-m", "pipeline", "run", "--no-report", str(nightly), "--date", "2026-03-03"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    staging = tmp_path / "output" / ".staging"
    deadline = time.monotonic() + 60
    while not any(staging.glob("*/spill/*")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None
    process.send_signal(how)
    process.wait(30)
    assert published(tmp_path) == "2026-03-02.1"
    assert staging.exists() == (how is signal.SIGKILL)
    assert main(["run", "--no-report", str(nightly), "--date", "2026-03-03"]) == 0
    assert published(tmp_path) == "2026-03-03.1"
    assert not staging.exists()


@pytest.mark.slow
def test_two_runs_at_once_the_second_refuses(tmp_path: Path) -> None:
    nightly = write(tmp_path, rows=60_000)
    first = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", "--no-report", str(nightly)], stderr=subprocess.DEVNULL
    )
    while not (tmp_path / "output" / ".staging").exists():
        time.sleep(0.02)
    second = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--no-report", str(nightly)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 4
    assert "another run is writing here" in second.stderr
    assert first.wait(120) == 0
    assert os.listdir(tmp_path / "output" / "versions") == ["2026-03-02.1"]

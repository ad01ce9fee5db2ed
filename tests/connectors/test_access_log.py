"""Looks at values in full are written down before anything is shown."""

import json
import stat
from pathlib import Path

import pytest

from connectors import access_log
from pipeline.errors import RunError


def test_looks_are_kept_one_a_line_for_the_owner_alone(tmp_path: Path) -> None:
    for customer in ("A", "B"):
        path = access_log.note(tmp_path, "explain --unmask", "2026-03-02", [customer])
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["ids"] for line in told] == [["A"], ["B"]]
    assert set(told[0]) == {"at", "who", "what", "night", "ids"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_log_nothing_goes_on(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        access_log.note(tmp_path / "nowhere", "explain --unmask", "2026-03-02", ["A"])

"""What polars' allocator is told, whoever starts the night."""

import os
import subprocess
import sys

import pytest

CONF = "_RJEM_MALLOC_CONF"
WANTED = {"narenas": str(os.cpu_count()), "dirty_decay_ms": "10000", "muzzy_decay_ms": "0", "oversize_threshold": "0"}


def left_by(imported: str, before: str | None) -> str:
    env = {name: value for name, value in os.environ.items() if name != CONF} | ({CONF: before} if before else {})
    code = f"import {imported}, os; print(os.environ['{CONF}'])"
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


def holds(conf: str) -> dict[str, str]:
    """Of what is said twice the last holds."""
    return dict(one.split(":", 1) for one in conf.split(","))


@pytest.mark.parametrize("others", [(), ("polars",), ("pipeline, polars",), ("polars", "pipeline, polars")])
def test_what_processes_that_use_polars_leave_changes_nothing(others: tuple[str, ...]) -> None:
    left = None
    for other in others:
        left = left_by(other, left)
    assert holds(left_by("pipeline, polars", left)) == WANTED


def test_what_the_operator_wishes_holds() -> None:
    told = left_by("pipeline, polars", "dirty_decay_ms:0,prof:false")
    assert holds(told) == {**WANTED, "dirty_decay_ms": "0", "prof": "false"}
    assert holds(left_by("pipeline, polars", told))["dirty_decay_ms"] == "0"

"""What verdicts, lists and assessment add to the time of a night: it is run with them and without them, in turn.

    python -m benchmarks.verdict_added SETTINGS [--rounds 3]

Without them a night is what it was before there were any: feeds are read and checked, customers found, records published,
and the rate is told as rules alone have it (the caliber ``system``). No evidence is read out of the feeds, no estimate,
audit, scorecard or list is made, and no work list is written.
"""

import argparse
import gc
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from connectors.sinks import worklists
from pipeline import nightly, verdict_settings
from pipeline.__main__ import main as zhenke
from pipeline.assessing import Assessed
from pipeline.core import night
from pipeline.core.authenticity import judging
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.evidence_tables import PIECES, empty
from pipeline.core.schema import REJECTS

RULES_ALONE = "system"
"""The caliber that asks rules and no evidence."""


_AS_A_NIGHT = "import pipeline; from benchmarks.verdict_added import main; main()"
"""What pipeline sets for memory is read by libraries when they are first imported, as in a night."""


def added(settings: Path, rounds: int = 3) -> dict[str, Any]:
    """Medians of seconds and CPU-seconds with and without, and the share that verdicts add to each.

    The nights are forgotten when all are done: a file system may look long for the place of a new file where many were
    removed lately (ext4 leaves those places alone), and nights with lists make many files.
    """
    spent: dict[str, list[dict[str, float]]] = {"without": [], "with": []}
    with tempfile.TemporaryDirectory(dir=settings.parent) as nights:
        for _ in range(rounds):
            for name, runs in spent.items():
                output = tempfile.mkdtemp(dir=nights)
                command = [sys.executable, "-c", _AS_A_NIGHT, str(settings), "--once", name, output]
                runs.append(_spent(command))
    told: dict[str, Any] = {"rounds": rounds}
    for unit in ("seconds", "CPU-seconds"):
        both = {name: statistics.median(run[unit] for run in runs) for name, runs in spent.items()}
        share = both["with"] / both["without"] - 1
        told[unit] = {**{name: round(value, 1) for name, value in both.items()}, "added": round(share, 3)}
    return told


def _spent(command: Sequence[str]) -> dict[str, float]:
    """Seconds and CPU-seconds of the command. Nobody looks at its memory meanwhile, which would take a processor's time.

    Raises :class:`SystemExit` when it fails.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr)
    return {"seconds": seconds, "CPU-seconds": sum(after[:2]) - sum(before[:2])}


def run_once(settings: Path, name: str, output: Path) -> None:
    """Run the night into the folder ``output``. Raises :class:`SystemExit` when it fails."""
    told = yaml.safe_load(settings.read_text(encoding="utf-8"))
    if name == "without":
        told["lists"] = {**told.get("lists", {}), "caliber": RULES_ALONE}
    with ExitStack() as stack:
        own = settings.with_name(f"{output.name}.yaml")
        own.write_text(yaml.safe_dump(told | {"output": str(output)}, allow_unicode=True), encoding="utf-8")
        stack.callback(own.unlink)
        if name == "without":
            stack.enter_context(no_verdicts())
        gc.freeze()
        code = zhenke(["run", str(own)])
    if code != 0:
        raise SystemExit(f"the night {name} verdicts ended with exit code {code}")


@contextmanager
def no_verdicts() -> Iterator[None]:
    """Nights without evidence, assessment and lists while the block runs."""
    calls, rejects = judging.CALLS.to_frame(eager=True), REJECTS.schema.to_frame(eager=True)
    nothing = night._Evidence(calls, empty(PIECES), rejects)  # noqa: SLF001  in the place of what it makes
    unassessed = Assessed(ESTIMATES.schema.to_frame(eager=True), {})
    changed = night.changed_numbers
    with (
        patch.object(night, "_evidence", return_value=nothing),
        patch.object(night, "changed_numbers", lambda rows: changed(rows.clear())),
        patch.object(judging, "_of_policies", return_value=[]),
        patch.object(verdict_settings, "CALIBERS", {RULES_ALONE: CALIBERS[RULES_ALONE]}),
        patch.object(nightly, "assess", return_value=unassessed),
        patch.object(worklists, "write_worklists", return_value=[]),
    ):
        yield


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("settings", type=Path)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--once", nargs=2, metavar=("WHICH", "OUTPUT"), help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.once:
        name, output = told.once
        run_once(told.settings, name, Path(output))
        return
    for name, value in added(told.settings, told.rounds).items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()

"""How a night grows with its size on one machine, and what a night of any size needs on a cluster.

    python -m benchmarks.scale --size 100000 --size 1000000 --size 3000000 --json scale.json --page docs/performance.md

For each size (observations, roughly) a synthetic city is made and its whole night run in a process of its own, reports
included: seconds, CPU seconds, the largest memory of all processes, where the time went, what each shuffle carried. The
largest night is what the cost model is made from, and the floor under it is measured. In the same run the peers are measured on the smallest city's feeds: the
usual element-wise Beam style and, where ``--peers`` names a Python that has it, Splink.
"""

import argparse
import json
import math
import os
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import floor, matching, night, sizing
from benchmarks.performance_page import page

OUTPUT = "output"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, action="append", help="observations; may be given several times")
    parser.add_argument("--workers", type=int, default=1, help="worker processes")
    parser.add_argument("--peers", default="", help="Python that has Splink; without one it is left out")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument(
        "--earlier", type=Path, help="figures of an earlier run: its nights of other sizes are told too"
    )
    parser.add_argument("--page", type=Path, help="write them here as a page")
    parser.add_argument("--folder", type=Path, help="keep the cities here and use them again")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = told.folder or Path(spare)
        sizes = sorted(told.size or [100_000])
        nights = [measured(size, folder, told.workers) for size in sizes]
        if told.earlier:
            before = json.loads(told.earlier.read_text(encoding="utf-8"))["nights"]
            nights = sorted(
                [*nights, *(one for one in before if one["asked"] not in sizes)], key=lambda one: one["asked"]
            )
        figures = {
            "cores": os.cpu_count(),
            "workers": told.workers,
            "nights": nights,
            "growth": growth(nights),
            "floor": floor_under(of_a_million(nights), folder),
            "peers": peers(sizes[0], folder, told.peers),
            "model": sizing.model(nights[-1], skew(folder / f"city{nights[-1]['asked']}")),
        }
    show(figures)
    if told.json:
        told.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if told.page:
        told.page.write_text(page(figures), encoding="utf-8")


def measured(size: int, folder: Path, workers: int) -> dict[str, Any]:
    """The night of one size, its steps and shuffles."""
    city = folder / f"city{size}"
    if not (city / "nightly.yaml").exists():
        night.make_city(city, size)
    shutil.rmtree(city / OUTPUT, ignore_errors=True)
    cost = night.watched(night.run_command(city, workers))
    told = json.loads((city / OUTPUT / "latest" / "timings.json").read_text(encoding="utf-8"))
    steps: dict[str, float] = defaultdict(float)
    for step, seconds in told["steps"].items():
        steps[step.split("/", 1)[0]] += seconds
    for name in (name for name in told if name.endswith("_s") and name != "run_s"):
        steps[name.removesuffix("_s")] = told[name]
    return {
        "asked": size,
        "observations": night.observed(city),
        **cost,
        "steps": dict(sorted(steps.items(), key=lambda one: -one[1])),
        "shuffles": told["shuffles"],
    }


def of_a_million(nights: list[dict[str, Any]]) -> dict[str, Any]:
    """The first night of a million observations or more, else the first."""
    return next((one for one in nights if one["observations"] >= 900_000), nights[0])


def floor_under(one: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The floor under a night, beside it."""
    return {
        "observations": one["observations"],
        "night": one["cpu"],
        "parts": floor.floor(folder / f"city{one['asked']}"),
    }


def growth(nights: list[dict[str, Any]]) -> float | None:
    """The exponent k of seconds ~ n^k between the first night of a million or more, else the first, and the last."""
    first, last = of_a_million(nights), nights[-1]
    if first is last:
        return None
    return math.log(last["seconds"] / first["seconds"]) / math.log(last["observations"] / first["observations"])


def peers(size: int, folder: Path, python: str) -> dict[str, Any]:
    """The element-wise style on the same feeds; Splink on the same records."""
    city = folder / f"city{size}"
    found: dict[str, Any] = {"elements": night.own("elements", city), "core": night.own("core", city)}
    if python:
        found["splink"] = matching.splink_of(city, folder, python)
    return found


def skew(city: Path) -> dict[str, list[int]]:
    """Rows per value of what shuffles go by, most first: what hot keys look like."""
    files = sorted((city / OUTPUT / "latest" / "observations").glob("*.parquet"))
    rows = pl.scan_parquet(files)
    keys = {"phone": "mobile", "document": "cert_no", "vehicle": "vin", "policy": "policy_no", "customer": "customer_id",
            "name": "name", "household": "address", "salesperson": "salesperson_code"}  # fmt: skip
    return {
        key: rows.select(pl.col(column).drop_nulls().value_counts(sort=True).struct.field("count"))
        .collect()
        .to_series()
        .to_list()
        for key, column in keys.items()
    }


def show(figures: dict[str, Any]) -> None:
    """Print the nights and the model."""
    print(f"{'observations':>14}{'s':>8}{'CPU s':>8}{'CPU s/1M':>10}{'GB':>7}{'shuffled B/obs':>16}")
    for one in figures["nights"]:
        count = one["observations"]
        carried = sum(kind["bytes"] for kind in one["shuffles"].values())
        print(
            f"{count:>14,}{one['seconds']:>8.1f}{one['cpu']:>8.1f}{one['cpu'] / count * 1e6:>10.1f}{one['peak_gb']:>7.2f}{carried / count:>16,.0f}"
        )
    parts = figures["floor"]["parts"]
    print(f"floor under {figures['floor']['observations']:,}: {sum(parts.values()):.1f} CPU s {parts}")
    if figures["growth"] is not None:
        print(f"seconds grow as n^{figures['growth']:.2f}")
    for row in figures["model"]["needs"]:
        print(json.dumps(row))


if __name__ == "__main__":
    main()

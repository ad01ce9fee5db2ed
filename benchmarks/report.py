"""How long the report of a night takes, with 98 rules, 56 units and 90 nights of history, and how much it weighs.

    python -m benchmarks.report --json FILE [--people 28000] [--nights 90]

A city's night is made and published; the nights before it are the same tables under earlier dates (hard links), each with
measures and rates of its own. Times are CPU-seconds; importing great-expectations is told apart.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from connectors.archive import LocalArchive, LocalNight
from connectors.synthetic import make_city
from expectations.reporting import report
from expectations.run import MEASURES_FILE, validate
from pipeline.__main__ import main as zhenke

LEAST_SPREAD = 0.004
WANTED = {"seconds": 5.0, "megabytes": 3.0}


def with_history(output: Path, nights: int) -> LocalNight:
    """The latest night of ``output``, with ``nights`` - 1 made-up ones before it."""
    archive = LocalArchive(output)
    night = archive.night()
    if night is None:
        raise SystemExit(f"no night in {output}")
    draw = np.random.default_rng(1)
    told = pl.read_parquet(validate(archive, night, night.folder).folder / MEASURES_FILE)
    results = night.folder / "expectations" / "results.parquet"
    for ago in range(nights - 1, 0, -1):
        day = night.day - timedelta(days=ago)
        folder = output / "versions" / f"{day}.1"
        if folder.exists():
            continue
        folder.mkdir()
        for table in night.run["tables"]:
            shutil.copytree(night.folder / table, folder / table, copy_function=os.link)
        run = json.loads((night.folder / "run.json").read_text(encoding="utf-8"))
        shift = -0.03 * ago / nights + float(draw.normal(0, 0.003))
        run["rates"] = [[*row[:-1], row[-1] and min(1.0, row[-1] + shift)] for row in run["rates"]]
        if ago % 30 == 7:
            run["feeds"]["claims"]["refused"] = True
        if ago > 40:
            run["settings_digest"] = "0" * 64
        (folder / "run.json").write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
        (folder / "expectations").mkdir()
        noise = pl.Series(draw.normal(0, LEAST_SPREAD, told.height))
        rates = (pl.col("observed") + noise).clip(0, 1)
        moved = told.with_columns(
            observed=pl.when(pl.col("key").str.starts_with("rule.")).then(rates).otherwise("observed")
        )
        moved.write_parquet(folder / "expectations" / MEASURES_FILE)
        shutil.copyfile(results, folder / "expectations" / "results.parquet")
        (output / "runs" / day.isoformat()).symlink_to(f"../versions/{folder.name}")
    return night


def imported() -> float:
    """CPU-seconds of importing the library."""
    started = time.process_time()
    import great_expectations  # noqa: F401

    import expectations.context
    import expectations.custom  # noqa: F401

    return round(time.process_time() - started, 2)


def measured(output: Path, night: LocalNight) -> dict[str, float]:
    """CPU-seconds of the report, its weight in megabytes."""
    started = time.process_time()
    made = report(LocalArchive(output), night)
    done = time.process_time()
    if made.failures:
        raise SystemExit("; ".join(made.failures))
    size = sum(path.stat().st_size for path in made.page.parent.rglob("*") if path.is_file())
    return {
        "seconds": round(done - started, 2),
        "megabytes": round(size / 1e6, 2),
        "page_megabytes": round(made.page.stat().st_size / 1e6, 2),
        "units": night.scan("parties").select(pl.col("unit").n_unique()).collect().item(),
        "rules": len(night.run["rules"]),
        "nights": len(LocalArchive(output).nights(night.day - timedelta(days=400), night.day)),
    }


def main() -> int:
    """0 when it is as quick and light as wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--people", type=int, default=28_000)
    parser.add_argument("--nights", type=int, default=90)
    parser.add_argument("--keep", type=Path, help="folder to work in and leave behind")
    told = parser.parse_args()
    folder = told.keep or Path(tempfile.mkdtemp())
    try:
        nightly = folder / "city" / "nightly.yaml"
        if not nightly.exists():
            make_city(folder / "city", told.people, 1, 0)
            if zhenke(["run", "--no-report", str(nightly)]):
                return 1
        output = folder / "city" / "output"
        found = {"import_s": imported(), **measured(output, with_history(output, told.nights))}
    finally:
        if told.keep is None:
            shutil.rmtree(folder)
    told.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found))
    return int(any(found[name] > limit for name, limit in WANTED.items()))


if __name__ == "__main__":
    raise SystemExit(main())

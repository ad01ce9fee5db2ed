"""docs/performance.md, written by the benchmark that measured it."""

from typing import Any

SHOWN_STEPS, SHOWN_KINDS = 14, 12


def page(figures: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        "# Performance",
        f"Written by `python -m benchmarks.scale`; {figures['cores']} virtual cores, {figures['workers']} worker process, the in-process runner, spilled shuffles, reports included.",
        *_nights(figures),
        *_steps(figures["nights"][-1]),
        *_floor(figures),
        *_shuffles(figures["nights"][-1]),
        *_peers(figures),
        *_model(figures["model"]),
    ]
    return "\n\n".join(parts) + "\n"


def table(headings: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, numbers to the right."""
    rule = ["---", *["---:"] * (len(headings) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (headings, rule, *rows))


def _nights(figures: dict[str, Any]) -> list[str]:
    rows = [
        [f"{one['observations']:,}", f"{one['seconds']:.0f}", f"{one['observations'] / one['seconds']:,.0f}", f"{one['cpu'] / one['observations'] * 1e6:.1f}", f"{one['peak_gb']:.2f}"]
        for one in figures["nights"]
    ]  # fmt: skip
    names = ", ".join(f'"{one["observations"] / 1e6:.1f}M"' for one in figures["nights"])
    seconds = ", ".join(f"{one['seconds']:.0f}" for one in figures["nights"])
    chart = f'```mermaid\nxychart-beta\n  title "Seconds of a night"\n  x-axis [{names}]\n  y-axis "s"\n  bar [{seconds}]\n```'
    grown = f"Seconds grow as n^{figures['growth']:.2f}." if figures["growth"] is not None else ""
    heads = ["observations", "seconds", "observations/s", "CPU-seconds per million", "peak memory, GB"]
    return ["## The whole night", table(heads, rows), grown, chart]


def _steps(night: dict[str, Any]) -> list[str]:
    whole = sum(night["steps"].values())
    rows = [
        [step, f"{spent:.1f}", f"{spent / whole:.0%}"] for step, spent in list(night["steps"].items())[:SHOWN_STEPS]
    ]
    title = f"## Where the time goes, {night['observations']:,} observations"
    return [title, "Sampled by the runner, five times a second.", table(["step", "seconds", "share"], rows)]


def _floor(figures: dict[str, Any]) -> list[str]:
    count, parts, night = (figures["floor"][name] for name in ("observations", "parts", "night"))
    told = {"start": "start: imports, inspection, the runner's graph, reports of a night of almost nobody",
            "read": "read the feeds' rows, not cleaned",
            "shuffle": "pack and unpack as many bytes as the shuffles carry",
            "write": "write the published tables"}  # fmt: skip
    rows = [[told[name], f"{spent:.1f}", f"{spent / count * 1e6:.1f}"] for name, spent in parts.items()]
    least = sum(parts.values())
    rows.append(["all of it: the floor", f"{least:.1f}", f"{least / count * 1e6:.1f}"])
    rows.append(["this night", f"{night:.1f}", f"{night / count * 1e6:.1f}"])
    return [
        f"## The floor, {count:,} observations",
        (
            "What the same bytes cost when nothing is done with them: started, read, shuffled and written by the same code, each "
            "part in a process of its own. What a night costs above it is cleaning, rules, matching, verdicts and golden records."
        ),
        table(["what", "CPU-seconds", "per million"], rows),
    ]


def _shuffles(night: dict[str, Any]) -> list[str]:
    kinds = sorted(night["shuffles"].items(), key=lambda one: -one[1]["bytes"])
    count = night["observations"]
    rows = [[kind, f"{told['rows']:,}", f"{told['bytes'] / 1e6:,.0f}", f"{told['bytes'] / count:.0f}"] for kind, told in kinds[:SHOWN_KINDS]]  # fmt: skip
    carried = sum(told["bytes"] for _, told in kinds)
    rows.append(["all", "", f"{carried / 1e6:,.0f}", f"{carried / count:.0f}"])
    return [
        "## What the shuffles carry",
        table(["kind of batch", "rows", "MB in memory", "bytes per observation"], rows),
    ]


def _peers(figures: dict[str, Any]) -> list[str]:
    per = {name: one["cpu"] / one["observations"] * 1e6 for name, one in figures["peers"].items() if name != "splink"}
    first = figures["nights"][0]
    rows = [
        ["this night, everything", f"{first['cpu'] / first['observations'] * 1e6:.1f}"],
        ["reading, standardising and rules by the same functions without Beam", f"{per['core']:.1f}"],
        ["value rules in the usual element-wise Beam style", f"{per['elements']:.1f}"],
    ]
    if "splink" in figures["peers"]:
        rows.append(["matching alone by Splink 5 (DuckDB)", f"{figures['peers']['splink']['cpu'] / first['observations'] * 1e6:.1f}"])  # fmt: skip
    return [f"## Peers in the same run, {first['observations']:,} observations", table(["what", "CPU-seconds per million"], rows)]  # fmt: skip


def _model(model: dict[str, Any]) -> list[str]:
    needs = [
        [f"{one['observations']:,}", f"{one['cpu_hours']:,}", f"{one['shuffled_gb']:,}", f"{one['partitions']:,}", f"{one['workers']:,}", f"{one['parallelism']:,}", f"{one['slot_gb']}", f"{one['worker_gb']}"]
        for one in model["needs"]
    ]  # fmt: skip
    uneven = [
        [one["key"], f"{one['observations']:,}", f"{one['partitions']:,}", f"{one['hottest_rows']:,}", f"{one['largest_over_mean']:.2f}"]
        for one in model["partitions"]
    ]  # fmt: skip
    assumed = "; ".join(f"{name} {value:g}" for name, value in model["assumptions"].items())
    said = (
        f"From the night of {model['from']:,} observations. Assumed: {assumed} (`benchmarks/sizing.py` says what each means). "
        "The number of partitions is chosen by itself from the rows to be read and changes no result; parallelism and "
        "memory are the runner's flags."
    )
    return [
        "## What a night needs on a cluster",
        said,
        table(["observations", "CPU hours", "shuffled, packed GB", "partitions", "workers", "parallelism", "GB per slot", "GB per worker"], needs),
        "## How uneven the partitions are",
        "Simulated from the measured rows per value. By name the commonest ones would fill a partition: no shuffle goes by name alone, keys of too many rows are refined.",
        table(["by", "observations", "partitions", "rows of the hottest value", "largest partition over mean"], uneven),
    ]  # fmt: skip

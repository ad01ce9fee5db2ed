"""How often the interval of the estimated true rate holds the true rate: cities simulated from the verdicts on.

    python -m benchmarks.coverage --json FILE [--cities 500] [--seed 1]

A city: parties in ten design strata (five units, agent or other channel; drawn with unequal probabilities) and four
post-strata (what rules and evidence say), each with its own share of authentic parties. Parties, their truth, the draw,
the answers and the callers come by chance, city by city; the draw is without replacement. Prints a table, writes JSON.
Scenarios:

* honest: who is reached depends on the post-stratum only; the interval must hold the truth as often as it says
* silent: the refuted are reached half as often; the worst-case bounds must hold the truth
* cheat: one caller of five confirms whatever he dials; without him the interval must hold the truth
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.authenticity import drawn_calls
from pipeline.core.authenticity.estimate import Question, estimates

Counts = npt.NDArray[np.int64]

STRATA = 10
POST_STRATA = ("1 refuted by rule", "2 suspect", "3 nothing found", "4 proven")
SHARES = np.array([0.05, 0.10, 0.60, 0.25])
FALSE = np.array([12.0, 4.0, 0.9, 0.15])
"""How often a party is false, against the mean of the city."""
REACHED = np.array([0.35, 0.55, 0.65, 0.8])
UNITS = np.repeat([0.6, 0.8, 1.0, 1.2, 1.4], 2) * np.tile([1.2, 0.8], 5)
"""How often a party of the design stratum is false, against its post-stratum."""
INTENSITY = np.repeat([1.0, 1.0, 1.5, 2.0, 3.0], 2) * np.tile([2.0, 1.0], 5)
"""How hard a design stratum is drawn from, against the mean."""
CALLERS = 5
COVERAGE = 0.95


@dataclass(frozen=True)
class Plan:
    """One line of the table."""

    scenario: str
    population: int
    sample: int
    rate: float


SIZES = ((2_000, 300), (2_000, 1_000), (20_000, 600), (200_000, 2_500))
RATES = (0.90, 0.93, 0.97)
PLANS = [
    Plan(scenario, *size, rate)
    for scenario, sizes in (("honest", SIZES), ("silent", SIZES[2:]), ("cheat", SIZES[2:]))
    for size in sizes
    for rate in RATES
]


def falsehood(rate: float) -> npt.NDArray[np.float64]:
    """Chance of being false by stratum and post-stratum, at most 0.97, scaled so that ``1 - rate`` are."""
    shape = UNITS[:, None] * FALSE
    low, high = 0.0, 1.0
    for _ in range(60):
        scale = (low + high) / 2
        short = (np.minimum(scale * shape, 0.97).mean(axis=0) * SHARES).sum() < 1 - rate
        low, high = (scale, high) if short else (low, scale)
    return np.minimum(low * shape, 0.97)


def cities(rng: np.random.Generator, plan: Plan, size: int) -> Counts:
    """Parties by city, stratum, post-stratum and truth (0 false, 1 authentic)."""
    parties = rng.multinomial(plan.population // STRATA, SHARES, size=(size, STRATA)).astype(np.int64)
    false = rng.binomial(parties, falsehood(plan.rate)).astype(np.int64)
    return np.stack([false, parties - false], axis=-1)


def draw(rng: np.random.Generator, parties: Counts, sample: int) -> Counts:
    """Drawn of ``parties``, without replacement within each stratum, kind of party by kind of party."""
    size, kinds = parties.shape[0], parties.reshape(parties.shape[0], STRATA, -1)
    wanted = np.broadcast_to(takes(kinds[0].sum(axis=1), sample), (size, STRATA)).copy()
    rest = kinds.sum(axis=2)
    drawn = np.zeros_like(kinds)
    for kind in range(kinds.shape[2]):
        here = kinds[:, :, kind]
        rest -= here
        drawn[:, :, kind] = rng.hypergeometric(here, rest, wanted)
        wanted -= drawn[:, :, kind]
    return drawn.reshape(parties.shape)


def takes(parties: Counts, sample: int) -> Counts:
    """How many are drawn of each stratum."""
    wanted = sample * INTENSITY / INTENSITY.sum()
    return np.minimum(np.round(wanted), parties).astype(np.int64)


def call(rng: np.random.Generator, drawn: Counts, scenario: str) -> Counts:
    """Calls by city, stratum, post-stratum, flagged caller (0, 1) and outcome (confirmed, refuted, not reached)."""
    chance = np.repeat(REACHED[:, None], 2, axis=1)
    if scenario == "silent":
        chance[:, 0] /= 2
    cheats = rng.binomial(drawn, 1 / CALLERS if scenario == "cheat" else 0).astype(np.int64)
    honest = drawn - cheats
    reached = rng.binomial(honest, chance).astype(np.int64)
    outcomes = np.zeros((*drawn.shape[:3], 2, 3), np.int64)
    outcomes[..., 0, 0], outcomes[..., 0, 1] = reached[..., 1], reached[..., 0]
    outcomes[..., 0, 2] = (honest - reached).sum(axis=-1)
    outcomes[..., 1, 0] = cheats.sum(axis=-1)
    return outcomes


def as_calls(outcomes: Counts, probability: npt.NDArray[np.float64]) -> pl.DataFrame:
    """Counted calls, every city a value of its own."""
    city, stratum, post, flagged, outcome = np.nonzero(outcomes)
    return pl.DataFrame(
        {
            "value": city,
            "stratum": stratum,
            "inclusion_probability": probability[stratum],
            "post_stratum": pl.Series(POST_STRATA).gather(post),
            "outcome": pl.Series(drawn_calls.OUTCOMES).gather(outcome),
            "flagged": flagged == 1,
            "calls": outcomes[city, stratum, post, flagged, outcome],
        }
    ).select(
        pl.lit("all").alias("period"), pl.lit("city").alias("dimension"), pl.lit("draw").alias("list_id"), pl.all()
    ).select(drawn_calls.CALL_COUNTS.names()).cast(drawn_calls.CALL_COUNTS)  # fmt: skip


def as_counts(parties: Counts) -> pl.DataFrame:
    """Population by city and post-stratum; the rules call all authentic but those they refute."""
    told = parties.sum(axis=(1, 3))
    city, post = np.indices(told.shape)
    return pl.DataFrame(
        {
            "period": "all",
            "dimension": "city",
            "value": pl.Series(city.ravel()).cast(pl.String),
            "post_stratum": pl.Series(POST_STRATA).gather(post.ravel()),
            "population": told.ravel(),
            "system_authentic": np.where(post > 0, told, 0).ravel(),
        }
    )


def simulate(plan: Plan, size: int, rng: np.random.Generator) -> dict[str, Any]:
    """One line: how often interval and bounds hold the truth, how wide, how biased, how often decided wrongly."""
    parties = cities(rng, plan, size)
    drawn = draw(rng, parties, plan.sample)
    taken = takes(parties[0].sum(axis=(1, 2)), plan.sample)
    probability = taken / parties[0].sum(axis=(1, 2))
    calls = as_calls(call(rng, drawn, plan.scenario), probability)
    table = estimates(calls, as_counts(parties), Question("system", coverage=COVERAGE))
    truth = parties[..., 1].sum(axis=(1, 2)) / parties.sum(axis=(1, 2, 3))
    told = table.with_columns(truth=pl.Series(truth).gather(table["value"].cast(pl.Int64)))
    by_callers = {str(name): _figures(rows) for (name,), rows in told.group_by("callers")}
    chosen = by_callers.get("unflagged", by_callers["all"])
    doubted = {"with_cheat": by_callers["all"]["covered"]} if plan.scenario == "cheat" else {}
    return {**plan.__dict__, **chosen, **doubted}


def _figures(told: pl.DataFrame) -> dict[str, float]:
    truth, target = pl.col("truth"), pl.col("target")
    wrong = ((pl.col("decision") == "met") & (truth < target)) | ((pl.col("decision") == "missed") & (truth >= target))
    figures = told.select(
        covered=truth.is_between("low", "high").mean(),
        below=(truth < pl.col("low")).mean(),
        above=(truth > pl.col("high")).mean(),
        worst_covered=truth.is_between("worst_low", "worst_high").mean(),
        width=(pl.col("high") - pl.col("low")).mean(),
        worst_width=(pl.col("worst_high") - pl.col("worst_low")).mean(),
        error=(pl.col("estimate") - truth).mean(),
        rmse=((pl.col("estimate") - truth) ** 2).mean().sqrt(),
        naive_error=(pl.col("naive_rate") - truth).mean(),
        decided=(pl.col("decision") != "open").mean(),
        decided_wrongly=wrong.mean(),
    )
    return {name: round(float(value), 5) for name, value in figures.row(0, named=True).items()}


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What is promised, over all lines of a scenario."""

    def mean(scenario: str, name: str) -> float:
        told = [line[name] for line in lines if line["scenario"] == scenario]
        return round(sum(told) / len(told), 5)

    judged = [line["covered"] for line in lines if line["scenario"] != "silent"]
    return {
        "coverage": mean("honest", "covered"),
        "coverage_lowest": min(judged),
        "coverage_highest": max(judged),
        "lines_outside_93_97": sum(not 0.93 <= share <= 0.97 for share in judged),
        "coverage_without_the_cheat": mean("cheat", "covered"),
        "coverage_with_the_cheat": mean("cheat", "with_cheat"),
        "silent_interval": mean("silent", "covered"),
        "silent_worst_case": mean("silent", "worst_covered"),
        "decided_wrongly_highest": max(line["decided_wrongly"] for line in lines if line["scenario"] == "honest"),
    }


def show(lines: list[dict[str, Any]]) -> None:
    columns = (
        "covered",
        "below",
        "above",
        "worst_covered",
        "width",
        "worst_width",
        "error",
        "naive_error",
        "decided_wrongly",
    )
    print("scenario population sample rate  " + "  ".join(columns))
    for line in lines:
        figures = "  ".join(f"{line[name]:{len(name)}.4f}" for name in columns)
        print(f"{line['scenario']:8} {line['population']:10} {line['sample']:6} {line['rate']:.2f}  {figures}")


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--json", type=Path, required=True)
    told.add_argument("--cities", type=int, default=500)
    told.add_argument("--seed", type=int, default=1)
    options = told.parse_args()
    started = time.perf_counter()
    rng = np.random.default_rng(options.seed)
    lines = [simulate(plan, options.cities, rng) for plan in PLANS]
    seconds = round(time.perf_counter() - started, 1)
    result = {**summary(lines), "nominal": COVERAGE, "cities": options.cities, "seed": options.seed, "lines": lines}
    show(lines)
    print(json.dumps({name: value for name, value in result.items() if name != "lines"} | {"seconds": seconds}))
    options.json.write_text(json.dumps(result | {"seconds": seconds}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

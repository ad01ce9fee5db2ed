"""Splink 5 on DuckDB over the records of ``benchmarks.peers.records``.

    python -m benchmarks.peers.splink_peer RECORDS.parquet --settings Y [--people PEOPLE.parquet] [--save MODEL.json]
    python -m benchmarks.peers.splink_peer RECORDS.parquet --settings Y --model MODEL.json

The work is done by a child process with ``--threads`` threads, whose memory and CPU time are watched. Prints JSON: seconds
by phase, with training and with a saved model, peak memory, and scores at every threshold, the best picked with the truth
in hand. ``--model`` skips the training.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.watched import run_watched

THRESHOLDS = (-4.0, -2.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
"""Match weights tried, log2 of the odds."""
LEARNT_FROM = 2_000_000
STRANGE_PAIRS = 4_000_000
STRANGERS = """CREATE TABLE strangers AS SELECT * FROM records WHERE lifetime_no IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY lifetime_no ORDER BY hash(record_id)) = 1"""
"""One record for each valid number: any two are different persons."""
LEAST_U = 1e-7
SEED = 1
TRAINED = ("u", "prior", "em")


def main() -> None:
    told = _arguments()
    if told.child:
        print(json.dumps(match(told)))
        return
    limits = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS"), str(told.threads))
    command = [sys.executable, "-m", "benchmarks.peers.splink_peer", *sys.argv[1:], "--child"]
    output, cost = run_watched(command, {**os.environ, **limits})
    figures = json.loads(output.splitlines()[-1])
    print(json.dumps({**figures, **cost}, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--settings", choices=["E", "X", "Y"], default="Y")
    parser.add_argument("--people", type=Path, help="people.parquet of the truth, for households")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", type=Path, help="write the trained model here")
    parser.add_argument("--model", type=Path, help="use this model, train nothing")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def match(told: argparse.Namespace) -> dict[str, Any]:
    """Trains, predicts and clusters; gives seconds by phase and scores by threshold."""
    import duckdb
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    from benchmarks.peers.splink_settings import settings

    seconds: dict[str, float] = {}
    with _timed(seconds, "setup"):
        connection = duckdb.connect(config={"threads": told.threads})
        prepare = Path(__file__).with_name("splink_records.sql").read_text(encoding="utf-8")
        connection.execute(prepare.replace("{records}", str(told.records)))
        table = DuckDBAPI(connection=connection).register("records")
        asked = json.loads(told.model.read_text(encoding="utf-8")) if told.model else settings(told.settings)
        linker = Linker(table, asked, log_level=40)
    if not told.model:
        linker = train(linker, table, connection, seconds)
    if told.save:
        linker.misc.save_model_to_json(str(told.save), overwrite=True)
    with _timed(seconds, "predict"):
        edges = linker.inference.predict(threshold_match_weight=min(THRESHOLDS))
    pairs = connection.execute(f"SELECT count(*) FROM {edges.physical_name}").fetchall()[0][0]
    scored = [_clustered(linker, edges, threshold, told) for threshold in THRESHOLDS]
    best = max(scored, key=lambda one: one["f1"])
    seconds["cluster"] = best["seconds"]
    total = sum(seconds.values())
    frozen = total - sum(seconds.get(phase, 0.0) for phase in TRAINED)
    return {
        "matcher": f"splink {told.settings}",
        "threads": told.threads,
        "phases": seconds,
        "total": total,
        "frozen": frozen,
        "edges": pairs,
        "best": best,
        "thresholds": scored,
    }


def train(linker: Any, table: Any, connection: Any, seconds: dict[str, float]) -> Any:
    """The trained linker: u from random pairs, prior from sure rules, m by expectation maximisation."""
    from splink import Linker, block_on
    from splink.backends.duckdb import DuckDBAPI

    from benchmarks.peers import splink_settings

    with _timed(seconds, "u"):
        linker.training.estimate_u_using_random_sampling(max_pairs=LEARNT_FROM, seed=SEED)
        connection.execute(STRANGERS)
        model = linker.misc.save_model_to_json()
        strangers = Linker(DuckDBAPI(connection=connection).register("strangers"), model, log_level=40)
        strangers.training.estimate_u_using_random_sampling(max_pairs=STRANGE_PAIRS, seed=SEED)
        linker = Linker(table, _least_u(model, strangers.misc.save_model_to_json()), log_level=40)
    with _timed(seconds, "prior"):
        sure = [block_on(*columns) for columns in splink_settings.SURE]
        linker.training.estimate_probability_two_random_records_match(sure, recall=splink_settings.SURE_RECALL)
    with _timed(seconds, "em"):
        for columns in splink_settings.TRAINING:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns), estimate_without_term_frequencies=True, max_pairs=LEARNT_FROM
            )
    return linker


def _least_u(model: dict[str, Any], strangers: dict[str, Any]) -> dict[str, Any]:
    """``model`` with u of strangers where that is less: with ten records a person, random pairs are too often matches."""
    for comparison, other in zip(model["comparisons"], strangers["comparisons"], strict=True):
        for level, strange in zip(comparison["comparison_levels"], other["comparison_levels"], strict=True):
            if level.get("is_null_level"):
                continue
            known = [one["u_probability"] for one in (level, strange) if one.get("u_probability")]
            level["u_probability"] = min(known, default=LEAST_U)
    return model


def _clustered(linker: Any, edges: Any, threshold: float, told: argparse.Namespace) -> dict[str, Any]:
    import polars as pl

    from benchmarks.peers import scoring

    spent: dict[str, float] = {}
    with _timed(spent, "seconds"):
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=threshold)
    clusters = pl.from_arrow(found.as_pyarrow_table()).select("record_id", cluster="cluster_id")
    truth = pl.read_parquet(told.records, columns=["record_id", "person_id", "identifying"])
    people = pl.read_parquet(told.people) if told.people else None
    return {"threshold": threshold, **spent, **scoring.scores(truth, clusters, people)}


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[phase] = time.monotonic() - started


if __name__ == "__main__":
    main()

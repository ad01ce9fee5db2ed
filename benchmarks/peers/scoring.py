"""How well clusters of records meet the persons behind them, by counts of groups; no pair is ever listed.

    python -m benchmarks.peers.scoring RECORDS.parquet CLUSTERS.parquet [PEOPLE.parquet]

With n records in both cluster c and person p, n(c) in the cluster and n(p) of the person:

* pairwise: of all pairs of records in one cluster, the share of one person (precision); of all pairs of one person, the
  share in one cluster (recall); F1, their harmonic mean. A person told often weighs with the square of that.
* B-cubed: the mean over records of n/n(c) (precision) and of n/n(p) (recall), and the harmonic mean of the two.
* exact: share of persons whose records are one cluster and nobody else's.
* households merged: of households with two or more persons among the records, the share in which two persons, and so
  records of both, share a cluster.

Only records that are identifying and have a person count; they are the only ones asked for in clusters.
"""

import json
import sys
from pathlib import Path

import polars as pl


def scores(records: pl.DataFrame, clusters: pl.DataFrame, people: pl.DataFrame | None = None) -> dict[str, float]:
    """Scores of ``clusters`` (record_id, cluster) against ``records`` (record_id, person_id, identifying).

    A record without a cluster is alone in its own. ``people`` (person_id, household_id) adds ``households_merged``.
    """
    counted = records.lazy().filter(pl.col("identifying") & pl.col("person_id").is_not_null())
    known = clusters.lazy().select("record_id", cluster=pl.col("cluster").rank("dense").cast(pl.Int64))
    told = counted.select("record_id", "person_id").join(known, on="record_id", how="left").collect()
    told = told.with_columns(pl.coalesce("cluster", -1 - pl.int_range(pl.len(), dtype=pl.Int64)))
    both = told.group_by("cluster", "person_id").agg(n=pl.len().cast(pl.Int64))
    both = both.with_columns(
        of_cluster=pl.col("n").sum().over("cluster"), of_person=pl.col("n").sum().over("person_id")
    )
    found = {**_pairwise(both), **_b_cubed(both), **_persons(both)}
    if people is not None:
        found["households_merged"] = _households(both, people)
    return found


def _pairs(counts: pl.Series) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _pairwise(both: pl.DataFrame) -> dict[str, float]:
    right = _pairs(both["n"])
    said = _pairs(both.unique("cluster")["of_cluster"])
    true = _pairs(both.unique("person_id")["of_person"])
    precision, recall = _share(right, said), _share(right, true)
    return {"precision": precision, "recall": recall, "f1": _harmonic(precision, recall)}


def _b_cubed(both: pl.DataFrame) -> dict[str, float]:
    records = int(both["n"].sum())
    n = pl.col("n")
    sums = both.select(precision=(n * n / pl.col("of_cluster")).sum(), recall=(n * n / pl.col("of_person")).sum())
    precision, recall = _share(sums["precision"].item(), records), _share(sums["recall"].item(), records)
    return {"b3_precision": precision, "b3_recall": recall, "b3_f1": _harmonic(precision, recall)}


def _persons(both: pl.DataFrame) -> dict[str, float]:
    whole = (pl.col("n") == pl.col("of_cluster")) & (pl.col("n") == pl.col("of_person"))
    persons = both["person_id"].n_unique()
    return {
        "persons_exact": _share(both.select(whole.sum()).item(), persons),
        "persons": persons,
        "clusters": both["cluster"].n_unique(),
        "records": int(both["n"].sum()),
    }


def _households(both: pl.DataFrame, people: pl.DataFrame) -> float:
    living = people.lazy().select("person_id", "household_id").drop_nulls()
    told = both.lazy().join(living, on="person_id").collect()
    several = told.group_by("household_id").agg(persons=pl.col("person_id").n_unique()).filter(pl.col("persons") > 1)
    together = told.group_by("household_id", "cluster").len().filter(pl.col("len") > 1)
    merged = together.join(several, on="household_id", how="semi")["household_id"].n_unique()
    return _share(merged, several.height)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def main() -> None:
    records, clusters, *people = (pl.read_parquet(Path(told)) for told in sys.argv[1:])
    print(json.dumps(scores(records, clusters, people[0] if people else None), indent=2))


if __name__ == "__main__":
    main()

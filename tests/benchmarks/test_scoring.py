import polars as pl
import pytest

from benchmarks.peers.scoring import scores


def told(persons, identifying=None):
    size = len(persons)
    return pl.DataFrame(
        {
            "record_id": [f"r{at}" for at in range(size)],
            "person_id": persons,
            "identifying": [True] * size if identifying is None else identifying,
        },
        schema={"record_id": pl.String, "person_id": pl.String, "identifying": pl.Boolean},
    )


def clustered(clusters):
    return pl.DataFrame({"record_id": [f"r{at}" for at in range(len(clusters))], "cluster": clusters})


def test_all_right():
    found = scores(told(["A", "A", "B"]), clustered([7, 7, 9]))
    assert (found["precision"], found["recall"], found["f1"]) == (1.0, 1.0, 1.0)
    assert (found["b3_precision"], found["b3_recall"], found["b3_f1"]) == (1.0, 1.0, 1.0)
    assert found["persons_exact"] == 1.0


def test_pairs_by_hand():
    # Persons A: r0 r1 r2, B: r3 r4, C: r5. Clusters x: r0 r1 r3, y: r2, z: r4 r5.
    found = scores(told(["A", "A", "A", "B", "B", "C"]), clustered(["x", "x", "y", "x", "z", "z"]))
    # Pairs said: 3 in x, 1 in z; true: 3 of A, 1 of B; both: r0 r1.
    assert found["precision"] == 1 / 4
    assert found["recall"] == 1 / 4
    assert found["f1"] == 1 / 4
    # By record: 2/3 2/3 1 1/3 1/2 1/2 and 2/3 2/3 1/3 1/2 1/2 1.
    precision, recall = (2 / 3 + 2 / 3 + 1 + 1 / 3 + 1 / 2 + 1 / 2) / 6, (2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 6
    assert found["b3_precision"] == pytest.approx(precision)
    assert found["b3_recall"] == pytest.approx(recall)
    assert found["b3_f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert found["persons_exact"] == 0.0
    assert (found["persons"], found["clusters"], found["records"]) == (3, 3, 6)


def test_one_cluster_of_all():
    found = scores(told(["A", "A", "B", "B"]), clustered([1, 1, 1, 1]))
    assert found["precision"] == pytest.approx(2 / 6)
    assert found["recall"] == 1.0
    assert found["f1"] == pytest.approx(0.5)
    assert (found["b3_precision"], found["b3_recall"]) == (0.5, 1.0)


def test_each_alone():
    found = scores(told(["A", "A", "B"]), clustered([1, 2, 3]))
    assert (found["precision"], found["recall"], found["f1"]) == (1.0, 0.0, 0.0)
    assert found["b3_precision"] == 1.0
    assert found["b3_recall"] == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)
    assert found["persons_exact"] == pytest.approx(1 / 2)


def test_only_identifying_records_with_a_person_count():
    records = told(["A", "A", None, "B", "B"], [True, True, True, True, False])
    found = scores(records, clustered([1, 1, 1, 2, 1]))
    assert found["records"] == 3
    assert found["persons_exact"] == 1.0
    assert found["f1"] == 1.0


def test_a_record_without_cluster_is_alone():
    clusters = clustered([1, 1, 1, 1]).head(2)
    found = scores(told(["A", "A", "A", "B"]), clusters)
    assert (found["precision"], found["recall"]) == (1.0, pytest.approx(1 / 3))
    assert found["clusters"] == 3


def test_clusters_told_as_text_or_numbers_score_alike():
    persons = ["A", "A", "B"]
    assert scores(told(persons), clustered(["u", "v", "v"])) == scores(told(persons), clustered([10, 20, 20]))


def test_households_merged():
    # Household H: A and B, apart; I: C and D, in one cluster; J: E alone; F has none.
    people = pl.DataFrame(
        {"person_id": list("ABCDEF"), "household_id": ["H", "H", "I", "I", "J", None]},
        schema={"person_id": pl.String, "household_id": pl.String},
    )
    found = scores(told(list("ABCDEF")), clustered([1, 2, 3, 3, 3, 3]), people)
    assert found["households_merged"] == pytest.approx(1 / 2)


def test_nothing_to_score():
    found = scores(told([]), clustered([]).cast(pl.String))
    assert (found["f1"], found["records"]) == (1.0, 0)

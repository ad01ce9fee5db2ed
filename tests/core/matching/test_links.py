import numpy as np
import polars as pl
import pytest

from pipeline.core.matching import links, people
from pipeline.core.matching.comparisons import patterns
from pipeline.core.matching.conflicts import KEPT, TWO_NAMES
from pipeline.core.matching.resolve import AMBIGUOUS, EDGE_SCHEMA, TOO_LARGE
from pipeline.core.schema import LINKS, REFUSED_LINKS, REVIEW_PAIRS

NAMES = pl.DataFrame(
    {
        "telling": pl.Series([11, 12, 13, 14], dtype=pl.UInt64),
        "record_id": ["r4", "r3", "r2", "r1"],
        "records": pl.Series([1, 2, 3, 10], dtype=pl.Int64),
        "customer_id": ["A", "A", "B", "C"],
    }
)
LEVELS = patterns(np.array([[1, 0, 2, 0, 5, 0, 0, 0]], np.uint8), people.COMPARISONS)


def published(*told: tuple[int, int, int, str]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Links, refused links and pairs to review of edges: both ends, weight, fate."""
    rows = [(left, right, weight, int(LEVELS[0]), 1, fate) for left, right, weight, fate in told]
    edges = pl.DataFrame(rows, schema={**EDGE_SCHEMA, "fate": pl.String}, orient="row")
    return links.published(edges, NAMES, people.COMPARISONS, 0)


def test_the_tables_have_their_columns() -> None:
    for told in ((), ((11, 12, 3000, KEPT), (12, 13, 100, TWO_NAMES), (13, 14, -100, KEPT))):
        for table, rows in zip((LINKS, REFUSED_LINKS, REVIEW_PAIRS), published(*told), strict=True):
            # Few words may come as numbers of them.
            assert rows.cast({pl.Enum: pl.String}).schema == table.schema
            assert rows.height == bool(told)


def test_a_link_tells_its_levels_and_its_chance() -> None:
    row = published((11, 12, 3000, KEPT))[0].row(0, named=True)
    assert (row["record_a"], row["record_b"], row["customer_id"]) == ("r3", "r4", "A")
    # Three bits are odds of eight to one.
    assert (row["weight"], row["probability"]) == (3.0, pytest.approx(8 / 9))
    levels = {name: row[f"{name}_level"] for name in ("name", "document", "birth", "phone", "wechat")}
    assert levels == {"name": "same", "document": "unknown", "birth": "other", "phone": "other", "wechat": "unknown"}


def test_a_refused_link_says_whose_each_record_is() -> None:
    kept, refused, review = published((12, 14, 4000, TWO_NAMES), (11, 13, 2000, TWO_NAMES))
    assert kept.is_empty() and review.is_empty()
    columns = ("record_a", "customer_a", "record_b", "customer_b", "reason")
    assert refused.select(columns).rows() == [("r1", "C", "r3", "A", TWO_NAMES), ("r2", "B", "r4", "A", TWO_NAMES)]


def test_only_what_is_open_and_between_two_customers_is_listed() -> None:
    told = [
        (11, 13, -500, KEPT),
        (12, 13, 500, AMBIGUOUS),
        (13, 14, 500, TOO_LARGE),
        (11, 14, 500, TWO_NAMES),
        (11, 12, -500, KEPT),
    ]
    kept, refused, review = published(*told)
    assert kept.is_empty()
    assert set(refused["reason"]) == {AMBIGUOUS, TOO_LARGE, TWO_NAMES}
    found = {(row["record_a"], row["record_b"]): row["reason"] for row in review.iter_rows(named=True)}
    assert found == {("r2", "r4"): "uncertain", ("r2", "r3"): AMBIGUOUS, ("r1", "r2"): TOO_LARGE}


def test_most_useful_is_what_is_most_open_between_most_records() -> None:
    _, _, review = published(
        (11, 13, 0, AMBIGUOUS), (12, 14, 0, AMBIGUOUS), (12, 13, -3000, KEPT), (11, 14, -1000, KEPT)
    )
    # 1 and 3, 2 and 10 records at even odds; 2 and 3 at one to eight; 1 and 10 at one to two.
    assert review["usefulness"].to_list() == [20_000, round(4000 * 2 / 9) * 10, 3_000, round(4000 * 8 / 81) * 6]
    assert review["record_b"].to_list() == ["r3", "r4", "r4", "r3"]


def test_the_list_is_no_longer_than_a_team_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST_REVIEWS", 2)
    _, _, review = published(
        (11, 13, 0, AMBIGUOUS), (12, 14, 0, AMBIGUOUS), (12, 13, -3000, KEPT), (11, 14, -1000, KEPT)
    )
    assert review["usefulness"].to_list() == [20_000, 8_890]

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.batches import Layout, Reject, cleared, reject_batches, row_batches

LAYOUT = Layout(
    "claims", "/d/f.csv", "f.csv", ((0, "claim_no"), (2, "plate"), (3, "plate")), ("claim_no", "plate", "vin")
)


def _batch(columns: dict[int, list[str | None]], layout: Layout = LAYOUT) -> list[dict[str, object]]:
    rows = len(next(iter(columns.values())))
    arrays = {position: pa.array(values, pa.string()) for position, values in columns.items()}
    (batch,) = row_batches(layout, np.arange(5, 5 + rows), arrays, 100)
    return batch.data.to_pylist()


def test_of_several_columns_for_one_target_the_first_filled_one_counts() -> None:
    rows = _batch({0: ["C1", "C2", "C3"], 2: ["A", None, " "], 3: ["B", "B", "\\N"]})
    assert [row["plate"] for row in rows] == ["A", "B", None]
    assert [row["feed_row"] for row in rows] == [5, 6, 7]
    assert {row["feed_file"] for row in rows} == {"f.csv"}


def test_a_target_of_another_file_is_null_and_one_with_a_default_has_it() -> None:
    columns: dict[int, list[str | None]] = {0: ["C1"], 2: [None], 3: [None]}
    assert _batch(columns)[0]["vin"] is None
    layout = Layout(LAYOUT.feed, LAYOUT.path, LAYOUT.file, LAYOUT.sources, LAYOUT.targets, (("vin", "V"),))
    assert _batch(columns, layout)[0]["vin"] == "V"


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("", None),
        ("   ", None),
        ("\\N", None),
        (" \\N ", None),
        ("\0\0", None),
        ("张三   ", "张三"),
        ("\t张三\r\n", "张三"),
        ("Z\0h", "Zh"),
        ("\u3000张三", "\u3000张三"),
        ("a b", "a b"),
        ("\\N\\N", "\\N\\N"),
        ("=1+1", "=1+1"),
    ],
)
def test_outer_blanks_nuls_and_null_marks_are_taken_away(value: str, left: str | None) -> None:
    assert cleared(pa.array([value, "x"])).to_pylist() == [left, "x"]


@given(st.lists(st.none() | st.text(alphabet=" \t\\Na\0张", max_size=5), max_size=6), st.integers(0, 3))
def test_clearing_is_the_same_for_a_slice_and_twice_is_once(values: list[str | None], start: int) -> None:
    column = pa.array(values, pa.string())
    once = cleared(column)
    assert cleared(column.slice(start)).to_pylist() == once.to_pylist()[start:]
    assert cleared(once).to_pylist() == once.to_pylist()


def test_rejects_come_in_batches_without_nuls() -> None:
    rejects = [Reject(number, "field_count", "2 fields", f"a\0{number}") for number in range(5)]
    batches = list(reject_batches(LAYOUT, rejects, 2))
    assert [batch.data.num_rows for batch in batches] == [2, 2, 1]
    assert batches[2].data.to_pylist() == [
        {
            "feed": "claims",
            "feed_file": "f.csv",
            "feed_row": 4,
            "field": "",
            "reason": "field_count",
            "advice": "2 fields",
            "raw": "a4",
        }
    ]

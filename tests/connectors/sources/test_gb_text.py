import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.encodings import GB
from connectors.sources.gb_text import SAMPLE, decoded, parted
from connectors.sources.rows import Dialect

BARS = Dialect("|", '"')


@given(st.lists(st.none() | st.text(alphabet="ab张喆亅䶮€", max_size=4), min_size=1, max_size=30), st.booleans())
def test_columns_are_decoded_as_their_values_are(values: list[str | None], repeated: bool) -> None:
    values = values * (SAMPLE if repeated else 1)
    column = pa.array([None if value is None else value.encode(GB) for value in values], pa.binary())
    found = decoded(column)
    found.validate(full=True)
    assert found.to_pylist() == values


def _parts(text: str, width: int | None = None) -> tuple[str, list[int], str, list[int]] | None:
    block = text.encode(GB)
    rows = sum(bool(line) for line in text.split("\n"))
    parts = parted(block, rows, BARS, width)
    if parts is None:
        return None
    places = (parts.plain_places.tolist(), parts.odd_places.tolist())
    return parts.plain.decode(GB), places[0], parts.odd.decode(GB), places[1]


def test_rows_with_a_hidden_delimiter_are_set_apart() -> None:
    assert _parts("张|a\n李|b\n") == ("张|a\n李|b\n", [0, 1], "", [])
    assert _parts("张|a\n\n亅|b\n赵|c\n亅|d") == ("张|a\n\n赵|c\n", [0, 2], "亅|b\n亅|d", [1, 3])


def test_rows_of_another_width_are_set_apart_when_told_to() -> None:
    assert _parts("张|a\n李\n赵|c|d\n钱|e\n", width=2) == ("张|a\n钱|e\n", [0, 3], "李\n赵|c|d\n", [1, 2])


@pytest.mark.parametrize("text", ["张\x1e|a\n", '"张\n三亅"|a\n'])
def test_what_cannot_be_parsed_as_bytes_is_left_alone(text: str) -> None:
    assert _parts(text) is None


def test_no_row_is_lost_between_the_parts() -> None:
    lines = ["张|a", "亅|b", "李", "", "钱|亅|c"] * 50
    block = "\n".join(lines).encode(GB)
    parts = parted(block, 200, BARS, 2)
    assert parts is not None
    assert np.array_equal(np.sort(np.concatenate((parts.plain_places, parts.odd_places))), np.arange(200))
    assert len(parts.plain) + len(parts.odd) == len(block)

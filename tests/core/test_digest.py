import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import digest
from pipeline.errors import DigestCollision

MASK = (1 << 64) - 1


def mix(state: int) -> int:
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def textbook(value: str | None) -> int:
    """The definition in the module's docstring, one byte string at a time."""
    if value is None:
        return 0
    raw = value.encode()
    state = mix((len(raw) + 0x9E3779B97F4A7C15) & MASK)
    for at in range(0, len(raw), 8):
        state = mix(((state ^ int.from_bytes(raw[at : at + 8], "little")) + 0x9E3779B97F4A7C15) & MASK)
    return state


@given(st.lists(st.none() | st.text(max_size=40), max_size=30))
def test_agrees_with_the_definition(values: list[str | None]) -> None:
    assert digest.digest(pl.Series(values, dtype=pl.String)).tolist() == [textbook(value) for value in values]


def test_does_not_see_where_a_slice_begins() -> None:
    values = pl.Series(["a", "policy/1/insured", None, "王小明", "", "x" * 33])
    assert digest.digest(values.slice(2, 3)).tolist() == digest.digest(values).tolist()[2:5]


def test_two_keys_with_one_digest_are_refused() -> None:
    keys = pl.Series(["a", "b"])
    one = digest.digest(pl.Series(["a", "a"]))
    with pytest.raises(DigestCollision):
        digest.refuse_collisions("records", keys, one)
    digest.refuse_collisions("records", keys, digest.digest(keys))


@given(st.lists(st.none() | st.integers(0, MASK), max_size=12))
def test_a_digest_in_hex_is_sixteen_digits(values: list[int | None]) -> None:
    told = digest.in_hex(pl.Series("telling", values, dtype=pl.UInt64))
    assert told.to_list() == [None if value is None else f"{value:016x}" for value in values]
    assert told.name == "telling" and told.dtype == pl.String


@given(st.lists(st.integers(0, 2**64 - 1), unique=True, min_size=1), st.data())
def test_sides_are_found_among_digests_in_any_order(digests: list[int], data: st.DataObject) -> None:
    column = pl.Series("telling", digests, pl.UInt64)
    sides = st.lists(st.sampled_from(digests))
    left = data.draw(sides)
    right = data.draw(st.lists(st.sampled_from(digests), min_size=len(left), max_size=len(left)))
    pairs = pl.DataFrame({"left": left, "right": right}, schema={"left": pl.UInt64, "right": pl.UInt64})
    for among in (column, column.sort()):
        at = digest.sides_among(among, pairs)
        assert [among.gather(side).to_list() for side in at] == [left, right]


@given(st.sets(st.integers(0, 2**64 - 1), max_size=40), st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_places_are_told_of_what_is_there_and_of_nothing_else(known: set[int], others: list[int]) -> None:
    ordered = sorted(known)
    wanted = [*ordered[::2], *others, 0, 2**64 - 1]
    at = digest.places_if_any(np.array(ordered, np.uint64), np.array(wanted, np.uint64))
    assert at.tolist() == [ordered.index(one) if one in known else -1 for one in wanted]


rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=30)


@given(rows)
def test_of_equal_rows_the_earliest_is_told(told: list[tuple[int, int]]) -> None:
    columns = [np.array([row[place] for row in told], np.uint64) for place in (0, 1)]
    at = digest.each_once("rows", columns)
    assert sorted(at.tolist()) == [told.index(row) for row in sorted({*told}, key=told.index)]


def test_rows_with_one_digest_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "side_by_side", lambda columns: np.zeros(len(columns[0]), np.uint64))
    with pytest.raises(DigestCollision, match="papers"):
        digest.each_once("papers", [np.array([1, 2], np.uint64)])

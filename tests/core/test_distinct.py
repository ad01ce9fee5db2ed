import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import distinct
from pipeline.core.distinct import (
    Remembered,
    answers_to,
    encoded,
    numbered_rows,
    on_distinct,
    on_distinct_rows,
    order_of,
    placed,
    worded,
)

values = st.lists(st.none() | st.sampled_from(["a", "b", "", "长"]), max_size=30)


@given(values)
def test_every_row_gets_the_answer_of_its_value(told: list[str | None]) -> None:
    column = pl.Series(told, dtype=pl.String)
    answers = on_distinct(column, lambda distinct: pl.DataFrame({"twice": distinct + distinct}))
    assert answers["twice"].to_list() == [None if value is None else value * 2 for value in told]


@given(values)
def test_each_value_is_asked_once(told: list[str | None]) -> None:
    asked: list[str | None] = []

    def note(distinct: pl.Series) -> pl.DataFrame:
        asked.extend(distinct.to_list())
        return pl.DataFrame({"same": distinct})

    on_distinct(pl.Series(told, dtype=pl.String), note)
    assert len(asked) == len(set(asked)) and set(asked) == set(told)


@given(values, values)
def test_rows_of_several_columns_get_the_answer_of_their_combination(
    left: list[str | None], right: list[str | None]
) -> None:
    size = min(len(left), len(right))
    keys = pl.DataFrame({"left": left[:size], "right": right[:size]}, schema={"left": pl.String, "right": pl.String})
    answers = on_distinct_rows(
        keys, lambda distinct: distinct.select(both=pl.concat_str("left", "right", ignore_nulls=True))
    )
    assert (
        answers["both"].to_list()
        == keys.select(pl.concat_str("left", "right", ignore_nulls=True)).to_series().to_list()
    )


@pytest.mark.parametrize(("few", "most"), [(1_024, 65_536), (1, 65_536), (3, 3), (0, 2)])
@given(st.lists(values, max_size=5))
def test_what_is_remembered_is_what_would_be_answered(few: int, most: int, batches: list[list[str | None]]) -> None:
    remembered = Remembered(lambda distinct: pl.DataFrame({"twice": distinct + distinct}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "FEW", few)
        patch.setattr(distinct, "MOST", most)
        for told in batches:
            answers = remembered.on(pl.Series(told, dtype=pl.String))
            assert answers["twice"].to_list() == [None if value is None else value * 2 for value in told]


def test_a_remembered_value_is_asked_once() -> None:
    asked: list[str | None] = []

    def note(distinct: pl.Series) -> pl.DataFrame:
        asked.extend(distinct.to_list())
        return pl.DataFrame({"same": distinct})

    remembered = Remembered(note)
    for told in (["a", "b", "a"], ["b", "c"], [None, None], [None, "c"]):
        remembered.on(pl.Series(told, dtype=pl.String))
    assert asked == ["a", "b", "c", None]


@given(st.lists(st.lists(values, min_size=3, max_size=3), max_size=4), st.integers(0, 5))
def test_columns_asked_together_get_what_each_would_alone(batches: list[list[list[str | None]]], few: int) -> None:
    def twice(distinct: pl.Series) -> pl.DataFrame:
        return pl.DataFrame({"told": distinct + distinct})

    def longer(distinct: pl.Series) -> pl.DataFrame:
        return pl.DataFrame({"told": distinct + "-"})

    functions = (twice, longer, twice)
    together, alone = ([Remembered(function) for function in functions] for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "FEW", few)
        for told in batches:
            columns = [pl.Series(column, dtype=pl.String) for column in told]
            answers = [each.rows() for each in answers_to(list(zip(together, columns, strict=True)))]
            wanted = [remembered.on(column) for remembered, column in zip(alone, columns, strict=True)]
            assert [each["told"].to_list() for each in answers] == [each["told"].to_list() for each in wanted]


def test_a_function_that_columns_share_is_asked_once_for_them_all() -> None:
    asked: list[list[str | None]] = []

    def note(distinct: pl.Series) -> pl.DataFrame:
        asked.append(distinct.to_list())
        return pl.DataFrame({"same": distinct})

    first, second = Remembered(note), Remembered(note)
    answers_to([(first, pl.Series(["a", "b", "a"])), (second, pl.Series(["c", None, "a"], dtype=pl.String))])
    assert asked == [["a", "b", "c", None, "a"]]


@given(values, values, st.booleans())
def test_rows_are_sorted_as_their_words_are(left: list[str | None], right: list[str | None], many: bool) -> None:
    size = min(len(left), len(right))
    keys = pl.DataFrame({"left": left[:size], "right": right[:size]}, schema={"left": pl.String, "right": pl.String})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "_MOST_COMBINATIONS", 2 if many else 1 << 64)
        order = order_of(keys)
    assert order.tolist() == keys.with_row_index().sort("left", "right", "index")["index"].to_list()


def test_rows_of_very_many_columns_stay_apart() -> None:
    # More combinations than a number of 64 bits can tell: rows that differ in the first column alone.
    keys = pl.DataFrame({f"c{place}": ["a", "b", "b" if place else "a"] for place in range(70)})
    answers = on_distinct_rows(keys, lambda distinct: distinct.select(first="c0"))
    assert answers["first"].to_list() == keys["c0"].to_list()


@given(values)
def test_words_that_are_numbers_are_numbered_as_their_texts_are(told: list[str | None]) -> None:
    texts = pl.Series("told", told, dtype=pl.String)
    words = worded(texts, ["another", "b"])
    assert words.cast(pl.String).equals(texts)
    assert set(words.dtype.categories) == {*told, "another", "b"} - {None}
    (codes, distinct), (of_texts, those) = encoded(words), encoded(texts)
    assert codes.to_list() == of_texts.to_list() and distinct.cast(pl.String).to_list() == those.to_list()


@given(values)
def test_the_place_of_a_value_is_that_among_the_sorted(told: list[str | None]) -> None:
    places, words = placed(pl.Series(told, dtype=pl.String))
    assert words.to_list() == sorted(set(told), key=lambda value: (value is not None, value or ""))
    assert [words[int(place)] for place in places] == told


@given(
    st.lists(st.tuples(st.none() | st.sampled_from("abc"), st.none() | st.booleans(), st.none() | st.integers(0, 4)))
)
def test_combinations_are_numbered_the_same_with_a_table_as_without(rows: list[tuple[str, bool, int]]) -> None:
    few = pl.Schema({"word": pl.Enum(["c", "a", "b"]), "flag": pl.Boolean(), "number": pl.UInt8()})
    codes, found = numbered_rows(pl.DataFrame(rows, schema=few, orient="row"))
    texts = pl.DataFrame(rows, schema={**few, "word": pl.String()}, orient="row")
    wanted_codes, wanted = numbered_rows(texts)
    assert codes.to_list() == wanted_codes.to_list()
    assert found.schema == few and found.rows() == wanted.rows()

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.distinct import on_distinct, on_distinct_rows

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

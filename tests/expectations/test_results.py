"""New, persisting, fixed: what became of an expectation beside the night before."""

from datetime import date

import polars as pl
import pytest

from expectations.results import RESULTS, with_states

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))


def results(**outcomes: bool | str | None) -> pl.DataFrame:
    """Results by id: True, False, None (too little to judge by) or "error"."""
    rows = [
        {"id": name, "success": None if told == "error" else told, "error": told == "error"}
        for name, told in outcomes.items()
    ]
    frame = pl.DataFrame(rows, schema={"id": pl.String(), "success": pl.Boolean(), "error": pl.Boolean()})
    return frame.with_columns(
        pl.lit(None, dtype).alias(name)
        for name, dtype in RESULTS.items()
        if name not in (*frame.columns, "state", "since")
    )


def states(told: pl.DataFrame) -> dict[str, tuple[str, date | None]]:
    return {row["id"]: (row["state"], row["since"]) for row in told.iter_rows(named=True)}


def test_over_three_nights() -> None:
    first = with_states(results(a=False, b=True, c=False, d="error"), None, MONDAY)
    assert states(first) == {"a": ("new", MONDAY), "b": ("ok", None), "c": ("new", MONDAY), "d": ("new", MONDAY)}
    second = with_states(results(a=False, b=False, c=True, d="error"), first, TUESDAY)
    assert states(second) == {
        "a": ("persisting", MONDAY),
        "b": ("new", TUESDAY),
        "c": ("fixed", None),
        "d": ("persisting", MONDAY),
    }
    third = with_states(results(a=True, b=False, c=True, d=True), second, WEDNESDAY)
    assert states(third) == {
        "a": ("fixed", None),
        "b": ("persisting", TUESDAY),
        "c": ("ok", None),
        "d": ("fixed", None),
    }


def test_columns_and_order_stay() -> None:
    told = with_states(results(b=True, a=False), None, MONDAY)
    assert told.schema == RESULTS
    assert told["id"].to_list() == ["b", "a"]


@pytest.mark.parametrize("before", [False, "error"])
def test_what_cannot_be_judged_tonight_is_neither_failing_nor_celebrated(before: bool | str) -> None:
    told = with_states(results(a=None), with_states(results(a=before), None, MONDAY), TUESDAY)
    assert states(told) == {"a": ("ok", None)}

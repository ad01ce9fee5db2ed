import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.authenticity import drawn_calls
from pipeline.core.authenticity.estimate import Question, estimates
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.post_strata import COUNT_SCHEMA

ASKED = Question("system")


def calls(*rows: tuple[str, str, int], value: str = "", flagged: bool = False, chance: float = 0.1) -> pl.DataFrame:
    """Counted calls: post-stratum, outcome, how many."""
    told = [
        {"period": "all", "dimension": "city", "value": value, "list_id": "L", "stratum": post, "post_stratum": post}
        | {"inclusion_probability": chance, "outcome": outcome, "flagged": flagged, "calls": number}
        for post, outcome, number in rows
    ]
    return pl.DataFrame(told, schema=drawn_calls.CALL_COUNTS)


def counts(*rows: tuple[str, int, int], value: str = "") -> pl.DataFrame:
    """Post-stratum, population, system authentic."""
    told = [
        {"period": "all", "dimension": "city", "value": value, "post_stratum": post}
        | {"population": population, "system_authentic": authentic}
        for post, population, authentic in rows
    ]
    return pl.DataFrame(told, schema=COUNT_SCHEMA)


CITY = counts(("found", 1000, 0), ("passed", 9000, 9000))
HEARD = calls(
    ("found", "refuted", 60), ("found", "confirmed", 40), ("passed", "confirmed", 873), ("passed", "refuted", 27)
)


def row(told: pl.DataFrame, callers: str = "all") -> dict[str, object]:
    return told.filter(pl.col("callers") == callers).row(0, named=True)


def test_the_naive_rate_is_held_against_the_estimate() -> None:
    told = row(estimates(HEARD, CITY, ASKED))
    assert (told["estimate"], told["naive_rate"], told["bias"]) == pytest.approx((0.913, 0.9, -0.013))
    assert (told["population"], told["drawn"], told["reached"]) == (10000, 1000, 1000)
    assert (told["method"], told["coverage"], told["error"]) == (
        "post-stratified, wilson at effective size",
        0.95,
        0.05,
    )


def test_the_table_has_its_schema_and_order() -> None:
    told = estimates(HEARD, CITY, ASKED)
    assert (told.schema, told.height) == (ESTIMATES.schema, 1)


@pytest.mark.parametrize(("confirmed", "decided"), [(960, "met"), (935, "open"), (900, "missed")])
def test_the_target_is_met_or_missed_only_outside_the_interval(confirmed: int, decided: str) -> None:
    heard = calls(("passed", "confirmed", confirmed), ("passed", "refuted", 1000 - confirmed))
    told = row(estimates(heard, counts(("passed", 10000, 10000)), ASKED))
    assert told["decision"] == told["worst_decision"] == decided


def test_all_that_is_not_known_lies_between_the_worst_cases() -> None:
    heard = calls(("passed", "confirmed", 700), ("passed", "not_reached", 200), ("passed", "unusable", 100))
    told = row(estimates(heard, counts(("passed", 10000, 10000)), ASKED))
    assert told["estimate"] == 1 and told["decision"] == "met"
    assert told["worst_low"] == pytest.approx(0.67, abs=0.01) and told["worst_high"] == 1
    assert told["worst_decision"] == "open"


def test_a_post_stratum_nobody_called_counts_as_unknown_in_the_worst_case() -> None:
    told = row(estimates(calls(("passed", "confirmed", 900)), CITY, ASKED))
    assert told["estimate"] == 1
    assert 0.88 < told["worst_low"] < 0.9 and told["worst_high"] == 1


def test_a_doubted_caller_is_told_with_and_without() -> None:
    cheat = calls(("passed", "confirmed", 500), flagged=True)
    honest = calls(("passed", "confirmed", 450), ("passed", "refuted", 50))
    told = estimates(pl.concat([cheat, honest]), counts(("passed", 10000, 10000)), ASKED)
    assert (row(told)["estimate"], row(told, "unflagged")["estimate"]) == (0.95, 0.9)
    assert (row(told)["reached"], row(told, "unflagged")["reached"]) == (1000, 500)
    assert row(told, "unflagged")["worst_low"] < 0.5


def test_nobody_called_leaves_everything_open() -> None:
    told = row(estimates(drawn_calls.CALL_COUNTS.to_frame(eager=True), CITY, ASKED))
    assert (told["estimate"], told["low"], told["high"], told["method"]) == (None, 0, 1, "none")
    assert (told["drawn"], told["decision"], told["worst_low"], told["worst_high"]) == (0, "open", 0, 1)


def test_nobody_reached_leaves_everything_open() -> None:
    told = row(estimates(calls(("passed", "not_reached", 50)), CITY, ASKED))
    assert (told["estimate"], told["low"], told["high"], told["drawn"], told["reached"]) == (None, 0, 1, 50, 0)


def test_a_city_is_told_alike_alone_and_among_others() -> None:
    other = calls(("passed", "confirmed", 5), value="other")
    both = estimates(pl.concat([other, HEARD]), pl.concat([counts(("passed", 50, 50), value="other"), CITY]), ASKED)
    assert both.filter(pl.col("value") == "").equals(estimates(HEARD, CITY, ASKED))


def test_calls_of_a_post_stratum_without_population_are_refused() -> None:
    with pytest.raises(ValueError, match="7 drawn calls belong to post-strata without a population"):
        estimates(calls(("strange", "confirmed", 7)), CITY, ASKED)


NUMBERS = st.integers(0, 30)


@settings(max_examples=15, deadline=None)
@given(st.lists(NUMBERS, min_size=6, max_size=6), st.sampled_from([0.05, 0.5, 1.0]))
def test_the_estimate_lies_in_its_interval_and_that_within_0_to_1(numbers: list[int], chance: float) -> None:
    outcomes = [(post, outcome) for post in ("found", "passed") for outcome in ("confirmed", "refuted", "not_reached")]
    heard = calls(*((*kind, number) for kind, number in zip(outcomes, numbers, strict=True) if number), chance=chance)
    told = row(estimates(heard, CITY, ASKED))
    assert 0 <= told["low"] <= told["high"] <= 1
    assert 0 <= told["worst_low"] <= told["worst_high"] <= 1
    if told["estimate"] is not None:
        assert told["low"] - 1e-9 <= told["estimate"] <= told["high"] + 1e-9


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [2, 0, 3, 1]])
def test_the_order_of_the_calls_changes_nothing(order: list[int]) -> None:
    assert estimates(HEARD[order], CITY[::-1], ASKED).equals(estimates(HEARD, CITY, ASKED))

import polars as pl
import pytest

from pipeline.core.authenticity.calibration import (
    BIN_SCHEMA,
    DRAWN_SCHEMA,
    FAIL_SCHEMA,
    FINDING_SCHEMA,
    PASSED,
    Prior,
    fail_rates,
    predict,
    reliability,
)
from pipeline.core.authenticity.intervals import wilson


def drawn(*refuted: bool, chance: float = 0.1) -> pl.DataFrame:
    """One call per party, party 0 first."""
    return pl.DataFrame(
        {
            "party": range(len(refuted)),
            "inclusion_probability": chance,
            "outcome": ["refuted" if false else "confirmed" for false in refuted],
        },
        schema=DRAWN_SCHEMA,
    )


def findings(**failed: range) -> pl.DataFrame:
    rows = [{"party": party, "rule": rule} for rule, parties in failed.items() for party in parties]
    return pl.DataFrame(rows, schema=FINDING_SCHEMA)


CALLS = drawn(*[True] * 8, *[False] * 12, *[True] * 2, *[False] * 78)
FOUND = findings(P01=range(10), P02=range(5, 20))


def rates() -> dict[str, dict[str, object]]:
    return {line["rule"]: line for line in fail_rates(CALLS, FOUND).iter_rows(named=True)}


def test_a_rule_is_as_bad_a_sign_as_the_calls_say() -> None:
    told = rates()
    assert {rule: (line["reached"], line["refuted"], line["fail_rate"]) for rule, line in told.items()} == {
        "P01": (10, 8, 0.8),
        "P02": (15, 3, 0.2),
        PASSED: (80, 2, 0.025),
    }


def test_an_equal_draw_has_wilsons_interval() -> None:
    low, high, _ = wilson([8], [10])
    line = rates()["P01"]
    assert (line["low"], line["high"], line["method"]) == (pytest.approx(low[0]), pytest.approx(high[0]), "wilson")


def test_an_unequal_draw_is_weighed_and_says_so() -> None:
    calls = pl.concat([drawn(True, True), drawn(False, False, chance=0.3).with_columns(pl.col("party") + 2)])
    line = fail_rates(calls, findings()).row(0, named=True)
    assert (line["rule"], line["fail_rate"], line["method"]) == (PASSED, 0.75, "wilson at effective size")


def test_few_calls_are_drawn_towards_the_rate_of_all_that_failed_something() -> None:
    told = rates()
    assert told["P01"]["predicted"] == pytest.approx((8 + 10 * 0.4) / 20)
    assert told[PASSED]["predicted"] == pytest.approx(0.025)
    unmoved = fail_rates(CALLS, FOUND, Prior(calls=0.0))
    assert unmoved["predicted"].to_list() == pytest.approx(unmoved["fail_rate"].to_list())


def test_who_was_not_reached_or_not_drawn_says_nothing() -> None:
    silent = CALLS.with_columns(outcome=pl.lit("not_reached"))
    undrawn = CALLS.with_columns(inclusion_probability=pl.lit(0.0))
    for calls in (silent, undrawn):
        told = fail_rates(calls, FOUND)
        assert (told.height, told.schema) == (0, FAIL_SCHEMA)


def test_the_worst_rule_failed_foretells() -> None:
    told = predict(pl.Series([0, 7, 19, 50], dtype=pl.UInt64), FOUND, fail_rates(CALLS, FOUND, Prior(calls=0.0)))
    assert told["predicted"].to_list() == pytest.approx([0.8, 0.8, 0.2, 0.025])


def test_a_rule_nobody_was_called_for_foretells_nothing() -> None:
    told = predict(pl.Series([0], dtype=pl.UInt64), findings(P99=range(1)), fail_rates(CALLS, FOUND))
    assert told["predicted"].to_list() == [None]


def test_the_reliability_plot_sets_what_was_foretold_against_what_was_heard() -> None:
    foretold = pl.DataFrame({"party": range(100), "predicted": [0.75] * 10 + [0.05] * 90}).cast({"party": pl.UInt64})
    told = reliability(CALLS, foretold)
    assert told.schema == BIN_SCHEMA
    assert told["bin"].to_list() == [0, 7] and told["reached"].to_list() == [90, 10]
    assert told["predicted"].to_list() == pytest.approx([0.05, 0.75])
    assert told["observed"].to_list() == pytest.approx([2 / 90, 0.8])


def test_certainty_falls_in_the_last_bin() -> None:
    sure = pl.DataFrame({"party": [0], "predicted": [1.0]}).cast({"party": pl.UInt64})
    assert reliability(CALLS, sure)["bin"].to_list() == [9]

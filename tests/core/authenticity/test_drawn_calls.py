from collections.abc import Sequence

import polars as pl

from pipeline.core.authenticity import drawn_calls

DENOMINATOR = {"00", "01", "02", "11", "12", "20", "50"}


def outcomes(codes: Sequence[str], *, suspended: bool = False) -> dict[str, str]:
    told = pl.DataFrame({"code": codes}).with_columns(outcome=drawn_calls.outcome(pl.col("code"), pl.lit(suspended)))
    return dict(told.iter_rows())


def call(**other: object) -> dict[str, object]:
    usual = {"period": "all", "dimension": "city", "value": "", "list_id": "L", "stratum": "a", "post_stratum": "p"}
    return usual | {"inclusion_probability": 0.1, "outcome": "confirmed", "flagged": False} | other


def calls(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=drawn_calls.CALL_SCHEMA)


def test_only_codes_of_the_denominator_confirm_or_refute() -> None:
    codes = [f"{number:02}" for number in (0, 1, 2, *range(10, 13), *range(20, 28), 30, 31, 40, 50, 51, 99)]
    told = outcomes(codes)
    assert {code for code, outcome in told.items() if outcome in ("confirmed", "refuted")} == DENOMINATOR
    assert {code for code, outcome in told.items() if outcome == "confirmed"} == {"00"}
    assert {code for code, outcome in told.items() if outcome == "unusable"} == {"10", "51"}


def test_a_suspended_number_refutes_after_its_tries() -> None:
    assert (outcomes(["21"]), outcomes(["21", "22"], suspended=True)) == (
        {"21": "not_reached"},
        {"21": "refuted", "22": "not_reached"},
    )


def test_a_call_from_no_drawn_list_stands_for_nobody() -> None:
    kept = drawn_calls.count(
        calls(
            call(),
            call(list_id=None),
            call(inclusion_probability=None),
            call(inclusion_probability=0.0),
            call(inclusion_probability=1.2),
        )
    )
    assert kept["calls"].to_list() == [1]


def test_calls_alike_are_counted_and_counts_add_up_in_any_order() -> None:
    some, others = calls(call(), call(), call(outcome="refuted")), calls(call(), call(flagged=None))
    together = drawn_calls.count(pl.concat([some, others]))
    parts = [drawn_calls.count(others), drawn_calls.count(some)]
    assert together["calls"].sort().to_list() == [1, 4]
    assert drawn_calls.total(parts).equals(together)
    assert drawn_calls.total([]).schema == drawn_calls.CALL_COUNTS

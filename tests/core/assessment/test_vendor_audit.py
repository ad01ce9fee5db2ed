"""The audit finds a planted cheat and leaves honest callers alone."""

import numpy as np
import polars as pl
import pytest

from pipeline.core.assessment.vendor_audit import ALPHA, LEAST_CONFIRMED, stats, vendor_audit


def calls(caller: str, confirmed: int, refuted: int, seconds: list[int]) -> pl.DataFrame:
    answers = ["confirmed"] * confirmed + ["stranger"] * refuted
    return pl.DataFrame(
        {
            "feed": "callbacks",
            "vendor": "金陵呼叫",
            "caller": caller,
            "direction": ["confirms"] * confirmed + ["refutes"] * refuted,
            "answer": answers,
            "talk_seconds": [seconds[place % len(seconds)] for place in range(len(answers))],
        },
        schema_overrides={"talk_seconds": pl.Int64},
    )


HONEST = [calls(name, 80, 20, list(range(40, 120))) for name in ("A", "B", "C", "D")]


def flagged(*more: pl.DataFrame) -> dict[str, list[str]]:
    told = vendor_audit(pl.concat([*HONEST, *more]))
    return dict(told.filter("flagged").select("caller", "reasons").iter_rows())


@pytest.mark.parametrize(
    ("cheat", "reasons"),
    [
        (calls("X", 100, 0, list(range(40, 140))), ["confirms_too_often"]),
        (calls("X", 80, 20, [*range(5, 15), *range(50, 90)]), ["too_short"]),
        (calls("X", 80, 20, [60, 60, *range(61, 64)]), ["same_length"]),
        (calls("X", 100, 0, [9]), ["confirms_too_often", "too_short", "same_length"]),
    ],
)
def test_each_way_to_cheat_is_found_and_named(cheat: pl.DataFrame, reasons: list[str]) -> None:
    assert flagged(cheat) == {"X": reasons}


def test_two_cheats_do_not_hide_each_other() -> None:
    assert set(flagged(calls("X", 100, 0, [9]), calls("Y", 100, 0, [9]))) == {"X", "Y"}


def test_a_caller_with_few_confirmations_is_not_judged() -> None:
    told = vendor_audit(pl.concat([*HONEST, calls("X", LEAST_CONFIRMED - 1, 0, [3])]))
    assert told.filter(caller="X").select("p_adjusted", "flagged").row(0) == (1.0, False)
    assert stats(told).select("evaluated", "failed_w", "unknown").row(0) == (4, 0, 1)


@pytest.mark.slow
def test_an_honest_body_of_callers_is_hardly_ever_marked() -> None:
    """Of 400 nights of ten honest callers, hardly more than the stated share see one marked."""
    rng, marked = np.random.default_rng(11), 0
    for _ in range(400):
        told = [
            calls(str(caller), hits, 100 - hits, rng.integers(20, 180, 100).tolist())
            for caller, hits in enumerate(rng.binomial(100, 0.85, 10).tolist())
        ]
        marked += vendor_audit(pl.concat(told))["flagged"].any()
    # 99.9 % of nights with a true share of ALPHA have at most 11 (binomial, 400, 0.01)
    assert ALPHA == 0.01
    assert marked <= 11


def test_nobody_called_is_an_empty_audit() -> None:
    assert vendor_audit(HONEST[0].clear()).height == 0
    assert stats(vendor_audit(HONEST[0].clear())).height == 0


def test_the_order_of_calls_does_not_matter() -> None:
    whole = pl.concat(HONEST)
    assert vendor_audit(whole.reverse()).equals(vendor_audit(whole))

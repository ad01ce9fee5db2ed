import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.authenticity.counts import COUNTS, total
from pipeline.core.authenticity.rates import rates

CELL = {"digest": "d", "period_kind": "all", "period": "all", "dimension": "city", "value": ""}


def cell(caliber: str, denominator: int, numerator: int, **more: object) -> pl.DataFrame:
    row = {"population": denominator, "refuted": denominator - numerator, "unverified": 0}
    counts = row | {"denominator": denominator, "numerator": numerator}
    return pl.DataFrame([CELL | counts | {"caliber": caliber} | more], schema=COUNTS)


def test_the_ratio_is_of_the_summed_counts() -> None:
    table = rates([cell("final", 3, 3), cell("final", 1, 0)], [])
    assert table.select("population", "authentic", "refuted", "rate").rows() == [(4, 3, 1, 0.75)]


def test_a_sample_has_an_interval_a_census_none() -> None:
    table = rates([cell("final", 600, 561), cell("callback", 600, 561)], ["callback"])
    # 561 of 600: 0.912 to 0.952, as in the example of the function
    callback, final = table.sort("caliber").iter_rows(named=True)
    assert (round(callback["interval_low"], 3), round(callback["interval_high"], 3)) == (0.912, 0.952)
    assert (callback["method"], final["method"], final["interval_low"]) == ("wilson", "census", None)


def test_a_rate_of_nobody_is_null() -> None:
    table = rates([cell("callback", 0, 0, population=5)], ["callback"])
    assert table.select("population", "rate", "interval_low").rows() == [(5, None, None)]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6), st.randoms())
def test_parts_add_up_in_any_order(counts: list[tuple[int, int]], random: object) -> None:
    parts = [cell("final", most + hits, hits) for most, hits in counts]
    mixed = list(parts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    once = total([total(mixed[:2]), total(mixed[2:])])
    assert once.equals(total(parts))
    assert once["denominator"].sum() == sum(most + hits for most, hits in counts)

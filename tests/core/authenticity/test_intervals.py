import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.authenticity.intervals import design_based, wilson


def test_wilson_of_561_among_600_is_912_to_952() -> None:
    low, high, method = wilson([561], [600])
    assert (round(float(low[0]), 3), round(float(high[0]), 3), method) == (0.912, 0.952, "wilson")


def test_wilson_of_8_among_10_is_the_textbooks() -> None:
    low, high, _ = wilson([8], [10])
    assert (round(float(low[0]), 4), round(float(high[0]), 4)) == (0.4902, 0.9433)


@pytest.mark.parametrize(("observed", "needed"), [(0.94, 2501), (0.95, 626), (0.96, 278), (0.97, 157)])
def test_the_calls_needed_to_show_93_percent_are_those_of_the_published_table(observed: float, needed: int) -> None:
    size = np.arange(1, 3000)
    low, _, _ = wilson(observed * size, size)
    assert size[low >= 0.93][0] == needed


def test_nobody_asked_is_anything_between_0_and_1() -> None:
    low, high, _ = wilson([0], [0])
    assert (low[0], high[0]) == (0, 1)


@given(st.integers(0, 500), st.integers(1, 500), st.sampled_from([0.8, 0.95, 0.99]))
def test_an_interval_holds_the_share_lies_in_0_to_1_and_turns_with_it(hits: int, more: int, coverage: float) -> None:
    size = hits + more
    low, high, _ = wilson([hits, more], [size, size], coverage)
    assert 0 <= low[0] <= hits / size <= high[0] <= 1
    assert (low[0], high[0]) == pytest.approx((1 - high[1], 1 - low[1]))


def test_the_design_based_interval_of_a_simple_sample_is_wilsons() -> None:
    share = np.array([0.9, 0.93, 0.97])
    spread, many = share * (1 - share), np.full(3, 1e9)
    low, high, _ = design_based(share, spread / 600, spread, many)
    plain = wilson(share * 600, [600] * 3)
    assert (low.tolist(), high.tolist()) == (pytest.approx(plain.low), pytest.approx(plain.high))


def test_a_census_is_a_point() -> None:
    low, high, _ = design_based([0.9, 1.0], [0.0, 0.0], [0.09, 0.0], [1.0, 1.0])
    assert (low.tolist(), high.tolist()) == ([0.9, 1.0], [0.9, 1.0])


def test_fewer_degrees_of_freedom_make_the_interval_wider() -> None:
    low, high, _ = design_based([0.9, 0.9], [0.001, 0.001], [0.09, 0.09], [3.0, 300.0])
    assert high[0] - low[0] > high[1] - low[1]

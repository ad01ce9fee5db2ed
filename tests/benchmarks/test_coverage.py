import numpy as np
import pytest

from benchmarks import coverage

PLAN = coverage.Plan("honest", 2_000, 300, 0.93)


@pytest.mark.parametrize("rate", coverage.RATES)
def test_a_city_is_as_authentic_as_planned(rate):
    assert (coverage.falsehood(rate).mean(axis=0) * coverage.SHARES).sum() == pytest.approx(1 - rate)


def test_a_draw_takes_what_was_planned_of_each_stratum_and_nobody_twice():
    rng = np.random.default_rng(1)
    parties = coverage.cities(rng, PLAN, 20)
    drawn = coverage.draw(rng, parties, PLAN.sample)
    assert (drawn <= parties).all()
    assert (drawn.sum(axis=(2, 3)) == coverage.takes(parties[0].sum(axis=(1, 2)), PLAN.sample)).all()


def test_every_drawn_party_has_one_outcome():
    rng = np.random.default_rng(1)
    drawn = coverage.draw(rng, coverage.cities(rng, PLAN, 20), PLAN.sample)
    for scenario in ("honest", "silent", "cheat"):
        assert (coverage.call(rng, drawn, scenario).sum(axis=(3, 4)) == drawn.sum(axis=3)).all()


def test_the_same_seed_tells_the_same_and_the_truth_is_mostly_held():
    first, again = (coverage.simulate(PLAN, 40, np.random.default_rng(3)) for _ in range(2))
    assert first == again and first["covered"] >= 0.8 and first["worst_covered"] == 1


def test_a_cheat_left_in_is_not_covered():
    told = coverage.simulate(coverage.Plan("cheat", 200_000, 2_500, 0.90), 40, np.random.default_rng(3))
    assert told["with_cheat"] < 0.3 and told["covered"] >= 0.8

from copy import deepcopy
from itertools import pairwise
from math import log2

import numpy as np
import pytest

from pipeline.core.matching import people
from pipeline.core.matching.comparisons import Comparison, patterns, unpacked
from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.model import Model, estimate, from_json, guessed, to_json
from pipeline.errors import SettingsError


def never(_sides: object) -> None:
    raise AssertionError


ABC = tuple(Comparison(name, ("same", "near", "other"), never) for name in "abcd")
M = {"a": (0.8, 0.15, 0.05), "b": (0.7, 0.2, 0.1), "c": (0.9, 0.06, 0.04), "d": (0.6, 0.3, 0.1)}
U = {"a": (0.05, 0.1, 0.85), "b": (0.02, 0.08, 0.9), "c": (0.3, 0.1, 0.6), "d": (0.1, 0.2, 0.7)}
PRIOR = 0.3


def model(prior: float = PRIOR) -> Model:
    start = guessed("abc", ABC, M, U)
    return Model("abc", start.m, start.u, prior, {"made_from": "a book"})


def pattern(*levels: int) -> np.ndarray:
    return patterns(np.array([levels], np.uint8), ABC)


def test_a_weight_is_the_logarithm_of_m_by_u_and_unknown_weighs_nothing() -> None:
    weights = model().weights(ABC)
    # 0.8 / 0.05 is 16 to 1, four bits; 0.7 / 0.02 is 35 to 1.
    assert weights[0].tolist()[:2] == [0, 4000]
    assert weights[1].tolist() == [0, *(round(1000 * log2(m / u)) for m, u in zip(M["b"], U["b"], strict=True))]
    assert weights[1][1] == 5129


def test_a_score_is_the_prior_and_the_sum_of_weights() -> None:
    # Odds of 3 to 7 before, 16 to 1 of a, 35 to 1 of b, 1 to 15 of c.
    expected = log2(3 / 7) + 4 + log2(35) + log2(0.04 / 0.6)
    (score,) = model().score(pattern(1, 1, 3, 0), ABC)
    assert abs(score - 1000 * expected) <= 2
    assert model(0.5).score(pattern(0, 0, 0, 0), ABC).tolist() == [0]
    assert model(0.2).prior_weight() == -2000
    several = np.concatenate([pattern(1, 1, 3, 0), pattern(0, 0, 0, 0), pattern(1, 1, 3, 0)])
    assert model().score(several, ABC).tolist() == [score, model().prior_weight(), score]


def simulated(pairs: int, missing: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Patterns of pairs drawn from the model, and how many there are of each."""
    rng = np.random.default_rng(20261122)
    match = rng.random(pairs) < PRIOR
    levels = np.zeros((pairs, len(ABC)), np.uint8)
    for place, one in enumerate(ABC):
        for side, share in ((match, M[one.name]), (~match, U[one.name])):
            levels[side, place] = 1 + rng.choice(3, side.sum(), p=share)
    levels[rng.random(levels.shape) < missing] = 0
    packed = patterns(levels, ABC)
    distinct, counts = np.unique(packed, return_counts=True)
    return distinct, counts.astype(np.int64)


START = guessed("abc", ABC, {}, {}, (0.6, 0.3, 0.1), (0.2, 0.2, 0.6))


def test_em_finds_what_the_pairs_were_drawn_from() -> None:
    found = estimate(*simulated(200_000), ABC, "abc", START)
    assert abs(found.prior - PRIOR) < 0.01
    for side, known in ((found.m, M), (found.u, U)):
        for name, shares in known.items():
            assert list(side[name].values()) == pytest.approx(shares, abs=0.015)
            assert sum(side[name].values()) == pytest.approx(1)
    assert found.comparisons == "abc"


def likelihood(told: Model, seen: np.ndarray, counts: np.ndarray) -> float:
    """Log-likelihood by the definition: of each pattern, the chance of a match and of none, added."""
    total = 0.0
    for levels, count in zip(unpacked(seen, ABC), counts, strict=True):
        chance = []
        for side, prior in ((told.m, told.prior), (told.u, 1 - told.prior)):
            shares = [list(side[one.name].values())[level - 1] for one, level in zip(ABC, levels, strict=True) if level]
            chance.append(prior * float(np.prod(shares)))
        total += int(count) * float(np.log(sum(chance)))
    return total


def test_em_never_lowers_the_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, counts = simulated(5_000)
    heights = [likelihood(START, seen, counts)]
    for rounds in (1, 2, 4, 8, 16, 64):
        monkeypatch.setattr("pipeline.core.matching.model._ROUNDS", rounds)
        heights.append(likelihood(estimate(seen, counts, ABC, "abc", START), seen, counts))
    assert all(after >= before - 1e-6 for before, after in pairwise(heights))
    assert heights[-1] > heights[0] + 100


def test_the_order_of_patterns_decides_nothing() -> None:
    seen, counts = simulated(5_000)
    assert estimate(seen, counts, ABC, "abc", START) == estimate(seen[::-1], counts[::-1], ABC, "abc", START)


def test_guesses_are_shares() -> None:
    told = guessed("abc", ABC, {"a": (2, 1, 1)}, {}, (1, 1, 2), (3, 3, 4))
    assert told.m["a"] == {"same": 0.5, "near": 0.25, "other": 0.25}
    assert told.m["b"] == {"same": 0.25, "near": 0.25, "other": 0.5}
    assert told.u["c"] == {"same": 0.3, "near": 0.3, "other": 0.4}


def test_a_model_comes_back_from_its_file() -> None:
    assert from_json(to_json(model()), "abc", ABC) == model()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda told: told.update(format=2), id="format"),
        pytest.param(lambda told: told.pop("format"), id="no format"),
        pytest.param(lambda told: told.update(comparisons="people"), id="other comparisons"),
        pytest.param(lambda told: told["m"].pop("a"), id="a comparison lacks"),
        pytest.param(lambda told: told["u"]["b"].pop("near"), id="a level lacks"),
        pytest.param(lambda told: told["u"]["b"].update(nearly=0.1), id="a level too many"),
        pytest.param(lambda told: told["m"]["c"].update(same=0.0), id="never"),
        pytest.param(lambda told: told["m"]["c"].update(same=1.0), id="always"),
        pytest.param(lambda told: told["u"]["c"].update(same=-0.1), id="less than never"),
        pytest.param(lambda told: told["u"]["c"].update(same=float("nan")), id="no number"),
        pytest.param(lambda told: told["u"]["c"].update(same="0.3"), id="a text"),
        pytest.param(lambda told: told.pop("m"), id="no m"),
        pytest.param(lambda told: told.pop("prior"), id="no prior"),
        pytest.param(lambda told: told.update(prior=0.0), id="no match ever"),
        pytest.param(lambda told: told.update(prior=1), id="always a match"),
    ],
)
def test_a_file_that_is_no_model_is_refused(spoil) -> None:
    told = deepcopy(to_json(model()))
    spoil(told)
    with pytest.raises(SettingsError, match="matching model"):
        from_json(told, "abc", ABC)


def test_the_packaged_model_fits_and_says_where_it_comes_from() -> None:
    matcher = packaged()
    told = matcher.model
    assert told.comparisons == people.NAME
    assert told.provenance["made_from"] == "synthetic data"
    for one in people.COMPARISONS:
        for side in (told.m, told.u):
            assert set(side[one.name]) == set(one.levels)
            assert sum(side[one.name].values()) == pytest.approx(1, abs=1e-3)
    weights = dict(zip((one.name for one in people.COMPARISONS), told.weights(people.COMPARISONS), strict=True))
    # What agrees speaks for a match, what differs against it; a vehicle in common is what brought most pairs together.
    assert all(of[1] > 0 > of[-1] for name, of in weights.items() if name not in ("vehicle", "name"))
    assert weights["name"][1] > 0 > weights["name"][9]
    assert matcher.review_at < matcher.link_at

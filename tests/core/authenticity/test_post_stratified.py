from itertools import combinations

import numpy as np
import polars as pl
import pytest

from pipeline.core.authenticity import drawn_calls
from pipeline.core.authenticity.post_strata import COUNT_SCHEMA, collapse
from pipeline.core.authenticity.post_stratified import shares

ALL = {"period": "all", "dimension": "city", "value": ""}


def counts(**populations: tuple[int, int]) -> pl.DataFrame:
    """Population and system authentic per post-stratum."""
    return pl.DataFrame(
        [
            ALL | {"post_stratum": name, "population": of, "system_authentic": authentic}
            for name, (of, authentic) in populations.items()
        ],
        schema=COUNT_SCHEMA,
    )


def drawn(*rows: tuple[str, str, float, float | None]) -> pl.DataFrame:
    """Counted calls: stratum, post-stratum, inclusion probability, y."""
    told = [
        ALL
        | {"list_id": "L", "stratum": stratum, "post_stratum": post, "inclusion_probability": chance}
        | {"outcome": "", "flagged": False, "calls": 1, "y": y}
        for stratum, post, chance, y in rows
    ]
    return pl.DataFrame(told, schema={**drawn_calls.CALL_COUNTS, "y": pl.Float64})


def answers(**per_stratum: int) -> pl.DataFrame:
    rows = [ALL | {"post_stratum": name, "answers": told} for name, told in per_stratum.items()]
    return pl.DataFrame(rows, schema={**ALL_SCHEMA, "answers": pl.Int64})


ALL_SCHEMA = {name: COUNT_SCHEMA[name] for name in (*ALL, "post_stratum")}


def cells(told: pl.DataFrame) -> dict[str, str]:
    return dict(told.select("post_stratum", "cell").iter_rows())


def every_sample(truth: dict[str, list[int]], sizes: dict[str, int]) -> list[tuple[float, float]]:
    """Share and variance told by every sample a stratified draw can give; strata are post-strata."""
    population = counts(**{name: (len(parties), len(parties)) for name, parties in truth.items()})
    samples: list[list[tuple[str, str, float, float]]] = [[]]
    for name, parties in truth.items():
        chance = sizes[name] / len(parties)
        samples = [
            [*sample, *((name, name, chance, float(y)) for y in taken)]
            for sample in samples
            for taken in combinations(parties, sizes[name])
        ]
    numbered = [(str(number), sample) for number, sample in enumerate(samples)]
    calls = [drawn(*sample).with_columns(value=pl.lit(number)) for number, sample in numbered]
    everybody = [population.with_columns(value=pl.lit(number)) for number, _ in numbered]
    return shares(pl.concat(calls), pl.concat(everybody), 1).select("share", "variance").rows()


TINY = {"a": [1, 1, 1, 0, 1], "b": [0, 1, 0, 0], "c": [1, 0, 1]}
TAKEN = {"a": 3, "b": 2, "c": 2}


def test_over_all_samples_of_a_tiny_population_the_mean_estimate_is_the_truth() -> None:
    told = every_sample(TINY, TAKEN)
    assert len(told) == 10 * 6 * 3
    assert np.mean([share for share, _ in told]) == pytest.approx(7 / 12)


def test_over_all_samples_the_mean_variance_is_not_less_than_that_of_the_estimates() -> None:
    told = every_sample(TINY, TAKEN)
    assert np.mean([noise for _, noise in told]) >= np.var([share for share, _ in told])


def test_weights_undo_an_unequal_draw_within_a_post_stratum() -> None:
    told = shares(drawn(("x", "p", 0.5, 1.0), ("x", "p", 0.5, 1.0), ("y", "p", 0.25, 0.0)), counts(p=(8, 8)), 1)
    assert told["share"].to_list() == [0.5]


def test_post_strata_weigh_by_their_population() -> None:
    told = shares(drawn(("x", "p", 0.5, 1.0), ("x", "q", 0.5, 0.0)), counts(p=(90, 90), q=(10, 0)), 1)
    assert told["share"].to_list() == [0.9]


def test_a_simple_sample_has_the_textbook_variance() -> None:
    rows = [("x", "p", 0.1, 1.0)] * 90 + [("x", "p", 0.1, 0.0)] * 10
    told = shares(drawn(*rows), counts(p=(1000, 1000)), 1)
    assert told["variance"][0] == pytest.approx(0.9 * 0.9 * 0.1 / 99, rel=0.02)


def test_a_census_has_no_variance() -> None:
    told = shares(
        drawn(("x", "p", 1.0, 1.0), ("x", "p", 1.0, 0.0), ("x", "q", 1.0, 1.0)), counts(p=(2, 2), q=(1, 1)), 1
    )
    assert told.select("share", "variance").row(0) == (pytest.approx(2 / 3), 0)


def test_a_unanimous_sample_is_not_certain() -> None:
    told = shares(drawn(*[("x", "p", 0.1, 1.0)] * 20), counts(p=(200, 200)), 1)
    assert told["share"].to_list() == [1.0] and told["variance"][0] > 0


def test_silence_makes_even_a_full_draw_uncertain_and_moves_nothing() -> None:
    heard = [("x", "p", 1.0, 1.0)] * 9 + [("x", "p", 1.0, 0.0)]
    told = shares(drawn(*heard, ("x", "p", 1.0, None)), counts(p=(11, 11)), 1)
    assert told["share"].to_list() == [0.9] and told["variance"][0] > 0


def test_small_post_strata_go_together() -> None:
    told = collapse(counts(a=(10, 0), b=(10, 5), c=(10, 10)), answers(a=2, b=2, c=9), 3)
    assert cells(told) == {"a": "together", "b": "together", "c": "=c"}


def test_if_these_are_still_few_the_nearest_system_rate_joins() -> None:
    told = collapse(counts(a=(10, 9), b=(10, 1), c=(10, 10)), answers(b=9, c=9), 3)
    assert cells(told) == {"a": "together", "b": "=b", "c": "together"}


def test_enough_answers_keep_every_post_stratum_apart() -> None:
    told = collapse(counts(a=(10, 9), b=(10, 1)), answers(a=3, b=3), 3)
    assert cells(told) == {"a": "=a", "b": "=b"}

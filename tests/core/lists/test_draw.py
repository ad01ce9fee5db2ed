"""The draw keeps its word: probabilities are exact, the key decides, and calls go where they tell most."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.lists.callbacks import CallPlan, Frame, callback_list
from pipeline.core.lists.draw import drawn, lots, sizes
from tests.core.authenticity.histories import NIGHT

KEYS = pl.Series("key", [f"P{number}/policyholder" for number in range(40)])


def draw(secret: bytes, size: int = 10) -> pl.DataFrame:
    told = pl.DataFrame({"key": KEYS, "stratum": "a"}).with_columns(lots(KEYS, secret, "callbacks-2026-06-30"))
    return drawn(told, pl.DataFrame({"stratum": ["a"], "size": [size]}))


def test_everybody_is_drawn_as_often_as_is_said() -> None:
    times = dict.fromkeys(KEYS, 0)
    for secret in range(2_000):
        for key in draw(secret.to_bytes(4, "big"))["key"]:
            times[key] += 1
    # 2,000 draws of 10 among 40: 500 each, standard deviation 19; five of them leave room for 40 keys.
    assert all(abs(often - 500) < 97 for often in times.values())
    assert set(draw(b"s")["inclusion_probability"]) == {0.25}


def test_the_same_secret_draws_the_same_another_draws_others() -> None:
    assert draw(b"one")["key"].sort().equals(draw(b"one")["key"].sort())
    assert not draw(b"one")["key"].sort().equals(draw(b"two")["key"].sort())
    assert not lots(KEYS, b"one", "callbacks-2026-07-01").equals(lots(KEYS, b"one", "callbacks-2026-06-30"))


@given(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0.01, 0.5)), min_size=1, max_size=6),
    st.integers(0, 400),
    st.integers(1, 9),
)
def test_sizes_use_every_call_and_never_more_than_there_are(
    strata: list[tuple[int, float]], total: int, least: int
) -> None:
    candidates, spread = (np.array(column) for column in zip(*strata, strict=True))
    wanted = sizes(candidates.copy(), spread, total, least)
    assert (wanted <= candidates).all()
    assert wanted.sum() == max(min(total, candidates.sum()), min(len(strata), wanted.sum()))
    assert (wanted >= 1).all()


def test_calls_go_where_the_spread_is() -> None:
    # Neyman: in proportion to 1000 x 0.5 and 1000 x 0.1
    assert sizes(np.array([1000, 1000]), np.array([0.5, 0.1]), 120, 1).tolist() == [100, 20]


PERSONS = pl.DataFrame(
    {
        "policy_no": [f"P{number}" for number in range(6)],
        "role": "policyholder",
        "unit": "江宁",
        "issued_on": [NIGHT - timedelta(days=days) for days in (1, 2, 3, 4, 15, 16)],
        "post_stratum": "silent",
        "record_id": [f"underwriting/P{number}/policyholder" for number in range(6)],
    }
)
CONTACTS = pl.DataFrame(
    {"record_id": PERSONS["record_id"], "name": "王小明", "phone": ["1390000000" + str(n) for n in range(6)]}
)
HEARD = pl.DataFrame(schema={"post_stratum": pl.String, "outcome": pl.String})


def listed(barred: list[str], called: dict[str, int]) -> list[str]:
    calls = pl.DataFrame(
        {
            "phone": list(called),
            "at": [datetime.combine(NIGHT, datetime.min.time()) - timedelta(days=day) for day in called.values()],
        },
        schema={"phone": pl.String, "at": pl.Datetime("us")},
    )
    frame = Frame(PERSONS, CONTACTS, pl.Series(barred, dtype=pl.String), calls, HEARD)
    return sorted(callback_list(frame, b"s", CallPlan(calls=50), NIGHT)["policy_no"])


@pytest.mark.parametrize(
    ("barred", "called", "expected"),
    [
        ([], {}, ["P0", "P1", "P2", "P3", "P4"]),  # P5 was issued too long ago
        (["13900000000"], {}, ["P1", "P2", "P3", "P4"]),
        ([], {"13900000001": 39}, ["P0", "P2", "P3", "P4"]),
        ([], {"13900000001": 40}, ["P0", "P1", "P2", "P3", "P4"]),
    ],
)
def test_who_must_not_be_called_is_not(barred: list[str], called: dict[str, int], expected: list[str]) -> None:
    assert listed(barred, called) == expected

"""The draw keeps its word: probabilities are exact, the key decides, and calls go where they tell most."""

from datetime import date, datetime, timedelta

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


def test_calls_go_where_they_narrow_the_interval_most() -> None:
    """Of every way to spread six calls, the one chosen has the least variance (Neyman, by brute force)."""
    heard = pl.DataFrame(
        {
            "post_stratum": ["wide"] * 8 + ["narrow"] * 10 + ["silent"] * 10,
            "outcome": ["confirmed", "refuted"] * 4
            + ["confirmed"] * 10
            + ["confirmed", "refuted", *["not_reached"] * 8],
        }
    )
    size = {"wide": 30, "narrow": 60, "silent": 30}
    persons = pl.concat(people(number, stratum) for stratum, number in size.items())
    told = callback_list(frame_of(persons, heard=heard), b"s", CallPlan(calls=12, least=1), NIGHT)
    chosen = dict(told.group_by("stratum").len().iter_rows())
    known = {"wide": (4, 8, 8), "narrow": (10, 10, 10), "silent": (1, 2, 10)}

    def variance(calls: dict[str, int]) -> float:
        whole = 0.0
        for stratum, (good, answered, drawn_) in known.items():
            share, reach = (good + 1) / (answered + 2), (answered + 1) / (drawn_ + 2)
            whole += size[stratum] ** 2 * share * (1 - share) / (calls[stratum] * reach)
        return whole

    ways = [
        {"wide": a, "narrow": b, "silent": 12 - a - b} for a in range(1, 11) for b in range(1, 12 - a) if 12 - a - b > 0
    ]
    assert variance(chosen) == pytest.approx(min(map(variance, ways)), rel=0.02)
    assert chosen["silent"] > chosen["wide"] > 1


def test_premium_moves_calls_to_where_it_is() -> None:
    persons = pl.concat([people(50, "dear", 9), people(50, "cheap", 1)])
    told = callback_list(frame_of(persons), b"s", CallPlan(calls=20, least=1), NIGHT)
    assert dict(told.group_by("stratum").len().iter_rows()) == {"dear": 18, "cheap": 2}


def people(number: int, stratum: str = "silent", weight: int = 1, issued_on: date = NIGHT) -> pl.DataFrame:
    names = [f"{stratum}{issued_on:%d}{place}" for place in range(number)]
    return pl.DataFrame({"policy_no": names}, schema={"policy_no": pl.String}).with_columns(
        role=pl.lit("policyholder"),
        unit=pl.lit("江宁"),
        issued_on=pl.lit(issued_on),
        post_stratum=pl.lit(stratum),
        record_id=pl.col("policy_no"),
        weight=pl.lit(weight),
    )


def frame_of(persons: pl.DataFrame, heard: pl.DataFrame | None = None, before: pl.DataFrame | None = None) -> Frame:
    contacts = persons.select("record_id", name=pl.lit("王小明"), phone=pl.lit("139") + pl.col("policy_no"))
    nobody = pl.DataFrame(schema=dict.fromkeys(("policy_no", "role"), pl.String))
    return Frame(
        persons, contacts, NO_CALLS, HEARD if heard is None else heard, before=nobody if before is None else before
    )


def test_the_lists_of_all_nights_together_are_one_sample() -> None:
    """A week of nights: nobody has two chances, and weights (1 / probability) of all lists add up to everybody."""
    plan, weights, drawn_ever = CallPlan(calls=7, least=2, days=15), 0.0, []
    nights = [NIGHT + timedelta(days=day) for day in range(7)]
    known = pl.concat(people(20, issued_on=NIGHT - timedelta(days=day)) for day in range(20))
    before = people(0)
    for on in nights:
        known = pl.concat([known, people(10, issued_on=on, stratum="new")])
        told = callback_list(frame_of(known, before=before.select("policy_no", "role")), b"s", plan, on)
        weights += (1 / told["inclusion_probability"]).sum()
        drawn_ever += told["policy_no"].to_list()
        before = known
    assert len(drawn_ever) == len(set(drawn_ever))
    # The first night's window of 15 days reaches back 14, 20 policies each; then 10 new ones a night.
    assert weights == pytest.approx(20 * 15 + 10 * 7)


def test_tries_are_spread_over_a_week_within_the_hours() -> None:
    told = callback_list(frame_of(people(1)), b"s", CallPlan(tries=3, tries_days=7, from_hour=9), NIGHT).row(
        0, named=True
    )
    assert told["first_try_on"] == date(2026, 7, 1)
    assert told["later_tries_on"] == "2026-07-05 2026-07-08"
    assert (told["tries"], told["hours"]) == (3, "09:00-21:00")
    assert CallPlan(tries=1).later_tries(NIGHT) == []


PERSONS = pl.DataFrame(
    {
        "policy_no": [f"P{number}" for number in range(6)],
        "role": "policyholder",
        "unit": "江宁",
        "issued_on": [NIGHT - timedelta(days=days) for days in (1, 2, 3, 4, 14, 15)],
        "post_stratum": "silent",
        "weight": 1,
        "record_id": [f"underwriting/P{number}/policyholder" for number in range(6)],
    }
)
CONTACTS = pl.DataFrame(
    {"record_id": PERSONS["record_id"], "name": "王小明", "phone": ["1390000000" + str(n) for n in range(6)]}
)
HEARD = pl.DataFrame(schema={"post_stratum": pl.String, "outcome": pl.String})
NO_CALLS = pl.DataFrame(schema={"phone": pl.String, "at": pl.Datetime("us")})


def listed(barred: list[str], called: dict[str, int]) -> list[str]:
    calls = pl.DataFrame(
        {
            "phone": list(called),
            "at": [datetime.combine(NIGHT, datetime.min.time()) - timedelta(days=day) for day in called.values()],
        },
        schema={"phone": pl.String, "at": pl.Datetime("us")},
    )
    frame = Frame(PERSONS, CONTACTS, calls, HEARD, pl.Series(barred, dtype=pl.String))
    return sorted(callback_list(frame, b"s", CallPlan(calls=50), NIGHT)["policy_no"])


@pytest.mark.parametrize(
    ("barred", "called", "expected"),
    [
        ([], {}, ["P0", "P1", "P2", "P3", "P4"]),  # P5 could be called tomorrow, 16 days after issue: too late
        (["13900000000"], {}, ["P1", "P2", "P3", "P4"]),
        ([], {"13900000001": 39}, ["P0", "P2", "P3", "P4"]),
        ([], {"13900000001": 40}, ["P0", "P1", "P2", "P3", "P4"]),
    ],
)
def test_who_must_not_be_called_is_not(barred: list[str], called: dict[str, int], expected: list[str]) -> None:
    assert listed(barred, called) == expected

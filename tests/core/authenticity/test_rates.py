from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.authenticity import rates
from pipeline.core.schema import OBSERVATION_SCHEMA


def told(*rows: dict[str, object]) -> pl.DataFrame:
    """Underwriting observations with the columns given and usual values elsewhere."""
    usual = {
        "source": "underwriting",
        "role": "policyholder",
        "customer_type": "person",
        "policy_no": "1",
        "unit": "江宁",
    }
    usual |= {"issued_on": date(2026, 1, 5), "channel": "dealer"}
    frame = pl.DataFrame([usual | row for row in rows], schema=OBSERVATION_SCHEMA)
    return frame.with_columns(kind=pl.lit("underwriting"))


def rate_of(observations: pl.DataFrame, refuted: list[bool], same: list[bool] | None = None) -> dict[str, object]:
    same = same or [False] * observations.height
    parties = rates.parties(observations, np.array(refuted), np.array(same))
    table = rates.total([rates.count(parties)])
    return table.filter((pl.col("dimension") == "city") & (pl.col("period") == "all")).row(0, named=True)


def test_policyholder_and_insured_who_are_one_count_once_and_are_refuted_together() -> None:
    both = told({}, {"role": "insured"})
    assert rate_of(both, [False, True], [False, True]) == rate_of(both, [True, False], [False, True])
    assert (rate_of(both, [False, True], [False, True])["population"], rate_of(both, [False, True])["population"]) == (
        1,
        2,
    )


def test_who_is_not_counted() -> None:
    kept = {"policy_no": "9"}
    left_out = [
        {"role": "owner"},
        {"customer_type": "organisation"},
        {"policy_status": "cancelled"},
        {"vehicle_kind": "tractor"},
    ]
    counted = rate_of(told(kept, *left_out), [False] * 5)
    assert (counted["population"], counted["rate"]) == (1, 1.0)


def test_the_share_without_a_refuting_finding() -> None:
    counted = rate_of(told(*({"policy_no": str(number)} for number in range(4))), [True, False, False, False])
    assert (counted["authentic"], counted["refuted"], counted["rate"]) == (3, 1, 0.75)


def test_each_dimension_adds_up_to_the_city() -> None:
    observations = told(
        {"policy_no": "1"},
        {"policy_no": "2", "unit": "鼓楼"},
        {"policy_no": "3", "unit": None, "issued_on": date(2026, 2, 1)},
    )
    table = rates.total([rates.count(rates.parties(observations, np.array([True, False, False]), np.zeros(3, bool)))])
    sums = table.group_by("dimension", pl.col("period") == "all").agg(pl.col("population").sum())
    assert set(sums["population"]) == {3}


@given(st.lists(st.tuples(st.sampled_from("123456"), st.booleans()), min_size=1, max_size=20), st.integers(1, 4))
def test_counts_do_not_depend_on_how_parties_are_split(rows, parts) -> None:
    observations = told(*({"policy_no": policy} for policy, _ in rows))
    parties = rates.parties(observations, np.array([refuted for _, refuted in rows]), np.zeros(len(rows), bool))
    split = [parties.filter(pl.col("party") % parts == part) for part in range(parts)]
    assert rates.total([rates.count(part) for part in split]).equals(rates.total([rates.count(parties)]))

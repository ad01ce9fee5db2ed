"""A frozen month never changes; what is restated adds up, person by person."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.assessment.freezing import DIMENSIONS, FROZEN_PERSONS, STATES, counted_in, persons_of, restated
from pipeline.core.authenticity.calibers import CALIBERS
from tests.core.authenticity.histories import NIGHT, call, finding, judged, policy

PERSON = st.fixed_dictionaries(
    {
        "state": st.sampled_from(STATES),
        "unit": st.sampled_from(["江宁", "鼓楼"]),
        "agency": st.sampled_from(["", "A1", "A2"]),
    }
)
PERSONS = st.dictionaries(st.sampled_from(["P1", "P2", "P3", "P4", "P5"]), PERSON)


def frame(persons: dict[str, dict[str, str]]) -> pl.DataFrame:
    usual = {"role": "policyholder", "caliber": "final", "digest": "d", **dict.fromkeys(DIMENSIONS, "")}
    return pl.DataFrame(
        [{**usual, "policy_no": number, **told} for number, told in persons.items()], schema=FROZEN_PERSONS
    )


@given(PERSONS, PERSONS)
def test_rows_add_up_to_cells(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> None:
    cells, rows = restated(frame(before), frame(after), "2026-05")
    for dimension in DIMENSIONS:
        was, is_ = ("", "") if dimension == "city" else (f"frozen_{dimension}", dimension)
        for cell in cells.filter(dimension=dimension).iter_rows(named=True):
            own = [
                (row["frozen_state"] if not was or row[was] == cell["value"] else None,
                 row["state"] if not is_ or row[is_] == cell["value"] else None)
                for row in rows.iter_rows(named=True)
            ]  # fmt: skip
            gained = sum((now == "authentic") - (then == "authentic") for then, now in own)
            counted = sum((now not in (None, "excluded")) - (then not in (None, "excluded")) for then, now in own)
            assert cell["authentic"] - cell["frozen_authentic"] == gained
            assert cell["denominator"] - cell["frozen_denominator"] == counted
    named = {row["policy_no"] for row in rows.iter_rows(named=True)}
    assert named == {number for number in before | after if before.get(number) != after.get(number)}


@given(PERSONS)
def test_nothing_changed_is_nothing_restated(persons: dict[str, dict[str, str]]) -> None:
    cells, rows = restated(frame(persons), frame(dict(reversed(persons.items()))), "2026-05")
    assert (cells.height, rows.height) == (0, 0)


def test_a_correction_restates_the_month_and_only_that_month() -> None:
    wrong = [policy(**finding("D04", "check_digit")), policy("P2"), policy("P3", issued_on=date(2026, 6, 1))]
    right = [policy(), policy("P2"), policy("P3", issued_on=date(2026, 6, 1)), call("12", policy_no="P3")]
    final = CALIBERS["final"]
    months = ("2026-05", "2026-06")
    frozen, now = (
        {month: persons_of(counted_in(judged(*rows), final, months, NIGHT), final, month) for month in months}
        for rows in (wrong, right)
    )
    cells, rows = restated(frozen["2026-05"], now["2026-05"], "2026-05")
    assert rows.select("policy_no", "frozen_state", "state").rows() == [("P1", "refuted", "authentic")]
    city = cells.filter(dimension="city").row(0, named=True)
    assert (city["frozen_authentic"], city["authentic"], city["frozen_rate"], city["rate"]) == (1, 2, 0.5, 1.0)
    _, later = restated(frozen["2026-06"], now["2026-06"], "2026-06")
    assert later["policy_no"].to_list() == ["P3"]

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.rules.examples import outcome

FIRST = date(2026, 1, 1)
VINS = ("LSVAB2BR8KN123456", "1M8GDM9AXKP042788")
PLATES = ("苏A12345", "苏AD12345")

covers = st.builds(
    lambda plate, vin, start, days: {
        "plate": plate, "vin": vin, "cover_from": FIRST + timedelta(start), "cover_to": FIRST + timedelta(start + days)
    },
    st.sampled_from(PLATES), st.sampled_from(VINS), st.integers(0, 6), st.integers(0, 4),
)  # fmt: skip


def overlapping(one: dict, other: dict) -> bool:
    return one["cover_from"] < other["cover_to"] and other["cover_from"] < one["cover_to"]


@given(st.lists(covers, min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_a_car_has_two_plates_exactly_when_their_covers_overlap(rows):
    told = outcome(rows, "V05")
    for row, answer in zip(rows, told, strict=True):
        met = [other for other in rows if overlapping(row, other)]
        plates = any(other["vin"] == row["vin"] and other["plate"] != row["plate"] for other in met)
        vins = any(other["plate"] == row["plate"] and other["vin"] != row["vin"] for other in met)
        assert answer == ("two_plates" if plates else "two_vins" if vins else "passed")


def test_so_many_covers_that_nobody_compares_them_fail_throughout():
    rows = [
        {
            "vin": VINS[0],
            "plate": PLATES[place % 2],
            "cover_from": FIRST + timedelta(place),
            "cover_to": FIRST + timedelta(place + 1),
        }
        for place in range(260)
    ]
    assert set(outcome(rows, "V05")) == {"two_plates"}
    assert set(outcome(rows[:250], "V05")) == {"passed"}


def test_a_cancelled_policy_takes_no_part():
    row = {"plate": PLATES[0], "vin": VINS[0], "cover_from": FIRST, "cover_to": FIRST + timedelta(365)}
    assert outcome([row, row | {"plate": PLATES[1], "policy_status": "cancelled"}], "V05") == ["passed", "not asked"]


def test_an_illegal_plate_is_no_second_plate():
    row = {"plate": PLATES[0], "vin": VINS[0], "cover_from": FIRST, "cover_to": FIRST + timedelta(365)}
    assert outcome([row, row | {"plate": "苏A1234"}], "V05") == ["passed", "unknown"]

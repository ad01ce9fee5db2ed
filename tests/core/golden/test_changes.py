from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.golden.changes import changes
from pipeline.core.golden.records import golden
from pipeline.core.schema import CHANGES, CUSTOMERS
from tests.core.golden.members import ON, SETTINGS, WANG, member, members

NOBODY = CUSTOMERS.schema.to_frame(eager=True)


def customers(**mobiles: str | None) -> pl.DataFrame:
    rows = [member(n, customer=id_, mobile=mobile) for n, (id_, mobile) in enumerate(mobiles.items())]
    return golden(members(*rows), SETTINGS) if rows else NOBODY


def told(found: pl.DataFrame) -> list[tuple[str, str, list[str]]]:
    return found.select("customer_id", "change", "changed_fields").rows()


def apply_changes(store: pl.DataFrame, night: pl.DataFrame) -> pl.DataFrame:
    """What a reader of the changes does: touched customers go, those that are not retired come back as told."""
    left = store.join(night, on="customer_id", how="anti")
    return pl.concat([left, night.filter(pl.col("change") != "retired").select(CUSTOMERS.schema.names())])


def test_added_changed_retired_and_untouched() -> None:
    found = changes(customers(A="1", B="1", C="1", E=None), customers(A="1", B="2", D="1", E=None), ON)
    assert told(found) == [("B", "changed", ["mobile"]), ("C", "retired", []), ("D", "added", [])]
    assert found.schema == CHANGES.schema
    assert found["business_date"].unique().to_list() == [ON]
    assert found["mobile"].to_list() == ["2", None, "1"] and found["records"].to_list() == [1, None, 1]


@pytest.mark.parametrize(
    ("was", "now", "fields"),
    [
        ("1", None, ["mobile", "mobile_source", "mobile_date"]),
        (None, "1", ["mobile", "mobile_source", "mobile_date"]),
        ("1", "2", ["mobile"]),
    ],
)
def test_the_changed_fields_are_named_in_the_tables_order(was: str | None, now: str | None, fields: list[str]) -> None:
    assert told(changes(customers(A=was), customers(A=now), ON)) == [("A", "changed", fields)]


def test_another_source_of_the_same_values_is_a_change() -> None:
    was = golden(members(member(1, **WANG)), SETTINGS)
    now = golden(members(member(1, **WANG), member(2, "claims")), SETTINGS)
    assert told(changes(was, now, ON)) == [("A", "changed", ["records", "sources"])]


def test_nothing_changed() -> None:
    assert changes(customers(A="1", B=None), customers(A="1", B=None), ON).is_empty()
    assert changes(NOBODY, NOBODY, ON).schema == CHANGES.schema


nights = st.lists(
    st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from([None, "1", "2"]), max_size=5), min_size=1, max_size=5
)


@given(nights, st.integers(0, 99))
def test_applied_night_by_night_to_nothing_they_give_the_last_night(told: list[dict], seed: int) -> None:
    store, former = NOBODY, NOBODY
    for number, mobiles in enumerate(told):
        tonight = customers(**mobiles).sample(fraction=1, shuffle=True, seed=seed)
        night = changes(former, tonight, ON + timedelta(number))
        assert night["customer_id"].is_sorted() and night["customer_id"].is_unique().all()
        store, former = apply_changes(store, night), tonight
        assert_frame_equal(store.sort("customer_id"), tonight.sort("customer_id"))


def test_a_night_without_customers_retires_all() -> None:
    assert told(changes(customers(A="1"), NOBODY, date(2026, 11, 23))) == [("A", "retired", [])]
    assert replace(SETTINGS, on=ON) == SETTINGS

"""How a weight came about."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.retell import retell
from pipeline.core.matching.weighing import now, weigh, weighing_of
from pipeline.core.schema import LINKS, OBSERVATION_SCHEMA

MODEL = packaged().model
NIGHT = date(2026, 3, 2)


def row(weight: float, **levels: str) -> dict[str, object]:
    unknown = {name: "unknown" for name in LINKS.schema.names() if name.endswith("_level")}
    return {**unknown, **{f"{name}_level": level for name, level in levels.items()}, "weight": weight}


def observations(*told: dict[str, str]) -> pl.DataFrame:
    rows = [
        {
            "record_id": f"underwriting/P{place}/policyholder",
            "source": "underwriting",
            "role": "policyholder",
            "customer_type": "person",
            **one,
        }
        for place, one in enumerate(told)
    ]
    return pl.DataFrame(rows, schema=OBSERVATION_SCHEMA)


def test_prior_and_steps_add_up_to_the_total():
    told = weigh({"phone": "same", "name": "same", "birth": "unknown"}, MODEL)
    assert [step.comparison for step in told.steps] == ["name", "phone"]
    assert told.prior + sum(step.bits for step in told.steps) == pytest.approx(told.total)
    assert told.steps[0].start == told.prior
    assert told.steps[-1].end == told.total


def test_a_pair_weighed_with_another_model_is_not_taken_apart():
    total = weigh({"name": "same"}, MODEL).total
    assert weighing_of(row(total, name="same"), MODEL) == weigh({"name": "same"}, MODEL)
    assert weighing_of(row(total + 1, name="same"), MODEL) is None
    assert weighing_of(row(total, name="a level of former times"), MODEL) is None


def test_two_records_compared_now():
    told = now(
        retell(
            observations({"name": "王小明", "mobile": "13905142687"}, {"name": "王晓明", "mobile": "13905142687"}),
            NIGHT,
            {},
        ),
        packaged(),
    )
    assert "mobile" in told.keys
    assert told.weighing == weigh({"name": "same_sound", "phone": "same"}, MODEL)


def test_weights_below_review_are_told_too():
    strict = replace(packaged(), review_at=50_000)
    told = now(
        retell(
            observations({"name": "王小明", "mobile": "13905142687"}, {"name": "李强", "mobile": "15205142688"}),
            NIGHT,
            {},
        ),
        strict,
    )
    assert told.keys == ()
    assert told.weighing == weigh({"name": "other", "phone": "other"}, MODEL)


def test_a_common_policy_is_a_key():
    told = now(
        retell(observations({"name": "王小明", "policy_no": "P"}, {"name": "李强", "policy_no": "P"}), NIGHT, {}),
        packaged(),
    )
    assert told.keys == ("policy",)
    assert told.weighing == weigh({"name": "other", "vehicle": "same"}, MODEL)


def test_who_names_nobody_is_not_compared():
    assert (
        now(retell(observations({"name": "王小明"}, {"mobile": "13905142687"}), NIGHT, {}), packaged()).weighing is None
    )

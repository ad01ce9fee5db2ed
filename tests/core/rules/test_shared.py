import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.digest import digest
from pipeline.core.rules.catalogue import PLACE, RULES
from pipeline.core.rules.evaluate import CODES, DEVIATION_SCHEMA
from pipeline.core.rules.facts import examine
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.shared import MEETINGS, ask, project
from tests.core.rules.examples import NIGHT, addressed, observations, with_limits
from tests.strategies_rules import nights

STRICT = with_limits(
    persons_per_phone=1, cars_not_owned=0, address_parties=1, email_parties=1, agent_name_policies=1, similar_phones=2
)
"""Limits so low that small nights meet them."""


def night(rows: list[dict[str, object]]) -> pl.DataFrame:
    return examine(addressed(observations(rows)), NIGHT)


def all_deviations(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([ask(kind, keyed, STRICT, NIGHT) for kind, keyed in project(frame, NIGHT).items()])


@given(nights(), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_answers_do_not_depend_on_the_order_of_rows(rows, chance):
    frame = night(rows)
    order = list(range(frame.height))
    chance.shuffle(order)
    assert_frame_equal(all_deviations(frame), all_deviations(frame[order]))


@pytest.mark.slow
@given(nights(), st.integers(2, 4))
@settings(max_examples=30, deadline=None)
def test_answers_do_not_depend_on_how_keys_are_partitioned(rows, partitions):
    for kind, keyed in project(night(rows), NIGHT).items():
        number = pl.Series(digest(keyed["key"]) % np.uint64(partitions))
        parts = [ask(kind, keyed.filter(number == part), STRICT, NIGHT) for part in range(partitions)]
        assert_frame_equal(pl.concat(parts).unique().sort(pl.all()), ask(kind, keyed, STRICT, NIGHT))


@pytest.mark.slow
@given(nights(), st.integers(0, 24))
@settings(max_examples=20, deadline=None)
def test_keys_of_a_record_do_not_depend_on_the_batch_it_came_in(rows, cut):
    frame = night(rows)
    whole, first, second = (project(part, NIGHT) for part in (frame, frame[:cut], frame[cut:]))
    for kind, keyed in whole.items():
        parts = pl.concat([first[kind], second[kind]])
        assert_frame_equal(parts, keyed, check_row_order=False)


@given(nights())
@settings(max_examples=8, deadline=None)
def test_keys_are_told_and_answers_name_known_records_rules_and_outcomes(rows):
    frame = night(rows)
    for kind, keyed in project(frame, NIGHT).items():
        assert keyed["key"].null_count() == 0
        assert keyed.schema["key"] == pl.String
        assert (keyed.schema["_record"], keyed.schema["_part"]) == (pl.UInt64, pl.UInt16)
        found = ask(kind, keyed, STRICT, NIGHT)
        assert found.schema == DEVIATION_SCHEMA
        assert set(found["record"]) <= set(frame["_record"])
        assert {RULES[place].id for place in found["rule"]} <= set(MEETINGS[kind].rules)
        assert found["outcome"].max() is None or found["outcome"].max() < CODES


def test_observations_not_yet_examined_are_examined():
    frame = addressed(observations([{"name": "王小明", "mobile": "13905142687"}]))
    assert_frame_equal(project(frame, NIGHT)["phone"], project(examine(frame, NIGHT), NIGHT)["phone"])
    named = frame.with_columns(source=pl.lit("core"))
    assert project(named, NIGHT)["phone"].height == 0
    assert project(named, NIGHT, {"core": "underwriting"})["phone"].height == 1


@pytest.mark.parametrize("kind", MEETINGS)
def test_no_keys_give_no_deviations(kind: str):
    keyed = project(night([{}]), NIGHT)[kind].clear()
    assert ask(kind, keyed, RuleSettings(), NIGHT).height == 0


def test_every_shared_and_policy_rule_has_a_meeting_that_answers_it():
    answered = {rule for meeting in MEETINGS.values() for rule in meeting.rules}
    assert answered == {rule.id for rule in RULES if rule.scope in ("shared", "policy")}
    assert all(rule in PLACE for rule in answered)

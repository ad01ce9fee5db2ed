from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.core.digest import digest
from pipeline.core.matching import decided
from pipeline.core.matching.conflicts import DECIDED, KEPT, TWO_NUMBERS
from pipeline.core.matching.decided import ENDS_SCHEMA, TAGS_SCHEMA
from pipeline.core.matching.describe import COMPLETE, LIFETIME, NUMBERLESS
from pipeline.core.matching.resolve import APART_SCHEMA, EDGE_SCHEMA, NEEDED, SURE, resolve
from pipeline.core.matching.tellings import TELLINGS_SCHEMA

WANG = {"name": "王小明", "sound": "wang xiaoming", "name_code": 1, "sound_code": 1}
LI = {"name": "李强", "sound": "li qiang", "name_code": 2, "sound_code": 2}
NUMBER = 32010219880101123
OTHER_NUMBER = 32010619850228123

Edge = tuple[int, int, int]


def tellings(*told: dict[str, Any]) -> pl.DataFrame:
    """Tellings 1, 2, 3 …, of 王小明 unless they say otherwise."""
    plain = {"kind": 1, "name_state": COMPLETE, **WANG, "cert_person": 0, "records": 1}
    rows = [{"telling": place, "record_id": f"r/{place}", **plain, **row} for place, row in enumerate(told, 1)]
    frame = pl.DataFrame(rows).with_columns(
        cert_state=pl.when(pl.col("cert_person") > 0).then(LIFETIME).otherwise(NUMBERLESS)
    )
    untold = {name: TELLINGS_SCHEMA[name] for name in NEEDED if name not in frame.columns}
    frame = frame.with_columns(pl.lit(0, dtype).alias(name) for name, dtype in untold.items())
    return frame.with_columns(pl.col(name).cast(TELLINGS_SCHEMA[name]) for name in NEEDED)


def edges(told: Sequence[Edge]) -> pl.DataFrame:
    rows = [(left, right, weight, 0, 0) for left, right, weight in told]
    return pl.DataFrame(rows, schema=EDGE_SCHEMA, orient="row")


def apart(*told: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(told, schema=APART_SCHEMA, orient="row")


def grouped(
    said: pl.DataFrame, links: Sequence[Edge], against: pl.DataFrame | None = None
) -> tuple[list[int], list[str]]:
    done = resolve(said, edges(links), 100, against)
    return done.groups.sort("telling")["group"].to_list(), done.fate.to_list()


def test_a_decision_joins_what_the_data_forbid():
    two = tellings({"cert_person": NUMBER}, {"cert_person": OTHER_NUMBER, **LI, "kind": 2})
    assert grouped(two, [(1, 2, 9000)]) == ([1, 2], [TWO_NUMBERS])
    assert grouped(two, [(1, 2, SURE)]) == ([1, 1], [KEPT])


def test_what_belongs_to_one_side_still_finds_it_after_the_decision():
    three = tellings({"cert_person": NUMBER}, {"cert_person": OTHER_NUMBER, **LI}, {"cert_person": OTHER_NUMBER, **LI})
    assert grouped(three, [(1, 2, SURE), (2, 3, 9000)]) == ([1, 1, 1], [KEPT, KEPT])


def test_a_third_number_is_still_refused():
    third = tellings({"cert_person": NUMBER}, {"cert_person": OTHER_NUMBER}, {"cert_person": NUMBER + 1000})
    assert grouped(third, [(1, 2, SURE), (2, 3, 9000)]) == ([1, 1, 3], [KEPT, TWO_NUMBERS])


def test_a_decision_is_never_ambiguous():
    nobody = {"name_state": 2, "name": "王先生", "sound": None, "name_code": 7, "sound_code": 0}
    three = tellings(nobody, {}, LI)
    links = [(1, 2, 3000), (1, 3, 3000)]
    assert grouped(three, links)[0] == [1, 2, 3]
    assert grouped(three, [(1, 2, SURE), (1, 3, SURE)])[0] == [1, 1, 1]


def test_a_decision_keeps_two_apart_that_are_alike():
    assert grouped(tellings({}, {}), [(1, 2, 30_000)], apart((0, 0, 1), (0, 1, 2))) == ([1, 2], [DECIDED])


def test_two_kept_apart_do_not_meet_through_a_third():
    links = [(1, 2, 20_000), (2, 3, 30_000)]
    assert grouped(tellings({}, {}, {}), links, apart((0, 0, 1), (0, 1, 3))) == ([1, 2, 2], [DECIDED, KEPT])


def test_sides_of_two_decisions_are_not_each_others():
    assert grouped(tellings({}, {}), [(1, 2, 9000)], apart((0, 0, 1), (1, 1, 2))) == ([1, 1], [KEPT])


def test_not_one_goes_before_one():
    assert grouped(tellings({}, {}), [(1, 2, SURE)], apart((0, 0, 1), (0, 1, 2))) == ([1, 2], [DECIDED])


def ends(*told: tuple[int, bool, int, str], customers: Sequence[str] = ("A", "B")) -> pl.DataFrame:
    """Number, same, side, name of an end."""
    names = [name for *_, name in told]
    frame = pl.DataFrame([row[:3] for row in told], schema=["number", "same", "side"], orient="row")
    codes = digest(pl.Series(names, dtype=pl.String))
    return frame.with_columns(
        end=pl.Series(codes), of_customer=pl.Series([name in customers for name in names], dtype=pl.Boolean)
    ).select(pl.col(name).cast(dtype) for name, dtype in ENDS_SCHEMA.items())


def members(*told: tuple[str, str | None]) -> pl.DataFrame:
    """Record and its former customer; tellings are 1, 2, 3 …"""
    records = digest(pl.Series([record for record, _ in told]))
    return pl.DataFrame(
        {
            "record": records,
            "telling": np.arange(1, len(told) + 1, dtype=np.uint64),
            "customer_id": pl.Series([customer for _, customer in told], dtype=pl.String),
        }
    )


def sided(told: pl.DataFrame) -> set[tuple[int, int]]:
    return set(told.select("side", "telling").rows())


def test_an_end_is_a_record_or_all_records_of_a_former_customer():
    told = members(("r/1", "A"), ("r/2", "A"), ("r/3", "B"), ("r/4", None))
    assert sided(decided.tags(told, ends((0, False, 0, "A"), (0, False, 1, "B")))) == {(0, 1), (0, 2), (1, 3)}
    assert sided(decided.tags(told, ends((0, False, 0, "A"), (0, False, 1, "r/4")))) == {(0, 1), (0, 2), (1, 4)}


def test_a_record_that_is_named_is_not_of_its_customers_side():
    told = members(("r/1", "A"), ("r/2", "A"))
    assert sided(decided.tags(told, ends((0, False, 0, "A"), (0, False, 1, "r/2")))) == {(0, 1), (1, 2)}


def test_a_decision_one_end_of_which_is_unknown_says_nothing():
    told = decided.tags(members(("r/1", "A")), ends((0, True, 0, "r/1"), (0, True, 1, "r/2")))
    assert told.is_empty()
    assert told.schema == TAGS_SCHEMA


def test_a_customer_that_was_joined_is_known_by_the_record_that_stands_for_it():
    told = members(("r/1", "A"), ("r/2", "A"), ("r/3", "A"))
    wanted = ends((0, False, 0, "A"), (0, False, 1, "B"), (0, False, 0, "r/1"), (0, False, 1, "r/3"))
    wanted = wanted.with_columns(of_customer=pl.lit(value=True))
    assert sided(decided.tags(told, wanted)) == {(0, 1), (1, 3)}


def test_ends_and_their_records_stay_alone():
    records = pl.Series(digest(pl.Series(["r/1", "r/2", "r/3"])))
    found = decided.alone(
        records, pl.Series([None, "A", None], dtype=pl.String), ends((0, True, 0, "A"), (0, True, 1, "r/3"))
    )
    assert found.tolist() == sorted(records[1:].to_list())


def test_all_ends_of_a_decision_hang_together():
    told = decided.hung_together(ends((0, True, 0, "A"), (0, True, 1, "B"), (0, True, 1, "r/3"), (1, True, 0, "r/9")))
    assert set(map(frozenset, told.rows())) == {
        frozenset(digest(pl.Series(pair)).tolist()) for pair in (["A", "B"], ["A", "r/3"])
    }


def tags(*told: tuple[int, bool, int, int]) -> pl.DataFrame:
    """Number, same, side, telling."""
    frame = pl.DataFrame(told, schema=["number", "same", "side", "telling"], orient="row")
    frame = frame.with_columns(record="telling", named=pl.lit(value=True))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in TAGS_SCHEMA.items())


def state(said: pl.DataFrame, told: pl.DataFrame, links: Sequence[Edge]) -> list[str]:
    weighed = decided.with_joined(edges(links), told)
    done = resolve(said, weighed, 100, decided.apart(told))
    return decided.states(told, said, done.groups, weighed)["state"].to_list()


def test_a_decision_adds_its_link_once():
    told = decided.with_joined(
        edges([(1, 2, 9000), (2, 3, 500)]), tags((0, True, 0, 2), (0, True, 1, 1), (1, True, 0, 1), (1, True, 1, 2))
    )
    assert told.select("left", "right", "weight").rows() == [(2, 3, 500), (1, 2, SURE)]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "honoured"),
        ({"name": "王小敏", "sound": "wang xiaomin", "name_code": 3, "sound_code": 3}, "honoured"),
        (LI, "contradicted_by_data"),
        ({"cert_person": OTHER_NUMBER}, "contradicted_by_data"),
        ({"cert_person": 10**18 + 12345678}, "honoured"),
        ({"kind": 2}, "contradicted_by_data"),
        ({"kind": 0}, "honoured"),
    ],
    ids=["alike", "slip", "name", "number", "permit", "kind", "unknown kind"],
)
def test_same_is_honoured_and_what_speaks_against_it_is_told(other: dict[str, Any], expected: str):
    two = tellings({"cert_person": NUMBER}, other)
    assert state(two, tags((0, True, 0, 1), (0, True, 1, 2)), []) == [expected]


@pytest.mark.parametrize(("weight", "expected"), [(9999, "honoured"), (10_000, "contradicted_by_data")])
def test_not_same_is_contradicted_by_a_strong_link(weight: int, expected: str):
    assert state(tellings({}, {}), tags((0, False, 0, 1), (0, False, 1, 2)), [(1, 2, weight)]) == [expected]


def test_same_is_overruled_by_not_same():
    told = tags((0, True, 0, 1), (0, True, 1, 2), (1, False, 0, 1), (1, False, 1, 2))
    assert state(tellings({}, {}), told, []) == ["overruled", "honoured"]


def test_states_name_the_records_that_stand_for_the_ends():
    told = decided.states(
        tags((0, True, 1, 3), (0, True, 0, 2), (0, True, 0, 1)), tellings({}, {}, {}),
        pl.DataFrame({"telling": [1, 2, 3], "group": [1, 1, 1]}, schema={"telling": pl.UInt64, "group": pl.UInt64}),
        edges([]),
    )  # fmt: skip
    assert told.rows() == [(0, "honoured", "r/1", "r/3")]


def test_nothing_depends_on_the_order_of_rows():
    said = tellings({}, LI, {"cert_person": NUMBER}, {"cert_person": OTHER_NUMBER})
    told = tags((0, True, 0, 1), (0, True, 0, 3), (0, True, 1, 2), (1, False, 0, 3), (1, False, 1, 4))
    links = edges([(1, 3, 4000), (2, 3, 5000), (3, 4, 12_000), (1, 4, 4000)])
    answers = []
    for turn in (1, -1):
        frames = [frame[::turn] for frame in (said, told, links)]
        weighed = decided.with_joined(frames[2], frames[1])
        done = resolve(frames[0], weighed, 100, decided.apart(frames[1]))
        answers.append((done.groups.sort("telling"), decided.states(frames[1], frames[0], done.groups, weighed)))
    for one, other in zip(*answers, strict=True):
        assert_frame_equal(one, other)

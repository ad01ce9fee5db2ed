from collections import Counter
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.identity.inherit import Inherited, inherit
from pipeline.core.schema import IDENTITY_EVENTS
from pipeline.errors import RunError

ON = date(2026, 11, 22)
SCHEMA = {"record": pl.UInt64, "group": pl.UInt64, "customer_id": pl.String, "anchor": pl.Boolean}


def frame(*rows: tuple[int, int | None, str | None] | tuple[int, int | None, str | None, bool]) -> pl.DataFrame:
    return pl.DataFrame([(*row, True)[:4] for row in rows], schema=SCHEMA, orient="row")


def ids(found: Inherited) -> dict[int, str]:
    return dict(found.customers.iter_rows())


def told(found: Inherited) -> list[tuple[str, str, str | None, int]]:
    return found.events.drop("business_date").rows()


def test_most_of_its_records_decide_which_id_a_group_inherits() -> None:
    found = inherit(frame((1, 10, "A"), (2, 10, "B"), (3, 10, "B")), ON)
    assert ids(found) == {10: "B"}
    assert told(found) == [("joined", "A", "B", 1)]


def test_a_former_id_goes_to_the_group_with_most_of_its_records() -> None:
    found = inherit(frame((1, 10, "A"), (2, 20, "A"), (3, 20, "A")), ON)
    new = ids(found)[10]
    assert ids(found)[20] == "A" and new.startswith("20261122-")
    assert told(found) == [("split", new, "A", 1)]


def test_the_oldest_id_breaks_a_tie_then_the_smallest_record() -> None:
    assert ids(inherit(frame((1, 10, "20260102-B"), (2, 10, "20260101-A")), ON)) == {10: "20260101-A"}
    found = ids(inherit(frame((5, 10, "A"), (2, 20, "A")), ON))
    assert found[20] == "A" and found[10] != "A"


def test_a_group_beaten_to_its_first_choice_takes_its_second() -> None:
    rows = [(n, 10, "A") for n in range(5)] + [(n, 20, "A") for n in range(5, 8)] + [(9, 20, "B")]
    found = inherit(frame(*rows), ON)
    assert ids(found) == {10: "A", 20: "B"}
    assert told(found) == [("moved", "A", "B", 3)]


def test_records_without_a_key_decide_nothing_against_an_anchor() -> None:
    rows = ((1, 10, "A", False), (2, 10, "A", False), (3, 10, "B", True))
    assert ids(inherit(frame(*rows), ON)) == {10: "B"}


def test_they_decide_in_a_group_without_an_anchor() -> None:
    rows = ((1, 10, "A", False), (2, 10, "A", False), (3, 20, "A", True))
    assert ids(inherit(frame(*rows), ON))[10] == "A"


def test_a_customer_known_by_them_keeps_its_id_when_the_first_anchor_joins() -> None:
    found = inherit(frame((1, 10, "A", False), (2, 10, None, True)), ON)
    assert ids(found) == {10: "A"} and told(found) == []


def test_the_smallest_anchor_names_a_new_customer() -> None:
    one = ids(inherit(frame((5, 10, None), (7, 10, None)), ON))[10]
    assert one == ids(inherit(frame((3, 20, None, False), (5, 20, None)), ON))[20]
    assert one != ids(inherit(frame((5, 20, None, False), (6, 20, None)), ON))[20]
    assert one == ids(inherit(frame((5, 20, None, False), (6, 20, None, False)), ON))[20]


def test_created_and_retired() -> None:
    found = inherit(
        frame((1, 10, None), (2, 10, None), (3, None, "A"), (4, None, "A"), (5, 20, "B"), (6, None, "B")), ON
    )
    assert told(found) == [("created", ids(found)[10], None, 2), ("retired", "A", None, 2)]
    assert found.events.schema == IDENTITY_EVENTS.schema
    assert found.events["business_date"].to_list() == [ON, ON]


def test_a_record_that_is_there_twice_is_refused() -> None:
    with pytest.raises(RunError, match="more than once"):
        inherit(frame((1, 10, None), (1, 20, None)), ON)


def test_nobody_gives_nothing() -> None:
    found = inherit(frame(), ON)
    assert found.customers.schema == {"group": pl.UInt64, "customer_id": pl.String}
    assert found.events.schema == IDENTITY_EVENTS.schema


def by_hand(members: pl.DataFrame) -> dict[int, str]:
    """Inherited ids, one pair after another."""
    rows = members.drop_nulls("group").rows()
    anchored = {group for _, group, _, anchor in rows if anchor}
    pairs = {(group, former) for _, group, former, _ in rows if former}
    order = []
    for group, former in pairs:
        mine = [(record, anchor or group not in anchored) for record, g, f, anchor in rows if (g, f) == (group, former)]
        votes = sum(counts for _, counts in mine)
        first = min(record for record, counts in mine if counts or not votes)
        order.append((-votes, 0 if votes else -len(mine), former, first, group))
    found: dict[int, str] = {}
    for *_, former, _, group in sorted(order):
        if group not in found and former not in found.values():
            found[group] = former
    return found


nights = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 6)), st.sampled_from([None, *"ABCDEFG"]), st.booleans()), max_size=24
).map(lambda rows: frame(*((record, *row) for record, row in enumerate(rows, 1))))


@given(nights)
def test_ids_are_those_of_taking_pairs_one_after_another(members: pl.DataFrame) -> None:
    kept = {group: id_ for group, id_ in ids(inherit(members, ON)).items() if len(id_) == 1}
    assert kept == by_hand(members)


@given(nights, st.integers(0, 99))
def test_the_order_of_rows_decides_nothing(members: pl.DataFrame, seed: int) -> None:
    one, other = inherit(members, ON), inherit(members.sample(fraction=1, shuffle=True, seed=seed), ON)
    assert_frame_equal(one.customers, other.customers)
    assert_frame_equal(one.events, other.events)


@given(nights, nights)
def test_what_happens_elsewhere_decides_nothing(here: pl.DataFrame, elsewhere: pl.DataFrame) -> None:
    far = pl.col("record") + 100, pl.col("group") + 100, pl.lit("far ") + pl.col("customer_id")
    elsewhere = elsewhere.with_columns(*far[:2], customer_id=far[2])
    both = inherit(pl.concat([here, elsewhere]), ON)
    apart = [inherit(here, ON), inherit(elsewhere, ON)]
    assert_frame_equal(both.customers, pl.concat([found.customers for found in apart]))
    events = pl.concat([found.events for found in apart])
    assert_frame_equal(both.events, events.sort(IDENTITY_EVENTS.sorted_by))


def explained(members: pl.DataFrame, found: Inherited) -> None:
    """The events tell of every record whose customer changed, every id that came and every one that went."""
    rows = members.join(found.customers.rename({"customer_id": "now"}), on="group", how="left").rows(named=True)
    was = {row["customer_id"] for row in rows} - {None}
    now = {row["now"] for row in rows} - {None}
    moves = Counter((r["customer_id"], r["now"]) for r in rows if r["customer_id"] and r["now"])
    by_event: dict[str, dict[tuple[str, str | None], int]] = {}
    for event, customer, other, records in told(found):
        assert (customer, other) not in by_event.setdefault(event, {})
        by_event[event][customer, other] = records
    flows = {(other, customer): n for (customer, other), n in by_event.get("split", {}).items()}
    flows |= by_event.get("joined", {}) | by_event.get("moved", {})
    assert flows == {flow: n for flow, n in moves.items() if flow[0] != flow[1]}
    came = {id_ for event in ("created", "split") for id_, _ in by_event.get(event, {})}
    gone = {id_ for event in ("joined", "retired") for id_, _ in by_event.get(event, {})}
    assert (was | came) - gone == now and came == now - was and gone == was - now
    assert {id_ for pair in by_event.get("moved", {}) for id_ in pair} <= was & now


@given(nights)
def test_the_events_explain_everything(members: pl.DataFrame) -> None:
    explained(members, inherit(members, ON))


@pytest.mark.parametrize("seed", range(4))
def test_thirty_nights(seed: int) -> None:
    random = Random(seed)
    known: dict[int, str] = {}
    groups: dict[int, int] = {}
    ever: set[str] = set()
    for night in range(30):
        for record in random.sample(sorted(groups), len(groups) // 10):
            del groups[record]
        for record in range(night * 10, night * 10 + 8):
            groups[record] = random.randrange(40)
        for record in random.sample(sorted(groups), len(groups) // 8):
            groups[record] = random.randrange(40)
        members = frame(*((r, groups.get(r), known.get(r), r % 3 > 0) for r in sorted(groups.keys() | known)))
        found = inherit(members, ON + timedelta(night))
        explained(members, found)
        now = ids(found)
        assert len(set(now.values())) == len(now)
        assert not (set(now.values()) - set(known.values())) & ever
        before, after = {}, {}
        for record, id_ in known.items():
            before.setdefault(id_, set()).add(record)
        for record, group in groups.items():
            after.setdefault(now[group], set()).add(record)
        assert all(after[id_] == mine for id_, mine in before.items() if mine in after.values())
        ever |= set(now.values())
        known = {record: now[group] for record, group in groups.items()}

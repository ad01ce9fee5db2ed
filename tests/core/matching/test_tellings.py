import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.matching import tellings
from pipeline.core.matching.blocking import PAPERS
from pipeline.core.matching.describe import TELLING
from pipeline.core.matching.tellings import MEMBERS_SCHEMA, PAPERS_SCHEMA, ROW_SCHEMA, TELLINGS_SCHEMA
from tests.core.matching.examples import examined, told
from tests.strategies_certificates import with_check_character

NUMBER = with_check_character("32010619850101123")
NOBODY = np.zeros(0, np.uint64)


def test_what_says_the_same_is_one_telling_and_counts() -> None:
    said = [
        {"name": "王小明", "cert_type": "身份证", "cert_no": NUMBER, "policy_no": policy}
        for policy in ("P1", "P2", "P2")
    ]
    found = told(said)
    assert (found.tellings.schema, found.members.schema) == (TELLINGS_SCHEMA, MEMBERS_SCHEMA)
    assert found.papers.schema == PAPERS_SCHEMA
    assert found.tellings["records"].to_list() == [3]
    assert found.members.height == 3
    assert found.papers.height == 2


def test_who_stands_on_one_claim_and_who_on_the_other_side() -> None:
    roles = ("driver", "reporter", "third_party")
    found = told(
        [{"name": "王小明", "cert_type": "身份证", "cert_no": NUMBER, "claim_no": "C1", "role": role} for role in roles]
    )
    assert found.papers["paper"].to_list() == [PAPERS.index("claim_code")]
    found = told(
        [{"name": "王小明", "cert_type": "身份证", "cert_no": NUMBER, "claim_no": "C1", "role": "third_party"}]
    )
    assert found.papers.is_empty()


def test_the_smallest_digest_stands_for_a_telling() -> None:
    rows = tellings.rows(examined([{"name": "王小明", "mobile": "13951426878"}] * 5))
    found = tellings.tell(rows, NOBODY).tellings.row(0, named=True)
    assert found["record"] == rows["record"].min()
    assert found["record_id"] == rows.sort("record")["record_id"][0]


def test_what_differs_in_anything_is_two() -> None:
    base = {"name": "王小明", "cert_type": "身份证", "cert_no": NUMBER, "mobile": "13951426878", "plate": "苏A12345"}
    others = [
        {"name": "王晓明"},
        {"mobile": "13951426879"},
        {"plate": "苏A12346"},
        {"cert_no": ""},
        {"address": "江苏省南京市鼓楼区中山路18号5栋2单元301室"},
    ]
    assert told([base, *(base | other for other in others)]).tellings.height == 1 + len(others)


def test_a_telling_that_names_nobody_stays_alone() -> None:
    poor = [{"name": "王先生"}, {"name": "王小明"}, {"name": "王先生", "plate": "苏A12345"}]
    assert told([row for row in poor for _ in range(2)]).tellings["records"].to_list() == [1] * 6
    rich = [
        {"name": "王小明", "plate": "苏A12345"},
        {"name": "王先生", "mobile": "13951426878"},
        {"cert_type": "身份证", "cert_no": NUMBER},
    ]
    assert told([row for row in rich for _ in range(2)]).tellings["records"].to_list() == [2] * 3


def test_who_tells_neither_name_nor_number_is_nobody() -> None:
    assert told([{"name": "", "mobile": "13951426878"}, {"name": "测试", "plate": "苏A12345"}]).members.is_empty()


def test_records_somebody_decided_about_stay_alone() -> None:
    said = [{"name": "王小明", "mobile": "13951426878"}] * 4
    found = told(said, alone=[1, 2])
    assert sorted(found.tellings["records"]) == [1, 1, 2]


rows_of_numbers = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 4), st.integers(0, 2)), max_size=14
)


def rows(numbers: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    """Rows of ROW_SCHEMA: a document, a plate, a state of the name, a policy."""
    nothing = {name: None if dtype == pl.String else 0 for name, dtype in ROW_SCHEMA.items()}
    told = [
        nothing
        | {"cert_code": cert, "plate_code": plate, "name_state": state, "policy_code": policy}
        | {"record": 100 - place, "record_id": f"r{place}", "anchor": True}
        for place, (cert, plate, state, policy) in enumerate(numbers)
    ]
    return pl.DataFrame(told, schema=ROW_SCHEMA)


@settings(max_examples=30)
@given(rows_of_numbers, st.integers(1, 4), st.randoms(use_true_random=False))
def test_batches_and_the_order_of_rows_decide_nothing(numbers, batches, random) -> None:
    whole = rows(numbers)
    at_once = tellings.tell(whole, NOBODY)
    places = list(range(whole.height))
    random.shuffle(places)
    parts = [tellings.tell(whole[places[number::batches]], NOBODY) for number in range(batches)]
    together = tellings.once(pl.concat([part.tellings for part in parts]))
    assert_frame_equal(together.sort("telling"), at_once.tellings.sort("telling"))
    assert_frame_equal(pl.concat([part.members for part in parts]).sort("record"), at_once.members.sort("record"))
    assert_frame_equal(tellings.once(together), together, check_row_order=False)


@settings(max_examples=30)
@given(rows_of_numbers)
def test_records_share_a_telling_exactly_if_they_tell_the_same_and_enough(numbers) -> None:
    whole = rows(numbers)
    found = tellings.tell(whole, NOBODY)
    by_hand: dict[object, set[int]] = {}
    for place, (cert, plate, state, _) in enumerate(numbers):
        enough = cert > 0 or (state == 1 and plate > 0)
        by_hand.setdefault((cert, plate, state) if enough else place, set()).add(100 - place)
    shared = found.members.group_by("telling").agg("record")["record"].to_list()
    assert {frozenset(records) for records in shared} == {frozenset(records) for records in by_hand.values()}
    assert found.tellings["records"].sum() == whole.height
    assert dict(found.tellings.select("record", "records").iter_rows()) == {
        min(records): len(records) for records in by_hand.values()
    }


def test_every_number_of_a_telling_tells_it_apart() -> None:
    numbers = [name for name, dtype in TELLING.items() if dtype != pl.String]
    base = rows([(1, 1, 1, 0)])
    other = [base.with_columns((pl.col(name) + 1).cast(TELLING[name]).alias(name)) for name in numbers]
    assert tellings.tell(pl.concat([base, *other]), NOBODY).tellings.height == 1 + len(numbers)

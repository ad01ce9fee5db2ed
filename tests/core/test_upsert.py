from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import ledger, upsert

SCHEMA = pl.Schema(
    {
        "record_id": pl.String(),
        "source": pl.String(),
        "feed_file": pl.String(),
        "feed_row": pl.Int64(),
        "observed_at": pl.Datetime("us"),
        "_content": pl.UInt64(),
        "_first": pl.Boolean(),
        "_carried": pl.Boolean(),
        "_tombstone": pl.Boolean(),
    }
)


def telling(
    key: str, day: int, content: int, *, carried: bool = False, gone: bool = False, parties: int = 2, row: int = 1
):
    """Rows of one telling of the feed row ``key``."""
    ends = [""] if gone else ["policyholder", "insured", "owner"][:parties]
    return [
        {
            "record_id": f"underwriting/{key}/{end}",
            "source": "underwriting",
            "feed_file": "f",
            "feed_row": row,
            "observed_at": datetime(2026, 1, day),
            "_content": content,
            "_first": place == 0 and not carried,
            "_carried": carried,
            "_tombstone": gone,
        }
        for place, end in enumerate(ends)
    ]


def frame(*tellings) -> pl.DataFrame:
    return pl.DataFrame([row for rows in tellings for row in rows], schema=SCHEMA)


@pytest.mark.parametrize(
    ("tellings", "fates"),
    [
        pytest.param(
            [telling("1", 2, 5, parties=1), telling("1", 1, 9, carried=True)],
            [None, "upserted", "upserted"],
            id="newer today",
        ),
        pytest.param(
            [telling("1", 1, 5, parties=1), telling("1", 2, 9, carried=True, parties=1)],
            ["older_than_known", None],
            id="late",
        ),
        pytest.param(
            [telling("1", 1, 5, parties=1), telling("1", 1, 0, carried=True, parties=1)],
            [None, "upserted"],
            id="same time",
        ),
        pytest.param(
            [telling("1", 1, 5, parties=1), telling("1", 1, 6, parties=1)], ["duplicate_key", None], id="two contents"
        ),
        pytest.param(
            [telling("1", 1, 5, parties=1), telling("1", 2, 4, parties=1)], ["older_in_delivery", None], id="two times"
        ),
        pytest.param(
            [telling("1", 1, 5, row=2), telling("1", 1, 5, row=1)], ["repeated_row"] * 2 + [None] * 2, id="repeated"
        ),
        pytest.param(
            [telling("1", 3, 5, gone=True), telling("1", 1, 0, carried=True)], ["tombstone"] * 3, id="tombstone"
        ),
        pytest.param(
            [telling("1", 3, 5, parties=1), telling("1", 2, 1, parties=3)],
            [None] + ["older_in_delivery"] * 3,
            id="party dropped",
        ),
    ],
)
def test_fate_of_each_telling(tellings, fates) -> None:
    assert upsert.choose(frame(*tellings), frozenset()).fate.to_list() == fates


def test_what_a_full_feed_no_longer_tells_is_gone() -> None:
    travelled = frame(telling("1", 2, 5, parties=1), telling("2", 1, 0, carried=True, parties=1))
    assert upsert.choose(travelled, frozenset({"underwriting"})).fate.to_list() == [None, "absent_from_full_feed"]


tellings = st.lists(
    st.builds(
        telling,
        st.sampled_from(["1", "2", "3"]),
        st.integers(1, 3),
        st.integers(1, 3),
        carried=st.booleans(),
        gone=st.booleans(),
        parties=st.integers(1, 3),
        row=st.integers(1, 50),
    ),
    max_size=8,
)


@given(tellings, st.booleans(), st.randoms())
def test_order_of_arrival_decides_nothing_and_the_account_balances(told, full, random) -> None:
    carried_once = {}
    for rows in told:
        if rows[0]["_carried"]:
            if rows[0]["_tombstone"]:
                continue
            carried_once[rows[0]["record_id"].rsplit("/", 1)[0]] = rows
    today = []
    for number, rows in enumerate(rows for rows in told if not rows[0]["_carried"]):
        content = rows[0]["_content"] * 10 + len(rows) + 5 * rows[0]["_tombstone"]
        today.append([row | {"feed_row": number, "_content": content} for row in rows])
    travelled = frame(*today, *carried_once.values())
    feeds = frozenset({"underwriting"}) if full else frozenset()
    choice = upsert.choose(travelled, feeds)
    kept = set(travelled.filter(choice.kept)["record_id"])
    shuffled = travelled.sample(fraction=1, shuffle=True, seed=random.randint(0, 9999))
    again = upsert.choose(shuffled, feeds)
    assert set(shuffled.filter(again.kept)["record_id"]) == kept
    assert len(kept) == choice.kept.sum()
    read = ledger.entry("underwriting", "rows_read", len(today))
    assert ledger.imbalances(ledger.total([read, upsert.account(travelled, choice)])) == []


def test_a_lost_row_is_noticed() -> None:
    travelled = frame(telling("1", 2, 5))
    account = upsert.account(travelled, upsert.choose(travelled, frozenset()))
    (told,) = ledger.imbalances(ledger.total([ledger.entry("underwriting", "rows_read", 2), account]))
    assert "2 rows read, 1 accounted for" in told

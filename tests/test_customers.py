"""Who is one customer, from feeds to tables: a small city with known truth, and thirty nights of one."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from benchmarks.peers.scoring import scores
from connectors.synthetic import BASE_DATE
from pipeline.core.schema import CUSTOMERS
from pipeline.transforms.segments import HELD, Held
from tests import nights

AGENT = "13770684215"
PLANTED = 60
HELD_KINDS: list[str] = []
LEFT: list[int] = []
"""Kinds of what the night held in memory, and how many pieces of it nobody had read at its end."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a night on which an agent left his own number on sixty policies of different persons."""
    folder = tmp_path_factory.mktemp("city")
    nightly = nights.city(folder, 600)
    (path,) = folder.glob("feeds/*/underwriting_*.txt")
    header, *rows = (line.split("|") for line in path.read_bytes().decode("gb18030").splitlines())
    name, mobile = header.index("投保人姓名"), header.index("投保人手机号")
    several = {row[name]: row for row in reversed(rows)}
    for row in list(several.values())[:PLANTED]:
        row[mobile] = AGENT
    path.write_bytes("".join("|".join(row) + "\n" for row in [header, *rows]).encode("gb18030"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(HELD, "clear", lambda: LEFT.append(len(HELD)))
        patched.setattr(HELD, "hold", lambda *told: HELD_KINDS.append(told[0]) or Held.hold(HELD, *told))
        code, archive = nights.run(nightly)
    assert code == 0
    return archive


def test_whatever_a_night_holds_in_memory_all_who_read_it_have_read(city: Path) -> None:
    assert {"tellings", "members", "keys", "pairs", "edges", "labels", "assigned"} <= {*HELD_KINDS}
    assert LEFT == [0]


@pytest.fixture(scope="module")
def tables(city: Path) -> dict[str, pl.DataFrame]:
    return nights.tables(city)


def truth(archive: Path, night: str = f"{BASE_DATE:%Y%m%d}") -> dict[str, pl.DataFrame]:
    folder = archive.parent / "truth" / night
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in ("parties", "people")}


def clusters(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return tables["observations"].select("record_id", cluster="customer_id").drop_nulls()


def test_records_of_one_person_are_one_customer(city: Path, tables: dict[str, pl.DataFrame]) -> None:
    true = truth(city)
    found = scores(true["parties"], clusters(tables), true["people"])
    assert found["precision"] >= 0.99, found
    assert found["f1"] >= 0.97, found


def test_no_two_of_one_household_are_one_customer(city: Path, tables: dict[str, pl.DataFrame]) -> None:
    true = truth(city)
    # A follower of an account who gives a nickname and the family's number may be any of them.
    named = tables["observations"].filter(pl.col("source") != "wechat")
    parties = true["parties"].join(named, on="record_id", how="semi")
    assert scores(parties, clusters(tables), true["people"])["households_merged"] < 0.02
    assert scores(true["parties"], clusters(tables), true["people"])["households_merged"] < 0.05


def test_the_number_of_an_agent_merges_nobody(city: Path, tables: dict[str, pl.DataFrame]) -> None:
    agents = tables["observations"].filter(mobile=AGENT)
    assert agents.height >= PLANTED
    true = truth(city)["parties"].select("record_id", "person_id").drop_nulls()
    # Of whoever has told a document; a follower's nickname may be anybody's of a family.
    told = agents.filter(pl.col("cert_no").is_not_null()).join(true, on="record_id")
    of = told.group_by("customer_id").agg(pl.col("person_id").n_unique())
    assert of.height >= 0.9 * told["person_id"].n_unique()
    assert of["person_id"].max() == 1


def test_the_tables_of_matching_agree_with_each_other(tables: dict[str, pl.DataFrame]) -> None:
    whose = tables["observations"].select("record_id", "telling", customer="customer_id").drop_nulls()
    assert set(whose["customer"]) == set(tables["customers"]["customer_id"])
    assert whose.group_by("telling").agg(pl.col("customer").n_unique())["customer"].max() == 1
    owner = dict(whose.select("record_id", "customer").iter_rows())
    for row in tables["links"].iter_rows(named=True):
        assert row["record_a"] < row["record_b"]
        assert owner[row["record_a"]] == owner[row["record_b"]] == row["customer_id"]
    for table in ("refused_links", "review_pairs"):
        for row in tables[table].iter_rows(named=True):
            assert row["record_a"] < row["record_b"]
            # A lead that is no customer's has none.
            assert (row["customer_a"], row["customer_b"]) == (owner.get(row["record_a"]), owner.get(row["record_b"]))
    assert tables["review_pairs"]["usefulness"].is_sorted(descending=True)
    assert tables["identity_events"].select("event", "customer_id").rows() == [
        ("created", customer) for customer in sorted(tables["customers"]["customer_id"])
    ]


LAST = 29


@pytest.mark.slow
def test_customers_are_stable_over_thirty_nights(tmp_path: Path) -> None:
    nightly = nights.city(tmp_path, 150, LAST)
    members: dict[str, frozenset[str]] = {}
    store: dict[str, dict[str, object]] = {}
    ever: set[str] = set()
    for night in range(LAST + 1):
        on = BASE_DATE + timedelta(night)
        code, archive = nights.run(nightly, "--date", f"{on:%Y%m%d}")
        assert code == 0
        tables = nights.tables(archive)
        told = tables["observations"].select("record_id", "customer_id").drop_nulls()
        grouped = told.group_by("customer_id").agg("record_id")
        now = {customer: frozenset(records) for customer, records in grouped.iter_rows()}
        _kept(members, now)
        _told_of(tables["identity_events"], members, now)
        assert not (now.keys() - members.keys()) & ever
        ever |= now.keys()
        _apply(store, tables["changes"])
        assert sorted(store) == sorted(now)
        assert [store[customer] for customer in sorted(store)] == tables["customers"].sort("customer_id").rows(
            named=True
        )
        members = now
    assert len(ever) > len(members) > 50


def _kept(before: dict[str, frozenset[str]], now: dict[str, frozenset[str]]) -> None:
    """Who has the same records has the same id."""
    id_of = {records: customer for customer, records in now.items()}
    assert all(id_of[records] == customer for customer, records in before.items() if records in id_of)


def _told_of(events: pl.DataFrame, before: dict[str, frozenset[str]], now: dict[str, frozenset[str]]) -> None:
    """Every id that came or went, and every record that changed hands, is in the events."""
    rows = events.select("event", "customer_id", "other_id", "records").rows()
    came = {customer for event, customer, _, _ in rows if event in ("created", "split")}
    gone = {customer for event, customer, _, _ in rows if event in ("joined", "retired")}
    assert came == now.keys() - before.keys()
    assert gone == before.keys() - now.keys()
    was = {record: customer for customer, records in before.items() for record in records}
    flows: dict[tuple[str, str], int] = {}
    for customer, records in now.items():
        for record in records:
            if was.get(record, customer) != customer:
                flows[was[record], customer] = flows.get((was[record], customer), 0) + 1
    told = {(other, customer): n for event, customer, other, n in rows if event == "split"}
    told |= {(customer, other): n for event, customer, other, n in rows if event in ("joined", "moved")}
    assert told == flows


def _apply(store: dict[str, dict[str, object]], changes: pl.DataFrame) -> None:
    """What a reader of ``changes`` does."""
    for row in changes.iter_rows(named=True):
        assert (row["change"] == "added") == (row["customer_id"] not in store)
        if row["change"] == "retired":
            del store[row["customer_id"]]
        else:
            store[row["customer_id"]] = {name: row[name] for name in CUSTOMERS.schema}

"""Three nights on which two customers are joined and one is split by decision, and one decision is taken back."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests import nights
from tests.test_golden import HERE

Night = dict[str, pl.DataFrame]
HEAD = "客户甲,客户乙,决定,决定人,决定时间,理由\n"
ONE, OTHER = "underwriting/PD001/insured", "underwriting/PD001/policyholder"
LI, CHEN = "underwriting/PD002/insured", "claims/CL001/third_party"


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Night]:
    folder = tmp_path_factory.mktemp("decisions")
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected"))
    nightly = nights.changed(
        folder / "nightly.yaml", engine={"partitions": 5}, feeds={"decisions": {"path": "feeds/{date}/decisions.csv"}}
    )
    first = night(nightly, "20260301")
    joined = f"{customer(first, LI)},{customer(first, CHEN)}"
    decide(
        folder / "feeds" / "20260302",
        f"{joined},同一人,陈主管,2026-03-02 09:00,电话核实",
        f"{OTHER},{ONE},非同一人,陈主管,2026-03-02 09:00,父子",
        f"{ONE},20200101-NOBODY,同一人,陈主管,2026-03-02 09:00,",
        f"{ONE},{ONE},同一人,陈主管,2026-03-02 09:00,",
    )
    # Without the address both parties of the policy tell the same: only the decision tells them apart.
    told = folder / "feeds" / "20260302" / "underwriting.txt"
    told.write_text(
        told.read_text(encoding="utf-8").replace("南京市玄武区北京东路41号3幢2单元501室", ""), encoding="utf-8"
    )
    second = night(nightly, "20260302")
    third = folder / "feeds" / "20260303"
    shutil.copytree(folder / "feeds" / "20260302", third)
    (third / "underwriting.txt").write_text(
        (third / "underwriting.txt").read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
    )
    (third / "underwriting.ok").write_text("0\n", encoding="utf-8")
    decide(third, f"{joined},非同一人,陈主管,2026-03-03 09:00,看错了")
    return [first, second, night(nightly, "20260303")]


def decide(folder: Path, *rows: str) -> None:
    (folder / "decisions.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def night(nightly: Path, day: str) -> Night:
    code, archive = nights.run(nightly, "--date", day)
    assert code == 0
    return nights.tables(archive)


def customer(told: Night, record: str) -> str:
    found = told["observations"].filter(pl.col("record_id") == record)["customer_id"].to_list()
    assert len(found) == 1
    return str(found[0])


def states(told: Night) -> list[tuple[str, str]]:
    return told["decisions"].sort("decided_at", "decision", "state").select("decision", "state").rows()


def test_before_a_decision_the_data_decide(made: list[Night]) -> None:
    assert customer(made[0], LI) != customer(made[0], CHEN)
    assert customer(made[0], ONE) == customer(made[0], OTHER)
    assert made[0]["decisions"].is_empty()


def test_two_customers_are_joined_by_decision_and_the_event_is_told(made: list[Night]) -> None:
    assert customer(made[1], LI) == customer(made[1], CHEN)
    joined = made[1]["identity_events"].filter(pl.col("event") == "joined")
    assert set(joined.select("customer_id", "other_id").row(0)) == {customer(made[0], LI), customer(made[0], CHEN)}
    assert made[1]["links"]["weight"].max() == 1000


def test_a_customer_is_split_by_decision_and_the_refused_link_is_told(made: list[Night]) -> None:
    assert customer(made[1], ONE) != customer(made[1], OTHER)
    refused = made[1]["refused_links"].filter(pl.col("reason") == "decided").select("record_a", "record_b")
    assert (ONE, OTHER) in refused.rows()


def test_what_became_of_decisions_is_told(made: list[Night]) -> None:
    assert states(made[1]) == [
        ("not_same", "contradicted_by_data"), ("same", "contradicted_by_data"), ("same", "waiting"),
    ]  # fmt: skip


def test_a_row_that_decides_nothing_is_rejected_and_the_ledger_balances(made: list[Night]) -> None:
    assert made[1]["rejects"].filter(pl.col("feed") == "decisions")["reason"].to_list() == ["same_end"]
    counted = made[1]["ledger"].filter(pl.col("feed") == "decisions").select("measure", "reason", "count")
    assert counted.rows() == [("rows_read", "", 4), ("rows_rejected", "same_end", 1), ("rows_used", "", 3)]


def test_the_next_night_a_split_stands_and_a_join_taken_back_is_undone(made: list[Night]) -> None:
    assert customer(made[2], ONE) != customer(made[2], OTHER)
    assert customer(made[2], ONE) == customer(made[1], ONE)
    assert customer(made[2], LI) != customer(made[2], CHEN)
    assert states(made[2]) == [
        ("not_same", "contradicted_by_data"), ("same", "replaced"), ("same", "waiting"), ("not_same", "honoured"),
    ]  # fmt: skip

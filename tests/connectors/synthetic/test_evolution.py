from pathlib import Path

import polars as pl
import pytest

from connectors.synthetic import make_city
from tests.connectors.synthetic.cities import NIGHTS, city, rows, truth

LATER = NIGHTS[1:]


def before(night: str) -> str:
    return NIGHTS[NIGHTS.index(night) - 1]


def known(feed: str, header: str, night: str) -> dict[str, dict[str, str]]:
    """The newest row of each key told before ``night``."""
    return {row[header]: row for earlier in NIGHTS[: NIGHTS.index(night)] for row in rows(feed, earlier)}


@pytest.mark.parametrize("night", LATER)
def test_a_later_night_brings_new_policies_of_tonight(night: str) -> None:
    old = known("underwriting", "保单号", night)
    new = [row for row in rows("underwriting", night) if row["操作类型"] == "I" and row["保单号"] not in old]
    assert any(row["签单日期"] == night for row in new)
    assert all(row["更新时间"].replace("-", "")[:8] == night for row in new)
    assert len(rows("underwriting", night)) < len(rows("underwriting")) / 5


@pytest.mark.parametrize("night", LATER)
def test_some_policies_come_days_late(night: str) -> None:
    old = known("underwriting", "保单号", night)
    new = {row["保单号"]: row["签单日期"] for row in rows("underwriting", night) if row["保单号"] not in old}
    late = [issued for issued in new.values() if issued < night]
    assert late and min(late) >= "20260626"


@pytest.mark.parametrize("night", LATER)
def test_a_corrected_policy_keeps_its_key_and_is_newer(night: str) -> None:
    old = known("underwriting", "保单号", night)
    yesterday = rows("underwriting", before(night))
    corrected = [row for row in rows("underwriting", night) if row["操作类型"] == "U" and row not in yesterday]
    assert corrected
    for row in corrected:
        assert row["更新时间"] > old[row["保单号"]]["更新时间"]
        assert row != old[row["保单号"]]


@pytest.mark.parametrize("night", LATER)
def test_a_withdrawn_policy_was_there_and_is_gone(night: str) -> None:
    old = known("underwriting", "保单号", night)
    withdrawn = [row["保单号"] for row in rows("underwriting", night) if row["操作类型"] == "D"]
    assert withdrawn and set(withdrawn) <= set(old)
    assert set(withdrawn) & set(truth("standing", night)["policy_no"]) == set()
    later = [row["保单号"] for other in NIGHTS[NIGHTS.index(night) + 1 :] for row in rows("underwriting", other)]
    assert set(withdrawn) & set(later) == set()


@pytest.mark.parametrize("night", LATER)
def test_some_rows_come_again_as_they_were(night: str) -> None:
    yesterday = rows("underwriting", before(night))
    again = [row for row in rows("underwriting", night) if row in yesterday]
    assert again
    keys = [row["保单号"] for row in rows("underwriting", night)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("night", LATER)
def test_claims_are_told_again_with_a_newer_time_and_one_is_withdrawn_by_its_key(night: str) -> None:
    old = known("claims", "报案号", night)
    told = rows("claims", night)
    newer = [row for row in told if row["操作类型"] == "U"]
    assert newer and all(row["更新时间"] > old[row["报案号"]]["更新时间"] for row in newer)
    for row in told:
        if row["操作类型"] == "D":
            assert row["报案号"] in old and sum(value is not None for value in row.values()) == 3


def test_now_and_then_a_claims_file_comes_once_more() -> None:
    files = {night: (city() / "feeds" / night).glob("claims_*.csv") for night in NIGHTS}
    assert {night: sorted(path.name for path in found) for night, found in files.items()} == {
        "20260630": ["claims_20260630.csv"],
        "20260701": ["claims_20260701.csv"],
        "20260702": ["claims_20260701.csv", "claims_20260702.csv"],
        "20260703": ["claims_20260703.csv"],
    }
    first, again = (city() / "feeds" / night / "claims_20260701.csv" for night in ("20260701", "20260702"))
    assert first.read_bytes() == again.read_bytes()
    assert truth("files", "20260702").filter(delivery="repeated")["feed_file"].to_list() == ["claims_20260701.csv"]


def test_every_seventh_night_the_sms_file_comes_a_night_late(tmp_path: Path) -> None:
    make_city(tmp_path, 30, night=6)
    assert not list((tmp_path / "feeds" / "20260705").glob("sms_*"))
    late = sorted(path.name for path in (tmp_path / "feeds" / "20260706").glob("sms_*"))
    assert late == ["sms_20260705.csv", "sms_20260706.csv"]
    assert truth("files", "20260705", tmp_path).filter(delivery="late")["feed_file"].to_list() == ["sms_20260705.csv"]


@pytest.mark.parametrize("night", LATER)
def test_people_move_and_change_their_phone(night: str) -> None:
    day = pl.lit(night).str.to_date("%Y%m%d")
    people = truth("people", night).join(truth("people", before(night)), on="person_id", suffix="_before")
    moved = people.filter(pl.col("moved_on") == day)
    assert moved.height and (moved["address"] != moved["address_before"]).all()
    assert (
        people.filter(
            (pl.col("moved_on") != day).fill_null(value=True) & (pl.col("address") != pl.col("address_before"))
        ).height
        == 0
    )
    called = people.filter(pl.col("mobile_changed_on") == day)
    assert called.height and (called["former_mobile"] == called["mobile_before"]).all()
    assert (called["mobile"] != called["mobile_before"]).all()


@pytest.mark.parametrize("night", LATER)
def test_the_directory_comes_whole_and_only_stamped_rows_differ(night: str) -> None:
    old = {row["记录号"]: row for row in rows("directory", before(night))}
    new = {row["记录号"]: row for row in rows("directory", night)}
    assert set(old) == set(new)
    differing = {key for key in new if new[key] != old[key]}
    assert differing
    assert {new[key]["更新时间"].replace("-", "")[:8] for key in differing} == {night}


@pytest.mark.parametrize("night", LATER)
def test_the_do_not_call_list_only_grows(night: str) -> None:
    old, new = rows("do_not_call", before(night)), rows("do_not_call", night)
    assert old == new[: len(old)] and len(old) < len(new)


def test_who_is_not_reached_is_called_again_three_times_at_most() -> None:
    calls = [row for night in NIGHTS for row in rows("callbacks", night) if row["名单编号"]]
    tries: dict[tuple[str, str], list[str]] = {}
    for row in sorted(calls, key=lambda row: row["呼叫时间"]):
        tries.setdefault((row["保单号"], row["角色"]), []).append(row["结果代码"].strip())
    assert max(len(codes) for codes in tries.values()) in (2, 3)
    for codes in tries.values():
        assert all(code not in ("00", "01", "02", "20", "30", "50") for code in codes[:-1])


def test_forgers_make_up_phones_that_share_nine_digits(tmp_path: Path) -> None:
    make_city(tmp_path, 4000, seed=2)
    forgers = truth("sellers", folder=tmp_path).filter("forger")
    told = truth("parties", folder=tmp_path).filter(pl.col("causes").list.contains("mobile:fabricated"))
    beginnings = told["meant_line"].str.head(9)
    assert max(beginnings.is_in([phone]).sum() for phone in forgers["second_phone"].str.head(9)) >= 3

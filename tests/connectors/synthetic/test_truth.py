from collections.abc import Callable

import polars as pl
import pytest

from connectors.synthetic.error_model import CAUSES
from tests.connectors.synthetic.cities import FEEDS, NIGHTS, PREFIXES, parties, rows, truth

PLACES = [(feed, party) for feed, words in PREFIXES.items() for party in words]
EFFECT = dict(CAUSES)


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("feed", FEEDS)
def test_every_row_is_in_the_truth_with_its_key(feed: str, night: str) -> None:
    told = truth("rows", night).filter(feed=feed)
    assert told["feed_row"].to_list() == list(range(1, len(rows(feed, night)) + 1))
    keys = {
        "underwriting": lambda row: row["保单号"],
        "claims": lambda row: row["报案号"],
        "wechat": lambda row: row["MsgId"],
        "callbacks": lambda row: f"{row['保单号']}|{row['角色']}|{row['呼叫时间']}",
        "directory": lambda row: row["记录号"],
        "do_not_call": lambda row: row["手机号"],
    }
    key: Callable[[dict[str, str]], str] = keys.get(feed, lambda row: row["流水号"])
    assert told["key"].to_list() == [key(row) for row in rows(feed, night)]


@pytest.mark.parametrize("night", NIGHTS)
def test_the_parties_of_a_row_are_those_it_tells_of(night: str) -> None:
    counted = truth("parties", night).group_by("feed", "feed_row").len()
    told = (
        truth("rows", night).join(counted, on=["feed", "feed_row"], how="left").with_columns(pl.col("len").fill_null(0))
    )
    assert told.filter(pl.col("parties") != pl.col("len")).height == 0
    assert set(told.filter(parties=0)["operation"]) <= {"D"}


@pytest.mark.parametrize(("feed", "party"), PLACES)
def test_a_party_has_a_truth_when_its_columns_are_filled(feed: str, party: str) -> None:
    word = PREFIXES[feed][party]
    told = {line["feed_row"] for line, _ in parties(feed, party)}
    for number, row in enumerate(rows(feed), 1):
        if row.get(word + "姓名") or row.get(word + "手机号"):
            assert number in told


@pytest.mark.parametrize(("feed", "party"), PLACES)
@pytest.mark.parametrize(
    ("field", "header", "column"),
    [("name", "姓名", "true_name"), ("cert_no", "证件号码", "true_cert_no"), ("mobile", "手机号", "true_mobile")],
)
def test_a_value_without_a_fault_is_the_true_one(feed: str, party: str, field: str, header: str, column: str) -> None:
    word = PREFIXES[feed][party] + header
    for line, row in parties(feed, party):
        value = row.get(word)
        if value and line["person_id"] and not any(cause.startswith(field) for cause in line["causes"]):
            assert value.strip() == line[column]


@pytest.mark.parametrize(("feed", "party"), PLACES)
def test_a_value_that_is_told_false_is_not_the_true_one(feed: str, party: str) -> None:
    fields = {
        "name_true": ("姓名", "true_name"),
        "cert_true": ("证件号码", "true_cert_no"),
        "mobile_true": ("手机号", "true_mobile"),
    }
    for line, row in parties(feed, party):
        for flag, (header, column) in fields.items():
            value = row.get(PREFIXES[feed][party] + header)
            if (
                line[flag] is False
                and "cert_no:wrong_type" not in line["causes"]
                and "cert_no:unknown_type" not in line["causes"]
            ):
                assert value.strip() != line[column]


def test_a_number_is_his_own_when_it_is_his_mobile_or_landline() -> None:
    people = truth("people").select("person_id", "mobile", "landline")
    told = truth("parties").drop_nulls(["person_id", "meant_line"]).join(people, on="person_id")
    own = (pl.col("meant_line") == pl.col("mobile")) | (pl.col("meant_line") == pl.col("landline"))
    assert told.filter((pl.col("reach") == "own") != own.fill_null(value=False)).height == 0
    assert told.filter("reachable").select((pl.col("reach") == "own").all()).item()


@pytest.mark.parametrize(
    ("cause", "reach"),
    [
        ("mobile:agent", "seller"),
        ("mobile:family", "family"),
        ("mobile:repair_shop", "seller"),
        ("mobile:masked", "none"),
    ],
)
def test_a_planted_phone_reaches_whom_it_belongs_to(cause: str, reach: str) -> None:
    told = pl.concat([truth("parties", night) for night in NIGHTS]).filter(pl.col("causes").list.contains(cause))
    assert told.height
    assert (told["reach"] == reach).mean() > 0.8


def test_causes_are_known_and_make_their_field_untrue() -> None:
    told = truth("parties").explode("causes", empty_as_null=False, keep_nulls=False)
    assert set(told["causes"]) <= set(EFFECT)
    for field, flag in (("name", "name_true"), ("mobile", "mobile_true"), ("address", "address_true")):
        bad = [cause for cause, effect in CAUSES if cause.startswith(field + ":") and effect != "form"]
        assert not told.filter(pl.col("causes").is_in(bad))[flag].fill_null(value=False).any()


def test_every_policy_has_three_roles_standing() -> None:
    standing = truth("standing", NIGHTS[-1])
    assert standing.select("policy_no", "role").is_unique().all()
    assert set(standing.group_by("policy_no").len()["len"]) == {3}
    delivered = {row["保单号"] for night in NIGHTS for row in rows("underwriting", night) if row["操作类型"] != "D"}
    withdrawn = {row["保单号"] for night in NIGHTS for row in rows("underwriting", night) if row["操作类型"] == "D"}
    assert set(standing["policy_no"]) == delivered - withdrawn


def test_family_members_share_home_and_surname_but_not_documents() -> None:
    people = truth("people").filter("is_person")
    homes = people.group_by("household_id").agg(pl.col("address").n_unique(), size=pl.len())
    assert set(homes["address"]) == {1}
    assert homes["size"].max() >= 4
    assert people["cert_no"].is_unique().all()
    assert people.group_by("mobile").len().filter(pl.col("len") > 1).height > 0


def test_the_cheat_confirms_everybody_in_seconds_and_the_honest_do_not() -> None:
    cheats = set(truth("callers").filter("cheats")["caller"])
    told = [row for night in NIGHTS for row in rows("callbacks", night)]
    assert len(cheats) == 1
    shares = {}
    for caller in {row["坐席"] for row in told}:
        codes = [(row["结果代码"].strip(), row["通话时长(秒)"]) for row in told if row["坐席"] == caller]
        confirmed = [seconds for code, seconds in codes if code == "00"]
        shares[caller] = len(confirmed) / len(codes)
        if caller in cheats:
            assert max(confirmed) < 15
    assert min(shares[caller] for caller in cheats) > max(
        share for caller, share in shares.items() if caller not in cheats
    )


def test_a_list_is_drawn_with_the_probability_it_tells() -> None:
    calls = [row for night in NIGHTS for row in rows("callbacks", night) if row["名单编号"]]
    standing = truth("standing").filter(pl.col("is_person") & (pl.col("policy_status") == "有效"))
    channels = {row["保单号"]: row["渠道"] for row in rows("underwriting")}
    holders = standing.filter(role="policyholder").rename({"person_id": "holder"}).select("policy_no", "holder")
    insured = standing.filter(role="insured").join(holders, on="policy_no", how="left")
    units = pl.concat(
        [
            standing.filter(role="policyholder").select("policy_no", "issued_on"),
            insured.filter(pl.col("person_id").ne_missing(pl.col("holder"))).select("policy_no", "issued_on"),
        ]
    )
    units = units.with_columns(channel=pl.col("policy_no").replace_strict(channels))
    name = "L20260622"
    week = units.filter(pl.col("issued_on").is_between(pl.date(2026, 6, 15), pl.date(2026, 6, 21)))
    told = {(row["抽样层"], row["入样概率"]) for row in calls if row["名单编号"] == name}
    assert told
    for stratum, probability in told:
        drawn = {(row["保单号"], row["角色"]) for row in calls if row["名单编号"] == name and row["抽样层"] == stratum}
        size = week.filter(channel=stratum).height
        assert len(drawn) / size == pytest.approx(probability, abs=1e-6)

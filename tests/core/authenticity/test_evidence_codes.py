from dataclasses import replace

import polars as pl
import pytest

from pipeline.core.authenticity import evidence
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources.answers import callback_codes, check_codes
from tests.core.authenticity.histories import (
    call,
    check,
    counts_of,
    frame,
    heard,
    judged,
    message,
    policy,
    verdict,
    why_not,
)

CALLS = {
    "00": ("authentic", 1, 1),
    "01": ("refuted", 1, 0),
    "02": ("refuted", 1, 0),
    "10": ("unverified", 0, 0),
    "11": ("refuted", 1, 0),
    "12": ("refuted", 1, 0),
    "20": ("refuted", 1, 0),
    "21": ("unverified", 0, 0),
    "22": ("unverified", 0, 0),
    "23": ("unverified", 0, 0),
    "24": ("unverified", 0, 0),
    "25": ("unverified", 0, 0),
    "26": ("unverified", 0, 0),
    "27": ("unverified", 0, 0),
    "30": ("unverified", 0, 0),
    "31": ("unverified", 0, 0),
    "40": ("unverified", 0, 0),
    "50": ("unverified", 1, 0),
    "51": ("unverified", 0, 0),
    "99": ("unverified", 0, 0),
}
"""Code -> verdict of a single call, whether it is in the denominator of call-backs, and in the numerator."""

CHECKS = [
    ("A", "0", "refuted"),
    ("A", "1", "unverified"),
    ("A", "2", "unverified"),
    ("B", "1", "unverified"),
    ("B", "2", "refuted"),
    ("B", "12", "refuted"),
    ("B", "3", "unverified"),
]


@pytest.mark.parametrize("code", callback_codes()["code"].to_list())
def test_what_a_single_call_of_each_code_leads_to(code: str) -> None:
    parties = judged(policy(), call(code))
    counted = counts_of(parties, CALIBERS["callback"]).filter(
        (pl.col("dimension") == "city") & (pl.col("period_kind") == "all")
    )
    assert (parties["verdict"].item(), *counted.select("denominator", "numerator").row(0)) == CALLS[code]


def test_family_is_in_the_denominator_when_the_caliber_says_so() -> None:
    counted = counts_of(judged(policy(), call("10")), replace(CALIBERS["callback"], family=True))
    assert set(counted["denominator"]) == {1}


def test_bad_numbers_and_do_not_call_need_no_call_time_and_are_no_evidence() -> None:
    rows = [call("50", captured_at=None), call("51", captured_at=None), call("00", captured_at=None)]
    table = heard(policy(), *rows)
    assert [why_not(table, row) for row in rows] == [{"rule_finding"}, {"do_not_call"}, {"no_time"}]


@pytest.mark.parametrize(("vendor", "code", "expected"), CHECKS)
def test_the_same_digit_means_different_things_with_different_vendors(vendor: str, code: str, expected: str) -> None:
    assert verdict(policy(), check("number_status", code, day=50, vendor=vendor)) == expected


def test_answers_of_carriers_and_registers() -> None:
    answers = {
        ("three_factor", "一致"): "authentic",
        ("three_factor", "姓名不一致"): "refuted",
        ("three_factor", "证件不一致"): "unverified",
        ("three_factor", "查无"): "unverified",
        ("identity", "一致"): "unverified",
        ("identity", "不一致"): "refuted",
        ("identity", "库中无此号"): "unverified",
        ("identity", "注销"): "refuted",
    }
    assert {key: verdict(policy(), check(*key)) for key in answers} == answers


def test_an_empty_number_has_another_code_with_every_carrier() -> None:
    empty = {"CMCC": "MK:0001", "CUCC": "001", "CTCC": "601"}
    assert {verdict(policy(), message(code, carrier)) for carrier, code in empty.items()} == {"refuted"}
    assert verdict(policy(), message("601", "CUCC")) == verdict(policy(), message("DELIVRD")) == "unverified"


def test_unknown_codes_and_orphans_are_rejects_with_a_reason() -> None:
    odd = call("77")
    stray = call("00", policy_no="P9")
    lost = check("number_status", "1", vendor="C")
    told = frame(policy(), odd, stray, lost)
    table = heard(policy(), odd, stray, lost)
    rows = evidence.rejects(table, told)
    assert rows.select("reason", "field", "raw").rows() == [
        ("orphan", "policy_no", "00"),
        ("unknown_code", "result_code", "77"),
        ("unknown_vendor", "vendor", "1"),
    ]
    assert rows.filter(pl.col("feed") == "callbacks")["feed_row"].to_list() == [7, 7]
    assert not table["used"].any()


def test_vendors_write_their_own_codes_and_workbooks_lose_the_zero() -> None:
    mapped = EvidenceSettings(callback_codes={"金陵呼叫": {"OK": "00", "WRONG": "12"}})
    assert verdict(policy(), call("OK"), settings=mapped) == "authentic"
    assert verdict(policy(), call("WRONG"), settings=mapped) == "refuted"
    assert verdict(policy(), call("0")) == verdict(policy(), call("0.0")) == "authentic"


@pytest.mark.parametrize(
    ("word", "code"),
    [*callback_codes().select("zh", "code").rows(), ("占线", "25"), ("忙音", "25"), ("打错", "12"), ("无人应答", "24")],
)
def test_a_result_may_be_written_in_words(word: str, code: str) -> None:
    assert judged(policy(), call(word))["verdict"].item() == CALLS[code][0]
    assert heard(policy(), call(word))["code"].to_list() == heard(policy(), call(code))["code"].to_list()


@pytest.mark.parametrize("word", ["成功", "失败", "非本人", "号码错误", "77"])
def test_a_word_that_may_mean_several_results_is_not_guessed(word: str) -> None:
    row = call(word)
    assert why_not(heard(policy(), row), row) == {"unknown_code"}


def test_a_vendor_s_own_meaning_of_a_word_comes_first() -> None:
    mapped = EvidenceSettings(callback_codes={"金陵呼叫": {"空号": "22"}})
    assert (verdict(policy(), call("空号")), verdict(policy(), call("空号"), settings=mapped)) == (
        "refuted",
        "unverified",
    )


def test_the_words_of_a_number_s_state_need_no_table() -> None:
    assert verdict(policy(), check("number_status", "空号", day=50, vendor="C")) == "refuted"
    assert verdict(policy(), check("number_status", "实号", day=50, vendor="C")) == "unverified"


def test_carriers_may_be_named_in_chinese() -> None:
    empty = {"移动": "MK:0001", "中国联通": "001", "电信": "601"}
    assert {verdict(policy(), message(code, carrier)) for carrier, code in empty.items()} == {"refuted"}


def test_the_code_tables_hold_together() -> None:
    calls, checks = callback_codes(), check_codes()
    assert calls["code"].n_unique() == calls.height == 20
    assert checks.select("check", "sender", "code").n_unique() == checks.height
    for table in (calls, checks):
        spoken = pl.any_horizontal(pl.col("confirms", "refutes").is_not_null())
        assert table.filter(spoken == pl.col("otherwise").is_not_null()).height == 0

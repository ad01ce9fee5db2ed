from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.authenticity import party_facts
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from tests.core.authenticity.histories import (
    ISSUED,
    NIGHT,
    OTHER_PHONE,
    call,
    check,
    claim,
    frame,
    heard,
    judged,
    message,
    policy,
    verdict,
    wechat,
    why_not,
)


def test_suspended_at_three_tries_over_seven_days_refutes() -> None:
    assert verdict(policy(), *(call("21", day) for day in (10, 13, 17))) == "refuted"
    assert verdict(policy(), *(call("21", day) for day in (10, 13, 16))) == "unverified"
    assert verdict(policy(), *(call("21", day) for day in (10, 17))) == "unverified"


def test_a_sign_of_life_between_the_tries_starts_them_anew() -> None:
    tries = [call("21", day) for day in (10, 13, 17)]
    assert verdict(policy(), *tries, call("24", 15)) == "unverified"
    assert verdict(policy(), *tries, call("22", 15)) == "refuted"


def test_of_several_calls_that_which_decides_stands_and_of_those_the_newest() -> None:
    confirmed, later = call("00", 10), call("24", 30)
    assert verdict(policy(), confirmed, later) == "authentic"
    assert why_not(heard(policy(), confirmed, later), later) == {"repeated_attempt"}
    assert verdict(policy(), call("12", 20), confirmed) == "refuted"
    assert verdict(policy(), call("12", 5), confirmed) == "authentic"


def test_evidence_goes_stale() -> None:
    old = check("three_factor", "一致", day=0)
    last_day = (ISSUED + timedelta(days=180)).date()
    assert verdict(policy(), old, on=last_day) == "authentic"
    assert verdict(policy(), old, on=last_day + timedelta(days=1)) == "unverified"
    assert why_not(heard(policy(), old, on=date(2027, 6, 1)), old) == {"stale"}
    assert verdict(policy(), old, settings=EvidenceSettings(shelf_lives={"three_factor": 10})) == "unverified"


def test_what_a_later_night_knows_does_not_reach_an_earlier_one() -> None:
    assert verdict(policy(), call("00", 20), on=(ISSUED + timedelta(days=19)).date()) == "unverified"


def test_only_calls_to_the_number_of_that_time_count_and_only_while_it_is_his() -> None:
    before = policy(mobile=OTHER_PHONE)
    after = policy(observed_at=ISSUED + timedelta(days=10))
    to_old, too_late = call("12", 5, mobile=OTHER_PHONE), call("12", 15, mobile=OTHER_PHONE)
    too_early, right = call("00", 6), call("00", 16)
    table = heard(before, after, to_old, too_late, too_early, right)
    assert why_not(table, to_old) == {"number_since_changed"}
    assert why_not(table, too_late) == {"not_the_policys_number"}
    assert why_not(table, too_early) == {"not_the_policys_number"}
    assert why_not(table, right) == {None}
    assert verdict(before, after, to_old, too_late) == "unverified"
    assert why_not(heard(policy(), call("12", mobile=None)), call("12")) == {"no_number"}


def test_numbers_of_a_party_follow_its_tellings() -> None:
    later = ISSUED + timedelta(days=10)
    told = party_facts.numbers(frame(policy(mobile=OTHER_PHONE), policy(observed_at=later)))
    assert told.select("phone", "since", "until").rows() == [
        (str(policy()["mobile"]), later, None),
        (OTHER_PHONE, None, later),
    ]


def test_a_correction_counts_once_it_is_written_back() -> None:
    corrected = call("02", 20)
    written = policy(observed_at=ISSUED + timedelta(days=21))
    assert verdict(policy(), corrected) == "refuted"
    assert judged(policy(), corrected)["advice"].item().to_list() == ["write_back"]
    assert verdict(written, corrected) == "authentic"
    assert why_not(heard(written, call("01", 20)), call("01", 20)) == {None, "record_since_changed"}


def test_better_sources_go_first_and_the_losing_piece_stays_visible() -> None:
    stranger, agrees = call("12", 10), check("three_factor", "一致", 30)
    assert verdict(policy(), stranger, agrees) == "refuted"
    assert "outranked" in why_not(heard(policy(), stranger, agrees), agrees)
    other = EvidenceSettings(order=(("three_factor",), ("callback",)))
    assert verdict(policy(), stranger, agrees, settings=other) == "authentic"


def test_of_equal_sources_the_newest_counts_and_of_equally_new_ones_the_refuting_one() -> None:
    agrees = check("three_factor", "一致", 40)
    assert verdict(policy(), agrees, check("number_status", "0", 45)) == "refuted"
    assert verdict(policy(), agrees, check("number_status", "0", 35)) == "authentic"
    assert verdict(policy(), agrees, check("number_status", "0", 40)) == "refuted"


def test_wechat_and_claims_confirm_the_same_number_and_hint_at_another() -> None:
    assert {verdict(policy(), wechat()), verdict(policy(), claim())} == {"authentic"}
    parties = judged(policy(), wechat(OTHER_PHONE))
    assert parties["verdict"].item() == "unverified"
    assert parties["advice"].item().to_list() == ["call_number", "take_newer_number"]
    assert verdict(policy(), claim(role="third_party")) == "unverified"
    assert why_not(heard(policy(), wechat(customer_id="20260630-B")), wechat()) == {"orphan"}


def test_who_reports_by_telephone_has_that_number_in_his_hand() -> None:
    called = claim(capture_route="inbound_call", claim_no="C1")
    written = claim(role="driver", record_id="claims/C1/driver", claim_no="C1")
    for rows in ((called, written), (written, called)):
        assert heard(policy(), *rows)["source"].to_list() == ["inbound_call"]
    assert heard(policy(), written | {"capture_route": "inbound_call"})["source"].to_list() == ["claims"]
    # What he called from before outlives what was written down before: 365 days, not 180.
    old = {"observed_at": ISSUED, "issued_on": ISSUED.date()}
    late = NIGHT + timedelta(days=200)
    assert judged(policy(**old), called, on=late)["verdict"].to_list() == ["authentic"]
    assert judged(policy(**old), written, on=late)["verdict"].to_list() == ["unverified"]


def test_a_claim_says_of_one_person_once() -> None:
    roles = [claim(role=role, record_id=f"claims/C1/{role}", claim_no="C1") for role in ("driver", "owner", "reporter")]
    other = claim(OTHER_PHONE, record_id="claims/C1/insured", role="insured", claim_no="C1")
    assert heard(policy(), *roles, other)["record_id"].to_list() == ["claims/C1/driver", "claims/C1/insured"]


def test_the_sms_code_speaks_for_the_policyholders_number() -> None:
    assert verdict(policy(sms_verified=True)) == "authentic"
    insured = policy(role="insured", record_id="underwriting/P1/insured", mobile=OTHER_PHONE)
    parties = judged(policy(sms_verified=True), insured)
    assert dict(parties.select("role", "verdict").iter_rows()) == {"insured": "unverified", "policyholder": "authentic"}


def test_calls_of_a_distrusted_caller_are_no_evidence() -> None:
    settings = EvidenceSettings(distrusted=frozenset({("金陵呼叫", "W101")}))
    assert verdict(policy(), call("00"), settings=settings) == "unverified"
    assert verdict(policy(), call("00", caller="W102"), settings=settings) == "authentic"


def test_no_evidence_feed_at_all_leaves_parties_unverified() -> None:
    assert verdict(policy()) == "unverified"
    assert heard(policy()).height == 0


EVENTS = st.lists(
    st.one_of(
        st.builds(call, st.sampled_from(["00", "12", "20", "21", "24", "02", "50"]), st.integers(0, 50)),
        st.builds(check, st.sampled_from(["three_factor", "identity"]), st.sampled_from(["一致", "查无"])),
        st.builds(check, st.just("number_status"), st.sampled_from("01"), st.integers(30, 50)),
        st.builds(wechat, st.sampled_from([OTHER_PHONE, "13905142687"]), st.integers(0, 50)),
        st.builds(message, st.sampled_from(["DELIVRD", "MK:0001"])),
        st.builds(call, st.sampled_from(["00", "77"]), policy_no=st.just("P9")),
    ),
    max_size=8,
)


@settings(max_examples=6)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(events, shuffled) -> None:
    rows = list({str(row["record_id"]): row for row in [policy(), policy("P2"), *events]}.values())
    mixed = shuffled.sample(rows, len(rows))
    assert heard(*mixed, on=NIGHT).equals(heard(*rows, on=NIGHT))
    assert judged(*mixed).equals(judged(*rows))


@settings(max_examples=6)
@given(EVENTS)
def test_everything_heard_is_told_and_what_is_not_used_says_why(events) -> None:
    table = heard(policy(), *events)
    assert set(table["record_id"]) == {row["record_id"] for row in events}
    assert table.filter(pl.col("used") == pl.col("why_not").is_not_null()).height == 0
    speaks = table.filter(pl.col("used") & pl.col("direction").is_in(["confirms", "refutes"]))
    assert speaks.select("policy_no", "role", "field").is_unique().all()

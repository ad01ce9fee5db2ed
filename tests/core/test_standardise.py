from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.schema import REJECTS
from pipeline.core.standardise import TRAVEL_SCHEMA, FeedSpec, Standardised, standardise

NIGHT = date(2026, 3, 2)


def told(
    *rows: dict[str, str | None], kind: str = "underwriting", key: tuple[str, ...] = ("policy_no",), **more: object
) -> Standardised:
    targets = sorted({target for row in rows for target in row})
    frame = pl.DataFrame(
        [{target: row.get(target) for target in targets} for row in rows], schema=dict.fromkeys(targets, pl.String)
    )
    numbered = frame.with_columns(feed_file=pl.lit("f.txt"), feed_row=pl.int_range(1, pl.len() + 1))
    return standardise(numbered, FeedSpec(kind, kind, key, NIGHT, **more))  # type: ignore[arg-type]


POLICY: dict[str, str | None] = {
    "policy_no": "P1",
    "policyholder.name": "王 小明 ",
    "policyholder.cert_type": "01",
    "policyholder.cert_no": "32010219880101123６",
    "policyholder.mobile": "+86 139-1234-5678",
    "insured.name": "王小红",
    "owner.name": "南京某某物流有限公司",
    "plate": "苏a·12345",
    "premium": "1,234.50",
    "issued_on": "2026/1/5",
    "unit": "江宁支公司",
}


def test_one_row_tells_of_several_parties() -> None:
    observations = told(POLICY).observations
    assert observations["record_id"].to_list() == [
        f"underwriting/P1/{role}" for role in ("policyholder", "insured", "owner")
    ]
    assert observations["role"].to_list() == ["policyholder", "insured", "owner"]
    assert observations["_first"].to_list() == [True, False, False]


def test_fields_come_out_clean_and_the_row_s_own_with_every_party() -> None:
    row = told(POLICY).observations.row(0, named=True)
    assert row["name"] == "王小明"
    assert row["cert_no"] == "320102198801011236"
    assert row["mobile"] == "13912345678"
    assert (row["plate"], row["premium"], row["issued_on"]) == ("苏A12345", 123450, date(2026, 1, 5))
    assert told(POLICY).observations["unit"].to_list() == ["江宁支公司"] * 3


def test_the_value_as_delivered_is_kept_beside_its_repair() -> None:
    repairs = {entry["field"]: entry["raw"] for entry in told(POLICY).observations.row(0, named=True)["repairs"]}
    assert repairs["mobile"] == "+86 139-1234-5678"
    assert repairs["name"].strip() == "王 小明"


def test_customer_type_follows_document_and_name_when_not_told() -> None:
    assert told(POLICY).observations["customer_type"].to_list() == ["person", "person", "organisation"]


def test_an_unknown_code_is_set_aside_never_guessed() -> None:
    row = told(POLICY | {"policyholder.cert_type": "0l"}).observations.row(0, named=True)
    assert row["cert_type"] is None
    assert {"field": "cert_type", "repair": "unknown_code", "raw": "0l"} in row["repairs"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("01-居民身份证", "RIC"),
        ("居民身份证（01）", "RIC"),
        ("01:居民身份证", "RIC"),
        ("身份证-01", "RIC"),
        ("99-其他", "OTHER"),
        ("1-2", None),
        ("01/02", None),
        ("0l-居民", None),
    ],
)
def test_a_code_and_its_name_may_stand_in_one_cell(word: str, kind: str | None) -> None:
    assert told(POLICY | {"policyholder.cert_type": word}).observations["cert_type"][0] == kind


def test_a_feed_s_own_codes_are_known() -> None:
    row = told(POLICY | {"policyholder.cert_type": "ID"}, codes={"cert_type": {"id": "RIC"}}).observations.row(
        0, named=True
    )
    assert row["cert_type"] == "RIC"


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        pytest.param({"policy_no": None, "policyholder.name": "王小明"}, "key", "missing_key", id="no key"),
        pytest.param({"policy_no": "P2", "policyholder.name": None}, "", "no_party", id="nobody"),
        pytest.param(
            {"policy_no": "P3", "role": "火星人", "name": "王小明"}, "role", "unknown_role", id="unknown role"
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_reason(
    row: dict[str, str | None], field: str, reason: str
) -> None:
    done = told(row, POLICY)
    (reject,) = done.rejects.iter_rows(named=True)
    assert (reject["feed_row"], reject["field"], reject["reason"]) == (1, field, reason)
    assert reject["advice"]
    assert done.observations["feed_row"].unique().to_list() == [2]


def test_a_lead_without_consent_is_set_aside() -> None:
    lead = {
        "key": "L1",
        "mobile": "13912345678",
        "team": "巡一",
        "captured_at": "2026-03-01 08:00:00",
        "place": "中山路",
        "purpose": "报价",
    }
    done = told(lead | {"consent": "否"}, lead | {"consent": "是", "key": "L2"}, kind="leads", key=("key",))
    assert done.rejects["reason"].to_list() == ["no_consent"]
    assert done.observations["record_id"].to_list() == ["leads/L2/contact"]


def test_a_deletion_is_a_tombstone_and_no_party() -> None:
    done = told(POLICY | {"operation": "D"})
    assert done.observations.select("record_id", "_tombstone").rows() == [("underwriting/P1/", True)]


def test_a_check_needs_a_number_or_a_document_and_not_both() -> None:
    check = {
        "capture_route": "two",
        "mobile": "13905142687",
        "cert_no": "320102198801011236",
        "captured_at": "2026-03-01",
    }
    key = ("capture_route", "mobile", "cert_no", "captured_at")
    rows = (check, check | {"mobile": None}, check | {"cert_no": None}, check | {"mobile": None, "cert_no": None})
    done = told(*rows, kind="verifications", key=key)
    assert done.observations["record_id"].to_list() == [
        "verifications/two|13905142687|320102198801011236|2026-03-01/contact",
        "verifications/two||320102198801011236|2026-03-01/contact",
        "verifications/two|13905142687||2026-03-01/contact",
    ]
    assert done.rejects["reason"].to_list() == ["missing_key"]


def test_an_event_without_a_message_number_is_named_by_sender_and_time() -> None:
    event = {"openid": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "captured_at": "1795046400", "key": None}
    done = told(event, event | {"key": "M1"}, event | {"captured_at": None}, kind="wechat", key=("key",))
    assert done.observations["record_id"].to_list() == [
        "wechat/o6_bmjrPTlm6_2sgVt7hMZOPfL2M|1795046400/contact",
        "wechat/M1/contact",
    ]
    assert done.rejects["reason"].to_list() == ["missing_key"]


@pytest.mark.parametrize(
    ("column", "word", "gone"),
    [
        *(("deleted", word, True) for word in ("1", "Y", "是", "true", "已删除")),
        *(("deleted", word, False) for word in ("0", "N", "否", "", None)),
        *(("operation", word, True) for word in ("3", "D", "删除")),
        *(("operation", word, False) for word in ("1", "2", "U")),
    ],
)
def test_a_flag_says_yes_and_an_operation_says_delete(column: str, word: str | None, gone: bool) -> None:
    assert told(POLICY | {column: word}).observations["_tombstone"].any() == gone


def test_a_member_of_the_patrol_stands_for_it() -> None:
    lead = {
        "key": "L1",
        "mobile": "13905142687",
        "captured_at": "2026-03-01 08:15",
        "place": "胜太路",
        "purpose": "报价",
    }
    done = told(
        lead | {"consent": "是", "salesperson_code": "X7"},
        lead | {"consent": "是", "key": "L2"},
        kind="leads",
        key=("key",),
    )
    assert done.observations["record_id"].to_list() == ["leads/L1/contact"]
    assert done.rejects["reason"].to_list() == ["no_patrol"]


def test_rows_without_a_key_are_named_by_what_they_say() -> None:
    row = {"mobile": "13912345678", "name": "王小明"}
    ids = told(row, row, row | {"name": "李强"}, kind="leads", key=()).rejects  # leads lack consent: use sms below
    assert ids.height == 3
    sms = {"mobile": "13912345678", "result_code": "0"}
    records = told(sms, sms, sms | {"result_code": "1"}, kind="sms", key=()).observations["record_id"]
    assert records[0] == records[1] != records[2]


def test_the_other_side_does_not_get_our_plate() -> None:
    claim = {
        "claim_no": "C1",
        "reporter.name": "王小明",
        "third_party.name": "李强",
        "plate": "苏A12345",
        "third_party.plate": "苏B54321",
    }
    plates = told(claim, kind="claims", key=("claim_no",)).observations.select("role", "plate").rows()
    assert plates == [("reporter", "苏A12345"), ("third_party", "苏B54321")]
    alone = told({**claim, "third_party.plate": None}, kind="claims", key=("claim_no",)).observations
    assert alone["plate"].to_list() == ["苏A12345", None]


def test_a_time_of_observation_is_found() -> None:
    assert told(POLICY).observations["observed_at"][0] == datetime(2026, 1, 5)
    assert told(POLICY | {"issued_on": None}).observations["observed_at"][0] == datetime(2026, 3, 2)
    assert told(POLICY | {"observed_at": "2026-02-01 10:00:00"}).observations["observed_at"][0] == datetime(
        2026, 2, 1, 10
    )


def test_zero_is_a_result_code() -> None:
    sms = {"mobile": "13912345678", "result_code": "0"}
    assert told(sms, kind="sms", key=()).observations["result_code"].to_list() == ["0"]


def test_a_feed_s_own_time_format_is_read() -> None:
    row = POLICY | {"observed_at": "05Feb2026 10:30"}
    times = told(row, date_formats=("%d%b%Y %H:%M",)).observations["observed_at"]
    assert times[0] == datetime(2026, 2, 5, 10, 30)


def test_a_field_the_feed_lacks_has_its_default() -> None:
    assert told(POLICY, defaults={"channel": "车商"}).observations["channel"].to_list() == ["dealer"] * 3


texts = (
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(["王小明", "13912345678", "320102198801011236", "D", "无", "2026-01-01"])
)
rows = st.fixed_dictionaries(
    dict.fromkeys(
        (
            "policy_no",
            "policyholder.name",
            "policyholder.mobile",
            "insured.cert_no",
            "role",
            "operation",
            "premium",
            "cover_to",
        ),
        texts,
    )
)


@given(st.lists(rows, max_size=6))
def test_every_row_is_used_or_rejected_and_never_both(given_rows: list[dict[str, str | None]]) -> None:
    done = told(*(given_rows or [POLICY]))
    used = set(done.observations["feed_row"])
    rejected = set(done.rejects["feed_row"])
    assert used | rejected == set(range(1, (len(given_rows) or 1) + 1))
    assert not used & rejected
    assert done.observations.schema == TRAVEL_SCHEMA
    assert done.rejects.schema == REJECTS.schema

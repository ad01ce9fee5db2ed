"""Rules of how customers are captured and called: C01, complete claims; C04, permitted calls and messages."""

from datetime import date, datetime, time

import polars as pl

from pipeline.core.rules.audience import CLAIM_PARTY, KIND, among, limit
from pipeline.core.rules.rule import Failing, Reason, Rule

CALLED = among(KIND, "callbacks", "sms") & pl.coalesce("mobile", "landline").is_not_null()
"""Observations of calls and messages that went to a number."""

_HOUR = pl.col("captured_at").dt.hour()


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(date(year, month, day), time(hour, minute))


_CLAIM = {"source": "claims", "role": "owner", "claim_no": "C1", "name": "王小明", "mobile": "13905142687"}
_CALL = {
    "source": "callbacks",
    "role": "policyholder",
    "policy_no": "P1",
    "mobile": "13905142687",
    "captured_at": _at(2026, 3, 1, 10),
    "observed_at": _at(2026, 3, 1, 10),
}
_BARRED = {
    "source": "do_not_call",
    "role": "contact",
    "mobile": "13905142687",
    "observed_at": _at(2026, 1, 1, 8),
}

CONTACT: tuple[Rule, ...] = (
    Rule(
        "C01",
        "理赔端收集率100%",
        "complete capture at claims",
        "policy",
        (
            Reason(
                "incomplete",
                "F",
                "fail",
                "赔案没有姓名、有效电话和车牌或车架号齐全的车主或驾驶员",
                "the claim has no owner or driver with name, valid phone and plate or VIN",
            ),
        ),
        "每个赔案至少一名车主或驾驶员信息齐全；按班组和日期的收集率见表 claims_capture。",
        "One owner or driver of the claim must be complete. The share per team and day is in the table claims_capture.",
        ("PRACTICE",),
        asked=CLAIM_PARTY & pl.col("claim_no").is_not_null(),
        passes=(_CLAIM | {"plate": "苏A12345"}, (_CLAIM, _CLAIM | {"role": "driver", "vin": "LSVAB2BR8KN123456"})),
        fails=(
            Failing("incomplete", _CLAIM),
            Failing("incomplete", _CLAIM | {"plate": "苏A12345", "mobile": None}),
            Failing("incomplete", (_CLAIM, _CLAIM | {"role": "reporter", "plate": "苏A12345"})),
        ),
    ),
    Rule(
        "C04",
        "禁呼/退订",
        "permitted calls and messages",
        "shared",
        (
            Reason("do_not_call", "F", "fail", "号码在禁呼名单上", "the number is on the do-not-call list"),
            Reason(
                "hours",
                "F",
                "fail",
                "在禁止外呼的时段",
                "at an hour when calls and messages are not allowed",
                (limit("calls_from_hour") > _HOUR) | (limit("calls_until_hour") <= _HOUR),
            ),
        ),
        "登记之后的外呼和短信才算；起止钟点为设置。回访名单本身不含这些号码。",
        "Calls and messages after the number was listed. The hours are limits. Drawn lists leave these numbers out.",
        ("PRACTICE",),
        asked=CALLED,
        passes=(_CALL, (_CALL, _BARRED | {"observed_at": _at(2026, 3, 2, 8)})),
        fails=(
            Failing("do_not_call", (_CALL, _BARRED)),
            Failing("hours", _CALL | {"captured_at": _at(2026, 3, 1, 21)}),
            Failing("hours", _CALL | {"captured_at": _at(2026, 3, 1, 8, 59)}),
        ),
    ),
)

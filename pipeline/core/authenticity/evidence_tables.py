"""The evidence table, and the frames evidence is made from."""

import polars as pl

from pipeline.core.authenticity.evidence_settings import SOURCES
from pipeline.core.authenticity.field_sets import FIELDS
from pipeline.core.rules.findings import NUMBERED
from pipeline.core.schema import COUNT, DATE, FLAG, RATIO, TEXT, TEXTS, TIME, Column, Table
from pipeline.core.tables import csv_table

DIRECTIONS = ("confirms", "refutes", "not_reached", "says_nothing")
WHY_NOT = (
    *("unknown_code", "unknown_vendor", "no_time", "no_number", "orphan", "later_than_night", "stale"),
    *("not_the_policys_number", "number_since_changed", "record_since_changed", "caller_distrusted", "rule_finding"),
    *("do_not_call", "another_value", "repeated_attempt", "outranked", "says_nothing", "before_correction"),
)
"""Words of the columns ``direction`` and ``why_not``."""

ANSWERS = tuple(
    sorted(
        {
            *("same", "another", "verified", "written_back", "suspended_long"),
            *csv_table.read("callback_codes.csv")["answer"],
            *csv_table.read("check_codes.csv")["answer"],
        }
    )
)
"""What can be answered: what code tables say, and what a piece turns out to say beside its party."""

PIECES = pl.Schema(
    {
        "record_id": TEXT,
        "feed": TEXT,
        "source": pl.Enum(SOURCES),
        "field": pl.Enum(FIELDS),
        "answer": pl.Enum(ANSWERS),
        "code": TEXT,
        "direction": pl.Enum(DIRECTIONS),
        "at": TIME,
        "call_rank": pl.Int8(),  # of call-backs: 0 decides, 1 somebody spoke, 2 nobody did, 3 not dialled
        "line": TEXT,  # of call-backs: live, dead, suspended or unknown
        "vendor": TEXT,
        "caller": TEXT,
        "policy_no": TEXT,
        "role": TEXT,
        "phone": TEXT,
        "cert_no": TEXT,
        "name": TEXT,
        "plate": TEXT,
        "openid": TEXT,
        "customer_id": TEXT,
        "why_not": pl.Enum(WHY_NOT),  # why it cannot count, whomever it speaks of
        "talk_seconds": COUNT,  # of call-backs, as the three that follow
        "list_id": TEXT,
        "stratum": TEXT,
        "inclusion_probability": RATIO,
        "repeats": COUNT,  # how often the same was said, this newest piece included
    }
)
"""What the observations of one source say, one row per record and field, before it is known whom it speaks of.

The same few words are said again and again: they are numbers from the beginning.
"""

FACTS = pl.Schema(
    {
        "policy_no": TEXT,
        "role": TEXT,
        "record_id": TEXT,
        "customer_id": TEXT,
        "customer_type": TEXT,
        "name": TEXT,
        "cert_no": TEXT,
        "phone": TEXT,  # the mobile, else the landline
        "phones": TEXTS,  # every number of the party
        "missing": TEXTS,  # obligatory fields without a value
        "findings": NUMBERED,  # of severity F and W
        "observed_at": TIME,
        "issued_on": DATE,
        "premium": COUNT,
        "unit": TEXT,
        "channel": TEXT,
        "agency_code": TEXT,
        "salesperson_code": TEXT,
        "policy_status": TEXT,
        "vehicle_kind": TEXT,
        "same_person": FLAG,  # an insured who is the policyholder
        "corrected_fields": TEXTS,  # fields a steward corrected, which evidence must confirm; null: none
    }
)
"""Every (policy, role) once, as underwriting tells it tonight."""

NUMBERS = pl.Schema({"policy_no": TEXT, "role": TEXT, "phone": TEXT, "since": TIME, "until": TIME})
"""Which number was a party's from when (null: ever) until when (null: still)."""

FORMER_NUMBERS = Table(
    "numbers",
    "当事人变更过的电话",
    "numbers of the parties whose numbers ever changed, since they are known: a call counts if it went to the number of its time",
    (
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("phone", TEXT, "电话", "number of the party"),
        Column("since", TIME, "始于", "told from then on; empty: as long as the party is known"),
        Column("until", TIME, "止于", "no longer told from then on; empty: still the party's"),
    ),
    ("policy_no", "role", "phone", "since", "until"),
)

EVIDENCE = Table(
    "evidence",
    "证据，每条证据每当事人每字段一行",
    "one row per piece of evidence, field and party it speaks of",
    (
        Column("evidence_id", TEXT, "证据号", "record it comes from and field, joined by #"),
        Column("policy_no", TEXT, "保单号", "policy of the party, empty for what is nobody's"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("field", TEXT, "字段", "what it speaks of: phone phone_in_use name cert_no address record"),
        Column("direction", TEXT, "方向", " ".join(DIRECTIONS)),
        Column("source", TEXT, "证据种类", "callback three_factor number_status identity sms_code sms_delivery …"),
        Column("answer", TEXT, "回答", "what was answered, in this project's word"),
        Column("code", TEXT, "结果代码", "the sender's code; of call-backs ours, where settings map the vendor's"),
        Column("feed", TEXT, "来源", "feed"),
        Column("record_id", TEXT, "记录号", "observation it comes from"),
        Column("vendor", TEXT, "供应商", "who made the call, check or message"),
        Column("caller", TEXT, "坐席", "caller at the vendor"),
        Column("phone", TEXT, "电话", "number it speaks of"),
        Column("cert_no", TEXT, "证件号码", "document it speaks of"),
        Column("plate", TEXT, "车牌", "plate it speaks of"),
        Column("openid", TEXT, "微信OpenID", "WeChat user it speaks of"),
        Column("at", TIME, "时间", "when it was so, local time"),
        Column("expires_on", DATE, "有效期至", "last day it counts"),
        Column("rank", pl.Int8(), "次序", "place of its source in the order of evidence, 0 the best"),
        Column("used", FLAG, "采用", "it decided the field, or it is the call that stands for the party"),
        Column(
            "why_not",
            TEXT,
            "未采用原因",
            " ".join(WHY_NOT),
        ),
        Column("talk_seconds", COUNT, "通话秒数", "length of the call, s"),
        Column("list_id", TEXT, "抽样名单", "drawn list the call belongs to, empty when not drawn"),
        Column("stratum", TEXT, "层", "stratum of the draw"),
        Column("inclusion_probability", RATIO, "入样概率", "probability of being drawn, 0–1"),
        Column(
            "repeats",
            COUNT,
            "次数",
            "how often this source said the same of the same value, this newest time included; the older ones have no row",
        ),
    ),
    ("policy_no", "role", "field", "rank", "at", "evidence_id"),
)


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A frame of ``schema`` without rows."""
    return schema.to_frame(eager=True)

"""The rulings table, and the tables that keep what a ruling changes as it is without it."""

from typing import Final

import polars as pl

from pipeline.core.authenticity.evidence_tables import EVIDENCE
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.schema import DATE, OBSERVATIONS, TEXT, TIME, Column, Table

CORRECTED: Final = "corrected"
FALSE_POSITIVE: Final = "false_positive"
UNREACHABLE: Final = "unreachable"
"""What a ruling says of a finding."""

FIELDS: Final = {
    "name": "name",
    "cert_type": "cert_no",
    "cert_no": "cert_no",
    "phone": "phone",
    "address": "address",
    "birth_date": "cert_no",
}
"""Field that may be corrected -> field of evidence that proves it."""

RULINGS = Table(
    "rulings",
    "人工处理结果",
    "one row per ruling of a steward on a finding, kept from night to night; whole values inside",
    (
        Column("record_id", TEXT, "记录号", "observation the finding is on"),
        Column("rule", TEXT, "规则", "rule that found it, empty for a value corrected without one"),
        Column("field", TEXT, "字段", "field at fault: " + " ".join(FIELDS)),
        Column("unit", TEXT, "经营单位", "unit of the observation when it was ruled"),
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("status", TEXT, "处理结果", "corrected, false_positive or unreachable"),
        Column("value", TEXT, "更正值", "corrected value as the steward wrote it, empty when none"),
        Column("decided_by", TEXT, "处理人", "who ruled"),
        Column(
            "decided_at", TIME, "处理时间", "when, local time; the business date of its delivery where it is not told"
        ),
        Column("why", TEXT, "理由", "reason given"),
        Column("expires_on", DATE, "有效期至", "last day it holds; empty: without end"),
        Column("reviewed_by", TEXT, "复核人", "second person"),
        Column("seen_at", TIME, "所见信息时间", "observed_at of the observation the steward saw"),
        Column(
            "state",
            TEXT,
            "状态",
            "fixed: the corrected value stands and the rule no longer fails. still_failing: it stands and the rule fails "
            "still. false_positive: the finding is set aside. source_fixed: nothing to honour, the rule no longer fails. "
            "recorded: told, nothing is changed by it. unusable_value: nothing can be read from the value. superseded: the "
            "source told the record anew after what the steward saw. second_person_needed: false positives of the rule are "
            "above the permitted share and nobody else reviewed it. expired: its last day is over. replaced: there is a "
            "later ruling. gone: there is no such observation tonight",
        ),
    ),
    ("record_id", "rule", "field", "decided_at", "status", "value", "decided_by"),
)

OVERRIDDEN = Table(
    "overridden",
    "人工处理前的信息",
    "observations that a ruling changes, as they are without it: what the source told, with the rules it failed",
    OBSERVATIONS.columns,
    OBSERVATIONS.sorted_by,
)

OVERRIDDEN_PARTIES = Table(
    "overridden_parties",
    "人工处理前的结论",
    "parties of policies that a ruling changes, with their verdict without it",
    PARTIES.columns,
    PARTIES.sorted_by,
)

OVERRIDDEN_EVIDENCE = Table(
    "overridden_evidence",
    "人工处理前的证据",
    "evidence of policies that a ruling changes, as it counts without it",
    EVIDENCE.columns,
    EVIDENCE.sorted_by,
)


def as_told(rows: pl.DataFrame, overridden: pl.DataFrame) -> pl.DataFrame:
    """``rows`` of a table by policy as they are without rulings; ``overridden``: those of the policies rulings change."""
    if overridden.is_empty():
        return rows
    others = rows.join(overridden.select("policy_no").unique(), on="policy_no", how="anti", maintain_order="left")
    return pl.concat([others, overridden.select(rows.columns)]).sort("policy_no", maintain_order=True)

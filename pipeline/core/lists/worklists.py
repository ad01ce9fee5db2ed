"""The worklists table: call-backs to make, values to correct, lapsed customers, patrol leads."""

from pipeline.core.schema import COUNT, DATE, RATIO, TEXT, TEXTS, TIME, Column, Table

CALLBACKS, CORRECTIONS, LAPSED, LEADS = "callbacks", "corrections", "lapsed", "leads"

WORKLISTS = Table(
    "worklists",
    "工作清单",
    "lists people act on; whole values: whoever reads it must be allowed to",
    (
        Column("list", TEXT, "清单", "callbacks, corrections, lapsed or leads"),
        Column("unit", TEXT, "经营单位", "unit that acts on it, empty when none"),
        Column("salesperson_code", TEXT, "业务员代码", "salesperson, of corrections"),
        Column("key", TEXT, "条目", "policy and role, customer or record it is about"),
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("record_id", TEXT, "记录号", "observation it is about"),
        Column("name", TEXT, "姓名", "whom to ask for"),
        Column("phone", TEXT, "电话", "number to call"),
        Column("rule", TEXT, "规则", "rule that found it, of corrections; empty where evidence did"),
        Column("field", TEXT, "字段", "field to correct"),
        Column("value", TEXT, "现值", "value now, empty when missing"),
        Column("proposed", TEXT, "建议值", "value the data propose, to be confirmed"),
        Column("proposed_by", TEXT, "建议来源", "where the proposal comes from"),
        Column("observed_at", TIME, "信息时间", "when the source knew what is on the list, of corrections"),
        Column("reasons", TEXTS, "原因", "codes of why it is on the list"),
        Column("advice", TEXTS, "建议", "codes of what to do"),
        Column("list_id", TEXT, "抽样名单", "drawn list, of callbacks"),
        Column("stratum", TEXT, "层", "stratum it was drawn in"),
        Column("inclusion_probability", RATIO, "入样概率", "probability of being drawn, 0–1"),
        Column("tries", COUNT, "最多次数", "attempts to make"),
        Column("first_try_on", DATE, "首次外呼日", "day of the first attempt"),
        Column("later_tries_on", TEXT, "再次外呼日", "days of the other attempts, if nobody was reached"),
        Column("hours", TEXT, "外呼时段", "hours between which calls are permitted"),
        Column("call_group", TEXT, "同号组", "entries of one number: it is called once for all of them"),
    ),
    ("list", "unit", "salesperson_code", "key", "field", "rule"),
)

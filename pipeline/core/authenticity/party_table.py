"""The parties table: the verdict on every (policy, role)."""

from pipeline.core.schema import COUNT, DATE, FLAG, TEXT, TEXTS, Column, Table

PARTIES = Table(
    "parties",
    "当事人真实性结论，每保单每角色一行",
    "one row per party (policy and role) with its verdict, the reasons and what would change it",
    (
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("record_id", TEXT, "记录号", "observation of underwriting that stands for the party"),
        Column("customer_id", TEXT, "客户号", "customer it is"),
        Column("customer_type", TEXT, "客户类型", "person or organisation"),
        Column("verdict", TEXT, "结论", "authentic refuted unverified"),
        Column("refuted_kind", TEXT, "不真实类别", "missing: only fields are missing. false: something is wrong"),
        Column("reasons", TEXTS, "原因", "codes, what speaks against the party first"),
        Column("advice", TEXTS, "建议", "codes of what would change the verdict, first things first"),
        Column("deciding", TEXTS, "决定性证据", "evidence_id of what decided the verdict"),
        Column("missing_fields", TEXTS, "缺失字段", "obligatory fields without a value"),
        Column("failed_fields", TEXTS, "F级字段", "fields with a refuting finding of a rule"),
        Column("standing_fields", TEXTS, "F级未消除字段", "of these, fields whose finding no evidence sets aside"),
        Column("suspect_fields", TEXTS, "W级字段", "fields with a suspicious finding"),
        Column("confirmed_fields", TEXTS, "已证实字段", "fields that evidence confirms"),
        Column("refuted_fields", TEXTS, "被否定字段", "fields that evidence refutes"),
        Column(
            "corrected_fields",
            TEXTS,
            "人工更正字段",
            "fields a steward corrected, unverified until evidence confirms them",
        ),
        Column("callback_code", TEXT, "回访代码", "result of the call that stands, in this project's code"),
        Column("callback_answer", TEXT, "回访结果", "the same as a word"),
        Column(
            "callback_direction", TEXT, "回访方向", "confirms refutes not_reached says_nothing; empty without a call"
        ),
        Column("unit", TEXT, "经营单位", "unit"),
        Column("channel", TEXT, "渠道", "channel"),
        Column("agency_code", TEXT, "中介代码", "intermediary"),
        Column("salesperson_code", TEXT, "业务员代码", "salesperson"),
        Column("issued_on", DATE, "签单日期", "policy issued on"),
        Column("premium", COUNT, "保费(分)", "premium of the policy in fen"),
        Column("policy_status", TEXT, "保单状态", "in_force, cancelled, void or test"),
        Column("vehicle_kind", TEXT, "车辆种类", "car, truck, bus, special, trailer, tractor, motorcycle"),
        Column("same_person", FLAG, "投被同一人", "an insured who is the policyholder and counts once with him"),
    ),
    ("policy_no", "role"),
)

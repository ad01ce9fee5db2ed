"""Columns of every table, as data: name, type, meaning in Chinese and English.

``docs/outputs.md`` is generated from here; a test holds the written Parquet to it.
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Column:
    """One column of a table. ``zh`` and ``en`` say what it holds, with its unit."""

    name: str
    dtype: pl.DataType
    zh: str
    en: str


@dataclass(frozen=True)
class Table:
    """One output table: ``sorted_by`` is the order of its rows on disk."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...]

    @property
    def schema(self) -> pl.Schema:
        """Polars schema, columns in published order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})


TEXT = pl.String()
DATE = pl.Date()
TIME = pl.Datetime("us")
FLAG = pl.Boolean()
COUNT = pl.Int64()
RATIO = pl.Float64()
TEXTS = pl.List(pl.String())
REPAIRS = pl.List(pl.Struct({"field": pl.String(), "repair": pl.String(), "raw": pl.String()}))
FINDINGS = pl.List(pl.Struct({"rule": pl.String(), "severity": pl.String(), "reason": pl.String()}))

ROLES = ("policyholder", "insured", "owner", "payer", "driver", "reporter", "third_party", "contact")
"""Every role a party can have (design §5.1)."""

_IDENTITY = (
    Column(
        "record_id", TEXT, "记录号：来源/主键/角色", "source/key/role; a content digest where the source has no key"
    ),
    Column("source", TEXT, "来源", "feed that told it"),
    Column("feed_file", TEXT, "文件名", "file it came in, name only"),
    Column("feed_row", COUNT, "文件行号", "row within the file's data, from 1"),
    Column("observed_at", TIME, "信息时间", "when the source knew it, local time"),
)

_PARTY = (
    Column("policy_no", TEXT, "保单号", "policy number"),
    Column("claim_no", TEXT, "赔案号", "claim number"),
    Column("role", TEXT, "角色", "role of the party: " + " ".join(ROLES)),
    Column("customer_type", TEXT, "客户类型", "person or organisation"),
    Column("name", TEXT, "姓名/名称", "name"),
    Column("cert_type", TEXT, "证件类型", "canonical document type, see core/tables/cert_types.csv"),
    Column("cert_no", TEXT, "证件号码", "document number"),
    Column("cert_valid_from", DATE, "证件有效期起", "document valid from"),
    Column("cert_valid_to", DATE, "证件有效期止", "document valid to; 9999-12-31 is long-term"),
    Column("gender", TEXT, "性别", "male or female"),
    Column("birth_date", DATE, "出生日期", "date of birth"),
    Column("nationality", TEXT, "国籍", "nationality"),
    Column("occupation", TEXT, "职业", "occupation"),
    Column("mobile", TEXT, "手机", "mobile number, 11 digits; +<country> for a foreign one"),
    Column("landline", TEXT, "固定电话", "landline, 025-84550000, extension after a second dash"),
    Column("other_phones", TEXTS, "其他电话", "further numbers of the party, same forms"),
    Column("email", TEXT, "电子邮箱", "e-mail"),
    Column("address", TEXT, "地址", "address, cleaned"),
    Column("province", TEXT, "省", "province, full name"),
    Column("city", TEXT, "市", "city, full name"),
    Column("county", TEXT, "区县", "county or district, full name"),
    Column("road", TEXT, "路/村", "road, street or village"),
    Column("house_number", TEXT, "门牌号", "house number"),
    Column("building", TEXT, "楼栋", "building"),
    Column("building_unit", TEXT, "单元", "stairwell unit"),
    Column("room", TEXT, "室", "room"),
    Column("region_code", TEXT, "区划代码", "GB/T 2260 code in force today"),
    Column("postcode", TEXT, "邮编", "postcode, 6 digits"),
    Column("relation", TEXT, "与投/被保险人关系", "relation to the other party of the policy"),
    Column("same_person_flag", FLAG, "投被保人同一标志", "source says policyholder and insured are the same"),
    Column("legal_representative", TEXT, "法定代表人", "legal representative of an organisation"),
    Column("contact_name", TEXT, "联系人", "handling contact of an organisation"),
    Column("contact_phone", TEXT, "联系人电话", "phone of the handling contact"),
    Column("account_name", TEXT, "缴费账户名", "name of the paying account"),
)

_VEHICLE = (
    Column("plate", TEXT, "车牌", "number plate, no separator"),
    Column("plate_type", TEXT, "号牌种类", "plate type code of GA 24.7: 01…27, 51, 52"),
    Column("vin", TEXT, "车架号", "VIN"),
    Column("engine_no", TEXT, "发动机号", "engine number"),
    Column("vehicle_kind", TEXT, "车辆种类", "car, truck, bus, special, trailer, tractor, motorcycle"),
    Column("use", TEXT, "使用性质", "private, commercial or official"),
    Column("first_registered_on", DATE, "初登日期", "first registration"),
    Column("vehicle_relation", TEXT, "与车辆关系", "relation of the party to the vehicle: own, lease, transfer, use"),
    Column("openid", TEXT, "微信OpenID", "WeChat OpenID"),
    Column("unionid", TEXT, "微信UnionID", "WeChat UnionID"),
)

_BUSINESS = (
    Column("channel", TEXT, "渠道", "dealer professional_agency part_time_agency platform direct tied_agent tele_net"),
    Column("unit", TEXT, "经营单位", "unit"),
    Column("agency_code", TEXT, "中介代码", "intermediary"),
    Column("salesperson_code", TEXT, "业务员代码", "salesperson"),
    Column("team", TEXT, "团队", "claims, patrol or sales team"),
    Column(
        "capture_route",
        TEXT,
        "采集途径",
        "how it was captured: desk night_market patrol rescue binding claim callback sms",
    ),
    Column("captured_at", TIME, "采集时间", "when it was captured, local time"),
    Column("place", TEXT, "地点", "where it was captured"),
    Column("consent", FLAG, "同意", "the party agreed to the purpose"),
    Column("purpose", TEXT, "用途", "purpose agreed to"),
    Column("issued_on", DATE, "签单日期", "policy issued on"),
    Column("cover_from", DATE, "起保日期", "cover from"),
    Column("cover_to", DATE, "终保日期", "cover to"),
    Column("policy_status", TEXT, "保单状态", "in_force, cancelled, void or test"),
    Column("product", TEXT, "险种", "compulsory, commercial or the source's word"),
    Column("premium", COUNT, "保费(分)", "premium in fen"),
    Column("sms_verified", FLAG, "短信验证", "phone confirmed by SMS code at issue"),
)

_EVENT = (
    Column("directory_kind", TEXT, "名录类别", "staff, agent, dealer, repair_shop, branch or relay (privacy numbers)"),
    Column("result_code", TEXT, "结果代码", "result of a call, check or message, in the sender's code"),
    Column("vendor", TEXT, "供应商", "who made the call, check or message"),
    Column("caller", TEXT, "坐席", "caller at the vendor"),
    Column("talk_seconds", COUNT, "通话秒数", "length of the call, s"),
    Column("list_id", TEXT, "抽样名单", "drawn list the call belongs to"),
    Column("stratum", TEXT, "层", "stratum of the draw"),
    Column("inclusion_probability", RATIO, "入样概率", "probability of being drawn, 0–1"),
)

OBSERVATION_COLUMNS = (
    _IDENTITY
    + _PARTY
    + _VEHICLE
    + _BUSINESS
    + _EVENT
    + (Column("repairs", REPAIRS, "修复", "what was repaired or set aside: field, repair, value as delivered"),)
)
OBSERVATION_SCHEMA = pl.Schema({column.name: column.dtype for column in OBSERVATION_COLUMNS})
"""What standardise gives, before any rule was asked."""

OBSERVATIONS = Table(
    "observations",
    "清洗后的信息，每来源每当事人一行",
    "one row per observation, cleaned, with the rules it failed",
    (
        *OBSERVATION_COLUMNS,
        Column(
            "customer_id",
            TEXT,
            "客户号",
            "customer it tells of; empty where it names nobody, is the insurer's own, or is a lead that is no customer",
        ),
        Column("telling", TEXT, "表述", "records that say the same of the same share it; 16 hexadecimal digits"),
        Column("failed_rules", FINDINGS, "未通过规则", "rules failed: rule, severity F W or I, reason"),
        Column("unknown_rules", TEXTS, "无法判断规则", "rules that could not be asked"),
    ),
    ("record_id",),
)

_TOLD_OF_LEADS = (
    *("record_id", "observed_at", "name", "mobile", "plate", "vin", "unit", "team", "place", "consent", "purpose"),
    "captured_at",
)

LEADS = Table(
    "leads",
    "巡查线索，不是客户的联系人",
    "one row per patrol contact that is no customer; in no rate, with no row in customers",
    tuple(column for name in _TOLD_OF_LEADS for column in OBSERVATION_COLUMNS if column.name == name),
    ("record_id",),
)

REJECTS = Table(
    "rejects",
    "无法使用的行",
    "one row per input row that could not become an observation",
    (
        Column("feed", TEXT, "来源", "feed"),
        Column("feed_file", TEXT, "文件名", "file, name only"),
        Column("feed_row", COUNT, "文件行号", "row within the file's data, from 1"),
        Column("field", TEXT, "字段", "field at fault, empty for the whole row"),
        Column("reason", TEXT, "原因", "stable reason code"),
        Column("advice", TEXT, "应为", "what would be right"),
        Column("raw", TEXT, "原文", "the row as delivered"),
    ),
    ("feed", "reason", "raw", "feed_file", "feed_row"),
)

RULE_STATS = Table(
    "rule_stats",
    "规则统计",
    "outcomes per rule, source, unit and channel",
    (
        Column("rule", TEXT, "规则", "rule id"),
        Column("source", TEXT, "来源", "feed"),
        Column("unit", TEXT, "经营单位", "unit, empty when none"),
        Column("channel", TEXT, "渠道", "channel, empty when none"),
        Column("evaluated", COUNT, "可判断数", "passed or failed"),
        Column("failed", COUNT, "未通过数", "failed with any severity"),
        Column("failed_f", COUNT, "F级未通过", "failed, severity F"),
        Column("failed_w", COUNT, "W级未通过", "failed, severity W"),
        Column("failed_i", COUNT, "I级提示", "failed, severity I"),
        Column("unknown", COUNT, "无法判断数", "could not be asked"),
        Column(
            "standing",
            COUNT,
            "人工处理后未通过",
            "failed when rulings of stewards are honoured: without those fixed or found to be false positives",
        ),
    ),
    ("rule", "source", "unit", "channel"),
)

RATES = Table(
    "rates",
    "真实率",
    "authenticity per caliber, period and dimension",
    (
        Column("caliber", TEXT, "口径", "named definition"),
        Column("digest", TEXT, "口径摘要", "16 hexadecimal digits of the definition: another one is another rate"),
        Column("period_kind", TEXT, "期间类别", "all, month, quarter or year_to_date, by date of issue"),
        Column("period", TEXT, "期间", "all, 2026-03, 2026-Q1 or 2026; empty without a date of issue"),
        Column(
            "dimension",
            TEXT,
            "维度",
            "city, unit, channel, agency, salesperson, source, or claims_team: the team that met the customer last, of "
            "those who had a claim",
        ),
        Column("value", TEXT, "取值", "value of the dimension, empty when none"),
        Column("population", COUNT, "总数", "parties (customers, fen of premium) in the population"),
        Column("denominator", COUNT, "分母", "population without those the caliber leaves out"),
        Column("authentic", COUNT, "真实数", "of the denominator, counted as authentic"),
        Column("refuted", COUNT, "不真实数", "of the denominator, refuted"),
        Column("unverified", COUNT, "未核实数", "no evidence decides, whatever the caliber counts them as"),
        Column("rate", RATIO, "真实率", "authentic / denominator, 0–1; null when nobody is counted"),
        Column("interval_low", RATIO, "区间下限", "lower end, null for a census"),
        Column("interval_high", RATIO, "区间上限", "upper end, null for a census"),
        Column("method", TEXT, "区间方法", "census, or the interval's method"),
        *(
            Column(f"{name}_without", dtype, f"{zh}(不计人工处理)", f"{name} without the rulings of stewards")
            for name, dtype, zh in (
                ("population", COUNT, "总数"),
                ("denominator", COUNT, "分母"),
                ("authentic", COUNT, "真实数"),
                ("refuted", COUNT, "不真实数"),
                ("unverified", COUNT, "未核实数"),
                ("rate", RATIO, "真实率"),
            )
        ),
    ),
    ("caliber", "period_kind", "period", "dimension", "value"),
)

LEDGER = Table(
    "ledger",
    "台账",
    "where every row of every feed went",
    (
        Column("feed", TEXT, "来源", "feed"),
        Column(
            "measure",
            TEXT,
            "项目",
            "rows_read rows_used rows_rejected rows_excluded parties_of_used_rows carried_over superseded observations",
        ),
        Column("reason", TEXT, "原因", "reason, empty for a total"),
        Column("count", COUNT, "数量", "rows, or observations"),
    ),
    ("feed", "measure", "reason"),
)

IDENTITY_EVENTS = Table(
    "identity_events",
    "客户号变动",
    "what happened to customer ids, so that downstream can follow them",
    (
        Column("business_date", DATE, "业务日期", "business date"),
        Column(
            "event",
            TEXT,
            "事件",
            "created: new id, no former customer. split: new id for records of other_id, which lives on. joined: the id "
            "ended, its records are other_id's. moved: records of the id are now other_id's, both live. retired: the "
            "id ended with its last record",
        ),
        Column("customer_id", TEXT, "客户号", "customer it happened to"),
        Column("other_id", TEXT, "另一客户号", "the other customer, null for created and retired"),
        Column("records", COUNT, "记录数", "records concerned"),
    ),
    ("event", "customer_id", "other_id"),
)

GOLDEN_UNITS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "customer_type": ("客户类型", "customer type", ("customer_type",)),
    "name": ("姓名/名称", "name", ("name",)),
    "document": ("证件", "document", ("cert_type", "cert_no", "cert_valid_from", "cert_valid_to")),
    "gender": ("性别", "gender", ("gender",)),
    "birth_date": ("出生日期", "date of birth", ("birth_date",)),
    "nationality": ("国籍", "nationality", ("nationality",)),
    "occupation": ("职业", "occupation", ("occupation",)),
    "mobile": ("手机", "mobile", ("mobile",)),
    "landline": ("固定电话", "landline", ("landline",)),
    "email": ("电子邮箱", "e-mail", ("email",)),
    "address": (
        "地址",
        "address",
        (
            "address",
            "province",
            "city",
            "county",
            "road",
            "house_number",
            "building",
            "building_unit",
            "room",
            "region_code",
            "postcode",
        ),
    ),
    "wechat": ("微信", "WeChat identity", ("openid", "unionid")),
    "legal_representative": ("法定代表人", "legal representative", ("legal_representative",)),
    "contact": ("联系人", "handling contact", ("contact_name", "contact_phone")),
}
"""Unit of a golden record -> its name in Chinese and English, and its fields, which come from one record together."""


def _golden_columns() -> list[Column]:
    """Golden fields as observations have them, then the source and the date of each unit."""
    told = {column.name: column for column in OBSERVATION_COLUMNS}
    fields = [told[name] for _, _, names in GOLDEN_UNITS.values() for name in names]
    origins = [
        column
        for unit, (zh, en, _) in GOLDEN_UNITS.items()
        for column in (
            Column(f"{unit}_source", TEXT, f"{zh}来源", f"feed the {en} comes from, null when there is none"),
            Column(f"{unit}_date", DATE, f"{zh}日期", f"when that source knew the {en}"),
        )
    ]
    return fields + origins


CUSTOMERS = Table(
    "customers",
    "客户，每客户一行，各字段取最可信的值",
    "one row per customer, with the best value of each field and where it comes from",
    (
        Column("customer_id", TEXT, "客户号", "stable id of the customer: date of creation and 13 characters"),
        *_golden_columns(),
        Column("records", COUNT, "记录数", "observations of the customer"),
        Column("sources", TEXTS, "来源", "feeds that tell of the customer, sorted"),
        Column("first_seen", DATE, "最早信息日期", "date of the earliest observation"),
        Column("last_seen", DATE, "最近信息日期", "date of the latest observation"),
        Column("policies", COUNT, "保单数", "distinct policy numbers"),
        Column(
            "verdict",
            TEXT,
            "结论",
            "refuted if any party of the customer is, else authentic if any is, else unverified; empty for no party",
        ),
    ),
    ("customer_id",),
)

CHANGES = Table(
    "changes",
    "客户变动",
    "customers added, changed or retired since the last published night; applied to it they give tonight's customers",
    (
        Column("business_date", DATE, "业务日期", "business date"),
        CUSTOMERS.columns[0],
        Column("change", TEXT, "变动", "added, changed or retired"),
        Column(
            "changed_fields", TEXTS, "变动字段", "columns that differ, as the table orders them; empty unless changed"
        ),
        *CUSTOMERS.columns[1:],
    ),
    ("customer_id",),
)

_LEVELS = ("name", "document", "birth", "gender", "phone", "vehicle", "home", "wechat")
"""The comparisons of customers, in their order."""


def level_column(comparison: str) -> str:
    """Column that holds the level of a comparison."""
    return f"{comparison}_level"


_PAIR = (
    Column("record_a", TEXT, "记录甲", "record that stands for the one telling, the smaller record id"),
    Column("record_b", TEXT, "记录乙", "record that stands for the other telling"),
)
_WEIGHED = (
    Column("weight", RATIO, "权重(比特)", "Fellegi–Sunter weight, bits, prior included; 1000 where a person decided"),
    Column("probability", RATIO, "同一人概率", "chance that both are one, as the model has it, 0–1"),
    *(
        Column(level_column(name), TEXT, f"{name} 比较级别", f"level of the comparison {name}, see docs/matching.md")
        for name in _LEVELS
    ),
)

LINKS = Table(
    "links",
    "已接受的匹配",
    "one row per accepted pair of tellings; records of one telling (observations.telling) are one without a link",
    (
        Column("customer_id", TEXT, "客户号", "customer both belong to; empty between leads that are none"),
        *_PAIR,
        *_WEIGHED,
    ),
    ("record_a", "record_b"),
)

REFUSED_LINKS = Table(
    "refused_links",
    "被拒绝的匹配",
    "one row per pair that weighs enough to be a link and is none",
    (
        *_PAIR,
        Column("customer_a", TEXT, "客户甲", "customer of record_a, empty for a lead"),
        Column("customer_b", TEXT, "客户乙", "customer of record_b, empty for a lead"),
        Column(
            "reason",
            TEXT,
            "拒绝原因",
            "two_lifetime_numbers two_names person_and_organisation ambiguous other_person component_too_large decided",
        ),
        *_WEIGHED,
    ),
    ("record_a", "record_b"),
)

REVIEW_PAIRS = Table(
    "review_pairs",
    "待人工判断",
    "one row per pair a person should decide, most useful first",
    (
        Column("usefulness", COUNT, "价值", "pairs of records that the decision settles, times how open it is"),
        *_PAIR,
        Column("customer_a", TEXT, "客户甲", "customer of record_a, empty for a lead"),
        Column("customer_b", TEXT, "客户乙", "customer of record_b, empty for a lead"),
        Column("reason", TEXT, "原因", "uncertain ambiguous component_too_large"),
        *_WEIGHED,
    ),
    ("usefulness", "record_a", "record_b"),
)

DECISIONS = Table(
    "decisions",
    "人工决定",
    "one row per decision of a steward, kept from night to night",
    (
        Column("end_a", TEXT, "甲", "record id or customer id, the smaller of the two"),
        Column("end_b", TEXT, "乙", "record id or customer id"),
        Column("decision", TEXT, "决定", "same or not_same"),
        Column("decided_by", TEXT, "决定人", "who decided"),
        Column(
            "decided_at", TIME, "决定时间", "when, local time; the business date of its delivery where it is not told"
        ),
        Column("why", TEXT, "理由", "reason given"),
        Column(
            "state",
            TEXT,
            "状态",
            "honoured. contradicted_by_data: honoured, though the two have different lifetime numbers, incompatible names "
            "or kinds, or (not_same) a link of 10 bits or more. overruled: a decision that two are not one forbids it. "
            "waiting: an end is not known tonight. replaced: there is a later decision about the same ends",
        ),
        Column("record_a", TEXT, "甲代表记录", "record that stands for end_a since it was first known"),
        Column("record_b", TEXT, "乙代表记录", "record that stands for end_b since it was first known"),
    ),
    ("end_a", "end_b", "decided_at", "decision", "decided_by", "why"),
)

PATTERNS = Table(
    "patterns",
    "比较结果的组合",
    "one row per combination of levels: how many pairs of tellings were compared with it; a model is trained on it",
    (
        *_WEIGHED[2:],
        Column("pairs", COUNT, "对数", "pairs of tellings compared"),
        Column("weight", RATIO, "权重(比特)", "Fellegi–Sunter weight of each of them, bits, prior included"),
    ),
    tuple(level_column(name) for name in _LEVELS),
)

BLOCKS = Table(
    "blocks",
    "过大而未比较的分组",
    "tellings that share a key with too many others to be compared because of it",
    (
        Column("key", TEXT, "键", "what they share, see docs/matching.md"),
        Column(
            "reason",
            TEXT,
            "原因",
            "too_large: as large even among names that sound alike, only neighbours compared. nothing_to_refine_by: no complete name to split by",
        ),
        Column("blocks", COUNT, "分组数", "values shared"),
        Column("tellings", COUNT, "表述数", "tellings in them, those of several blocks counted in each"),
    ),
    ("key", "reason"),
)

"""What codes are called on the page, in Chinese and English: a steward reads names, not codes."""

from functools import cache

from pipeline.core.authenticity.advice import texts
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.feeds import KINDS
from pipeline.core.published import TABLES

Words = tuple[str, str]

CHANNELS: dict[str, Words] = {
    "dealer": ("车商", "dealers"),
    "professional_agency": ("专业代理", "professional agencies"),
    "part_time_agency": ("兼业代理", "part-time agencies"),
    "platform": ("互联网平台", "platforms"),
    "direct": ("直销", "direct"),
    "tied_agent": ("个人代理", "tied agents"),
    "tele_net": ("电网销", "telephone and web"),
}
KINDS_OF_FEED: dict[str, str] = {
    "underwriting": "underwriting",
    "claims": "claims",
    "wechat": "WeChat",
    "callbacks": "call-backs",
    "verifications": "verifications",
    "sms": "SMS",
    "leads": "leads",
    "directory": "directory",
    "do_not_call": "do not call",
    "decisions": "decisions",
}
REJECTS: dict[str, Words] = {
    "total_row": ("合计行，不是数据", "a total, not data"),
    "field_count": ("列数与表头不符", "another number of fields than the header"),
    "not_json": ("不是有效的JSON", "not JSON"),
    "not_object": ("不是一行一个JSON对象", "not one JSON object a line"),
    "unreadable": ("文件损坏，无法读取", "damaged"),
    "no_consent": ("线索没有客户同意", "a lead without consent"),
    "no_purpose": ("线索没有用途", "a lead without purpose"),
    "no_time": ("线索没有采集时间", "a lead without time"),
    "no_place": ("线索没有采集地点", "a lead without place"),
    "no_patrol": ("线索没有巡查小组", "a lead without patrol"),
    "missing_key": ("缺少主键", "no key"),
    "missing_end": ("裁定缺少一方编号", "a decision lacks an end"),
    "same_end": ("裁定的两方相同", "a decision about one record"),
    "unknown_decision": ("裁定内容不在码表", "an unknown decision"),
    "missing_decider": ("裁定缺少决定人", "nobody decided"),
    "unreadable_time": ("时间无法识别", "unreadable time"),
    "missing_record": ("工单行缺少记录号", "a work list's row without its record"),
    "unknown_record": ("工单行的记录号不存在", "a work list's row of an unknown record"),
    "other_party": ("工单行的保单或角色与记录不符", "a work list's row of another party"),
    "unknown_status": ("工单状态不在选项中", "an unknown status"),
    "status_missing": ("工单行已填写但未选状态", "filled in without a status"),
    "unknown_rule": ("工单行的规则不存在", "an unknown rule"),
    "unknown_field": ("该字段不能更正", "a field that cannot be corrected"),
    "missing_why": ("误报缺少理由", "a false positive without a reason"),
    "missing_expiry": ("误报缺少有效期", "a false positive without a last day"),
    "unreadable_expiry": ("有效期无法识别", "unreadable last day"),
    "duplicate_key": ("同一文件内主键重复", "key repeated within a file"),
}
STATUSES: dict[str, Words] = {
    "corrected": ("已修正", "corrected"),
    "false_positive": ("误报", "false positive"),
    "unreachable": ("无法联系", "nobody reached"),
}
STATES: dict[str, Words] = {
    "fixed": ("更正有效", "fixed"),
    "still_failing": ("更正后仍未通过", "still failing"),
    "false_positive": ("误报，不计", "false positive, set aside"),
    "source_fixed": ("来源已更正", "put right by the source"),
    "recorded": ("已记录", "recorded"),
    "unusable_value": ("更正值无法识别", "value cannot be read"),
    "superseded": ("来源有更新的信息", "the source told it anew"),
    "second_person_needed": ("须由他人复核，未采纳", "a second person is needed"),
    "expired": ("已过有效期", "expired"),
    "gone": ("信息已不存在", "no longer there"),
}
AUDIT: dict[str, Words] = {
    "too_short": ("通话过短仍记为确认", "confirms after too short a talk"),
    "same_length": ("通话时长雷同", "talks of one length"),
    "confirms_too_often": ("确认率异常偏高", "confirms too often"),
}
FIELDS: dict[str, Words] = {
    "name": ("姓名", "name"),
    "cert_no": ("证件号码", "document"),
    "mobile": ("手机号", "mobile"),
    "address": ("地址", "address"),
    "birth_date": ("出生日期", "birth date"),
    "plate": ("车牌", "plate"),
    "vin": ("车架号", "VIN"),
}
LIST_FIELDS: dict[str, Words] = {
    **FIELDS,
    "phone": ("电话", "phone"),
    "cert_type": ("证件类型", "document type"),
    "email": ("电子邮箱", "e-mail"),
    "relation": ("关系", "relation"),
    "vehicle": ("车辆", "vehicle"),
    "conduct": ("业务行为", "conduct"),
    "record": ("整条信息", "the record"),
    "phone_in_use": ("电话在用", "phone in use"),
}
LISTS: dict[str, Words] = {
    "corrections": ("信息更正", "corrections"),
    "callbacks": ("抽样回访", "drawn call-backs"),
    "lapsed": ("流失客户", "lapsed customers"),
    "leads": ("巡查线索", "patrol leads"),
}
DIMENSIONS: dict[str, Words] = {
    "unit": ("经营单位", "unit"),
    "channel": ("渠道", "channel"),
    "agency": ("中介机构", "intermediary"),
    "salesperson": ("业务员", "salesperson"),
}
OWNERS: dict[str, str] = {
    "分公司客户信息办": "customer information office",
    "各经营单位": "the units",
    "承保运营部": "underwriting operations",
    "客户服务部": "customer service",
    "理赔部": "claims",
    "渠道管理部": "channel management",
    "合规部": "compliance",
    "数据管理部": "data management",
    "信息技术部": "information technology",
}
METHODS: dict[str, Words] = {
    "wilson": ("威尔逊法", "Wilson"),
    "clopper-pearson": ("精确法", "Clopper–Pearson"),
    "census": ("普查", "census"),
}


@cache
def reasons() -> dict[str, Words]:
    """Reason code -> what it means."""
    told = texts()
    return {row[1]: (row[2], row[3]) for row in told.iter_rows() if row[0] == "reason"}


@cache
def advices() -> dict[str, Words]:
    """Advice code -> what to do."""
    told = texts()
    return {row[1]: (row[2], row[3]) for row in told.iter_rows() if row[0] != "reason"}


def feed(name: str, kind: str) -> Words:
    """A feed by its kind; one with a name of its own bears it beside."""
    zh = KINDS[kind].zh if kind in KINDS else name
    en = KINDS_OF_FEED.get(kind, name)
    return (zh, en) if name == kind else (f"{zh}（{name}）", f"{en} ({name})")


def caliber(name: str) -> Words:
    """A caliber; those of the settings are called as there."""
    return (CALIBERS[name].zh if name in CALIBERS else name, name.replace("_", " "))


def table(name: str) -> Words:
    """A published table."""
    return next(((one.zh, one.name) for one in TABLES if one.name == name), (name, name))


def detail(text: str) -> Words:
    """What an expectation says beside its number, without codes where there are words."""
    if text.startswith("could not be computed"):
        return "指标无法计算" + text.removeprefix("could not be computed"), text
    known = {"off": ("已在设置中关闭", "switched off"), "was not asked": ("未被执行", "was not asked")}
    known["no such expectation"] = ("期望写错：没有这种期望", "misspelt: there is no such expectation")
    if text in known:
        return known[text]
    if text.startswith("frame "):
        return f"缺少数据：{text.removeprefix('frame ').removesuffix(' is missing')}", text
    zh, en = text.replace(" unverified ", " "), text.replace("未核实 ", "")
    head, dot, rest = zh.partition(" · ")
    if head in CHANNELS:
        zh, en = CHANNELS[head][0] + dot + rest, CHANNELS[head][1] + dot + en.partition(" · ")[2]
    source, dot, what = zh.partition(".")
    if source in KINDS and dot:
        return f"{KINDS[source].zh}：{_profiled(what)}", f"{KINDS_OF_FEED[source]}: {what}"
    words = [KINDS[word].zh if word in KINDS else word for word in zh.split(" ")]
    return " ".join(words), en


def _profiled(what: str) -> str:
    if what.startswith("without "):
        return f"缺{FIELDS[what.removeprefix('without ')][0]}的占比"
    if what.startswith("plates "):
        return f"车牌字母{what.removeprefix('plates ')}的占比"
    return {"valid": "有效占比", "phones": "不同号码占比", "customers": "不同客户占比"}.get(what, what)

"""Rules that evidence answers, asked of parties beside what was heard of them, and of call-backs: D27, P12–P15, P19, C02, C05–C08.

Their questions are in :mod:`pipeline.core.rules.by_evidence`; C08 is answered by the audit of the vendors.
"""

from pipeline.core.rules.rule import Reason, Rule

EVIDENCE: tuple[Rule, ...] = (
    Rule(
        "D27",
        "两要素核验",
        "identity check of name and number",
        "evidence",
        (
            Reason(
                "mismatch",
                "F",
                "fail",
                "姓名与证件号码核验不一致",
                "the check says name and number do not belong together",
            ),
            Reason("deregistered", "F", "fail", "证件已注销", "the document was deregistered"),
        ),
        "库中无此号不是不一致，只是无法核验。结果按供应商代码表解释，过期的不用。",
        "A number the register does not know is no mismatch but unknown. Stale results are not asked.",
        ("API", "PRACTICE"),
    ),
    Rule(
        "P12",
        "空号检测",
        "number status",
        "evidence",
        (
            Reason("empty_number", "F", "fail", "空号", "the number does not exist"),
            Reason("suspended", "W", "suspect", "停机", "the number is suspended"),
            Reason("risky", "W", "suspect", "风险号", "the vendor marks the number as risky"),
        ),
        "关机、沉默、库无、查询失败都不作判断；两家供应商的代码含义相反，按各自代码表；超过30天的结果不用。",
        "Switched off, silent, not in the library or not to be had say nothing. Each vendor has its own table of codes; "
        "results older than 30 days are not asked.",
        ("VS", "PRACTICE"),
    ),
    Rule(
        "P13",
        "三要素",
        "carrier check of name, document and number",
        "evidence",
        (
            Reason(
                "other_name",
                "W",
                "suspect",
                "运营商登记的姓名不一致",
                "the carrier knows the number under another name",
            ),
            Reason(
                "registered_to_another",
                "W",
                "suspect",
                "手机号登记在他人名下",
                "the carrier knows the number under another's document",
            ),
        ),
        "家庭成员名下的号码很常见，默认只算可疑；要求本人实名的省份（如云南）在设置中打开 own_name_required，即为否定。",
        "Numbers held by a member of the family are common: suspect, unless the province demands the own name, which is "
        "a setting (own_name_required) and then refutes.",
        ("YN19", "API"),
    ),
    Rule(
        "P14",
        "验证码等正面证据",
        "positive evidence of the number",
        "evidence",
        (Reason("none", "I", "info", "号码没有任何正面证据", "nothing confirms the number"),),
        "出单短信验证码、微信授权号码、本号码报案、三要素一致或回访确认，任何一项有效即通过。",
        "An SMS code at issue, a number authorised in WeChat, a claim reported from it, the carrier or a call confirm it.",
        ("GX19", "HN19", "API", "WX"),
    ),
    Rule(
        "P15",
        "各系统电话不一致",
        "another number in another system",
        "evidence",
        (
            Reason(
                "newer_elsewhere",
                "W",
                "suspect",
                "微信或理赔有更新的其他号码",
                "WeChat or claims know a newer, other number of the customer",
            ),
        ),
        "只提示并建议更新，从不凭此覆盖承保号码。",
        "The newer number is proposed and never put in the place of the policy's without evidence.",
        ("PRACTICE",),
    ),
    Rule(
        "P19",
        "回访前改号",
        "number changed just before the call-back",
        "evidence",
        (
            Reason(
                "changed", "W", "suspect", "首次回访前几天内改号", "the number changed a few days before the first call"
            ),
        ),
        "承保系统中的改号由出单单位录入；天数为设置 phone_change_days。",
        "A change in the underwriting system is entered by the selling unit. The days are a limit.",
        ("PRACTICE",),
    ),
    Rule(
        "C02",
        "理赔与承保不一致",
        "claims and policy differ",
        "evidence",
        (
            Reason("cert_no", "W", "suspect", "理赔采集的证件号码不同", "claims captured another document number"),
            Reason("phone", "W", "suspect", "理赔采集的电话不同", "claims captured another phone"),
        ),
        "理赔采集的信息较新，作为证据和改进建议，不直接覆盖。",
        "What claims capture is newer: evidence and a proposal, never put in place by itself.",
        ("PRACTICE",),
    ),
    Rule(
        "C05",
        "回访有效性",
        "valid call-back",
        "evidence",
        (
            Reason("unknown_code", "F", "quarantine", "结果代码不在代码表中", "the result code is in no table"),
            Reason(
                "other_number", "F", "quarantine", "拨打的不是当时的保单号码", "the number dialled was not the policy's"
            ),
            Reason("no_time", "F", "quarantine", "没有呼叫时间", "there is no time of the call"),
            Reason("no_length", "F", "quarantine", "接通的回访没有通话时长", "an answered call has no length"),
            Reason("distrusted", "F", "quarantine", "坐席不可信", "the caller is not trusted"),
        ),
        "无效的回访不作证据；50、51未外呼，不要求时间和时长。",
        "An invalid call is no evidence. 50 and 51 were not dialled and need neither time nor length.",
        ("PRACTICE",),
    ),
    Rule(
        "C06",
        "回访时限",
        "first call in time",
        "evidence",
        (Reason("late", "W", "info", "首次回访晚于签单后规定天数", "the first call came too long after issue"),),
        "只问有回访的保单；天数为设置 first_call_days。",
        "Asked of policies that were called; the days are a limit.",
        ("GX14",),
    ),
    Rule(
        "C07",
        "回访匹配",
        "call-back of a known party",
        "evidence",
        (Reason("orphan", "F", "quarantine", "找不到对应的保单当事人", "there is no such policy and party"),),
        "多次外呼先看结果级别，再取最新一次；孤立的回访进入拒绝表。",
        "Of several calls the one that decides stands, then the newest. Orphans go to the rejects.",
        ("PRACTICE",),
    ),
    Rule(
        "C08",
        "外包回访作弊",
        "cheating caller",
        "evidence",
        (
            Reason(
                "flagged",
                "W",
                "suspect",
                "坐席的确认率或通话时长异常",
                "confirmations or call lengths of the caller are not credible",
            ),
        ),
        "每个坐席一问；稽核表给出依据，标记的坐席另算估计。",
        "One question per caller. The audit table gives the grounds; estimates are told with and without those marked.",
        ("PRACTICE",),
    ),
)

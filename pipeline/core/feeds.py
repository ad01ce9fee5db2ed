"""What each kind of feed holds: its key, the parties one row may tell of, and the headers it usually bears.

A *target* is where a column goes: ``<field>`` for the whole row (``policy_no``) or ``<party>.<field>`` for one party of
it (``policyholder.name``). A party is a role, with ``_2``, ``_3`` … where a role comes more than once in a row. Settings add headers or override them; with the usual headers a feed needs
only its path.
"""

from dataclasses import dataclass, field

from pipeline.core.schema import ROLES

PARTY_WORDS: dict[str, tuple[str, ...]] = {
    "policyholder": ("投保人",),
    "insured": ("被保险人", "被保人"),
    "owner": ("车主", "行驶证车主"),
    "payer": ("缴费人", "付款人"),
    "driver": ("驾驶员", "驾驶人", "出险驾驶员"),
    "reporter": ("报案人",),
    "third_party": ("三者", "三者车主", "对方车主"),
    "third_party_2": ("三者2", "第二三者"),
    "contact": ("联系人",),
}
"""What a party is called in headers, before the field's word: 投保人 + 手机号."""

PARTY_FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名称", "姓名/名称", "客户姓名", "客户名称"),
    "customer_type": ("客户类型", "客户类别", "类型"),
    "cert_type": ("证件类型", "证件种类", "证件类型代码"),
    "cert_no": ("证件号码", "证件号", "身份证号", "身份证号码", "身份证"),
    "cert_valid_from": ("证件有效期起", "证件有效起期", "证件起始日期"),
    "cert_valid_to": ("证件有效期止", "证件有效止期", "证件有效期", "证件截止日期"),
    "gender": ("性别",),
    "birth_date": ("出生日期", "生日", "出生年月日"),
    "nationality": ("国籍",),
    "occupation": ("职业",),
    "mobile": ("手机号", "手机号码", "手机", "移动电话", "联系电话", "电话", "电话1", "联系方式"),
    "landline": ("固定电话", "固话", "座机", "家庭电话"),
    "other_phones": ("其他电话", "备用电话", "电话2"),
    "email": ("电子邮箱", "邮箱", "电子邮件", "E-mail"),
    "address": ("地址", "联系地址", "住址", "通讯地址", "家庭住址"),
    "region_code": ("区划代码", "行政区划", "地区代码", "区县代码"),
    "postcode": ("邮编", "邮政编码"),
    "relation": ("关系", "与投保人关系", "与被保险人关系"),
    "legal_representative": ("法定代表人", "法人代表", "法人"),
    "contact_name": ("经办人", "经办人姓名", "单位联系人"),
    "contact_phone": ("经办人电话", "单位联系电话"),
    "account_name": ("缴费账户名", "付款账户名", "账户名"),
    "vehicle_relation": ("与车辆关系",),
    "openid": ("OpenID", "openid", "微信号OpenID"),
    "unionid": ("UnionID", "unionid"),
    "plate": ("车牌号", "车牌号码", "号牌号码", "车牌"),
    "vin": ("车架号", "车辆识别代号", "VIN", "VIN码", "车架号/VIN"),
}
"""Fields of a party and their words; alone they are headers of a feed with one party a row. A plate or VIN alone is
that of every party of the row, the other side's (三者) excepted."""

ROW_FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "key": ("主键", "流水号", "记录号"),
    "operation": ("操作类型", "操作标志", "变更标志", "删除标志"),
    "observed_at": ("更新时间", "最后修改时间", "数据时间", "操作时间"),
    "policy_no": ("保单号", "保单号码", "保险单号"),
    "claim_no": ("赔案号", "报案号", "立案号", "案件号"),
    "role": ("角色", "人员类型", "当事人角色", "身份"),
    "same_person_flag": ("投被保人同一标志", "投保人被保人是否同一", "是否同一人"),
    "plate_type": ("号牌种类", "车牌种类", "号牌类型"),
    "engine_no": ("发动机号", "发动机号码"),
    "vehicle_kind": ("车辆种类", "车辆类型"),
    "use": ("使用性质", "车辆使用性质"),
    "first_registered_on": ("初登日期", "初次登记日期", "注册日期"),
    "channel": ("渠道", "业务来源", "渠道类型"),
    "unit": ("经营单位", "支公司", "归属机构", "机构"),
    "agency_code": ("中介代码", "代理机构代码", "中介机构代码", "车商代码"),
    "salesperson_code": ("业务员代码", "业务员工号", "工号", "归属业务员"),
    "team": ("团队", "理赔团队", "班组", "巡查小组"),
    "capture_route": ("采集途径", "采集方式", "报案方式", "事件类型"),
    "captured_at": ("采集时间", "报案时间", "呼叫时间", "发送时间", "核验时间", "登记时间"),
    "place": ("地点", "采集地点", "出险地点"),
    "consent": ("是否同意", "客户同意", "同意标志", "授权标志"),
    "purpose": ("用途", "使用目的", "采集目的"),
    "issued_on": ("签单日期", "出单日期", "承保日期"),
    "cover_from": ("起保日期", "保险起期", "保险起始日期"),
    "cover_to": ("终保日期", "保险止期", "保险终止日期"),
    "policy_status": ("保单状态", "状态"),
    "product": ("险种", "险种代码", "险别", "产品"),
    "premium": ("保费", "保费(元)", "签单保费", "保费合计"),
    "sms_verified": ("短信验证", "短信验证标志", "验证码验证"),
    "directory_kind": ("名录类别", "类别", "人员类别"),
    "result_code": ("结果代码", "回访结果", "核验结果", "状态代码", "回执代码"),
    "vendor": ("供应商", "外呼公司", "服务商"),
    "caller": ("坐席", "坐席工号", "呼叫人"),
    "talk_seconds": ("通话时长", "通话时长(秒)", "通话秒数"),
    "list_id": ("名单编号", "抽样批次"),
    "stratum": ("层", "抽样层"),
    "inclusion_probability": ("入样概率", "抽样概率"),
}
"""Fields of the whole row and their words."""


@dataclass(frozen=True)
class FeedKind:
    """One kind of feed.

    ``keys``: ways to name a row, best first; the first way whose targets the file has is its key. A feed with none is
    append-only. ``parties``: the party prefixes a row may have. ``role``: the role of a party without a prefix, when no
    ``role`` column says it. ``obligatory``: each entry is a set of targets of which the file must have one.
    ``own_words``: headers that mean something else here than elsewhere.
    """

    name: str
    zh: str
    keys: tuple[tuple[str, ...], ...]
    obligatory: tuple[tuple[str, ...], ...]
    parties: tuple[str, ...] = ()
    role: str = ""
    own_words: dict[str, tuple[str, ...]] = field(default_factory=dict)


KINDS: dict[str, FeedKind] = {
    kind.name: kind
    for kind in (
        FeedKind(
            "underwriting",
            "承保",
            keys=(("key",), ("policy_no", "role"), ("policy_no",)),
            obligatory=(("policy_no",), ("policyholder.name", "insured.name", "name")),
            parties=("policyholder", "insured", "owner", "payer"),
        ),
        FeedKind(
            "claims",
            "理赔",
            keys=(("key",), ("claim_no", "role"), ("claim_no",)),
            obligatory=(("claim_no",), ("reporter.name", "driver.name", "owner.name", "name")),
            parties=("reporter", "driver", "owner", "insured", "third_party", "third_party_2"),
        ),
        FeedKind(
            "wechat",
            "微信",
            keys=(("key",), ("openid", "captured_at")),
            obligatory=(("openid",),),
            role="contact",
            own_words={
                "key": ("MsgId", "msg_id", "msgid"),
                "openid": ("FromUserName", "openId"),
                "unionid": ("unionId",),
                "captured_at": ("CreateTime", "create_time"),
                "capture_route": ("Event", "event"),
                "name": ("nickname", "nickName", "昵称"),
                "mobile": ("purePhoneNumber", "phoneNumber", "phone_info.purePhoneNumber", "phone_info.phoneNumber"),
            },
        ),
        FeedKind(
            "callbacks",
            "回访",
            keys=(("key",), ("policy_no", "role", "captured_at"), ("policy_no", "captured_at")),
            obligatory=(("policy_no",), ("result_code",)),
            role="policyholder",
            own_words={"mobile": ("被叫号码", "外呼号码", "拨打号码"), "name": ("被访人", "被访人姓名")},
        ),
        FeedKind(
            "verifications",
            "核验",
            keys=(("key",), ("capture_route", "mobile", "cert_no", "captured_at")),
            obligatory=(("result_code",), ("mobile", "cert_no")),
            role="contact",
            own_words={"capture_route": ("核验类型", "核验方式")},
        ),
        FeedKind(
            "sms",
            "短信",
            keys=(("key",), ("mobile", "captured_at")),
            obligatory=(("mobile",), ("result_code",)),
            role="contact",
            own_words={"capture_route": ("短信类型", "活动类型")},
        ),
        FeedKind(
            "leads",
            "巡查线索",
            keys=(("key",),),
            obligatory=(("mobile", "plate", "vin"),),
            role="contact",
        ),
        FeedKind(
            "directory",
            "名录",
            keys=(("key",), ("directory_kind", "salesperson_code"), ("directory_kind", "mobile")),
            obligatory=(("directory_kind",), ("mobile", "landline", "address")),
            role="contact",
        ),
        FeedKind(
            "do_not_call",
            "禁呼名单",
            keys=(("key",), ("mobile",)),
            obligatory=(("mobile",),),
            role="contact",
        ),
        FeedKind(
            "decisions",
            "人工决定",
            keys=(("end_a", "end_b", "decided_at"), ("end_a", "end_b")),
            obligatory=(("end_a",), ("end_b",), ("decision",), ("decided_by",)),
            own_words={
                "end_a": (
                    "记录甲",
                    "客户甲",
                    "甲",
                    "记录号甲",
                    "客户号甲",
                    "记录号1",
                    "客户号1",
                    "record_a",
                    "customer_a",
                ),
                "end_b": (
                    "记录乙",
                    "客户乙",
                    "乙",
                    "记录号乙",
                    "客户号乙",
                    "记录号2",
                    "客户号2",
                    "record_b",
                    "customer_b",
                ),
                "decision": ("决定", "结论", "判定", "判定结果", "是否同一人", "是否同一客户"),
                "decided_by": ("决定人", "判定人", "处理人", "操作人", "经办人"),
                "decided_at": ("决定时间", "判定时间", "处理时间", "操作时间"),
                "why": ("理由", "原因", "说明", "备注"),
            },
        ),
    )
}
"""Every kind of feed this version knows, in the order of a night."""


def words_of(kind: FeedKind) -> dict[str, str]:
    """Header -> target for ``kind``: its own words first, then party words, then the general ones, then the targets."""
    found: dict[str, str] = {}
    for target, words in kind.own_words.items():
        for word in words:
            found.setdefault(word, target)
    for party in kind.parties:
        for party_word in PARTY_WORDS[party]:
            for name, words in PARTY_FIELD_WORDS.items():
                for word in words:
                    found.setdefault(party_word + word, f"{party}.{name}")
            found.setdefault(party_word, f"{party}.name")
    for name, words in (PARTY_FIELD_WORDS | ROW_FIELD_WORDS).items():
        for word in words:
            found.setdefault(word, name)
    for target in targets_of(kind):
        found.setdefault(target, target)
        found.setdefault(target.replace(".", "_"), target)
    return found


def targets_of(kind: FeedKind) -> tuple[str, ...]:
    """Every target a column of ``kind`` may go to."""
    whole = tuple(ROW_FIELD_WORDS) + tuple(PARTY_FIELD_WORDS)
    own = tuple(target for target in kind.own_words if target not in whole)
    return whole + own + tuple(f"{party}.{name}" for party in kind.parties for name in PARTY_FIELD_WORDS)


def role_of(party: str) -> str:
    """Role of a party prefix: ``third_party_2`` is a ``third_party``."""
    return party if party in ROLES else party.rsplit("_", 1)[0]

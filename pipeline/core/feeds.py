"""What each kind of feed holds: its key, the parties one row may tell of, and the headers it usually bears.

A *target* is where a column goes: ``<field>`` for the whole row (``policy_no``) or ``<party>.<field>`` for one party of
it (``policyholder.name``). A party is a role, with ``_2``, ``_3`` … where a role comes more than once in a row. Settings add headers or override them; with the usual headers a feed needs
only its path.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, product

from pipeline.core.feed_words import PARTY_FIELD_WORDS, PARTY_WORDS, ROW_FIELD_WORDS
from pipeline.core.schema import ROLES


@dataclass(frozen=True)
class FeedKind:
    """One kind of feed.

    ``keys``: ways to name a row, best first; the first way whose targets the file has is its key. A feed with none is
    append-only. ``parties``: the party prefixes a row may have. ``role``: the role of a party without a prefix, when no
    ``role`` column says it. ``obligatory``: each entry is a set of targets of which the file must have one.
    ``either``: parts of a key of which a row needs one only. ``spare_key``: what names a row that lacks its ``key``.
    ``own_words``: headers that mean something else here than elsewhere. Where rows tell of one party each (a ``name``
    without a party), a party's own word is that one party's. ``unwanted``: headers that are known and carry nothing.
    ``lasting``: what it says holds until it is taken back, so that neither the same file again nor none is a fault.
    """

    name: str
    zh: str
    keys: tuple[tuple[str, ...], ...]
    obligatory: tuple[tuple[str, ...], ...]
    parties: tuple[str, ...] = ()
    role: str = ""
    own_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    either: frozenset[str] = frozenset()
    spare_key: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    lasting: bool = False


KINDS: dict[str, FeedKind] = {
    kind.name: kind
    for kind in (
        FeedKind(
            "underwriting",
            "承保",
            keys=(("key",), ("policy_no", "role"), ("policy_no",)),
            obligatory=(("policy_no",), ("policyholder.name", "insured.name", "name")),
            parties=("policyholder", "insured", "owner", "payer"),
            own_words={
                "insured.relation": (
                    *(
                        "与投保人关系",
                        "与投保人的关系",
                        "投被保人关系",
                        "投被保险人关系",
                        "投保人与被保险人关系",
                        "关系",
                    ),
                    "投保人与被保人关系",
                ),
                "owner.relation": ("与被保险人关系", "与被保人关系", "与被保险人的关系"),
                "policyholder.vehicle_relation": ("与车辆关系", "与车辆的关系", "与车关系"),
                "policyholder.account_name": (
                    *("缴费账户名", "付款账户名", "账户名", "账户名称", "户名", "开户名", "账户姓名", "付款人账户名"),
                    *("缴费人账户名", "付款户名", "缴费户名", "accountname"),
                ),
                "policyholder.legal_representative": ("法定代表人", "法人代表", "法人", "法定代表人姓名", "法人姓名"),
                "policyholder.contact_name": ("联系人", "联系人姓名", "单位联系人"),
                "policyholder.contact_phone": (
                    *("联系人电话", "联系人手机", "联系人手机号", "联系人手机号码", "联系人联系电话", "单位联系电话"),
                    "单位联系人电话",
                ),
            },
        ),
        FeedKind(
            "claims",
            "理赔",
            keys=(("key",), ("claim_no", "role"), ("claim_no",)),
            obligatory=(("claim_no",), ("reporter.name", "driver.name", "owner.name", "name")),
            parties=("reporter", "driver", "owner", "insured", "third_party", "third_party_2", "contact"),
            own_words={
                "driver.cert_no": ("驾驶证号", "驾驶证号码", "驾驶员驾驶证号", "驾驶人驾驶证号", "驾驶员驾驶证号码")
            },
        ),
        FeedKind(
            "wechat",
            "微信",
            keys=(("key",), ("openid", "captured_at")),
            obligatory=(("openid",),),
            role="contact",
            spare_key=("openid", "captured_at"),  # messages have a MsgId, events have none
            own_words={
                "key": ("MsgId",),
                "openid": ("FromUserName", "openId"),
                "unionid": ("unionId",),
                "captured_at": ("CreateTime", "eventtime", "关注时间", "绑定时间"),
                "capture_route": ("Event", "事件", "event_type"),
                "name": ("nickname", "昵称", "微信昵称"),
                # The number with its country code first: 61234567 alone says nothing of Hong Kong.
                "mobile": ("phoneNumber", "purePhoneNumber", "phone_info.phoneNumber", "phone_info.purePhoneNumber"),
            },
        ),
        FeedKind(
            "callbacks",
            "回访",
            keys=(("key",), ("policy_no", "role", "captured_at"), ("policy_no", "captured_at")),
            obligatory=(("policy_no",), ("result_code",), ("mobile", "name")),
            role="policyholder",
            own_words={
                "mobile": (
                    *(
                        "被叫号码",
                        "外呼号码",
                        "拨打号码",
                        "呼叫号码",
                        "回访号码",
                        "回访电话",
                        "回访电话号码",
                        "拨打电话",
                    ),
                    *("外呼电话", "被叫", "被叫电话", "客户电话", "客户手机", "客户手机号", "客户号码", "callednumber"),
                    *("calleenumber", "callee"),
                ),
                "name": (
                    *("被访人", "被访人姓名", "受访人", "受访人姓名", "回访对象", "回访客户", "投保人", "投保人姓名"),
                    *("投保人名称", "被保险人", "被保险人姓名", "被保险人名称", "被保人", "被保人姓名", "联系人"),
                ),
                "role": ("被访人身份", "被访人角色", "回访对象类型"),
                "captured_at": (
                    *(
                        "呼叫时间",
                        "回访时间",
                        "外呼时间",
                        "拨打时间",
                        "呼出时间",
                        "通话开始时间",
                        "开始时间",
                        "回访日期",
                    ),
                    *("呼叫日期", "外呼日期", "calltime", "callstarttime", "starttime"),
                ),
                "caller": (
                    *(
                        "坐席工号",
                        "座席工号",
                        "工号",
                        "坐席编号",
                        "座席编号",
                        "坐席号",
                        "座席号",
                        "话务员工号",
                        "客服工号",
                    ),
                    *("话务员", "回访员", "回访员工号", "回访人员", "回访人", "客服", "agentid", "坐席", "座席"),
                ),
                "result_code": (
                    *(
                        "结果代码",
                        "回访结果代码",
                        "回访结果",
                        "外呼结果代码",
                        "外呼结果",
                        "呼叫结果",
                        "回访状态",
                        "呼叫状态",
                    ),
                    "通话结果",
                ),
            },
        ),
        FeedKind(
            "verifications",
            "核验",
            keys=(("key",), ("capture_route", "mobile", "cert_no", "captured_at")),
            obligatory=(("result_code",), ("mobile", "cert_no")),
            role="contact",
            either=frozenset({"mobile", "cert_no"}),  # whether a number exists is asked without a document
            own_words={
                "capture_route": ("核验类型", "核验方式", "核查类型", "验证类型", "校验类型", "产品类型", "checktype"),
                "captured_at": (
                    *("核验时间", "核查时间", "验证时间", "校验时间", "认证时间", "检测时间", "查询时间", "检测日期"),
                    *("核验日期", "查询日期", "checktime", "verifytime", "querytime"),
                ),
                "mobile": ("号码", "检测号码", "查询号码"),
                "result_code": (
                    *(
                        "结果代码",
                        "核验结果代码",
                        "核验结果",
                        "核查结果",
                        "验证结果",
                        "校验结果",
                        "认证结果",
                        "比对结果",
                    ),
                    *(
                        "检测结果",
                        "检测状态",
                        "号码状态",
                        "状态",
                        "状态码",
                        "返回码",
                        "status",
                        "verifyresult",
                        "checkresult",
                    ),
                ),
            },
        ),
        FeedKind(
            "sms",
            "短信",
            keys=(("key",), ("mobile", "captured_at")),
            obligatory=(("mobile",), ("result_code",)),
            role="contact",
            own_words={
                "vendor": ("供应商", "服务商", "运营商", "通道商"),
                "key": ("短信ID", "消息ID", "msgid", "smsid"),
                "capture_route": ("短信类型", "活动类型", "短信类别", "业务类型", "模板类型"),
                "captured_at": (
                    *("发送时间", "提交时间", "发送日期", "下发时间", "状态时间", "回执时间", "接收时间", "sendtime"),
                    *("submittime", "donetime"),
                ),
                "mobile": (
                    "接收号码",
                    "接收手机号",
                    "目标号码",
                    "发送号码",
                    "接收人号码",
                    "接收人手机号",
                    "号码",
                    "destnumber",
                ),
                "result_code": (
                    *(
                        "状态代码",
                        "回执代码",
                        "回执状态",
                        "状态报告",
                        "短信状态",
                        "发送状态",
                        "发送结果",
                        "状态",
                        "状态码",
                    ),
                    *("返回状态", "回执", "结果代码", "错误码", "stat", "status", "reportstatus", "errcode"),
                ),
            },
        ),
        FeedKind(
            "leads",
            "巡查线索",
            keys=(("key",),),
            obligatory=(("mobile", "plate", "vin"),),
            role="contact",
            own_words={
                "key": ("线索编号", "线索号"),
                "name": ("联系人", "联系人姓名", "车主", "车主姓名", "驾驶员", "驾驶员姓名"),
                "mobile": ("联系人电话", "联系人手机", "联系人手机号", "车主电话", "车主手机号", "驾驶员电话"),
                "captured_at": ("采集时间", "登记时间", "登记日期", "巡查时间", "到达时间", "采集日期", "巡查日期"),
                "place": ("巡查地点", "登记地点"),
                "salesperson_code": (
                    *(
                        "巡查员工号",
                        "采集人工号",
                        "巡查编号",
                        "巡查员编号",
                        "巡查员",
                        "采集员",
                        "采集人",
                        "采集人员",
                        "巡查人员",
                    ),
                ),
            },
        ),
        FeedKind(
            "directory",
            "名录",
            keys=(("key",), ("directory_kind", "salesperson_code"), ("directory_kind", "mobile")),
            obligatory=(("directory_kind",), ("mobile", "landline", "address")),
            role="contact",
            own_words={
                "directory_kind": ("类型", "人员类型", "单位类型", "身份", "名录种类"),
                "salesperson_code": ("工号", "员工工号", "员工编号", "员工代码", "人员代码", "人员编号", "代码"),
                "name": ("员工姓名", "人员姓名", "修理厂名称", "车商名称", "网点名称"),
            },
        ),
        FeedKind(
            "do_not_call",
            "禁呼名单",
            keys=(("key",), ("mobile",)),
            obligatory=(("mobile",),),
            role="contact",
            own_words={
                "mobile": ("号码", "禁呼号码", "退订号码", "黑名单号码"),
                "captured_at": ("登记时间", "登记日期", "加入时间", "加入日期", "退订时间", "申请时间", "申请日期"),
            },
        ),
        FeedKind(
            "decisions",
            "人工决定",
            keys=(("end_a", "end_b", "decided_at"), ("end_a", "end_b"), ("record", "rule", "field")),
            obligatory=(("end_a", "record"), ("end_b", "record"), ("decision", "status"), ("decided_by",)),
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
                "record": ("记录号", "record_id"),
                "rule": ("规则", "规则编号"),
                "field": ("字段", "字段代码"),
                "status": ("状态", "处理状态", "处理结果"),
                "corrected": ("更正值", "更正后的值"),
                "expires_on": ("有效期至", "有效期", "失效日期"),
                "reviewed_by": ("复核人",),
                "seen_at": ("所见信息时间",),
            },
            unwanted=("问题字段", "现值", "建议值", "建议来源", "问题", "建议", "角色名称"),
            lasting=True,
        ),
    )
}
"""Every kind of feed this version knows, in the order of a night."""


def words_of(kind: FeedKind, form: Callable[[str], str] = str) -> dict[str, str]:
    """Header -> target for ``kind``, the best header of a target first: its own words, those of its parties, the general
    ones, the targets themselves. ``form``: how each word is spelt, before a party's and a field's word are joined.
    """
    found: dict[str, str] = {}
    general = PARTY_FIELD_WORDS | ROW_FIELD_WORDS
    own = ((form(word), target) for target, words in kind.own_words.items() for word in words)
    anywhere = ((form(word), name) for name, words in general.items() for word in words)
    themselves = ((form(way), target) for target in targets_of(kind) for way in (target, target.replace(".", "_")))
    for word, target in chain(own, _party_words(kind, form), anywhere, themselves):
        found.setdefault(word, target)
    return found


def _party_words(kind: FeedKind, form: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Headers of the parties a row of ``kind`` may tell of, each with its target."""
    fields = {name: tuple(map(form, words)) for name, words in PARTY_FIELD_WORDS.items()}
    for party in kind.parties:
        parties = tuple(map(form, PARTY_WORDS[party]))
        for name, words in fields.items():
            for word, party_word in product(words, parties):
                if word.isascii() or not party_word.isascii():
                    yield party_word + word, f"{party}.{name}"
        yield from ((party_word, f"{party}.name") for party_word in parties)


def targets_of(kind: FeedKind) -> tuple[str, ...]:
    """Every target a column of ``kind`` may go to."""
    of_parties = (f"{party}.{name}" for party in kind.parties for name in PARTY_FIELD_WORDS)
    return tuple(dict.fromkeys((*ROW_FIELD_WORDS, *PARTY_FIELD_WORDS, *of_parties, *kind.own_words)))


def role_of(party: str) -> str:
    """Role of a party prefix: ``third_party_2`` is a ``third_party``."""
    return party if party in ROLES else party.rsplit("_", 1)[0]

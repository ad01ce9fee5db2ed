"""Rules of business conduct (C03, C09, C10) and of whole feeds (C11–C13, C16), which the run itself answers, and of
what was published (C14, C15), which expectations answer.
"""

from datetime import date, datetime, time

import polars as pl

from pipeline.core.rules.audience import (
    KIND,
    ORGANISATION,
    PERSON,
    POLICY_PARTY,
    POLICYHOLDER_OR_INSURED,
    ROLE,
    STANDING,
    limit,
)
from pipeline.core.rules.rule import Failing, Reason, Rule

_PERSON_ITEMS = ("name", "gender", "nationality", "occupation", "address", "cert_type", "cert_no", "cert_valid_to")
_ORGANISATION_ITEMS = (
    "name",
    "address",
    "cert_type",
    "cert_no",
    "cert_valid_to",
    "legal_representative",
    "contact_name",
)
_REACHED = pl.any_horizontal(pl.col("mobile", "landline", "contact_phone").is_not_null())
_INCOMPLETE = (
    pl.when(ORGANISATION)
    .then(pl.any_horizontal(pl.col(_ORGANISATION_ITEMS).is_null()))
    .otherwise(pl.any_horizontal(pl.col(_PERSON_ITEMS).is_null()))
    | ~_REACHED
)
_LEAD = {
    "source": "leads",
    "role": "contact",
    "mobile": "13905142687",
    "team": "PT03",
    "captured_at": datetime.combine(date(2026, 3, 2), time(8, 15)),
    "place": "南京市玄武区北京东路",
    "consent": True,
    "purpose": "报价联系",
}
_KNOWN = {
    "name": "王小明",
    "gender": "male",
    "nationality": "中国",
    "occupation": "教师",
    "address": "南京市玄武区北京东路41号",
    "cert_type": "RIC",
    "cert_no": "320102198801011236",
    "cert_valid_to": date(2035, 3, 2),
    "mobile": "13905142687",
    "premium": 25_000_000,
}

COMPLIANCE: tuple[Rule, ...] = (
    Rule(
        "C03",
        "电动车巡查线索",
        "patrol lead",
        "customer",
        (
            Reason(
                "no_consent", "F", "quarantine", "没有客户同意", "no consent", ~pl.col("consent").fill_null(value=False)
            ),
            Reason("no_purpose", "F", "quarantine", "没有用途", "no purpose", pl.col("purpose").is_null()),
            Reason(
                "no_patrol",
                "F",
                "quarantine",
                "没有巡查小组或人员",
                "no patrol",
                pl.all_horizontal(pl.col("team", "salesperson_code").is_null()),
            ),
            Reason("no_time", "F", "quarantine", "没有采集时间", "no time", pl.col("captured_at").is_null()),
            Reason("no_place", "F", "quarantine", "没有采集地点", "no place", pl.col("place").is_null()),
            Reason(
                "customer",
                "I",
                "info",
                "已是客户：作为联系事件，不再是线索",
                "already a customer: a contact, no longer a lead",
            ),
        ),
        "线索须有来源、巡查编号、时间、地点、同意和用途；线索不进入真实率。与现有客户匹配的线索是联系事件；其余仍是线索（表 leads），不成为客户。",
        "A lead needs its patrol, time, place, consent and purpose; leads are outside the rate. A lead that matches a "
        "customer is a contact; the others stay leads (table leads) and make no customer.",
        ("PIPL", "PRACTICE"),
        asked=KIND == "leads",
        passes=(_LEAD,),
        fails=(
            Failing("no_consent", _LEAD | {"consent": None}),
            Failing("no_purpose", _LEAD | {"purpose": None}),
            Failing("no_patrol", _LEAD | {"team": None}),
            Failing("no_time", _LEAD | {"captured_at": None}),
            Failing("no_place", _LEAD | {"place": None}),
            Failing("customer", (_LEAD | {"name": "王小明"}, _KNOWN)),
        ),
    ),
    Rule(
        "C09",
        "短信验证缺失",
        "no SMS verification",
        "row",
        (Reason("unverified", "W", "suspect", "未做短信验证", "not verified by SMS", ~pl.col("sms_verified")),),
        "实施日之后签发的自然人保单；来源没有提供该标志时不作判断，以免未交付该列的来源全部可疑。",
        "Policies of natural persons issued since the province began. Unknown where the source does not say, lest "
        "a feed without the column be suspect throughout.",
        ("GX19", "HN19", "YN19"),
        asked=POLICY_PARTY
        & (ROLE == "policyholder")
        & PERSON
        & STANDING
        & (pl.col("issued_on") >= limit("sms_verification_since")),
        passes=({"issued_on": date(2026, 3, 2), "sms_verified": True},),
        fails=(Failing("unverified", {"issued_on": date(2026, 3, 2), "sms_verified": False}),),
    ),
    Rule(
        "C10",
        "反洗钱要素",
        "identification set of the anti-money-laundering order",
        "row",
        (
            Reason(
                "incomplete",
                "W",
                "missing",
                "身份基本信息不全",
                "the required set is incomplete",
                pl.when(~_INCOMPLETE)
                .then(pl.lit(value=False))
                .when(pl.col("premium") >= limit("aml_transfer_premium"))
                .then(pl.lit(value=True)),
            ),
        ),
        "保费达到门槛的：现金1万元、转账20万元；缴费方式未知，两者之间且要素不全的不作判断。自然人九项，单位按本系统有的各项。",
        "Where thresholds apply: 10,000 yuan in cash, 200,000 by transfer. How it was paid is not told, so between "
        "the two an incomplete set is unknown. Nine items of a person; of an organisation those this system knows.",
        ("AML07",),
        asked=POLICYHOLDER_OR_INSURED & STANDING & (pl.col("premium") >= limit("aml_cash_premium")),
        passes=(_KNOWN,),
        fails=(
            Failing("incomplete", _KNOWN | {"occupation": None}),
            Failing(
                "incomplete",
                _KNOWN | {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "91320100MA1X7K3P4X"},
            ),
        ),
    ),
    Rule(
        "C11",
        "重复投递",
        "delivered twice",
        "feed",
        (
            Reason(
                "duplicate_key",
                "F",
                "quarantine",
                "同一文件内主键重复而内容不同",
                "two rows of one file bear one key and differ",
            ),
            Reason("repeated_file", "F", "refuse", "同一文件再次投递", "the same file was delivered before"),
        ),
        "文件以内容摘要识别；重复行不计入。",
        "A file is known by the digest of its bytes.",
        ("PRACTICE",),
    ),
    Rule(
        "C12",
        "文件级校验",
        "file as agreed",
        "feed",
        (
            Reason("rows", "F", "refuse", "行数与尾文件不符", "the row count is not the trailer's"),
            Reason("columns", "F", "refuse", "缺少必需列或列名重复", "a column is missing or doubled"),
            Reason("encoding", "F", "refuse", "编码无法读取", "the encoding cannot be read"),
            Reason("checksum", "F", "refuse", "校验和不符", "the checksum does not fit"),
            Reason("business_date", "F", "refuse", "业务日期不符", "the business date is not the agreed one"),
        ),
        "不符合约定的文件拒收，沿用上一晚的数据并标明过期。",
        "A file that is not as agreed is refused; last night's state is kept and marked stale.",
        ("PRACTICE",),
    ),
    Rule(
        "C13",
        "数据时效",
        "freshness",
        "feed",
        (Reason("stale", "W", "suspect", "来源最新业务日期过旧", "the feed's newest business date is too old"),),
        "限期在设置中。",
        "The limit is a setting.",
        ("PRACTICE",),
    ),
    Rule(
        "C14",
        "漂移",
        "drift",
        "feed",
        (
            Reason(
                "drift",
                "W",
                "info",
                "与近28晚相比移动超过三个标准差",
                "more than three standard deviations from the last 28 nights",
            ),
        ),
        "每个来源的行数、各项空值占比、有效占比、号码与客户的重复程度、车牌字母占比，以及各规则通过率；至少有7晚历史才判断。"
        "由期望 FEED-05 至 FEED-07 回答；为免长期不动的指标一动即报，标准差不小于行数的5%、占比的半个百分点。",
        "Of each source its rows, shares of empty fields, valid share, repetition of phones and customers, shares of plate "
        "letters, and of each rule its pass rate; from seven nights of history on. Expectations FEED-05 to FEED-07 answer it. "
        "A standard deviation is taken as at least 5 % of the rows or half a point of a share, lest what never moved alarm "
        "by moving at all.",
        ("PRACTICE",),
    ),
    Rule(
        "C15",
        "真实性93%",
        "the rate reaches its target",
        "feed",
        (Reason("below", "F", "info", "真实率低于目标", "the rate is below its target"),),
        "全市、各经营单位、渠道、中介及最近签单月份的真实率不低于目标（设置 target_rate，默认93%）；少于30人者不判断。"
        "同时给出分子、分母、威尔逊95%区间与未核实占比。由期望 RATE-01 至 RATE-04、RATE-10 回答。",
        "The rate of the city, of every unit, channel, intermediary and of the latest month of issue is at least the target "
        "(setting target_rate, by default 93 %); of fewer than 30 parties nothing is said. Numerator, denominator, Wilson's "
        "95 % interval and the unverified share stand beside it. Expectations RATE-01 to RATE-04 and RATE-10 answer it.",
        ("PRACTICE",),
    ),
    Rule(
        "C16",
        "行数平衡",
        "reconciliation",
        "feed",
        (
            Reason(
                "unbalanced",
                "F",
                "refuse",
                "读入行数不等于使用、拒收与剔除之和",
                "rows read are not rows used, rejected and excluded",
            ),
        ),
        "不平衡则整晚不发布。",
        "A night whose ledger does not balance is not published.",
        ("PRACTICE",),
    ),
)

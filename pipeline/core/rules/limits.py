"""The numbers and switches of the rules that operations may set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipeline.core.rules.rule import Severity


def _limit(default: Any, zh: str, en: str) -> Any:
    return field(default=default, metadata={"zh": zh, "en": en})


@dataclass(frozen=True)
class Limits:
    """Every number the rules use. Counts are inclusive: a party count above the limit fails."""

    persons_per_phone: int = _limit(3, "一个手机号最多对应人数（P08）", "persons one mobile may serve (P08)")
    persons_per_phone_suspect: int = _limit(
        3, "超限但只算可疑的人数上限（P08），不小于上项", "persons up to which more than that is only suspect (P08)"
    )
    cars_not_owned: int = _limit(
        3, "为他人车辆投保的车辆数上限（D28）", "vehicles of others one policyholder may insure (D28)"
    )
    agent_name_policies: int = _limit(
        2, "与业务员同名的保单数，达到即可疑（N12）", "policies in the agent's own name that make it suspect (N12)"
    )
    similar_phones: int = _limit(
        3,
        "同一业务员一天内连号或同前九位的号码数，达到即可疑（P09）",
        "similar numbers of one salesperson and day that make them suspect (P09)",
    )
    address_parties: int = _limit(10, "一个地址最多对应当事人数（A05）", "parties one address may have (A05)")
    email_parties: int = _limit(3, "一个邮箱最多对应当事人数（E01）", "parties one e-mail may have (E01)")
    transcription_digits: int = _limit(
        2, "视为抄写错误的不同位数（D25）", "differing digits taken for a slip of the pen (D25)"
    )
    new_car_days: int = _limit(
        60, "初登后允许无牌的天数（V01）", "days after first registration a car may lack a plate (V01)"
    )
    adult_age: int = _limit(
        18, "投保人、驾驶员最低年龄（D10），岁", "least age of policyholder and driver, years (D10)"
    )
    oldest_age: int = _limit(100, "最高年龄（D10），岁", "greatest age, years (D10)")
    long_term_age: int = _limit(
        46, "证件长期有效的最低年龄（D11），岁", "least age of a long-term document at its issue, years (D11)"
    )
    name_characters: int = _limit(20, "姓名最多汉字数（N03）", "Han characters a name may have (N03)")
    name_characters_undotted: int = _limit(
        6, "无间隔号姓名最多汉字数（N03）", "Han characters a name without a dot may have (N03)"
    )
    sms_verification_since: date | None = _limit(  # noqa: RUF009 -- it gives a field
        date(2019, 6, 1),
        "短信验证实施日期（C09），空为未实施",
        "day SMS verification began in the province; none: it has not (C09)",
    )
    aml_cash_premium: int = _limit(
        1_000_000, "现金缴费反洗钱门槛（C10），分", "premium from which cash needs identification, fen (C10)"
    )
    aml_transfer_premium: int = _limit(
        20_000_000, "转账缴费反洗钱门槛（C10），分", "premium from which any payment does, fen (C10)"
    )
    phone_change_days: int = _limit(
        7,
        "首次回访前多少天内改号算可疑（P19）",
        "days before the first call in which a change of number is suspect (P19)",
    )
    first_call_days: int = _limit(15, "签单后首次回访天数上限（C06）", "days after issue for the first call (C06)")
    calls_from_hour: int = _limit(
        9, "外呼、短信允许开始的钟点（C04）", "hour from which calls and messages are allowed (C04)"
    )
    calls_until_hour: int = _limit(21, "外呼、短信必须停止的钟点（C04）", "hour from which they are not (C04)")
    feed_age_days: int = _limit(1, "来源最新业务日期最多落后天数（C13）", "days a feed's business date may lag (C13)")


@dataclass(frozen=True)
class RuleSettings:
    """``off``: ids of rules not asked. ``severities``: (rule, reason) -> severity in place of the catalogue's."""

    limits: Limits = field(default_factory=Limits)
    off: frozenset[str] = frozenset()
    severities: Mapping[tuple[str, str], Severity] = field(default_factory=dict)

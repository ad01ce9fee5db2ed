"""What a night could not know, because a kind of evidence was absent, refused, empty, or nothing of it counts any more."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipeline.core.authenticity.evidence_settings import SOURCES

WITHOUT = {
    "callbacks": (
        "没有回访：无法得出回访率，也无法估计真实率；没有人向客户确认过信息",
        "no call-back rate and no estimate of the true rate: nobody asked the customers",
    ),
    "verifications": (
        "没有核验结果：号码是否存在、是否登记在本人名下、姓名与证件号是否一致无从得知",
        "whether numbers exist and are registered to the customer, and whether names and documents belong together",
    ),
    "sms": ("没有短信回执：短信能否送达客户号码无从得知", "whether messages reach the numbers"),
    "wechat": ("没有微信数据：客户在微信使用的号码无从得知", "which numbers the customers use in WeChat"),
    "claims": (
        "没有理赔数据：理赔采集的信息与承保是否一致、收集率均无从得知",
        "whether what claims capture agrees with the policies, and how completely they capture it",
    ),
}
"""Kind of feed -> what is not known without its evidence, in Chinese and English."""

_SOURCES = {
    "callbacks": ("callback",),
    "verifications": ("three_factor", "number_status", "identity"),
    "sms": ("sms_delivery",),
    "wechat": ("wechat",),
    "claims": ("claims", "inbound_call"),
}
_NO_DRAWN_CALL = (
    "没有抽样回访的结果：真实率未知，系统和最终口径只能说明规则和证据查出了多少",
    "no drawn call was answered: the true rate is not known; the other calibers say only what rules and evidence found",
)
_NO_SECRET = (
    "没有抽样密钥：本晚未抽取回访名单和脱保客户样本",
    "no secret of the draw: no call-back list and no sample of lapsed customers was drawn",
)


class NotKnown(NamedTuple):
    """``about``: kind of feed, true_rate or draw. ``why``: absent, refused, empty, nothing_counts, no_drawn_call, no_secret."""

    about: str
    why: str
    zh: str
    en: str


class Feed(NamedTuple):
    """A feed of the night: its kind, whether it was refused, rows read."""

    kind: str
    refused: bool
    rows: int


def not_known(
    feeds: Sequence[Feed], pieces: Mapping[str, int], estimates: pl.DataFrame, *, secret: bool
) -> list[NotKnown]:
    """What is not known. ``pieces``: source of evidence -> pieces in use; ``estimates``: ESTIMATES."""
    told = []
    for kind, texts in WITHOUT.items():
        if not any(pieces.get(source, 0) for source in _SOURCES[kind]):
            told.append(NotKnown(kind, _why([feed for feed in feeds if feed.kind == kind]), *texts))
    if not estimates.filter(pl.col("reached") > 0).height:
        told.append(NotKnown("true_rate", "no_drawn_call", *_NO_DRAWN_CALL))
    return told if secret else [*told, NotKnown("draw", "no_secret", *_NO_SECRET)]


def pieces_in_use(evidence: pl.DataFrame) -> dict[str, int]:
    """Source -> pieces of ``evidence`` (source, used) that are used; 0 of sources that said nothing."""
    counts = dict(evidence.select("source", "used").filter("used").group_by("source").len().iter_rows())
    return {source: int(counts.get(source, 0)) for source in SOURCES}


def _why(feeds: Sequence[Feed]) -> str:
    if not feeds:
        return "absent"
    if all(feed.refused for feed in feeds):
        return "refused"
    return "nothing_counts" if any(feed.rows for feed in feeds if not feed.refused) else "empty"

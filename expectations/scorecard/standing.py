"""Where the rate stands: the headline, every definition, the trend of the last nights, the way from rows to authentic."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from expectations.scorecard import words
from pipeline.core.authenticity.calibers import BY_CUSTOMER, CALIBERS, HEADLINE
from pipeline.ports import Archive, PublishedNight

TREND_NIGHTS = 90
DECISIONS = "decisions"
"""Kind of feed by which stewards tell what they did."""


def city(rates: pl.DataFrame, caliber: str) -> dict[str, Any]:
    """The city's row of a caliber over all periods; every value None where there is none."""
    whole = (pl.col("dimension") == "city") & (pl.col("period_kind") == "all")
    told = rates.filter(whole & (pl.col("caliber") == caliber))
    return told.row(0, named=True) if told.height else dict.fromkeys(told.columns)


def headline(night: PublishedNight, rates: pl.DataFrame, trend: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rate against its target: what is missing, what moved since the night before, what drawn calls say."""
    told, target = city(rates, HEADLINE), float(night.run["target_rate"])
    here = (pl.col("dimension") == "city") & (pl.col("period") == "all") & (pl.col("caliber") == HEADLINE)
    drawn = night.scan("estimates").filter(here, pl.col("reached") > 0).collect().sort(pl.col("callers") != "unflagged")
    before = trend[-2] if len(trend) > 1 else {"final": None, "day": ""}
    rate = told["rate"]
    return {
        **told,
        "met": rate is not None and rate >= target,
        "gap": _gap(told["denominator"], told["authentic"], target) if rate is not None else 0,
        "change": None if rate is None or before["final"] is None else rate - before["final"],
        "before": before["day"],
        "estimate": drawn.row(0, named=True) if drawn.height else None,
    }


def _gap(counted: int, authentic: int, target: float) -> int:
    """Parties to put right until the target is reached."""
    return max(0, math.ceil(round(target * counted, 6)) - authentic)


def calibers(rates: pl.DataFrame) -> list[dict[str, Any]]:
    """Every definition with figures: by party first, then by customer."""
    known = list(CALIBERS)
    whole = rates.filter((pl.col("dimension") == "city") & (pl.col("period_kind") == "all"))
    rows = []
    for row in whole.iter_rows(named=True):
        zh, en = words.caliber(row["caliber"])
        method = words.METHODS.get(row["method"] or "", (row["method"], row["method"]))
        rows.append({**row, "zh": zh, "en": en, "method_zh": method[0], "method_en": method[1]})
    place = {name: number for number, name in enumerate(known)}
    return sorted(
        rows,
        key=lambda row: (
            row["caliber"].endswith(BY_CUSTOMER),
            row["caliber"].removesuffix(BY_CUSTOMER) != HEADLINE,
            place.get(row["caliber"], len(known)),
        ),
    )


def trend(archive: Archive, night: PublishedNight, past: pl.DataFrame) -> list[dict[str, Any]]:
    """The city's rates of the last nights, and what happened between them. ``past``: what was measured in them."""
    measured = past.filter(pl.col("key") == "rate.city_without")
    without = dict(measured.select("day", "observed").iter_rows())
    points: list[dict[str, Any]] = []
    before: PublishedNight | None = None
    for one in archive.nights(night.day - timedelta(days=TREND_NIGHTS - 1), night.day):
        rates = {row[0]: row[-1] for row in one.run["rates"]}
        zh, en = _happened(one, before)
        points.append(
            {
                "day": one.day.isoformat(),
                "final": rates.get(HEADLINE),
                "system": rates.get("system"),
                "without": without.get(one.day),
                "zh": "；".join(zh),
                "en": "; ".join(en),
            }
        )
        before = one
    return points


def _happened(night: PublishedNight, before: PublishedNight | None) -> tuple[list[str], list[str]]:
    zh, en = [], []
    for name, told in sorted(night.run["feeds"].items()):
        if told["refused"]:
            word = words.feed(name, told["kind"])
            zh.append(f"拒收{word[0]}")
            en.append(f"{word[1]} refused")
    if before is None:
        return zh, en
    now, then = set(night.run["rules"]), set(before.run["rules"])
    for names, chinese, english in ((now - then, "新增规则", "rules added"), (then - now, "停用规则", "rules dropped")):
        if names:
            zh.append(f"{chinese} {' '.join(sorted(names))}")
            en.append(f"{english}: {' '.join(sorted(names))}")
    if night.run["version"] != before.run["version"]:
        zh.append(f"程序升级至 {night.run['version']}")
        en.append(f"version {night.run['version']}")
    if night.run["settings_digest"] != before.run["settings_digest"]:
        zh.append("设置变更")
        en.append("settings changed")
    if night.run["matching"] != before.run["matching"]:
        zh.append("匹配模型变更")
        en.append("matching changed")
    return zh, en


def funnel(night: PublishedNight, rates: pl.DataFrame) -> list[dict[str, Any]]:
    """From rows to authentic parties; ``share``: of what the step is a part of."""
    # Rows of work lists that nobody filled in yet are no data that was lost.
    told = [name for name, feed in night.run["feeds"].items() if feed["kind"] != DECISIONS]
    accounts = night.scan("ledger").filter(pl.col("feed").is_in(told)).collect()
    sums = dict(accounts.group_by("measure").agg(pl.col("count").sum()).iter_rows())
    final, proven = city(rates, HEADLINE), city(rates, "proven")
    read, counted = sums.get("rows_read", 0), final["denominator"]
    today, stock, parties = 0, 1, 2
    steps = [
        (today, "今晚读入行", "rows read tonight", read, None, None),
        (today, "其中使用", "of them used", sums.get("rows_used", 0), read, None),
        (stock, "在册信息条（含往晚）", "observations, with earlier nights'", sums.get("observations", 0), None, None),
        (parties, "计入口径的当事人", "parties counted", counted, None, None),
        (parties, "其中未被否定", "of them not refuted", final["authentic"], counted, final["rate_without"]),
        (parties, "其中已证实真实", "of them proven authentic", proven["authentic"], counted, proven["rate_without"]),
    ]
    return [
        {
            "group": group,
            "zh": zh,
            "en": en,
            "count": int(count or 0),
            "share": (count or 0) / of if of else None,
            "without": without,
        }
        for group, zh, en, count, of, without in steps
    ]

"""What the scorecard shows, taken from a published night. Counts and codes; of customers only masked samples."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from expectations.measure import LEAST_PARTIES
from expectations.results import FILE, RESULTS
from expectations.scorecard.readable import ReadableNight
from pipeline.core import masks
from pipeline.core.assessment.signals import MEANINGS
from pipeline.core.authenticity.advice import texts
from pipeline.core.authenticity.calibers import CALIBERS, HEADLINE
from pipeline.core.rules.catalogue import BY_ID
from pipeline.ports import Archive, PublishedNight

TREND_NIGHTS = 90
SAMPLES = 3
"""Masked samples per rule."""

SAMPLED = {"N": "name", "D": "cert_no", "P": "mobile"}
"""Family of a rule -> the one field a sample of it shows."""

TOP = 15


def figures(archive: Archive, night: ReadableNight) -> dict[str, Any]:
    """Everything the template needs, JSON-safe."""
    told = _figures(archive, night)
    lost = [
        {"id": "", "zh": f"表缺失或无法读取：{table}", "en": f"table missing or unreadable: {table}"}
        for table in sorted(night.missing)
    ]
    return {**told, "problems": lost + told["problems"]}


def _figures(archive: Archive, night: PublishedNight) -> dict[str, Any]:
    rates = night.scan("rates").collect()
    results = _results(night)
    trend = _trend(archive, night)
    return {
        "day": night.day.isoformat(),
        "target": float(night.run["target_rate"]),
        "headline": _headline(night, rates, trend),
        "calibers": _calibers(rates),
        "trend": trend,
        "funnel": _funnel(night, rates),
        "reasons": _reasons(night),
        "heat": _heat(night),
        "league": _league(night),
        "results": _expected(results),
        "asked": results.height,
        "problems": _problems(night, results),
        "samples": _samples(night, results),
        "feeds": _feeds(night),
        "rejects": _rejects(night),
        "matching": _matching(night),
        "calls": _calls(night),
        "audit": night.scan("vendor_audit").collect().to_dicts(),
        "signals": _signals(night),
        "claims": _claims(night),
        "restated": night.scan("restatements").filter(pl.col("dimension") == "city").collect().to_dicts(),
        "run": {
            "version": night.run["version"],
            "settings": night.run["settings_digest"][:12],
            "state_from": night.run["state_from"] or "",
            "rules": len(night.run["rules"]),
        },
    }


def _results(night: PublishedNight) -> pl.DataFrame:
    path = Path(night.place) / "expectations" / FILE
    return pl.read_parquet(path) if path.exists() else RESULTS.to_frame(eager=True)


def _city(rates: pl.DataFrame, caliber: str) -> dict[str, Any]:
    told = rates.filter(
        (pl.col("caliber") == caliber) & (pl.col("dimension") == "city") & (pl.col("period_kind") == "all")
    )
    return told.row(0, named=True) if told.height else dict.fromkeys(told.columns)


def _headline(night: PublishedNight, rates: pl.DataFrame, trend: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    city = _city(rates, HEADLINE)
    here = (pl.col("dimension") == "city") & (pl.col("period") == "all") & (pl.col("caliber") == HEADLINE)
    told = night.scan("estimates").filter(here, pl.col("reached") > 0).collect().sort(pl.col("callers") != "unflagged")
    before = trend[-2]["final"] if len(trend) > 1 else None
    rate = city["rate"]
    return {
        **city,
        "change": None if rate is None or before is None else rate - before,
        "estimate": told.row(0, named=True) if told.height else None,
    }


def _calibers(rates: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {**_city(rates, name), "caliber": name, "zh": caliber.zh}
        for name, caliber in CALIBERS.items()
        if _city(rates, name)["caliber"]
    ]


def _trend(archive: Archive, night: PublishedNight) -> list[dict[str, Any]]:
    """The city's rates of the last nights, and what changed between them."""
    nights = archive.nights(night.day - timedelta(days=TREND_NIGHTS), night.day)
    points: list[dict[str, Any]] = []
    for one in nights:
        rates = {row[0]: row[-1] for row in one.run["rates"]}
        refused = sorted(feed for feed, told in one.run["feeds"].items() if told["refused"])
        settings = one.run["settings_digest"], one.run["version"]
        notes = [f"拒收 refused: {' '.join(refused)}"] if refused else []
        if points and points[-1]["settings"] != settings:
            notes.append("设置或规则变更 settings or rules changed")
        points.append(
            {
                "day": one.day.isoformat(),
                "final": rates.get(HEADLINE),
                "system": rates.get("system"),
                "settings": settings,
                "note": "; ".join(notes),
            }
        )
    return points


def _funnel(night: PublishedNight, rates: pl.DataFrame) -> list[dict[str, Any]]:
    accounts = night.scan("ledger").collect()
    sums = dict(accounts.group_by("measure").agg(pl.col("count").sum()).iter_rows())
    final, proven = _city(rates, HEADLINE), _city(rates, "proven")
    steps = [
        ("读入行数", "rows read", sums.get("rows_read", 0)),
        ("使用行数", "rows used", sums.get("rows_used", 0)),
        ("信息条数", "observations", sums.get("observations", 0)),
        ("计入当事人", "parties counted", final["denominator"]),
        ("未被否定", "not refuted", final["authentic"]),
        ("已证实真实", "proven authentic", proven["authentic"]),
    ]
    return [{"zh": zh, "en": en, "count": int(count or 0)} for zh, en, count in steps]


def _counted() -> pl.Expr:
    return (
        pl.col("role").is_in(["policyholder", "insured"])
        & (pl.col("customer_type").fill_null("person") == "person")
        & ~pl.col("policy_status").fill_null("in_force").is_in(["cancelled", "void", "test"])
    )


def _reasons(night: PublishedNight) -> list[dict[str, Any]]:
    """The most frequent first reasons of refuted parties, with the cumulative share."""
    refuted = night.scan("parties").filter(_counted() & (pl.col("verdict") == "refuted"))
    counts = (
        refuted.group_by(code=pl.col("reasons").list.first())
        .agg(count=pl.len())
        .collect()
        .sort("count", "code", descending=[True, False])
    )
    told = counts.join(
        texts().filter(pl.col("kind") == "reason").select("code", "zh", "en"),
        on="code",
        how="left",
        maintain_order="left",
    )
    whole = max(int(told["count"].sum()), 1)
    rows = told.with_columns(cumulative=pl.col("count").cum_sum() / whole).head(TOP)
    return rows.with_columns(pl.col("zh", "en").fill_null(pl.col("code"))).to_dicts()


def _heat(night: PublishedNight) -> dict[str, Any]:
    """Share not refuted by unit and channel; cells with too few parties are empty."""
    cells = (
        night.scan("parties")
        .filter(_counted() & pl.col("unit").is_not_null() & pl.col("channel").is_not_null())
        .group_by("unit", "channel")
        .agg(parties=pl.len(), rate=(pl.col("verdict") != "refuted").mean())
        .collect()
    )
    channels = sorted(cells["channel"].unique().to_list())
    enough = {(unit, channel): rate for unit, channel, parties, rate in cells.iter_rows() if parties >= LEAST_PARTIES}
    units = sorted({unit for unit, _ in enough})
    return {
        "channels": channels,
        "rows": [{"unit": unit, "cells": [enough.get((unit, channel)) for channel in channels]} for unit in units],
        "least": LEAST_PARTIES,
    }


def _league(night: PublishedNight) -> list[dict[str, Any]]:
    """The latest period of each kind, everybody who is ranked."""
    table = night.scan("scorecards").filter("ranked").collect()
    latest = table.group_by("period_kind").agg(pl.col("period").max())
    told = table.join(latest, on=["period_kind", "period"]).sort("period_kind", "dimension", "rank", "value")
    return told.select(
        "period_kind",
        "period",
        "dimension",
        "value",
        "rank",
        "denominator",
        "rate",
        "unverified",
        "met",
        "change",
        "main_reasons",
    ).to_dicts()


def _expected(results: pl.DataFrame) -> list[dict[str, Any]]:
    """Expectations, failures first, the severest on top."""
    order = {"critical": 0, "warning": 1, "info": 2}
    told = results.with_columns(
        place=pl.col("severity").replace_strict(order, default=3, return_dtype=pl.Int8),
        status=pl.when("error")
        .then(pl.lit("error"))
        .when(pl.col("success").is_null())
        .then(pl.lit("open"))
        .when("success")
        .then(pl.lit("pass"))
        .otherwise(pl.lit("fail")),
        since=pl.col("since").cast(pl.String).fill_null(""),
    )
    ranks = {"error": 0, "fail": 1, "open": 2, "pass": 3}
    rows = told.sort(pl.col("status").replace_strict(ranks, return_dtype=pl.Int8), "place", "id").to_dicts()
    for row in rows:
        rule = BY_ID.get(row["subject"])
        row["rule"] = rule.id if rule else ""
        row["why"] = rule.why_zh if rule else ""
    return rows


def _problems(night: PublishedNight, results: pl.DataFrame) -> list[dict[str, str]]:
    """What must stand in red at the top: what could not be asked, critical failures, refused feeds."""
    found = (
        [{"id": "", "zh": "没有期望结果：检查未运行或已损坏", "en": "no expectation was asked: the check did not run"}]
        if not results.height
        else []
    )
    errors = results.filter("error")
    failed = results.filter((pl.col("severity") == "critical") & ~pl.col("success").fill_null(value=True))
    found += [
        {
            "id": row["id"],
            "zh": f"无法检查：{row['zh']}（{row['detail']}）",
            "en": f"could not be asked: {row['en']} ({row['detail']})",
        }
        for row in errors.iter_rows(named=True)
    ]
    found += [
        {"id": row["id"], "zh": f"未达标：{row['zh']}", "en": f"failed: {row['en']}"}
        for row in failed.iter_rows(named=True)
    ]
    for feed, told in sorted(night.run["feeds"].items()):
        if told["refused"]:
            found.append({"id": "feeds", "zh": f"来源被拒收：{feed}", "en": f"feed refused: {feed}"})
    return found


def _samples(night: PublishedNight, results: pl.DataFrame) -> dict[str, list[dict[str, str]]]:
    """A few masked values of failing rules: one field each, and nothing else of the customer."""
    failing = {
        name
        for name in results.filter(~pl.col("success").fill_null(value=True))["subject"]
        if name in BY_ID and name[0] in SAMPLED
    }
    if not failing:
        return {}
    rows = (
        night.scan("observations")
        .select("unit", *SAMPLED.values(), rule="failed_rules")
        .head(200_000)
        .explode("rule")
        .filter(pl.col("rule").struct.field("rule").is_in(sorted(failing)))
        .with_columns(reason=pl.col("rule").struct.field("reason"), rule=pl.col("rule").struct.field("rule"))
        .collect()
    )
    found: dict[str, list[dict[str, str]]] = {}
    for family, column in SAMPLED.items():
        own = rows.filter(pl.col("rule").str.starts_with(family)).drop_nulls(column)
        own = own.with_columns(shown=masks.MASKS[column](own[column]))
        for rule, reason, shown, unit in (
            own.unique(["rule", "reason", "shown"], maintain_order=True)
            .select("rule", "reason", "shown", "unit")
            .iter_rows()
        ):
            if len(found.setdefault(rule, [])) < SAMPLES:
                found[rule].append({"reason": reason, "shown": shown, "unit": unit or ""})
    return found


def _feeds(night: PublishedNight) -> list[dict[str, Any]]:
    accounts = night.scan("ledger").collect().group_by("feed", "measure").agg(pl.col("count").sum())
    counts = {(feed, measure): count for feed, measure, count in accounts.iter_rows()}
    return [
        {
            "feed": feed,
            "kind": told["kind"],
            "business_date": told["business_date"] or "",
            "state": "refused" if told["refused"] else "stale" if told["stale"] else "fresh",
            **{name: int(counts.get((feed, measure), 0)) for name, measure in (("read", "rows_read"), ("used", "rows_used"), ("rejected", "rows_rejected"), ("excluded", "rows_excluded"), ("observations", "observations"))},
        }
        for feed, told in night.run["feeds"].items()
    ]  # fmt: skip


def _rejects(night: PublishedNight) -> list[dict[str, Any]]:
    told = (
        night.scan("rejects").group_by("feed", "reason").agg(count=pl.len(), advice=pl.col("advice").first()).collect()
    )
    return told.sort("count", "feed", "reason", descending=[True, False, False]).to_dicts()


def _matching(night: PublishedNight) -> dict[str, Any]:
    customers = (
        night.scan("customers").select(all=pl.len(), records=pl.col("records").sum()).collect().row(0, named=True)
    )
    events = dict(night.scan("identity_events").group_by("event").len().collect().iter_rows())
    changes = dict(night.scan("changes").group_by("change").len().collect().iter_rows())
    return {
        "customers": int(customers["all"]),
        "duplicates": int((customers["records"] or 0) - customers["all"]),
        "reviews": int(night.scan("review_pairs").select(pl.len()).collect().item()),
        "refused": int(night.scan("refused_links").select(pl.len()).collect().item()),
        "events": {name: int(events.get(name, 0)) for name in ("created", "joined", "split", "moved", "retired")},
        "changes": {name: int(changes.get(name, 0)) for name in ("added", "changed", "retired")},
    }


def _calls(night: PublishedNight) -> list[dict[str, Any]]:
    """Calls by what was answered."""
    calls = night.scan("evidence").filter(pl.col("source") == "callback").unique("record_id")
    counts = calls.group_by("answer").agg(count=pl.len(), drawn=pl.col("list_id").is_not_null().sum()).collect()
    words = (
        texts()
        .filter(pl.col("code").str.starts_with("callback."))
        .select(answer=pl.col("code").str.strip_prefix("callback."), zh="zh", en="en")
    )
    told = counts.join(words, on="answer", how="left").sort("count", "answer", descending=[True, False])
    return told.with_columns(pl.col("zh", "en").fill_null(pl.col("answer"))).fill_null("").to_dicts()


def _signals(night: PublishedNight) -> list[dict[str, Any]]:
    told = night.scan("signals").filter("flagged").collect().sort("p_adjusted", "dimension", "value", "signal").head(50)
    return [{**row, "zh": MEANINGS[row["signal"]][0], "en": MEANINGS[row["signal"]][1]} for row in told.to_dicts()]


def _claims(night: PublishedNight) -> list[dict[str, Any]]:
    """Teams that did not capture everything, the furthest behind first."""
    teams = night.scan("claims_capture").group_by("team").agg(pl.col("claims", "complete").sum()).collect()
    told = teams.with_columns(rate=pl.col("complete") / pl.col("claims"), lost=pl.col("claims") - pl.col("complete"))
    return told.filter(pl.col("lost") > 0).sort("lost", "team", descending=[True, False]).head(TOP).to_dicts()

"""What went in and what is being done: feeds, rejects, matching, call-backs, audit, claims, the run itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from expectations.scorecard import words
from expectations.scorecard.lists import CONFIRMED, spoken
from pipeline.core.assessment.signals import MEANINGS
from pipeline.ports import PublishedNight

TOP = 15
_COUNTS = {
    "read": "rows_read",
    "used": "rows_used",
    "rejected": "rows_rejected",
    "excluded": "rows_excluded",
    "carried": "carried_over",
    "observations": "observations",
}


def feeds(night: PublishedNight) -> list[dict[str, Any]]:
    """Every feed: how fresh, and where its rows went."""
    accounts = night.scan("ledger").collect().group_by("feed", "measure").agg(pl.col("count").sum())
    counts = {(feed, measure): int(count) for feed, measure, count in accounts.iter_rows()}
    latest = night.scan("observations").group_by("source").agg(pl.col("observed_at").max().dt.date()).collect()
    newest = dict(latest.iter_rows())
    rows = []
    for name, told in night.run["feeds"].items():
        zh, en = words.feed(name, told["kind"])
        state = "refused" if told["refused"] else "stale" if told["stale"] else "fresh"
        numbers = {column: counts.get((name, measure), 0) for column, measure in _COUNTS.items()}
        # What a file says of itself; else its newest row, of which a clock that is fast may say a day to come.
        as_of = told["business_date"] or str(newest.get(name) or "")
        age = _age(night, as_of)
        rows.append(
            {
                "zh": zh,
                "en": en,
                "state": state,
                "as_of": as_of,
                "age": age,
                "files": len(told["files"]),
                "mode": told["mode"],
                **numbers,
            }
        )
    return rows


def _age(night: PublishedNight, told: str) -> int | None:
    return (night.day - night.day.fromisoformat(told)).days if told else None


def rejects(night: PublishedNight) -> list[dict[str, Any]]:
    """Rejected rows by feed and reason."""
    told = (
        night.scan("rejects").group_by("feed", "reason").agg(count=pl.len(), advice=pl.col("advice").first()).collect()
    )
    kinds = {name: feed["kind"] for name, feed in night.run["feeds"].items()}
    rows = []
    for row in told.sort("count", "feed", "reason", descending=[True, False, False]).iter_rows(named=True):
        feed, why = words.feed(row["feed"], kinds.get(row["feed"], row["feed"])), words.REJECTS.get(row["reason"])
        zh, en = why or (row["reason"], row["reason"].replace("_", " "))
        rows.append({"feed_zh": feed[0], "feed_en": feed[1], "zh": zh, "en": en, "count": row["count"]})
    return rows


def rulings(night: PublishedNight) -> list[dict[str, Any]]:
    """What became of filled-in work lists, by rule; without what a later ruling replaced."""
    told = night.scan("rulings").filter(pl.col("state") != "replaced").group_by("rule", "status", "state")
    counts = told.agg(count=pl.len()).collect().sort("rule", "status", "state")
    return [
        {**row, "status_words": words.STATUSES[row["status"]], "state_words": words.STATES[row["state"]]}
        for row in counts.iter_rows(named=True)
    ]


def matching(night: PublishedNight) -> dict[str, Any]:
    """Customers, duplicates found, what is left for review, joins and splits."""
    customers = (
        night.scan("customers").select(all=pl.len(), records=pl.col("records").sum()).collect().row(0, named=True)
    )
    events = dict(night.scan("identity_events").group_by("event").len().collect().iter_rows())
    changes = dict(night.scan("changes").group_by("change").len().collect().iter_rows())
    return {
        "customers": int(customers["all"]),
        "records": int(customers["records"] or 0),
        "duplicates": int((customers["records"] or 0) - customers["all"]),
        "reviews": int(night.scan("review_pairs").select(pl.len()).collect().item()),
        "refused": int(night.scan("refused_links").select(pl.len()).collect().item()),
        "events": {name: int(events.get(name, 0)) for name in ("created", "joined", "split", "moved", "retired")},
        "changes": {name: int(changes.get(name, 0)) for name in ("added", "changed", "retired")},
    }


def calls(night: PublishedNight) -> dict[str, Any]:
    """Calls made, by what was answered."""
    made = night.scan("evidence").filter(pl.col("source") == "callback").unique("record_id")
    counts = made.group_by("answer").agg(count=pl.len(), drawn=pl.col("list_id").is_not_null().sum()).collect()
    rows = []
    for row in counts.sort("count", "answer", descending=[True, False]).iter_rows(named=True):
        code = f"callback.{row['answer']}"
        zh, en = words.reasons().get(code, words.advices().get(code, (row["answer"], row["answer"])))
        rows.append({**row, "zh": zh, "en": en})
    answered = spoken()
    reached = sum(row["count"] for row in rows if row["answer"] in answered)
    confirmed = sum(row["count"] for row in rows if row["answer"] == CONFIRMED)
    whole = sum(row["count"] for row in rows)
    drawn = sum(row["drawn"] for row in rows)
    return {"rows": rows, "all": whole, "drawn": drawn, "reached": reached, "confirmed": confirmed}


def audit(night: PublishedNight) -> list[dict[str, Any]]:
    """Callers, those flagged first."""
    told = night.scan("vendor_audit").collect().sort("flagged", "p_adjusted", "caller", descending=[True, False, False])
    return [
        {**row, "why": [words.AUDIT.get(code, (code, code)) for code in row["reasons"]]}
        for row in told.iter_rows(named=True)
    ]


def signals(night: PublishedNight) -> list[dict[str, Any]]:
    """Signs of gaming that stand out, the least likely by chance first."""
    told = night.scan("signals").filter("flagged").collect().sort("p_adjusted", "dimension", "value", "signal").head(50)
    return [{**row, "zh": MEANINGS[row["signal"]][0], "en": MEANINGS[row["signal"]][1]} for row in told.to_dicts()]


def claims(night: PublishedNight) -> list[dict[str, Any]]:
    """Teams that did not capture everything, the furthest behind first."""
    teams = night.scan("claims_capture").group_by("team").agg(pl.col("claims", "complete").sum()).collect()
    told = teams.with_columns(rate=pl.col("complete") / pl.col("claims"), lost=pl.col("claims") - pl.col("complete"))
    return told.filter(pl.col("lost") > 0).sort("lost", "team", descending=[True, False]).head(TOP).to_dicts()


def restated(night: PublishedNight) -> list[dict[str, Any]]:
    """Frozen months whose city's rate is another now."""
    return night.scan("restatements").filter(pl.col("dimension") == "city").collect().to_dicts()


def run_facts(night: PublishedNight) -> dict[str, Any]:
    """What the night was made with."""
    told, times = night.run, _timings(night)
    seconds = sum(times.get(name, 0.0) for name in ("inspect_s", "run_s", "assess_s"))
    observations = sum(count for _, measure, _, count in told["ledger"] if measure == "observations")
    return {
        "seconds": round(seconds) if seconds else None,
        "per_second": round(observations / seconds) if seconds else None,
        "observations": observations,
        "target": told["target_rate"],
        "version": told["version"],
        "settings": told["settings_digest"][:12],
        "state_from": told["state_from"] or "",
        "rules": len(told["rules"]),
        "model": str(told["matching"].get("digest", ""))[:12],
        "tables": len(told.get("tables", {})),
        "rows": sum(one["rows"] for one in told.get("tables", {}).values()),
        "files": sum(len(feed["files"]) for feed in told["feeds"].values()),
    }


def _timings(night: PublishedNight) -> Mapping[str, Any]:
    """Where the time of the night went; nothing of one that did not say."""
    path = Path(night.place) / "timings.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

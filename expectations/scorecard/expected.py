"""What became of every expectation, and what must be seen first; of customers only masked samples of one field."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from expectations.measure import MEASURES
from expectations.results import FILE, RESULTS
from expectations.run import MEASURES_FILE, OFF, kept, nights_asked
from expectations.scorecard import words
from expectations.scorecard.standing import TREND_NIGHTS
from pipeline.core import masks
from pipeline.core.fields import address
from pipeline.core.rules.catalogue import BY_ID
from pipeline.ports import Archive, PublishedNight

SAMPLES = 3
"""Masked samples per rule."""

SAMPLED = {"N": "name", "D": "cert_no", "P": "mobile", "A": "address", "E": "email"}
"""Family of a rule -> the one field a sample of it shows."""

SAMPLED_ROWS = 200_000
"""Records samples are looked for in."""

_SEVERITIES = {"critical": 0, "warning": 1, "info": 2}
_STATUSES = ("error", "fail", "open", "off", "pass")
_SHARES = ("rate.", "rule.", "unverified.", "estimate.", "claims.", "identity.churn", "identity.unnamed", "rejects.")


def results_of(night: PublishedNight) -> pl.DataFrame:
    """RESULTS of the night, empty when it was not asked."""
    return kept(Path(night.place), FILE, RESULTS)


def rows(archive: Archive, night: PublishedNight, results: pl.DataFrame) -> list[dict[str, Any]]:
    """Expectations, what could not be asked and failures first, the severest on top."""
    status = (
        pl.when("error")
        .then(pl.lit("error"))
        .when(pl.col("detail") == OFF)
        .then(pl.lit("off"))
        .when(pl.col("success").is_null())
        .then(pl.lit("open"))
        .when("success")
        .then(pl.lit("pass"))
        .otherwise(pl.lit("fail"))
    )
    told = results.with_columns(status=status, since=pl.col("since").cast(pl.String).fill_null(""))
    order = {name: place for place, name in enumerate(_STATUSES)}
    past = _past(archive, night)
    found = [_row(row, past) for row in told.iter_rows(named=True)]
    return sorted(found, key=lambda row: (order[row["status"]], _SEVERITIES.get(row["severity"], 3), row["id"]))


def _row(row: Mapping[str, Any], past: Mapping[str, Sequence[float | None]]) -> dict[str, Any]:
    rule = BY_ID.get(row["subject"])
    key = f"rule.{row['subject']}" if rule else row["subject"]
    zh, en = words.detail(row["detail"])
    return {
        **row,
        "rule": rule.id if rule else "",
        "why_zh": rule.why_zh if rule else "",
        "why_en": rule.why if rule else "",
        "share": key.startswith(_SHARES),
        "detail_zh": zh,
        "detail_en": en,
        "past": past.get(key, []),
    }


def _past(archive: Archive, night: PublishedNight) -> dict[str, list[float | None]]:
    """What each measure was in the last nights, tonight last; those with one night have no past."""
    folders = nights_asked(archive, night.day - timedelta(days=TREND_NIGHTS - 1), night.day)
    told = [kept(folder, MEASURES_FILE, MEASURES).select("key", "observed") for folder in folders]
    if len(told) < 2:
        return {}
    dated = [frame.with_columns(night=pl.lit(place)) for place, frame in enumerate(told)]
    whole = pl.concat(dated).sort("key", "night")
    rounded = whole.with_columns(pl.col("observed").round(4))
    return dict(rounded.group_by("key", maintain_order=True).agg("observed").iter_rows())


def problems(night: PublishedNight, found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What must stand in red at the top: what could not be asked, critical failures, refused feeds."""
    told = []
    if not found:
        told.append(_problem("", "没有期望结果：检查未运行", "no expectation was asked: the check did not run"))
    for row in found:
        if row["status"] == "error":
            zh, en = (
                f"无法检查：{row['zh']}（{row['detail_zh']}）",
                f"could not be asked: {row['en']} ({row['detail_en']})",
            )
            told.append(_problem(row["id"], zh, en))
    for row in found:
        if row["status"] == "fail" and row["severity"] == "critical":
            zh, en = f"未达标：{row['zh']}，{_seen(row)}", f"failed: {row['en']}, {_seen(row)}"
            told.append(_problem(row["id"], zh, en))
    for name, feed in sorted(night.run["feeds"].items()):
        if feed["refused"]:
            zh, en = words.feed(name, feed["kind"])
            told.append(_problem("feeds", f"来源被拒收：{zh}", f"feed refused: {en}"))
    return told


def missing(tables: set[str]) -> list[dict[str, str]]:
    """Tables that are not there, as problems."""
    named = [(name, words.table(name)[0]) for name in sorted(tables)]
    return [
        _problem("", f"表缺失或无法读取：{zh}（{name}）", f"table missing or unreadable: {name}") for name, zh in named
    ]


def _problem(id_: str, zh: str, en: str) -> dict[str, str]:
    return {"id": id_, "zh": zh, "en": en}


def _seen(row: Mapping[str, Any]) -> str:
    if row["observed"] is None:
        return "–"
    form = ".2%" if row["share"] else "g"
    limits = [(sign, row[name]) for sign, name in (("<", "low"), (">", "high")) if row[name] is not None]
    return f"{row['observed']:{form}}" + "".join(
        f" {sign} {limit:{'.0%' if row['share'] else 'g'}}" for sign, limit in limits[:1]
    )


def samples(night: PublishedNight, found: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """A few masked values of failing rules: one field each, and nothing else of the customer."""
    failing = sorted({row["rule"] for row in found if row["status"] == "fail" and row["rule"][:1] in SAMPLED})
    if not failing:
        return {}
    whole = (
        night.scan("observations")
        .select("unit", *SAMPLED.values(), rule="failed_rules")
        .head(SAMPLED_ROWS)
        .explode("rule")
        .filter(pl.col("rule").struct.field("rule").is_in(failing))
        .with_columns(reason=pl.col("rule").struct.field("reason"), rule=pl.col("rule").struct.field("rule"))
        .collect()
    )
    told: dict[str, list[dict[str, str]]] = {}
    for family, column in SAMPLED.items():
        own = whole.filter(pl.col("rule").str.starts_with(family)).drop_nulls(column)
        few = own.unique(["rule", "reason", column], maintain_order=True).group_by("rule", maintain_order=True).head(20)
        mask = address.mask if column == "address" else masks.MASKS[column]
        shown = few.with_columns(shown=mask(few[column])).unique(["rule", "reason", "shown"], maintain_order=True)
        for rule, reason, value, unit in shown.select("rule", "reason", "shown", "unit").iter_rows():
            if len(told.setdefault(rule, [])) < SAMPLES:
                zh, en = words.reasons().get(f"{rule}.{reason}", (reason, reason))
                told[rule].append(
                    {
                        "shown": value,
                        "unit": unit or "",
                        "zh": zh.partition("：")[2] or zh,
                        "en": en.partition(": ")[2] or en,
                    }
                )
    return told

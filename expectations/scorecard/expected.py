"""What became of every expectation, and what must be seen first; of customers only masked samples of one field."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from expectations.measure import MEASURES
from expectations.results import FILE, RESULTS
from expectations.run import MEASURES_FILE, OFF, kept
from expectations.scorecard import lists, words
from expectations.scorecard.standing import TREND_NIGHTS
from pipeline.core import masks
from pipeline.core.fields import address
from pipeline.core.rules.catalogue import BY_ID
from pipeline.ports import Archive, PublishedNight

SAMPLES = 3
"""Masked samples per rule."""

SAMPLED = {"N": "name", "D": "cert_no", "P": "mobile", "A": "address", "E": "email", "V": "plate"}
"""Family of a rule -> the one field a sample of it shows."""

SAMPLED_OF = {"D08": "birth_date", "V03": "vin", "V04": "vin", "V06": "engine_no"}
"""The same of rules about another field than their family."""

SAMPLED_ROWS = 200_000
"""Records samples are looked for in."""

_SEVERITIES = {"critical": 0, "warning": 1, "info": 2}
_STATUSES = ("error", "fail", "open", "off", "pass")
_SHARES = ("rate.", "rule.", "unverified.", "estimate.", "claims.", "identity.churn", "identity.unnamed", "rejects.")


def results_of(night: PublishedNight) -> pl.DataFrame:
    """RESULTS of the night, empty when it was not asked."""
    return kept(Path(night.place), FILE, RESULTS)


def rows(night: PublishedNight, results: pl.DataFrame, past: pl.DataFrame) -> list[dict[str, Any]]:
    """Expectations, what could not be asked and failures first, the severest on top. ``past``: :func:`past`."""
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
    history = _History.of(night, past)
    found = [_row(row, history) for row in told.iter_rows(named=True)]
    return sorted(found, key=lambda row: (order[row["status"]], _SEVERITIES.get(row["severity"], 3), row["id"]))


class _History(NamedTuple):
    """By measure what it was in the last nights, tonight last, and how many failed the night before; by rule the pass rate
    with rulings, where that is another, and the entries on work lists.
    """

    observed: Mapping[str, Sequence[float | None]]
    failed_before: Mapping[str, int]
    with_rulings: Mapping[str, float]
    listed: Mapping[str, int]

    @classmethod
    def of(cls, night: PublishedNight, past: pl.DataFrame) -> "_History":
        """Of ``night``; measures of one night have no past."""
        days = past["day"].unique().sort().to_list()
        rounded = past.sort("key", "day").group_by("key", maintain_order=True).agg(pl.col("observed").round(4))
        before = past.filter(pl.col("day") == days[-2]) if len(days) > 1 else past.clear()
        sums = night.scan("rule_stats").group_by("rule").agg(pl.col("evaluated", "failed", "standing").sum())
        moved = sums.filter(pl.col("standing") != pl.col("failed")).collect()
        honoured = moved.select("rule", 1 - pl.col("standing") / pl.col("evaluated"))
        return cls(
            dict(rounded.iter_rows()) if len(days) > 1 else {},
            dict(before.select("key", "failed").iter_rows()),
            dict(honoured.iter_rows()),
            lists.of_rules(night),
        )


def _row(row: Mapping[str, Any], history: _History) -> dict[str, Any]:
    rule = BY_ID.get(row["subject"])
    key = f"rule.{row['subject']}" if rule else row["subject"]
    zh, en = words.detail(row["detail"])
    return {
        **row,
        "rule": rule.id if rule else "",
        "owner_en": words.OWNERS.get(row["owner"], row["owner"]),
        "share": key.startswith(_SHARES),
        "detail_zh": zh,
        "detail_en": en,
        "past": history.observed.get(key, []),
        "more": row["failed"] - history.failed_before[key] if key in history.failed_before else 0,
        "with_rulings": history.with_rulings.get(row["subject"]),
        "listed": history.listed.get(row["subject"], 0),
    }


def past(archive: Archive, night: PublishedNight) -> pl.DataFrame:
    """MEASURES of the last nights that were asked, each with its day, tonight's last."""
    found = [pl.DataFrame(schema={**MEASURES, "day": pl.Date})]
    for one in archive.nights(night.day - timedelta(days=TREND_NIGHTS - 1), night.day):
        if (Path(one.place) / "expectations" / MEASURES_FILE).exists():
            told = kept(Path(one.place), MEASURES_FILE, MEASURES)
            found.append(told.with_columns(day=pl.lit(one.day)))
    return pl.concat(found)


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
    fields = sorted({*SAMPLED.values(), *SAMPLED_OF.values()})
    whole = (
        night.scan("observations")
        .select("unit", *fields, rule="failed_rules")
        .head(SAMPLED_ROWS)
        .explode("rule")
        .filter(pl.col("rule").struct.field("rule").is_in(failing))
        .with_columns(reason=pl.col("rule").struct.field("reason"), rule=pl.col("rule").struct.field("rule"))
        .collect()
    )
    column_of = {rule: SAMPLED_OF.get(rule, SAMPLED[rule[0]]) for rule in failing}
    told: dict[str, list[dict[str, str]]] = {}
    for column in fields:
        rules = [rule for rule in failing if column_of[rule] == column]
        own = whole.filter(pl.col("rule").is_in(rules)).drop_nulls(column)
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

"""Work lists and what became of the drawn ones: who has how much to do, how far the calls are."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from expectations.scorecard import masked_lists, words
from expectations.table_facts import UNREADABLE
from pipeline.core.authenticity.evidence_sources.answers import callback_codes
from pipeline.core.rules.catalogue import BY_ID
from pipeline.ports import Archive, PublishedNight

PROGRESS_DAYS = 28
"""Days back that drawn lists are looked for."""

MOST_LISTS = 12
"""Drawn lists that are shown, the latest first."""

CONFIRMED = "confirmed"
"""Answer of a call in which the party himself confirmed what is known."""

_SOMEBODY_SPOKE = 1
"""Rank of an answer of a call in which somebody spoke, at most."""


def spoken() -> set[str]:
    """Answers of calls in which somebody spoke."""
    codes = callback_codes()
    return set(codes.filter(pl.col("rank").cast(pl.Int64) <= _SOMEBODY_SPOKE)["answer"])


def by_unit(night: PublishedNight, files: Mapping[str, str]) -> list[dict[str, Any]]:
    """Entries of every list by unit, who has most to correct first, with the rule most of them are of."""
    own = list(files)
    told = night.scan("worklists").select(
        "list", "rule", unit=pl.when(pl.col("unit").is_in(own)).then("unit").otherwise(pl.lit(masked_lists.OTHERS))
    )
    counts = told.group_by("unit", "list").agg(count=pl.len().cast(pl.Int64)).collect()
    of_list = {(unit, name): count for unit, name, count in counts.iter_rows()}
    rules = told.drop_nulls("rule").group_by("unit", "rule").agg(count=pl.len()).collect()
    first = rules.sort("count", "rule", descending=[True, False]).unique("unit", keep="first", maintain_order=True)
    most = {unit: (rule, count) for unit, rule, count in first.iter_rows()}
    rows = []
    for unit in counts["unit"].unique().sort():
        rule, count = most.get(unit, ("", 0))
        row = {name: of_list.get((unit, name), 0) for name in words.LISTS}
        known = BY_ID.get(rule)
        rows.append(
            {
                "unit": unit,
                **row,
                "rule": rule,
                "zh": known.zh if known else "",
                "en": known.en if known else "",
                "count": count,
                "file": files.get(unit, ""),
            }
        )
    return sorted(rows, key=lambda row: (-row["corrections"], row["unit"]))


def of_rules(night: PublishedNight) -> dict[str, int]:
    """Rule -> entries on the lists of corrections."""
    told = night.scan("worklists").filter(pl.col("list") == "corrections").drop_nulls("rule")
    return dict(told.group_by("rule").len().collect().iter_rows())


def progress(archive: Archive, night: PublishedNight) -> list[dict[str, Any]]:
    """Drawn call-back lists, the latest first: entries, parties called, reached and confirmed, and those left.

    Of a list drawn elsewhere, or long ago, only the calls are known.
    """
    drawn = _drawn(archive, night)
    made = night.scan("evidence").filter((pl.col("source") == "callback") & pl.col("list_id").is_not_null())
    party = pl.struct("policy_no", "role")
    counts = made.group_by("list_id").agg(
        called=party.n_unique(),
        reached=party.filter(pl.col("answer").is_in(sorted(spoken()))).n_unique(),
        confirmed=party.filter(pl.col("answer") == CONFIRMED).n_unique(),
        latest=pl.col("at").max().dt.date(),
    )
    told = drawn.join(counts.collect(), on="list_id", how="full", coalesce=True)
    latest = told.with_columns(pl.max_horizontal("drawn_on", "latest").alias("when"))
    shown = latest.sort("when", "list_id", descending=True, nulls_last=True).head(MOST_LISTS)
    counted = shown.with_columns(pl.col("called", "reached", "confirmed").fill_null(0).cast(pl.Int64))
    return counted.with_columns(left=(pl.col("entries") - pl.col("called")).clip(lower_bound=0)).to_dicts()


def _drawn(archive: Archive, night: PublishedNight) -> pl.DataFrame:
    """Lists drawn in the last nights: list_id, drawn_on, entries."""
    found = [pl.DataFrame(schema={"list_id": pl.String, "drawn_on": pl.Date, "entries": pl.Int64})]
    for one in archive.nights(night.day - timedelta(days=PROGRESS_DAYS), night.day):
        try:
            rows = one.scan("worklists").filter(pl.col("list") == "callbacks").group_by("list_id")
            counts = rows.agg(entries=pl.len().cast(pl.Int64)).collect()
        except UNREADABLE:
            continue
        found.append(counts.select("list_id", drawn_on=pl.lit(one.day), entries="entries"))
    return pl.concat(found).unique("list_id", keep="last", maintain_order=True)

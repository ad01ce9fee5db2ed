"""Why the rate is what it is: what to put right first, reasons, units and channels, league tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from expectations.measure import LEAST_PARTIES
from expectations.scorecard import words
from pipeline.core.authenticity.calibers import CALIBERS, HEADLINE
from pipeline.core.authenticity.counts import NEEDED, marked, persons
from pipeline.core.authenticity.states import AUTHENTIC, EXCLUDED, REFUTED
from pipeline.ports import PublishedNight

TOP = 12
FIRST = 5
"""Things to put right first that are shown."""

_STATE = f"state:{HEADLINE}"
_WHO = ("policy_no", "counted_as")
_CELL = ("unit", "channel", "state", "reason", "advice")


def population(night: PublishedNight) -> pl.DataFrame:
    """``parties`` that count in the headline, by unit, channel, state, and first reason and advice of who is refuted."""
    numbers: list[int | None] = [*night.part_numbers("parties")]
    parts = [_counts(night, part) for part in numbers or [None]]
    return pl.concat(parts).group_by(_CELL).agg(pl.col("parties").sum())


def _counts(night: PublishedNight, part: int | None) -> pl.DataFrame:
    parties = night.scan("parties", part).select(*NEEDED, "reasons", "advice").collect()
    caliber = [CALIBERS[HEADLINE]]
    inside = (pl.col(_STATE).is_not_null()) & (pl.col(_STATE) != EXCLUDED)
    people = persons(marked(parties, caliber, night.day), caliber)
    who = people.filter(inside).select(*_WHO, "unit", "channel", state=_STATE)
    as_counted = pl.when("same_person").then(pl.lit("policyholder")).otherwise("role")
    told = parties.select(
        "policy_no",
        "verdict",
        counted_as=as_counted,
        reason=pl.col("reasons").list.first(),
        advice=pl.col("advice").list.first(),
    )
    refuted = told.filter(pl.col("verdict") == "refuted").drop("verdict")
    first = refuted.sort(*_WHO, "reason", nulls_last=True).unique(_WHO, keep="first", maintain_order=True)
    return who.join(first, on=_WHO, how="left").group_by(_CELL).agg(parties=pl.len().cast(pl.Int64))


def reasons(people: pl.DataFrame) -> list[dict[str, Any]]:
    """First reasons of who is refuted, most frequent first, with the cumulative share (Pareto)."""
    refuted = people.filter(pl.col("state") == REFUTED)
    count = pl.col("parties").sum()
    by_unit = refuted.group_by("reason", "unit").agg(here=count).sort("here", "unit", descending=[True, False])
    worst = by_unit.drop_nulls("unit").unique("reason", keep="first", maintain_order=True)
    advised = refuted.drop_nulls("advice").group_by("reason", "advice").agg(count=count)
    usual = advised.sort("count", "advice", descending=[True, False])
    advice = usual.unique("reason", keep="first", maintain_order=True).select("reason", "advice")
    told = (
        refuted.group_by("reason")
        .agg(count=count)
        .sort("count", "reason", descending=[True, False])
        .with_columns(cumulative=pl.col("count").cum_sum() / pl.col("count").sum())
        .join(worst, on="reason", how="left", maintain_order="left")
        .join(advice, on="reason", how="left", maintain_order="left")
    )
    rows = []
    for row in told.head(TOP).iter_rows(named=True):
        code = row["reason"] or ""
        zh, en = words.reasons().get(code, (code or "未说明", code or "not told"))
        do = words.advices().get(row["advice"] or "", ("", ""))
        rule = code.partition(".")[0]
        rows.append(
            {
                **row,
                "code": code,
                "rule": rule if code[:1].isupper() else "",
                "zh": zh,
                "en": en,
                "do_zh": do[0],
                "do_en": do[1],
            }
        )
    return rows


def first_steps(found: Sequence[Mapping[str, Any]], head: Mapping[str, Any]) -> dict[str, Any]:
    """What raises the rate most, and whether that would reach the target."""
    counted_, gap = head["denominator"] or 0, head["gap"]
    steps, sum_ = [], 0
    for row in found[:FIRST]:
        sum_ += row["count"]
        steps.append({**row, "points": row["count"] / counted_ if counted_ else 0.0, "reaches": sum_ >= gap})
    enough = next((place for place, step in enumerate(steps, 1) if step["reaches"]), 0)
    return {"steps": steps, "enough": enough if gap else 0}


def heat(people: pl.DataFrame) -> dict[str, Any]:
    """Rate by unit and channel; cells with too few parties are empty."""
    rate = pl.col("parties").filter(pl.col("state") == AUTHENTIC).sum() / pl.col("parties").sum()
    cells = people.drop_nulls(["unit", "channel"]).group_by("unit", "channel").agg(pl.col("parties").sum(), rate=rate)
    enough = {(unit, channel): (rate, n) for unit, channel, n, rate in cells.iter_rows() if n >= LEAST_PARTIES}
    whole = people.group_by("unit").agg(pl.col("parties").sum(), rate=rate)
    of_unit = {unit: (rate, n) for unit, n, rate in whole.iter_rows() if n >= LEAST_PARTIES and unit}
    channels = sorted(
        {channel for _, channel in enough},
        key=lambda name: list(words.CHANNELS).index(name) if name in words.CHANNELS else 99,
    )
    units = sorted(of_unit, key=lambda unit: (of_unit[unit][0], unit))
    return {
        "channels": [(name, *words.CHANNELS.get(name, (name, name))) for name in channels],
        "rows": [
            {"unit": unit, "whole": of_unit[unit], "cells": [enough.get((unit, name)) for name in channels]}
            for unit in units
        ],
        "least": LEAST_PARTIES,
    }


def league(night: PublishedNight) -> list[dict[str, Any]]:
    """The latest period of each kind, everybody who is ranked."""
    table = night.scan("scorecards").filter("ranked").collect()
    latest = table.group_by("period_kind").agg(pl.col("period").max())
    told = table.join(latest, on=["period_kind", "period"]).sort("period_kind", "dimension", "rank", "value")
    rows = []
    for row in told.iter_rows(named=True):
        zh, en = words.CHANNELS.get(row["value"], (row["value"], row["value"]))
        why = [words.reasons().get(code, (code, code)) for code in row["main_reasons"][:2]]
        rows.append(
            {
                **row,
                "zh": zh,
                "en": en,
                "why_zh": "；".join(one[0].partition("：")[2] or one[0] for one in why),
                "why_en": "; ".join(one[1].partition(": ")[2] or one[1] for one in why),
            }
        )
    return rows

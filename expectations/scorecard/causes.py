"""Why the rate is what it is: what to put right first, reasons, units and channels, league tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from expectations.measure import LEAST_PARTIES
from expectations.scorecard import words
from pipeline.core.authenticity.calibers import CALIBERS, HEADLINE
from pipeline.core.authenticity.counts import NEEDED, marked, persons
from pipeline.core.authenticity.states import AUTHENTIC, EXCLUDED, REFUTED
from pipeline.core.rulings.ruling_table import as_told
from pipeline.ports import PublishedNight

TOP = 12
FIRST = 5
"""Things to put right first that are shown."""

_STATE = f"state:{HEADLINE}"
_WHO = ("policy_no", "counted_as")
_PARTY = (*NEEDED, "reasons", "advice")
_CELL = ("unit", "channel", "state", "reason", "advice")


def population(night: PublishedNight, *, rulings: bool = True) -> pl.DataFrame:
    """``parties`` that count in the headline, by unit, channel, state, and first reason and advice of who is refuted.

    Without ``rulings`` of stewards as they were told; empty where there are none.
    """
    changed = night.scan("overridden_parties").select(_PARTY).collect()
    numbers: list[int | None] = [*night.part_numbers("parties")]
    if not rulings and changed.is_empty():
        return _counts(night, night.scan("parties").select(_PARTY).head(0).collect())
    parts = []
    for part in numbers or [None]:
        parties = night.scan("parties", part).select(_PARTY).collect()
        if not rulings:
            parties = as_told(parties, changed.join(parties, on="policy_no", how="semi"))
        parts.append(_counts(night, parties))
    return pl.concat(parts).group_by(_CELL).agg(pl.col("parties").sum())


def _counts(night: PublishedNight, parties: pl.DataFrame) -> pl.DataFrame:
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


def reasons(night: PublishedNight, people: pl.DataFrame) -> list[dict[str, Any]]:
    """First reasons of who is refuted, most frequent first, with the cumulative share (Pareto)."""
    of_absence = _rules_of_absence(night)
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
                "rule": rule if code[:1].isupper() else of_absence.get(code, ""),
                "zh": zh,
                "en": en,
                "do_zh": do[0],
                "do_en": do[1],
            }
        )
    return rows


def _rules_of_absence(night: PublishedNight) -> dict[str, str]:
    """Reason that something is missing -> the rule that found it, as the work lists have it."""
    told = night.scan("worklists").select("rule", reason=pl.col("reasons").list.first()).drop_nulls()
    absent = told.filter(pl.col("reason").str.starts_with("missing.")).group_by("reason").agg(pl.col("rule").min())
    return dict(absent.collect().iter_rows())


def first_steps(found: Sequence[Mapping[str, Any]], head: Mapping[str, Any]) -> dict[str, Any]:
    """What raises the rate most, and whether that would reach the target."""
    counted_, gap = head["denominator"] or 0, head["gap"]
    steps, sum_ = [], 0
    for row in found[:FIRST]:
        sum_ += row["count"]
        steps.append({**row, "points": row["count"] / counted_ if counted_ else 0.0, "reaches": sum_ >= gap})
    enough = next((place for place, step in enumerate(steps, 1) if step["reaches"]), 0)
    return {"steps": steps, "enough": enough if gap else 0}


def heat(people: pl.DataFrame, told: pl.DataFrame) -> dict[str, Any]:
    """Rate by unit and channel; cells with too few parties are empty. ``told``: the same without rulings, if there are any.

    A cell is its rate, its parties, and its rate without rulings where that is another.
    """
    cells, whole = _cells(people, told, "unit", "channel"), _cells(people, told, "unit")
    channels = sorted(
        {channel for _, channel in cells},
        key=lambda name: list(words.CHANNELS).index(name) if name in words.CHANNELS else 99,
    )
    units = sorted(whole, key=lambda unit: (whole[unit][0], unit))
    return {
        "channels": [(name, *words.CHANNELS.get(name, (name, name))) for name in channels],
        "rows": [
            {"unit": unit[0], "whole": whole[unit], "cells": [cells.get((unit[0], name)) for name in channels]}
            for unit in units
        ],
        "least": LEAST_PARTIES,
    }


def _cells(
    people: pl.DataFrame, told: pl.DataFrame, *by: str
) -> dict[tuple[str, ...], tuple[float, int, float | None]]:
    """Cells with enough parties: rate, parties, and the rate without rulings where it is another."""
    rate = pl.col("parties").filter(pl.col("state") == AUTHENTIC).sum() / pl.col("parties").sum()
    here, without = (
        rows.drop_nulls(by).group_by(by).agg(pl.col("parties").sum(), rate=rate) for rows in (people, told)
    )
    both = here.join(without.select(*by, without="rate"), on=by, how="left").filter(pl.col("parties") >= LEAST_PARTIES)
    another = both.with_columns(pl.when(pl.col("without") != pl.col("rate")).then("without").alias("without"))
    keys = another.select(by).rows()
    return dict(zip(keys, another.select("rate", "parties", "without").rows(), strict=True))


def league(night: PublishedNight, rates: pl.DataFrame) -> list[dict[str, Any]]:
    """The latest period of each kind, everybody who is ranked. Ranked by the rate without rulings; that with them beside it."""
    cell = ["caliber", "period_kind", "period", "dimension", "value"]
    table = night.scan("scorecards").filter("ranked").collect()
    ours = pl.col("caliber").is_in(table["caliber"].unique().implode())
    honoured = rates.filter(ours).select(*cell, honoured="rate")
    latest = table.group_by("period_kind").agg(pl.col("period").max())
    told = table.join(latest, on=["period_kind", "period"]).join(honoured, on=cell, how="left")
    told = told.sort("period_kind", "dimension", "rank", "value")
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

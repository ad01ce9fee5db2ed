"""How a weight came about: the prior, then what each comparison added, up to the total; and two records weighed now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from pipeline.core.matching import blocking, meanings
from pipeline.core.matching.comparisons import unpacked
from pipeline.core.matching.matcher import Matcher
from pipeline.core.matching.model import MILLIBITS, Model
from pipeline.core.matching.tellings import Tellings
from pipeline.core.schema import level_column

NO_LIMIT: Final = -(10**9)
"""Millibits below any weight."""

_EQUAL: Final = 0.0005


@dataclass(frozen=True)
class Step:
    """What one comparison added: from ``start`` to ``end`` bits."""

    comparison: str
    level: str
    start: float
    end: float

    @property
    def bits(self) -> float:
        """Weight of the level."""
        return self.end - self.start


@dataclass(frozen=True)
class Weighing:
    """``prior`` and the steps that follow add up to ``total``, all in bits. Unknown levels add nothing and are left out."""

    prior: float
    steps: tuple[Step, ...]
    total: float


@dataclass(frozen=True)
class Now:
    """Two records compared now. ``keys``: what they have in common; ``weighing`` is None where one names nobody."""

    keys: tuple[str, ...]
    weighing: Weighing | None


def weigh(levels: Mapping[str, str], model: Model) -> Weighing:
    """The weighing of ``levels`` (comparison -> level)."""
    prior = running = model.prior_weight()
    steps = []
    for name in meanings.COMPARISONS:
        level = levels.get(name, "unknown")
        if level != "unknown":
            bits = round(MILLIBITS * float(np.log2(model.m[name][level] / model.u[name][level])))
            steps.append(Step(name, level, running / MILLIBITS, (running + bits) / MILLIBITS))
            running += bits
    return Weighing(prior / MILLIBITS, tuple(steps), running / MILLIBITS)


def weighing_of(row: Mapping[str, Any], model: Model) -> Weighing | None:
    """The weighing of a published pair; None when it was not made with ``model``."""
    levels = {name: row[level_column(name)] for name in meanings.COMPARISONS}
    if any(level != "unknown" and level not in model.m.get(name, {}) for name, level in levels.items()):
        return None
    told = weigh(levels, model)
    return told if abs(told.total - row["weight"]) < _EQUAL else None


def now(told: Tellings, matcher: Matcher) -> Now:
    """Compare the two tellings of ``told`` as a night with ``matcher`` does, but for values it found to be silent."""
    tellings = told.tellings.sort("telling")
    if tellings.height != 2:
        return Now((), None)
    keys = pl.concat(
        [
            blocking.keys(tellings, matcher.keys, matcher.refine),
            blocking.outside_keys(told.papers, tellings, matcher.keys, matcher.refine),
        ]
    )
    shared = keys.group_by("key", "which").agg(pl.col("telling").n_unique()).filter(pl.col("telling") == 2)
    numbers = shared["which"].unique().sort().to_list()
    one, other = tellings["telling"].to_list()
    agreed = sum(1 << number for number in numbers)
    pair = pl.DataFrame([(one, other, agreed)], schema=blocking.PAIR_SCHEMA, orient="row")
    edges, _ = replace(matcher, review_at=NO_LIMIT).compare(tellings, pair)
    found = unpacked(edges["pattern"].to_numpy(), matcher.comparisons)[0]
    levels = {
        comparison.name: comparison.levels[level - 1]
        for comparison, level in zip(matcher.comparisons, found.tolist(), strict=True)
        if level
    }
    return Now(tuple(matcher.keys[number].name for number in numbers), weigh(levels, matcher.model))

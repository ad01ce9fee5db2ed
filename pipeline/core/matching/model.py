"""Fellegi–Sunter weights of comparison levels, and their estimation by EM over pattern counts.

A pair is a match or not (two classes); given the class, comparisons are taken as independent (Fellegi and Sunter 1969).
EM runs over the counts of distinct patterns (Enamorado, Fifield and Imai 2019), so its cost does not depend on the number
of pairs. A level's weight is log2(m/u) in bits, in whole millibits, so that sums are exact and ties are ties everywhere.
An unknown level weighs nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.matching.comparisons import Comparison, unpacked
from pipeline.errors import SettingsError

MILLIBITS: Final = 1000
FORMAT: Final = 1

Weights = npt.NDArray[np.int64]
Chances = list[npt.NDArray[np.float64]]

_LEAST: Final = 1e-4
_ROUNDS: Final = 500
_STILL: Final = 1e-9
_LISTED: Final = 1 << 20
"""Patterns so few are looked up in a list of all there can be; more are sorted."""


@dataclass(frozen=True)
class Model:
    """``m`` and ``u``: comparison -> level -> share among matches and among the other candidates. ``prior``: share of matches.

    ``provenance``: where it comes from. ``comparisons``: name of the set it is for.
    """

    comparisons: str
    m: Mapping[str, Mapping[str, float]]
    u: Mapping[str, Mapping[str, float]]
    prior: float
    provenance: Mapping[str, Any]

    def weights(self, comparisons: Sequence[Comparison]) -> list[Weights]:
        """Millibits of every level of every comparison, level 0 (unknown) first."""
        return [
            np.array([0, *(self._weight(one.name, level) for level in one.levels)], np.int64) for one in comparisons
        ]

    def prior_weight(self) -> int:
        """Millibits of the prior odds."""
        return round(MILLIBITS * float(np.log2(self.prior / (1 - self.prior))))

    def _weight(self, comparison: str, level: str) -> int:
        return round(MILLIBITS * float(np.log2(self.m[comparison][level] / self.u[comparison][level])))

    def score(self, pattern: npt.NDArray[np.uint32], comparisons: Sequence[Comparison]) -> Weights:
        """Millibits of each pattern, prior included."""
        distinct, place = _distinct(pattern)
        levels = unpacked(distinct, comparisons)
        total = np.full(len(distinct), self.prior_weight(), np.int64)
        for number, weights in enumerate(self.weights(comparisons)):
            total += weights[levels[:, number]]
        return total[place]


def _distinct(pattern: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.intp]]:
    """The patterns there are, sorted, and the place of each among them."""
    most = int(pattern.max(initial=0)) + 1
    if most > _LISTED:
        values = pl.Series(pattern)
        distinct = values.unique().sort()
        return distinct.to_numpy(), distinct.search_sorted(values).to_numpy().astype(np.intp)
    there = np.zeros(most, np.bool_)
    there[pattern] = True
    return np.flatnonzero(there).astype(np.uint32), (np.cumsum(there) - 1)[pattern]


def guessed(
    name: str,
    comparisons: Sequence[Comparison],
    m: Mapping[str, Sequence[float]],
    u: Mapping[str, Sequence[float]],
    m_else: Sequence[float] = (),
    u_else: Sequence[float] = (),
) -> Model:
    """A model to begin from: shares of each comparison's levels, in proportion; ``_else`` for comparisons not named."""

    def side(shares: Mapping[str, Sequence[float]], otherwise: Sequence[float]) -> dict[str, dict[str, float]]:
        told = {one.name: shares.get(one.name, otherwise) for one in comparisons}
        return {
            one.name: {
                level: share / sum(told[one.name]) for level, share in zip(one.levels, told[one.name], strict=True)
            }
            for one in comparisons
        }

    return Model(name, side(m, m_else), side(u, u_else), 0.5, {"made_from": "guesses"})


def to_json(model: Model) -> dict[str, Any]:
    """The model as written to its file."""
    return {
        "format": FORMAT,
        "comparisons": model.comparisons,
        "prior": model.prior,
        "m": {name: dict(levels) for name, levels in model.m.items()},
        "u": {name: dict(levels) for name, levels in model.u.items()},
        "provenance": dict(model.provenance),
    }


def from_json(told: Mapping[str, Any], name: str, comparisons: Sequence[Comparison]) -> Model:
    """The model of a file. Raises :class:`SettingsError` when it is for other comparisons or levels."""
    where = "matching model"
    if not isinstance(told, Mapping) or told.get("format") != FORMAT or told.get("comparisons") != name:
        raise SettingsError(where, f"it is not a model for {name!r}, format {FORMAT}", "Train one: zhenke train.")
    if not _is_share(told.get("prior")):
        raise SettingsError(where, "prior is missing or an impossible share", "Train one anew.")
    for one in comparisons:
        for side in ("m", "u"):
            sides = told.get(side)
            levels = sides.get(one.name) if isinstance(sides, Mapping) else None
            if (
                not isinstance(levels, Mapping)
                or set(levels) != set(one.levels)
                or not all(map(_is_share, levels.values()))
            ):
                raise SettingsError(
                    where, f"{side} of {one.name!r} lacks levels or holds impossible shares", "Train one anew."
                )
    if not _is_share(told.get("prior")) or not isinstance(told.get("provenance", {}), Mapping):
        raise SettingsError(where, "its prior is no share, or its provenance no mapping", "Train one anew.")
    return Model(name, told["m"], told["u"], told["prior"], told.get("provenance", {}))


def _is_share(value: object) -> bool:
    return isinstance(value, float) and 0 < value < 1


def digest_of(model: Model) -> str:
    """SHA-256 of what the model says, as hexadecimal digits: the same for the same model, however its file is laid out."""
    return hashlib.sha256(json.dumps(to_json(model), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def estimate(
    pattern: npt.NDArray[np.uint32],
    counts: npt.NDArray[np.int64],
    comparisons: Sequence[Comparison],
    name: str,
    start: Model,
) -> Model:
    """EM from ``start`` over distinct patterns and how many pairs have each."""
    order = np.argsort(pattern)
    levels, count = unpacked(pattern[order], comparisons), counts[order].astype(np.float64)
    m, u = (_chances(side, comparisons) for side in (start.m, start.u))
    prior = start.prior
    for _ in range(_ROUNDS):
        match = _posterior(levels, m, u, prior)
        new_m, new_u = (_maximised(levels, count * share, comparisons) for share in (match, 1 - match))
        new_prior = float((count * match).sum() / count.sum())
        moved = max(float(np.abs(a - b).max()) for a, b in zip([*m, *u], [*new_m, *new_u], strict=True))
        m, u, prior = new_m, new_u, min(max(new_prior, _LEAST), 1 - _LEAST)
        if moved < _STILL:
            break
    return Model(name, _named(m, comparisons), _named(u, comparisons), prior, {})


def _chances(side: Mapping[str, Mapping[str, float]], comparisons: Sequence[Comparison]) -> Chances:
    return [np.array([side[one.name][level] for level in one.levels]) for one in comparisons]


def _posterior(levels: npt.NDArray[np.uint8], m: Chances, u: Chances, prior: float) -> npt.NDArray[np.float64]:
    odds = np.full(len(levels), np.log(prior / (1 - prior)))
    for place, (chance, other) in enumerate(zip(m, u, strict=True)):
        odds += np.concatenate([[0.0], np.log(chance / other)])[levels[:, place]]
    match: npt.NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return match


def _maximised(
    levels: npt.NDArray[np.uint8], weight: npt.NDArray[np.float64], comparisons: Sequence[Comparison]
) -> Chances:
    found = []
    for place, one in enumerate(comparisons):
        sums = np.bincount(levels[:, place], weight, len(one.levels) + 1)[1:]
        shares = np.maximum(sums / max(sums.sum(), _LEAST), _LEAST)
        found.append(shares / shares.sum())
    return found


def _named(side: Chances, comparisons: Sequence[Comparison]) -> dict[str, dict[str, float]]:
    return {
        one.name: {level: float(share) for level, share in zip(one.levels, shares, strict=True)}
        for one, shares in zip(comparisons, side, strict=True)
    }

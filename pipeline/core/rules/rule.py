"""What a rule is: a named question with the ways to fail it, its norm and its examples.

Outcome codes of a rule for an observation (uint8): :data:`NOT_ASKED`, :data:`PASSED`, :data:`UNKNOWN` (it should have
been asked, but what it needs is missing or unusable; never counted as passed or failed), and :data:`FAILED` + i for
the i-th reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import polars as pl

NOT_ASKED = 0
PASSED = 1
UNKNOWN = 2
FAILED = 3

Severity = Literal["F", "W", "I"]
Effect = Literal["missing", "fail", "suspect", "repair", "info", "quarantine", "refuse"]
Scope = Literal["value", "row", "policy", "shared", "customer", "evidence", "feed"]

SEVERITIES: tuple[Severity, ...] = ("F", "W", "I")
"""Refute, suspect, repair or information; worst first."""

Row = Mapping[str, Any]
Example = Row | tuple[Row, ...]
"""Columns of an observation; or of several that meet, the first of them the one that is asked."""


class Failing(NamedTuple):
    """An example that fails, the reason it gives, and the limits it needs where the defaults cannot show it."""

    reason: str
    example: Example
    limits: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Reason:
    """One way to fail a rule.

    ``when``: Boolean expression over observation and fact columns, null when it cannot be told; None when other
    observations (shared, policy, customer) or the feed (feed) decide.
    """

    code: str
    severity: Severity
    effect: Effect
    zh: str
    en: str
    when: pl.Expr | None = None


@dataclass(frozen=True, eq=False)
class Rule:
    """One entry of the catalogue.

    ``reasons``: worst first; the first that holds is the outcome. ``asked``: of which observations, None for a rule
    of a feed or of evidence. ``given``: whether a rule that others answer has what it needs of this observation. ``why``: the reasoning,
    with what was decided where the norm is silent. ``norm``: keys of :data:`pipeline.core.rules.norms.NORMS`.
    """

    id: str
    zh: str
    en: str
    scope: Scope
    reasons: tuple[Reason, ...]
    why_zh: str
    why: str
    norm: tuple[str, ...]
    asked: pl.Expr | None = None
    given: pl.Expr | None = None
    passes: tuple[Example, ...] = ()
    fails: tuple[Failing, ...] = ()

    def outcome(self, reason: str) -> int:
        """Outcome code of a reason; KeyError for one the rule does not have."""
        for place, known in enumerate(self.reasons):
            if known.code == reason:
                return FAILED + place
        raise KeyError(reason)

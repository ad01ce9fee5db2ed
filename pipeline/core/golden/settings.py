"""What survivorship may be told: the business date, which feed is of which kind, and how far each kind is trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

KINDS_BY_TRUST = ("underwriting", "claims", "verifications", "callbacks", "sms", "wechat", "leads")
"""Kinds of feed, the most trusted first."""

MERE_FORM = frozenset(
    {
        "apostrophe",
        "area_code_zero",
        "carrier_prefix",
        "compatibility",
        "country_code",
        "dot",
        "float_tail",
        "full_width",
        "inner_space",
        "long_term",
        "moved",
        "separators",
        "split",
        "trunk_zero",
        "zero_width",
    }
)
"""Repairs that change how a value is written and not what it says: the value still counts as not repaired."""


@dataclass(frozen=True)
class GoldenSettings:
    """How golden records are chosen.

    ``on``: the business date. ``kinds``: feed -> kind, where the two differ. ``trust``: kinds, the most trusted first;
    kinds it does not name come last, all alike; at most 15. ``mere_form``: repairs after which a value still counts as
    not repaired.
    """

    on: date
    kinds: Mapping[str, str] = field(default_factory=dict)
    trust: tuple[str, ...] = KINDS_BY_TRUST
    mere_form: frozenset[str] = MERE_FORM

    def __post_init__(self) -> None:
        """Raise ValueError when ``trust`` names too many kinds, or one twice."""
        if len(self.trust) > 15 or len(set(self.trust)) < len(self.trust):
            raise ValueError(f"trust={self.trust}: at most 15 kinds, each once")

    def kind_of(self, feed: str) -> str:
        """Kind of a feed."""
        return self.kinds.get(feed, feed)

    def rank_of(self, feed: str) -> int:
        """Place of a feed's kind in ``trust``, 0 for the most trusted, 15 for a kind it does not name."""
        kind = self.kind_of(feed)
        return self.trust.index(kind) if kind in self.trust else 15

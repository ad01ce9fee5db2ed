"""What operations may set about evidence: how long it lasts, which source goes before which, and how vendors write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SOURCES = (
    "callback",
    "three_factor",
    "number_status",
    "identity",
    "sms_code",
    "sms_delivery",
    "wechat",
    "inbound_call",
    "claims",
)
"""Kinds of evidence."""

ORDER = (
    ("callback",),
    ("three_factor", "number_status", "identity", "sms_code", "sms_delivery"),
    ("wechat", "inbound_call"),
    ("claims",),
)
"""Which source goes before which; among equals the newest counts. Rules come after all of them."""

SHELF_LIVES = MappingProxyType(
    {
        "callback": 365,
        "sms_code": 365,
        "wechat": 365,
        "inbound_call": 365,
        "three_factor": 180,
        "identity": 180,
        "claims": 180,
        "number_status": 30,
        "sms_delivery": 30,
    }
)
"""Days each source counts, unless settings say otherwise; assumptions."""


@dataclass(frozen=True)
class EvidenceSettings:
    """``shelf_lives``: days per source, each an assumption. ``order``: groups of sources, best first.

    ``tries`` over ``tries_days`` days make a suspended number a dead one. ``callback_codes``: vendor -> its code -> ours.
    ``number_tables``: vendor of number status -> table of its codes. ``distrusted``: (vendor, caller) whose calls are no
    evidence. ``proof``: fields that must be confirmed before a party is authentic.
    ``own_name_required``: a number that the carrier knows under another's document refutes; else it says nothing (P13).
    """

    shelf_lives: Mapping[str, int] = field(default_factory=lambda: SHELF_LIVES)
    order: tuple[tuple[str, ...], ...] = ORDER
    tries: int = 3
    tries_days: int = 7
    callback_codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    number_tables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"A": "A", "B": "B"}))
    distrusted: frozenset[tuple[str, str]] = frozenset()
    proof: tuple[str, ...] = ("phone",)
    own_name_required: bool = False

    def days(self, source: str) -> int:
        """Shelf life of a source, the default where settings are silent."""
        return self.shelf_lives.get(source, SHELF_LIVES[source])

    def ranks(self) -> dict[str, int]:
        """Source -> place of its group; a source that is in no group comes after all of them."""
        placed = {source: place for place, group in enumerate(self.order) for source in group}
        return {source: placed.get(source, len(self.order)) for source in SOURCES}

"""THE LIST: every rule of this version, in its fixed order.

The place of a rule here is its column in the outcome matrix and its number in what travels between machines; both live
for one run only. Outputs bear ids.
"""

import re

from pipeline.core.rules.addresses import ADDRESSES
from pipeline.core.rules.compliance import COMPLIANCE
from pipeline.core.rules.contact_rules import CONTACT
from pipeline.core.rules.documents import DOCUMENTS
from pipeline.core.rules.evidence_rules import EVIDENCE
from pipeline.core.rules.names import NAMES
from pipeline.core.rules.other_documents import OTHER_DOCUMENTS
from pipeline.core.rules.parties import PARTIES
from pipeline.core.rules.phones import PHONES
from pipeline.core.rules.rule import Rule
from pipeline.core.rules.vehicles import VEHICLES

_FAMILIES = "NDPAERVC"


def _order(rule: Rule) -> tuple[int, int]:
    letter, number = re.fullmatch(r"([A-Z])([0-9]{2})", rule.id).groups()  # type: ignore[union-attr]
    return _FAMILIES.index(letter), int(number)


RULES: tuple[Rule, ...] = tuple(
    sorted(
        NAMES + DOCUMENTS + OTHER_DOCUMENTS + PHONES + ADDRESSES + PARTIES + VEHICLES + COMPLIANCE + CONTACT + EVIDENCE,
        key=_order,
    )
)
"""Every rule, by family (names, documents, phones, addresses, e-mail, relations, vehicles, conduct) and number."""

BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
PLACE: dict[str, int] = {rule.id: place for place, rule in enumerate(RULES)}
"""Rule id -> column of the outcome matrix."""

"""Every table a night publishes."""

from pipeline.core import schema
from pipeline.core.assessment.claims_capture import CLAIMS_CAPTURE
from pipeline.core.assessment.fail_rates import RELIABILITY, RULE_FAIL_RATES
from pipeline.core.assessment.freezing import RESTATED_PARTIES, RESTATEMENTS
from pipeline.core.assessment.reward import REWARD_BASE, REWARD_EVIDENCE
from pipeline.core.assessment.scorecards import SCORECARDS
from pipeline.core.assessment.signals import SIGNAL_ROWS, SIGNALS
from pipeline.core.assessment.vendor_audit import VENDOR_AUDIT
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.evidence_tables import EVIDENCE, FORMER_NUMBERS
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.lists.worklists import WORKLISTS
from pipeline.core.rulings.ruling_table import OVERRIDDEN, OVERRIDDEN_EVIDENCE, OVERRIDDEN_PARTIES, RULINGS

TABLES = (
    schema.OBSERVATIONS,
    schema.CUSTOMERS,
    schema.CHANGES,
    schema.IDENTITY_EVENTS,
    schema.LINKS,
    schema.REFUSED_LINKS,
    schema.REVIEW_PAIRS,
    schema.DECISIONS,
    RULINGS,
    OVERRIDDEN,
    OVERRIDDEN_PARTIES,
    OVERRIDDEN_EVIDENCE,
    EVIDENCE,
    FORMER_NUMBERS,
    PARTIES,
    schema.RATES,
    ESTIMATES,
    RULE_FAIL_RATES,
    RELIABILITY,
    VENDOR_AUDIT,
    SCORECARDS,
    REWARD_BASE,
    REWARD_EVIDENCE,
    CLAIMS_CAPTURE,
    SIGNALS,
    SIGNAL_ROWS,
    RESTATEMENTS,
    RESTATED_PARTIES,
    WORKLISTS,
    schema.LEADS,
    schema.PATTERNS,
    schema.BLOCKS,
    schema.RULE_STATS,
    schema.REJECTS,
    schema.LEDGER,
)
"""In the order of the documentation."""

"""Rules that several observations answer together: N12, D24–D28, P07–P10, P21, R01–R07."""

from pipeline.core.rules.customer_rules import CUSTOMER_RULES
from pipeline.core.rules.names_and_numbers import NAMES_AND_NUMBERS
from pipeline.core.rules.relations import RELATIONS
from pipeline.core.rules.shared_phones import SHARED_PHONES

PARTIES = NAMES_AND_NUMBERS + SHARED_PHONES + RELATIONS + CUSTOMER_RULES

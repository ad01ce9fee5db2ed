"""Whom a rule is asked of, in expressions over observation columns and the ``party__`` facts.

A customer's own data are asked for where the business collects them: of the policyholder, insured and owner of a
policy and of the parties of a claim. Other sources (WeChat, call-backs, messages …) are asked about what they give,
never for what they leave out. The company's directory and do-not-call list are not customers.
"""

from functools import reduce
from operator import or_

import polars as pl

POLICY_ROLES = ("policyholder", "insured", "owner")
CLAIM_ROLES = ("reporter", "driver", "owner", "insured")
CUSTOMER_KINDS = ("underwriting", "claims", "wechat", "callbacks", "verifications", "sms", "leads")
"""Kinds of feed that tell of customers."""


def among(column: pl.Expr, *values: str) -> pl.Expr:
    """The column is one of a few ``values``; null where it is null. Several comparisons are faster than ``is_in``."""
    return reduce(or_, (column == value for value in values))


KIND = pl.col("party__kind")
ROLE = pl.col("role")
ORGANISATION = pl.col("party__organisation")
PERSON = ~ORGANISATION
POLICY_PARTY = pl.col("party__of_policy")
"""Policyholder, insured or owner in underwriting."""
CLAIM_PARTY = pl.col("party__of_claim")
"""Reporter, driver, owner or insured in claims."""
CUSTOMER = pl.col("party__customer")
"""Any party of a source that tells of customers."""
PARTY = POLICY_PARTY | CLAIM_PARTY
POLICYHOLDER_OR_INSURED = POLICY_PARTY & (ROLE != "owner")
STANDING = ~among(pl.col("policy_status"), "cancelled", "void", "test").fill_null(value=False)
"""The policy is not cancelled, void or a test."""

NIGHT = pl.col("limit__night")
"""The business date."""


def given(field: str) -> pl.Expr:
    """A customer's party that gives ``field``."""
    return CUSTOMER & pl.col(field).is_not_null()


def expected(field: str) -> pl.Expr:
    """A party that must have ``field``, or another customer's that gives it."""
    return PARTY | given(field)


def limit(name: str) -> pl.Expr:
    """The value of a :class:`~pipeline.core.rules.limits.Limits` field, within a rule's expression."""
    return pl.col(f"limit__{name}")


def wrong(field: str, *reasons: str) -> pl.Expr:
    """The field's check gave one of ``reasons``; null, hence unknown, where the field is missing."""
    return pl.when(pl.col(field).is_not_null()).then(bears(field, *reasons))


def bears(field: str, *reasons: str) -> pl.Expr:
    """The same for a field that may be missing: false then."""
    return among(pl.col(f"{field}__reason"), *reasons).fill_null(value=False)

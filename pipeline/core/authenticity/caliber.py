"""Named definitions (口径) of who is counted and what counts as authentic.

Nobody publishes the head-office formula, so a rate is only ever printed together with the name of its caliber.
"""

from dataclasses import dataclass

import polars as pl

COUNTED_ROLES = ("policyholder", "insured")
EXCLUDED_STATUS = ("cancelled", "void", "test")
EXCLUDED_VEHICLES = ("tractor", "motorcycle")


@dataclass(frozen=True)
class Caliber:
    """One definition. ``refuted_by``: severities whose findings refute a party."""

    name: str
    zh: str
    refuted_by: tuple[str, ...]


SYSTEM = Caliber("system", "系统校验口径：无F级问题的当事人占比", ("F",))
"""Parties without a finding of severity F among all counted; no evidence is asked."""


def is_counted() -> pl.Expr:
    """Observations in the population: natural-person policyholder or insured of a policy that stands.

    Tractors and motorcycles are excluded (Shaanxi 2018); organisations are reported apart. Needs ``kind`` (kind of feed)
    beside the observation's columns.
    """
    return (
        (pl.col("kind") == "underwriting")
        & pl.col("role").is_in(COUNTED_ROLES)
        & (pl.col("customer_type").fill_null("person") == "person")
        & pl.col("policy_no").is_not_null()
        & ~pl.col("policy_status").fill_null("in_force").is_in(EXCLUDED_STATUS)
        & ~pl.col("vehicle_kind").fill_null("").is_in(EXCLUDED_VEHICLES)
    )

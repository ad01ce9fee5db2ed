"""Expressions over a document's columns and facts that several of its rules share."""

import polars as pl

from pipeline.core.rules.audience import CUSTOMER, among

RESIDENT = ("RIC", "HUKOU", "DRIVER")
"""Documents that carry the citizen number (code set: 01, 02, 03)."""
ORGANISATION_DOCUMENTS = ("ORG", "TAX", "BIZ", "USCC")

DECLARED = pl.col("cert_type")
TYPE = pl.col("cert_no__type")
"""Declared, or what a number without a declared type plainly is."""
NUMBER = pl.col("cert_no")
WELL_FORMED = pl.col("cert_no__well_formed")
CHECK_DIGIT = pl.col("cert_no__check_digit_ok")
DATE = pl.col("cert_no__date_ok")
BORN = pl.col("cert_no__birth_date")
PASSES_AS = pl.col("cert_no__passes_as")


def of_type(*types: str) -> pl.Expr:
    """A customer's party whose document is one of ``types``."""
    return CUSTOMER & among(TYPE, *types)

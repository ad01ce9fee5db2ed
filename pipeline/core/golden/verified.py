"""What evidence says of the values of a customer, for the choice between them.

A value that evidence confirms goes before one that nothing speaks of, and that before one that evidence refutes. How
strong a confirmation is goes by its source's place in the order of evidence and not by its age: age is told by shelf life.
"""

import polars as pl

VERIFIED = pl.Schema({"customer_id": pl.String(), "unit": pl.String(), "value": pl.String(), "strength": pl.Int8()})
"""A value of a customer: ``unit`` mobile, document or name; ``strength`` of the evidence, :data:`REFUTED` when against it."""

REFUTED = -1
STRONGEST = 14

_UNITS = {"phone": "mobile", "cert_no": "document", "name": "name"}
_VALUES = {"mobile": "mobile", "document": "cert_no", "name": "name"}


def verified(evidence: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """VERIFIED from the evidence that is used (EVIDENCE) and the values of the parties it speaks of (FACTS)."""
    unit = pl.col("field").replace_strict(_UNITS, default=None, return_dtype=pl.String)
    told = (
        evidence.filter(pl.col("used") & pl.col("direction").is_in(["confirms", "refutes"]))
        .with_columns(unit=unit)
        .drop_nulls("unit")
        .select("policy_no", "role", "unit", "direction", "rank", number="phone")
        .join(facts.select("policy_no", "role", "customer_id", "name", "cert_no", "phone"), on=["policy_no", "role"])
    )
    value = (
        pl.when(pl.col("unit") == "mobile")
        .then(pl.coalesce("number", "phone"))
        .when(pl.col("unit") == "document")
        .then("cert_no")
        .otherwise("name")
    )
    strength = pl.when(pl.col("direction") == "confirms").then(STRONGEST - pl.col("rank")).otherwise(REFUTED)
    rows = told.select("customer_id", "unit", value=value, strength=strength.cast(pl.Int8))
    return rows.drop_nulls().unique().select(VERIFIED.names())


def marked(members: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """``members`` with ``<unit>_verified``: strength of what evidence says of the value, null where it says nothing.

    ``values``: VERIFIED of these customers. Where two parties of a customer heard different things of one value, a
    confirmation goes before a refutation.
    """
    best = values.group_by("customer_id", "unit", "value").agg(pl.col("strength").max())
    for unit, column in _VALUES.items():
        own = best.filter(pl.col("unit") == unit).select(
            "customer_id", pl.col("value").alias(column), pl.col("strength").alias(f"{unit}_verified")
        )
        members = members.join(own, on=["customer_id", column], how="left", maintain_order="left")
    return members

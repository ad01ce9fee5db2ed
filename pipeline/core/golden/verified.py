"""What evidence says of the values of a customer, for the choice between them.

A value that evidence confirms goes before one that nothing speaks of, and that before one that evidence refutes. How
strong a confirmation is goes by its source's place in the order of evidence and not by its age: age is told by shelf life.
"""

import polars as pl

from pipeline.core.authenticity.heard import Heard

VERIFIED = pl.Schema({"customer_id": pl.String(), "unit": pl.String(), "value": pl.String(), "strength": pl.Int8()})
"""A value of a customer: ``unit`` mobile, document or name; ``strength`` of the evidence, :data:`REFUTED` when against it."""

REFUTED = -1
STRONGEST = 14

_UNITS = {"phone": "mobile", "cert_no": "document", "name": "name"}
_VALUES = {"mobile": "mobile", "document": "cert_no", "name": "name"}


def verified(heard: Heard, facts: pl.DataFrame) -> pl.DataFrame:
    """VERIFIED from the evidence that is used and the values of the parties it speaks of (numbered FACTS)."""
    unit = pl.col("field").replace_strict(_UNITS, default=None, return_dtype=pl.String)
    strength = pl.when(pl.col("direction") == "confirms").then(STRONGEST - pl.col("rank")).otherwise(REFUTED)
    wanted = pl.col("used") & pl.col("direction").is_in(["confirms", "refutes"]) & unit.is_not_null()
    told = heard.those(wanted, unit=unit, strength=strength.cast(pl.Int8))
    parts = [VERIFIED.to_frame(eager=True)]
    for name, column in (("mobile", "phone"), ("document", "cert_no"), ("name", "name")):
        rows = told.filter(pl.col("unit") == name)
        values = facts.select("customer_id", value=column)[rows["party"]]
        if name == "mobile":
            values = values.with_columns(value=heard.pieces["phone"].gather(rows["piece"]).fill_null(values["value"]))
        parts.append(rows.select("unit", "strength").hstack(values).select(VERIFIED.names()))
    return pl.concat(parts).drop_nulls().unique()


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

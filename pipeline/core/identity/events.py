"""What happened to customer ids between last night and tonight: rows of the table ``identity_events``.

Every id that appears is in ``created`` or ``split``, every one that disappears in ``joined`` or ``retired``, and every
record whose customer changed in the one row that names both of them: ``split`` (from ``other_id`` to ``customer_id``),
``joined`` or ``moved`` (from ``customer_id`` to ``other_id``).
"""

from datetime import date

import polars as pl

from pipeline.core.schema import IDENTITY_EVENTS


def events(members: pl.DataFrame, customers: pl.DataFrame, on: date) -> pl.DataFrame:
    """Events of the night ``on``, in the table's schema and order.

    ``members``: ``record``, ``group`` (null: gone), ``customer_id`` (last night's, null: new record). ``customers``:
    ``group``, ``customer_id``, ``new`` (Boolean: the id was given tonight) and ``records``, one row per group.
    """
    former = members.filter(pl.col("customer_id").is_not_null()).select("group", former="customer_id")
    tonight = customers.select("group", now="customer_id", new="new")
    told = pl.concat([_begun(former, customers), _carried(former.join(tonight, on="group"), tonight), _ended(former)])
    return told.select(
        pl.lit(on).alias("business_date"), *(pl.col(c).cast(t) for c, t in list(IDENTITY_EVENTS.schema.items())[1:])
    ).sort(IDENTITY_EVENTS.sorted_by)


def _begun(former: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """``created``: new ids none of whose records had a customer."""
    begun = customers.filter("new").join(former, on="group", how="anti")
    return begun.select(pl.lit("created").alias("event"), "customer_id", _nobody(), _count("records"))


def _carried(known: pl.DataFrame, tonight: pl.DataFrame) -> pl.DataFrame:
    """``split``, ``joined`` and ``moved``: records that have another customer than last night."""
    changed = known.filter(pl.col("former") != pl.col("now"))
    flows = changed.group_by("former", "now", "new").agg(records=pl.len())
    lives = pl.col("former").is_in(tonight["now"].implode())
    event = pl.when("new").then(pl.lit("split")).when(lives).then(pl.lit("moved")).otherwise(pl.lit("joined"))
    return flows.select(
        event.alias("event"),
        pl.when("new").then("now").otherwise("former").alias("customer_id"),
        pl.when("new").then("former").otherwise("now").alias("other_id"),
        _count("records"),
    )


def _ended(former: pl.DataFrame) -> pl.DataFrame:
    """``retired``: ids none of whose records is known any longer."""
    gone = former.filter(pl.col("group").is_null())
    left = former.filter(pl.col("group").is_not_null())
    ended = gone.join(left, on="former", how="anti").group_by("former").agg(records=pl.len())
    return ended.select(
        pl.lit("retired").alias("event"), pl.col("former").alias("customer_id"), _nobody(), _count("records")
    )


def _nobody() -> pl.Expr:
    return pl.lit(None, pl.String).alias("other_id")


def _count(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int64)

"""What each source usually looks like (rule C14): what it leaves out, how much is valid, how often a phone or a customer
comes again, where its plates are from. Shares, never values.
"""

import polars as pl

from expectations.measure import MEASURES
from pipeline.ports import PublishedNight

FIELDS = ("name", "cert_no", "mobile", "address", "birth_date", "plate", "vin")
LEAST_RECORDS = 100
"""Fewer records of a source have no usual look."""


def profile(night: PublishedNight) -> pl.DataFrame:
    """MEASURES named ``profile.<source>.<what>``."""
    rows = night.scan("observations").select(
        "source",
        "customer_id",
        *FIELDS,
        wrong=pl.col("failed_rules").list.eval(pl.element().struct.field("severity") == "F").list.any(),
        letter=pl.col("plate").str.slice(1, 1),
    )
    sums = (
        rows.group_by("source")
        .agg(
            pl.len(),
            *(pl.col(field).is_null().sum().alias(f"without {field}") for field in FIELDS),
            valid=(~pl.col("wrong").fill_null(value=False)).sum(),
            phones=pl.col("mobile").n_unique() - pl.col("mobile").is_null().any(),
            customers=pl.col("customer_id").n_unique(),
        )
        .filter(pl.col("len") >= LEAST_RECORDS)
        .collect()
    )
    shares = sums.unpivot(index=["source", "len"], variable_name="what", value_name="count")
    plates = rows.filter(pl.col("letter").str.contains("^[A-Z]$")).group_by("source", "letter").agg(count=pl.len())
    letters = (
        plates.collect()
        .with_columns(len=pl.col("count").sum().over("source"), what=pl.format("plates {}", "letter"))
        .filter(pl.col("len") >= LEAST_RECORDS)
    )
    told = pl.concat(
        [part.select("source", "what", pl.col("count", "len").cast(pl.Int64)) for part in (shares, letters)]
    )
    return told.sort("source", "what").select(
        key=pl.format("profile.{}.{}", "source", "what"),
        observed=pl.col("count") / pl.col("len"),
        evaluated=pl.col("len"),
        failed=pl.lit(0, pl.Int64),
        detail=pl.lit(""),
    ).cast(MEASURES)  # fmt: skip

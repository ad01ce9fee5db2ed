"""Questions of the parties of one claim (C01), and of calls and messages to one number (C04)."""

import polars as pl

from pipeline.core.rules.audience import CLAIM_PARTY, KIND, ROLE, among
from pipeline.core.rules.contact_rules import CALLED
from pipeline.core.rules.deviations import ADDRESSED, answers, together


def project_claims(told: pl.DataFrame) -> pl.DataFrame:
    """Parties of claims: key (claim number), _record, _part, ``complete``: an owner or driver with all that is wanted."""
    complete = (
        among(ROLE, "owner", "driver")
        & pl.col("name").is_not_null()
        & (pl.col("mobile__usable").fill_null(value=False) | pl.col("landline__usable").fill_null(value=False))
        & pl.any_horizontal(pl.col("plate", "vin").is_not_null())
    )
    rows = told.lazy().filter(CLAIM_PARTY & pl.col("claim_no").is_not_null())
    return rows.select(pl.col("claim_no").alias("key"), *ADDRESSED, complete=complete.fill_null(value=False)).collect()


def ask_claims(frame: pl.DataFrame) -> pl.DataFrame:
    """Deviations for a frame that holds all parties of its claims."""
    complete = frame.filter("complete").select("key").unique()
    return together([answers(frame.join(complete, on="key", how="anti"), "C01", "incomplete")])


def project_calls(told: pl.DataFrame) -> pl.DataFrame:
    """Calls, messages and listed numbers: key (number), _record, _part, ``barred``, ``at`` (call, or listing)."""
    rows = told.lazy()
    number = pl.coalesce("mobile", "landline").alias("key")
    called = rows.filter(CALLED).select(number, *ADDRESSED, barred=pl.lit(value=False), at="captured_at")
    listed = rows.filter(KIND == "do_not_call").select(
        number, *ADDRESSED, barred=pl.lit(value=True), at=pl.coalesce("captured_at", "observed_at")
    )
    return pl.concat([called, listed]).drop_nulls("key").collect()


def ask_calls(frame: pl.DataFrame) -> pl.DataFrame:
    """Deviations for a frame that holds all rows of its numbers; a listing without a time has always been there."""
    listed = frame.filter("barred").group_by("key").agg(since=pl.col("at").min(), ever=pl.col("at").is_null().any())
    called = frame.filter(~pl.col("barred")).join(listed, on="key")
    after = pl.col("ever") | (pl.col("at") >= pl.col("since")).fill_null(value=False)
    return together([answers(called.filter(after), "C04", "do_not_call")])

"""Call-backs: the vendor's result codes."""

import polars as pl

from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources import answers


def pieces(observations: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """What the calls of ``observations`` say, in PIECES. A call without a time, or with a code nobody knows, is told why."""
    told = observations.select(
        "record_id",
        "policy_no",
        "role",
        "name",
        "vendor",
        "caller",
        "customer_id",
        "talk_seconds",
        "list_id",
        "stratum",
        "inclusion_probability",
        feed="source",
        source=pl.lit("callback"),
        code=_ours(settings),
        at="captured_at",
        reported_at="observed_at",
        phone=pl.coalesce("mobile", "landline"),
    )
    coded = told.join(answers.callback_codes().drop("zh", "en"), on="code", how="left")
    timeless = (pl.col("call_time") == "yes") & pl.col("at").is_null()
    return answers.spread(
        coded.with_columns(
            at=pl.when(pl.col("call_time") == "no").then(pl.coalesce("at", "reported_at")).otherwise("at"),
            call_rank=pl.col("rank").cast(pl.Int8),
            why_not=pl.when(pl.col("answer").is_null())
            .then(pl.lit("unknown_code"))
            .when(timeless)
            .then(pl.lit("no_time"))
            .when(_distrusted(settings))
            .then(pl.lit("caller_distrusted")),
        )
    )


def _ours(settings: EvidenceSettings) -> pl.Expr:
    """The vendor's code as ours, or the words of ours; a workbook makes 0 of 00, so one digit is two with a zero."""
    code = pl.col("result_code").str.strip_chars().str.replace(r"\.0+$", "")
    plain = pl.when(code.str.contains("^[0-9]$")).then("0" + code).otherwise(code)
    plain = plain.replace(answers.callback_words())
    for vendor, mapped in sorted(settings.callback_codes.items()):
        theirs = pl.col("vendor") == vendor
        plain = pl.when(theirs & code.is_in(list(mapped))).then(code.replace(dict(mapped))).otherwise(plain)
    return plain


def _distrusted(settings: EvidenceSettings) -> pl.Expr:
    named = [(pl.col("vendor") == vendor) & (pl.col("caller") == caller) for vendor, caller in settings.distrusted]
    return pl.any_horizontal(pl.lit(False), *named).fill_null(value=False)

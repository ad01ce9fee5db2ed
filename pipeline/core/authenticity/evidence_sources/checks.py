"""Answers of carriers, registers and message gateways: the same code means different things with different senders."""

import polars as pl

from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources import answers

CHECKS = ("number_status", "three_factor", "identity")
"""Routes of the verifications feed that are evidence."""


_CARRIERS = {
    **dict.fromkeys(("移动", "中国移动"), "CMCC"),
    **dict.fromkeys(("联通", "中国联通"), "CUCC"),
    **dict.fromkeys(("电信", "中国电信"), "CTCC"),
}
"""Carriers as reports name them."""


def verifications(observations: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """What the checks of ``observations`` say, in PIECES; a route of another name is an unknown code."""
    sender = pl.col("vendor").replace_strict(dict(settings.number_tables), default=None, return_dtype=pl.String)
    told = _told(observations).with_columns(
        check="capture_route", sender=pl.when(pl.col("capture_route") == "number_status").then(sender)
    )
    # A digit means what its vendor's table says; 空号 is the same with all of them.
    spelt = pl.col("code").str.contains(r"\p{Han}").fill_null(value=False)
    lost = (pl.col("check") == "number_status") & pl.col("sender").is_null() & ~spelt
    return _coded(told, lost, settings)


def messages(observations: pl.DataFrame, settings: EvidenceSettings) -> pl.DataFrame:
    """What the delivery reports and replies of ``observations`` say, in PIECES."""
    told = _told(observations).with_columns(
        check=pl.lit("sms_delivery"), sender=pl.col("vendor").str.to_uppercase().replace(_CARRIERS)
    )
    return _coded(told, pl.lit(False), settings)


def _told(observations: pl.DataFrame) -> pl.DataFrame:
    return observations.select(
        "record_id",
        "name",
        "cert_no",
        "vendor",
        "customer_id",
        "capture_route",
        feed="source",
        code=pl.col("result_code").str.strip_chars(),
        at="captured_at",
        phone=pl.coalesce("mobile", "landline"),
    )


def _coded(told: pl.DataFrame, unknown_vendor: pl.Expr, settings: EvidenceSettings) -> pl.DataFrame:
    """The code of this sender, else of every sender."""
    codes = answers.check_codes().select("check", "sender", "code", *answers.CODED)
    of_all = codes.filter(pl.col("sender") == "*").drop("sender")
    own = codes.filter(pl.col("sender") != "*")
    coded = told.join(own, on=["check", "sender", "code"], how="left").join(
        of_all, on=["check", "code"], how="left", suffix="_of_all"
    )
    has_own = pl.col("answer").is_not_null()
    merged = coded.with_columns(
        pl.when(has_own).then(name).otherwise(f"{name}_of_all").alias(name) for name in answers.CODED
    )
    known = pl.col("check").is_in(codes["check"].unique().to_list())
    family = (pl.col("answer") == "registered_to_another") & pl.lit(not settings.own_name_required)
    merged = merged.with_columns(
        refutes=pl.when(~family.fill_null(value=False)).then("refutes"),
        otherwise=pl.when(family.fill_null(value=False)).then(pl.lit("says_nothing")).otherwise("otherwise"),
    )
    return answers.spread(
        merged.with_columns(
            source=pl.when(known).then("check").otherwise(pl.lit("number_status")),
            why_not=pl.when(unknown_vendor)
            .then(pl.lit("unknown_vendor"))
            .when(pl.col("answer").is_null())
            .then(pl.lit("unknown_code"))
            .when(pl.col("at").is_null())
            .then(pl.lit("no_time")),
        )
    )

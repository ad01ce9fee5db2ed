"""What customers themselves gave away from underwriting: the SMS code at issue, WeChat numbers, calls to report a claim, what
claims captured.

Whether a WeChat or claim value speaks for a party is known only beside the party: these pieces have the direction
``says_nothing`` until :mod:`pipeline.core.authenticity.attach` compares.
"""

import polars as pl

from pipeline.core.authenticity.evidence_sources.answers import filled
from pipeline.core.authenticity.evidence_tables import PIECES

CLAIM_ROLES = ("reporter", "driver", "owner", "insured")
"""Parties of a claim who are the insurer's own; the other side never speaks for a policy."""

_SMS_NEEDED = ("source", "observed_at", "issued_on", "sms_verified")


def sms_codes(observations: pl.DataFrame) -> pl.DataFrame:
    """Numbers confirmed by SMS code at issue. The code went to the policyholder: an insured has it by the same number."""
    # Columns first: lists are dear to filter.
    wanted = [name for name in observations.columns if name in _SMS_NEEDED or name in PIECES]
    told = observations.select(*wanted, phone=pl.coalesce("mobile", "landline")).filter(
        pl.col("role").is_in(["policyholder", "insured"])
    )
    holders = told.filter((pl.col("role") == "policyholder") & pl.col("sms_verified")).select("policy_no", "phone")
    verified = told.join(holders.unique(), on=["policy_no", "phone"], how="semi")
    return filled(
        verified.with_columns(
            feed="source",
            source=pl.lit("sms_code"),
            field=pl.lit("phone"),
            answer=pl.lit("verified"),
            direction=pl.lit("confirms"),
            at=pl.coalesce(pl.col("issued_on").cast(pl.Datetime("us")), "observed_at"),
        )
    )


def wechat(observations: pl.DataFrame) -> pl.DataFrame:
    """The numbers WeChat users gave, by authorisation, binding, claim or rescue."""
    return _given(observations, "wechat", {"phone": pl.col("mobile")})


def claims(observations: pl.DataFrame) -> pl.DataFrame:
    """Numbers and documents that claims captured of the insurer's own parties, and the numbers they called from.

    Who reports a claim by telephone has that number in his hand: it proves more than one that was written down.
    """
    own = observations.filter(pl.col("role").is_in(CLAIM_ROLES))
    called = (pl.col("role") == "reporter") & (pl.col("capture_route") == "inbound_call").fill_null(value=False)
    number = {"phone": pl.coalesce("mobile", "landline")}
    given = pl.concat(
        [
            _given(own.filter(called), "inbound_call", number),
            _given(own.filter(~called), "claims", number),
            _given(own, "claims", {"cert_no": pl.col("cert_no")}),
        ]
    )
    claim = own.select("record_id", claim=pl.coalesce("claim_no", "record_id"))
    # The reporter is mostly the driver and the owner: what a claim says of one person it says once.
    said = ["claim", "customer_id", "field", "phone", "cert_no"]
    calls_first = pl.col("source") != "inbound_call"
    # Pieces are wide: only what tells them apart is sorted.
    told = given.select("record_id", "source", *said[1:]).with_row_index("piece").join(claim, on="record_id")
    once = told.sort(calls_first, "record_id").unique(said, keep="first")
    return given[once["piece"]]


def _given(observations: pl.DataFrame, source: str, values: dict[str, pl.Expr]) -> pl.DataFrame:
    parts = [
        filled(
            observations.filter(value.is_not_null()).with_columns(
                feed="source",
                source=pl.lit(source),
                field=pl.lit(name),
                direction=pl.lit("says_nothing"),
                at=pl.coalesce("captured_at", "observed_at"),
                phone=value if name == "phone" else pl.lit(None, pl.String),
                cert_no=value if name == "cert_no" else pl.lit(None, pl.String),
            )
        )
        for name, value in values.items()
    ]
    return pl.concat(parts).with_columns(
        why_not=pl.when(pl.col("at").is_null()).then(pl.lit("no_time", PIECES["why_not"])).otherwise("why_not")
    )

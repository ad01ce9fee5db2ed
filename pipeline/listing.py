"""Work lists of a night: what they are made of is read from what was written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.core.authenticity.calibers import HEADLINE, Caliber
from pipeline.core.authenticity.states import stated
from pipeline.core.lists.callbacks import CallPlan, Frame, callback_list
from pipeline.core.lists.corrections import correction_list, known_of, lapsed_list, lead_list
from pipeline.core.lists.draw import lots
from pipeline.core.lists.worklists import LAPSED, WORKLISTS
from pipeline.core.schema import CUSTOMERS, LEADS, OBSERVATIONS
from pipeline.ports import Staging

PARTY = {"policy_no": pl.String, "role": pl.String}
_CONTACT = (
    *("record_id", "observed_at", "name", "mobile", "landline", "cert_type", "cert_no", "address", "birth_date"),
    "failed_rules",
)


@dataclass(frozen=True)
class Listing:
    """``secret``: key of the draws; without one nothing is drawn. ``lapsed``: size of that sample; ``lapsed_days``: how long ago.

    ``caliber``: whose interval the call-backs are to narrow. ``unsubscribed_days``: how long who unsubscribed is left alone.
    ``before``: policy_no, role of parties an earlier list could be drawn from. ``barred``, ``claims``, ``underwriting``:
    feeds of those kinds.
    """

    secret: bytes | None = None
    plan: CallPlan = field(default_factory=CallPlan)
    lapsed: int = 100
    lapsed_days: int = 365
    caliber: str = HEADLINE
    unsubscribed_days: int = 183
    before: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARTY))
    barred: Sequence[str] = ()
    claims: Sequence[str] = ()
    underwriting: Sequence[str] = ()


@dataclass(frozen=True)
class Judged:
    """What the lists are made of: ``parties`` with post_stratum, ``evidence``, and outcomes of drawn calls.

    ``ruled`` and ``heard``: parties and evidence with rulings honoured, so that nobody is asked again for what is done.
    """

    parties: pl.DataFrame
    evidence: pl.DataFrame
    outcomes: pl.DataFrame
    ruled: pl.DataFrame
    heard: pl.DataFrame


def worklists(staging: Staging, judged: Judged, caliber: Caliber, on: date, told: Listing) -> pl.DataFrame:
    """The table WORKLISTS. ``caliber``: whose interval the call-backs are to narrow."""
    observations = staging.scan(OBSERVATIONS.name)
    recent = pl.col("issued_on") > on - pl.duration(days=told.plan.days)
    wanted = [judged.ruled.filter(pl.col("verdict") == "refuted"), judged.parties.filter(recent)]
    named = pl.concat([some.select("record_id") for some in wanted]).unique()
    contacts = observations.select(_CONTACT).join(named.lazy(), on="record_id", how="semi").collect()
    barred = _barred(observations, judged.evidence, on, told)
    leads = staging.scan(LEADS.name).collect().filter(~pl.col("mobile").is_in(barred.implode()).fill_null(value=False))
    parts = [
        WORKLISTS.schema.to_frame(eager=True),
        correction_list(judged.ruled, contacts, judged.heard, _known(staging, judged.ruled, told)),
        lead_list(leads),
    ]
    if told.secret is not None:
        frame = replace(_frame(judged, contacts, caliber, on), barred=barred, before=told.before)
        parts.append(callback_list(frame, told.secret, told.plan, on))
        parts.append(_lapsed(staging, barred, on, told, told.secret))
    return pl.concat(parts).sort(WORKLISTS.sorted_by)


def _known(staging: Staging, parties: pl.DataFrame, told: Listing) -> pl.DataFrame:
    """Names and documents of the golden records of the customers whose party is refuted."""
    refuted = parties.lazy().filter(pl.col("verdict") == "refuted").select("customer_id").unique()
    columns = ("customer_id", "name", "name_source", "cert_no", "document_source")
    customers = staging.scan(CUSTOMERS.name).select(columns).join(refuted, on="customer_id", how="semi")
    return known_of(customers.collect(), told.underwriting)


def _barred(observations: pl.LazyFrame, evidence: pl.DataFrame, on: date, told: Listing) -> pl.Series:
    """Numbers on the do-not-call list, and those that lately unsubscribed from messages."""
    listed = observations.filter(pl.col("source").is_in(told.barred)).select(phone=pl.coalesce("mobile", "landline"))
    lately = pl.col("at").dt.date() > on - pl.duration(days=told.unsubscribed_days)
    unsubscribed = evidence.filter((pl.col("answer") == "unsubscribed") & lately).select("phone")
    return pl.concat([listed.collect(), unsubscribed]).to_series().drop_nulls().unique().sort()


def _frame(judged: Judged, contacts: pl.DataFrame, caliber: Caliber, on: date) -> Frame:
    """The persons ``caliber`` counts, once each, with what is known of calls."""
    counted = stated(judged.parties, [caliber], on).filter(
        pl.col(f"state:{caliber.name}").is_not_null() & ~((pl.col("role") == "insured") & pl.col("same_person"))
    )
    weight = pl.col("premium").fill_null(0) if caliber.weight == "premium" else pl.lit(1, pl.Int64)
    heard = judged.parties.select("policy_no", "role", "post_stratum").join(judged.outcomes, on=["policy_no", "role"])
    called = judged.evidence.filter(pl.col("source") == "callback").select("phone", "at").drop_nulls()
    reach = contacts.select("record_id", "name", phone=pl.coalesce("mobile", "landline"))
    return Frame(counted.with_columns(weight=weight), reach, called, heard)


def _lapsed(staging: Staging, barred: pl.Series, on: date, told: Listing, secret: bytes) -> pl.DataFrame:
    """Customers whose last cover ended lately, who had no claim and may be called."""
    observations = staging.scan(OBSERVATIONS.name).filter(pl.col("customer_id").is_not_null())
    covered = observations.filter(pl.col("source").is_in(told.underwriting)).select(
        "customer_id", "cover_to", "policy_no", "unit"
    )
    last = covered.sort("cover_to", "policy_no", nulls_last=False).group_by("customer_id").last()
    ended = last.filter(pl.col("cover_to").is_between(on - pl.duration(days=told.lapsed_days), on, closed="left"))
    claimed = observations.filter(pl.col("source").is_in(told.claims)).select("customer_id")
    reach = staging.scan(CUSTOMERS.name).select("customer_id", "name", phone=pl.coalesce("mobile", "landline"))
    rows = ended.join(claimed, on="customer_id", how="anti").join(reach, on="customer_id").collect()
    free = rows.drop_nulls("phone").filter(~pl.col("phone").is_in(barred.implode())).sort("customer_id")
    return lapsed_list(free.with_columns(lots(free["customer_id"], secret, f"{LAPSED}-{on.isoformat()}")), told.lapsed)

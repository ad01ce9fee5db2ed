"""Work lists of a night: what they are made of is read from what was written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from pipeline.core.authenticity.calibers import HEADLINE
from pipeline.core.distinct import order_of
from pipeline.core.lists.callbacks import CallPlan, Frame, callback_list
from pipeline.core.lists.corrections import correction_list, known_of, lapsed_list, lead_list
from pipeline.core.lists.draw import lots
from pipeline.core.lists.worklists import LAPSED, WORKLISTS
from pipeline.core.schema import CUSTOMERS, LEADS
from pipeline.written import Written

PARTY = {"policy_no": pl.String, "role": pl.String}
_CONTACT = (
    *("record_id", "observed_at", "name", "mobile", "landline", "cert_type", "cert_no", "address", "birth_date"),
    *("plate", "vin", "engine_no"),
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
class Standing:
    """What the lists are made of.

    ``refuted``, ``remedies``: parties to correct and what evidence says of them, with rulings honoured, so that nobody is
    asked again for what is done. ``candidates``: persons who may be called, with post_stratum. ``called``: outcomes of
    drawn calls, with it. ``calls``: phone and time of every call. ``claimed``: customers who had a claim.
    ``unsubscribed``: phone and time of every message that was answered so.
    """

    refuted: pl.DataFrame
    remedies: pl.DataFrame
    candidates: pl.DataFrame
    called: pl.DataFrame
    calls: pl.DataFrame
    claimed: pl.Series
    unsubscribed: pl.DataFrame


def contacts_of(written: Written, standing: Standing) -> pl.DataFrame:
    """What was observed of the parties that ``standing`` is about."""
    about = (standing.refuted, standing.candidates, standing.called)
    named = pl.concat([some["record_id"] for some in about]).drop_nulls().unique()
    return written.records(_CONTACT, named)


def worklists(written: Written, standing: Standing, contacts: pl.DataFrame, on: date, told: Listing) -> pl.DataFrame:
    """The table WORKLISTS. ``contacts``: :func:`contacts_of`."""
    barred = _barred(written, standing.unsubscribed, on, told)
    leads = written.staging.scan(LEADS.name).collect()
    leads = leads.filter(~pl.col("mobile").is_in(barred.implode()).fill_null(value=False))
    parts = [
        WORKLISTS.schema.to_frame(eager=True),
        correction_list(standing.refuted, contacts, standing.remedies, _known(written, standing.refuted, told)),
        lead_list(leads),
    ]
    if told.secret is not None:
        reach = contacts.select("record_id", "name", phone=pl.coalesce("mobile", "landline"))
        frame = Frame(standing.candidates, reach, standing.calls, standing.called, barred, told.before)
        parts.append(callback_list(frame, told.secret, told.plan, on))
        lapsed = _lapsed(written, standing.claimed, barred, on, told)
        drawn = lots(lapsed["customer_id"], told.secret, f"{LAPSED}-{on.isoformat()}")
        parts.append(lapsed_list(lapsed.with_columns(drawn), told.lapsed))
    rows = pl.concat(parts, rechunk=True)
    return rows[order_of(rows.select(WORKLISTS.sorted_by))]


def _known(written: Written, refuted: pl.DataFrame, told: Listing) -> pl.DataFrame:
    """Names and documents of the golden records of the customers whose party is refuted."""
    columns = ("customer_id", "name", "name_source", "cert_no", "document_source")
    customers = written.staging.scan(CUSTOMERS.name).select(columns).collect()
    return known_of(customers.join(refuted, on="customer_id", how="semi"), told.underwriting)


def _barred(written: Written, unsubscribed: pl.DataFrame, on: date, told: Listing) -> pl.Series:
    """Numbers on the do-not-call list, and those that lately unsubscribed from messages."""
    listed = written.observations(("mobile", "landline"), pl.col("source").is_in(told.barred))
    lately = pl.col("at").dt.date() > on - pl.duration(days=told.unsubscribed_days)
    phones = [listed.select(phone=pl.coalesce("mobile", "landline")), unsubscribed.filter(lately).select("phone")]
    return pl.concat(phones).to_series().drop_nulls().unique().sort()


def _lapsed(written: Written, claimed: pl.Series, barred: pl.Series, on: date, told: Listing) -> pl.DataFrame:
    """Customers whose last cover ended lately, who had no claim and may be called."""
    since = on - timedelta(days=told.lapsed_days)
    insured = pl.col("source").is_in(told.underwriting) & pl.col("customer_id").is_not_null()
    covered = written.observations(
        ("customer_id", "cover_to", "policy_no", "unit"), insured & (pl.col("cover_to") >= since)
    )
    still = pl.col("cover_to") >= on
    barring = pl.concat([covered.filter(still)["customer_id"], claimed])
    ended = covered.filter(~still & ~pl.col("customer_id").is_in(barring.implode()))
    last = ended.sort("cover_to", "policy_no", nulls_last=False).group_by("customer_id").last()
    reach = written.staging.scan(CUSTOMERS.name).select("customer_id", "name", phone=pl.coalesce("mobile", "landline"))
    rows = last.join(reach.collect(), on="customer_id")
    return rows.drop_nulls("phone").filter(~pl.col("phone").is_in(barred.implode())).sort("customer_id")

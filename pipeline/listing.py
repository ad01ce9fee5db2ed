"""Work lists of a night: what they are made of is read from what was written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.states import stated
from pipeline.core.lists.callbacks import CallPlan, Frame, callback_list
from pipeline.core.lists.corrections import correction_list, lapsed_list, lead_list
from pipeline.core.lists.draw import lots
from pipeline.core.lists.worklists import LAPSED, WORKLISTS
from pipeline.core.schema import CUSTOMERS, LEADS, OBSERVATIONS
from pipeline.ports import Staging

_CONTACT = ("record_id", "name", "mobile", "landline", "cert_no", "address", "birth_date")


@dataclass(frozen=True)
class Listing:
    """``secret``: key of the draws; without one nothing is drawn. ``lapsed``: size of that sample; ``lapsed_days``: how long ago.

    ``barred``, ``claims`` and ``underwriting``: feeds of those kinds.
    """

    secret: bytes | None = None
    plan: CallPlan = field(default_factory=CallPlan)
    lapsed: int = 100
    lapsed_days: int = 365
    barred: Sequence[str] = ()
    claims: Sequence[str] = ()
    underwriting: Sequence[str] = ()


@dataclass(frozen=True)
class Judged:
    """What the lists are made of: ``parties`` with post_stratum, ``evidence``, and outcomes of drawn calls."""

    parties: pl.DataFrame
    evidence: pl.DataFrame
    outcomes: pl.DataFrame


def worklists(staging: Staging, judged: Judged, headline: Caliber, on: date, told: Listing) -> pl.DataFrame:
    """The table WORKLISTS."""
    observations = staging.scan(OBSERVATIONS.name)
    wanted = judged.parties.filter(
        (pl.col("verdict") == "refuted") | (pl.col("issued_on") > on - pl.duration(days=told.plan.days))
    )
    contacts = (
        observations.select(_CONTACT).join(wanted.lazy().select("record_id"), on="record_id", how="semi").collect()
    )
    numbers = (
        observations.filter(pl.col("source").is_in(told.barred)).select(pl.coalesce("mobile", "landline")).collect()
    )
    barred = numbers.to_series().drop_nulls().unique()
    parts = [
        WORKLISTS.schema.to_frame(eager=True),
        correction_list(judged.parties, contacts, judged.evidence),
        lead_list(staging.scan(LEADS.name).collect()),
    ]
    if told.secret is not None:
        frame = _frame(judged, contacts, barred, headline, on)
        parts.append(callback_list(frame, told.secret, told.plan, on))
        parts.append(_lapsed(staging, barred, on, told, told.secret))
    return pl.concat(parts).sort(WORKLISTS.sorted_by)


def _frame(judged: Judged, contacts: pl.DataFrame, barred: pl.Series, headline: Caliber, on: date) -> Frame:
    """The persons the headline counts, once each, with what is known of calls."""
    counted = stated(judged.parties, [headline], on).filter(
        pl.col(f"state:{headline.name}").is_not_null() & ~((pl.col("role") == "insured") & pl.col("same_person"))
    )
    heard = judged.parties.select("policy_no", "role", "post_stratum").join(judged.outcomes, on=["policy_no", "role"])
    called = judged.evidence.filter(pl.col("source") == "callback").select("phone", "at").drop_nulls()
    reach = contacts.select("record_id", "name", phone=pl.coalesce("mobile", "landline"))
    return Frame(counted, reach, barred, called, heard)


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

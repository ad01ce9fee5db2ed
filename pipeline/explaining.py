"""What is asked of a published night -> the few rows that concern it -> an explanation.

Reads only the columns and row groups it needs. Files are not checked against their checksums: that would read them whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipeline.core import masks
from pipeline.core.authenticity.evidence_tables import EVIDENCE
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.authenticity.why import PartyVerdict, verdicts_told
from pipeline.core.matching import explain, people
from pipeline.core.matching.explanation import Explanation
from pipeline.core.matching.matcher import Matcher, packaged
from pipeline.core.matching.material import NEEDED, Material, with_standing
from pipeline.core.matching.model import MILLIBITS, from_json
from pipeline.core.matching.retell import retell
from pipeline.core.matching.weighing import now
from pipeline.core.rulings.ruling_table import OVERRIDDEN
from pipeline.core.schema import (
    CUSTOMERS,
    IDENTITY_EVENTS,
    LINKS,
    OBSERVATION_SCHEMA,
    OBSERVATIONS,
    REFUSED_LINKS,
    REVIEW_PAIRS,
)
from pipeline.ports import Archive, PublishedNight

_BEGINNING = date(1, 1, 1)


@dataclass(frozen=True)
class Question:
    """``ids``: a customer id, a record id, or two record ids. ``unmask``: show values in full."""

    ids: tuple[str, ...]
    unmask: bool = False


def explained(archive: Archive, night: PublishedNight, question: Question) -> Explanation | None:
    """The answer; None when the night knows none of ``question.ids`` or not all of them."""
    ids = question.ids
    if len(ids) == 1 and "/" not in ids[0]:
        return _customer(archive, night, question)
    asked = _rows(night.scan(OBSERVATIONS.name).filter(pl.col("record_id").is_in(list(ids))), NEEDED)
    if asked["record_id"].n_unique() != len(set(ids)):
        return None
    customers = asked["customer_id"].drop_nulls().unique(maintain_order=True).to_list()
    material = _material(archive, night, customers, asked)
    shown, names = _shown(material, question)
    one, *others = (names.get(record, record) for record in ids)
    if not others:
        told = explain.of_record(shown, one)
        return replace(told, verdicts=_verdicts(night, pl.col("record_id").is_in(list(ids))))
    matcher = matcher_of_night(night)
    whole = _as_told(night, ids)
    kinds = {name: feed["kind"] for name, feed in night.run["feeds"].items()}
    compared = now(retell(_rows(whole, OBSERVATION_SCHEMA.names()), night.day, kinds), matcher)
    limits = matcher.link_at / MILLIBITS, matcher.review_at / MILLIBITS
    return explain.of_pair(shown, one, others[0], compared, *limits)


def _as_told(night: PublishedNight, ids: Sequence[str]) -> pl.LazyFrame:
    """Records as their sources told them: that is what was matched, whatever a steward corrected since."""
    own = pl.col("record_id").is_in(list(ids))
    if not night.run["tables"].get(OVERRIDDEN.name, {}).get("rows"):
        return night.scan(OBSERVATIONS.name).filter(own)
    both = pl.concat([night.scan(OVERRIDDEN.name).filter(own), night.scan(OBSERVATIONS.name).filter(own)])
    return both.unique("record_id", keep="first", maintain_order=True)


def shown_id(record: str, night: PublishedNight) -> str:
    """A customer or record id as it may be written down: some sources have a phone number for a key."""
    own = night.scan(OBSERVATIONS.name).filter(pl.col("record_id") == record)
    rows = _rows(own, ("record_id", *masks.NAMING))
    return masks.shown_ids(rows).get(record, record)


def matcher_of_night(night: PublishedNight) -> Matcher:
    """The matcher the night was made with; the packaged one for a night that does not say."""
    told = night.run.get("matching")
    if not told:
        return packaged()
    return Matcher(
        from_json(told["model"], people.NAME, people.COMPARISONS),
        link_at=round(told["link_at"] * MILLIBITS),
        review_at=round(told["review_at"] * MILLIBITS),
        largest_block=told["largest_block"],
        largest_component=told["largest_component"],
    )


def _customer(archive: Archive, night: PublishedNight, question: Question) -> Explanation | None:
    customer = question.ids[0]
    none = OBSERVATIONS.schema.to_frame(eager=True).select(NEEDED)
    material = _material(archive, night, [customer], none)
    if customer not in material.golden["customer_id"] and not material.events.height:
        return None
    shown, _ = _shown(material, question)
    told = explain.of_customer(shown, customer)
    return replace(told, verdicts=_verdicts(night, pl.col("customer_id") == customer))


def _verdicts(night: PublishedNight, concerned: pl.Expr) -> tuple[PartyVerdict, ...]:
    """Verdicts on the parties ``concerned``, with the evidence of each."""
    parties = _rows(night.scan(PARTIES.name).filter(concerned), PARTIES.schema.names())
    policies = parties["policy_no"].unique().to_list()
    heard = night.scan(EVIDENCE.name).filter(pl.col("policy_no").is_in(policies))
    return verdicts_told(parties, _rows(heard, EVIDENCE.schema.names()))


def _shown(material: Material, question: Question) -> tuple[Material, dict[str, str]]:
    """The material as it may be shown, and its record ids likewise."""
    return (material, {}) if question.unmask else (material.masked(), masks.shown_ids(material.records))


def _material(archive: Archive, night: PublishedNight, customers: Sequence[str], asked: pl.DataFrame) -> Material:
    def of(table: str, *columns: str) -> pl.LazyFrame:
        return night.scan(table).filter(pl.any_horizontal(pl.col(column).is_in(list(customers)) for column in columns))

    own = _rows(of(OBSERVATIONS.name, "customer_id"), NEEDED)
    reviews = of(REVIEW_PAIRS.name, "customer_a", "customer_b").filter(pl.col("reason") == "uncertain")
    refused = pl.concat(
        [
            _rows(of(REFUSED_LINKS.name, "customer_a", "customer_b"), REFUSED_LINKS.schema.names()),
            _rows(reviews, REFUSED_LINKS.schema.names()),
        ]
    )
    ends = pl.concat([refused["record_a"], refused["record_b"]]).unique()
    strangers = ends.filter(~ends.is_in(own["record_id"].implode())).to_list()
    others = night.scan(OBSERVATIONS.name).filter(pl.col("record_id").is_in(strangers))
    concerned = pl.concat(
        [refused["customer_a"], refused["customer_b"], pl.Series(customers, dtype=pl.String)]
    ).unique()
    golden = night.scan(CUSTOMERS.name).filter(pl.col("customer_id").is_in(concerned.to_list()))
    met = [own, asked] + ([_rows(others, NEEDED)] if strangers else [])
    return Material(
        night.day,
        matcher_of_night(night).model,
        with_standing(pl.concat(met).unique("record_id", keep="first", maintain_order=True)),
        _rows(golden, CUSTOMERS.schema.names()),
        _rows(of(LINKS.name, "customer_id"), LINKS.schema.names()),
        refused,
        _events(archive, night, customers),
    )


def _events(archive: Archive, night: PublishedNight, customers: Sequence[str]) -> pl.DataFrame:
    """Events of the customers in every night up to this one: a later night says what an earlier one did."""
    concern = pl.col("customer_id").is_in(list(customers)) | pl.col("other_id").is_in(list(customers))
    nights = archive.nights(min((_created(customer) for customer in customers), default=night.day), night.day)
    found = [_rows(one.scan(IDENTITY_EVENTS.name).filter(concern), IDENTITY_EVENTS.schema.names()) for one in nights]
    return pl.concat([IDENTITY_EVENTS.schema.to_frame(eager=True), *found])


def _created(customer: str) -> date:
    """Business date a customer id was made on: its first eight digits."""
    try:
        return date.fromisoformat(customer[:8])
    except ValueError:
        return _BEGINNING


def _rows(frame: pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    return frame.select(columns).collect()

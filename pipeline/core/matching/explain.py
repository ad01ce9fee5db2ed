"""Published tables -> why records are one customer, or are not. Frames in, an :class:`Explanation` out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from pipeline.core import masks
from pipeline.core.digest import digest
from pipeline.core.matching import chains
from pipeline.core.matching.explanation import Event, Explanation, Field, Finding, Link, Pair, Record
from pipeline.core.matching.meanings import Meaning
from pipeline.core.matching.model import Model
from pipeline.core.matching.weighing import Now, weighing_of
from pipeline.core.rules.catalogue import RULES
from pipeline.core.schema import GOLDEN_UNITS, OBSERVATIONS

SHOWN: Final = (
    *("source", "role", "observed_at", "policy_no", "claim_no", "customer_type", "name", "cert_type", "cert_no", "gender"),
    *("birth_date", "mobile", "landline", "other_phones", "email", "address", "city", "county", "road", "house_number"),
    *("building", "room", "plate", "vin", "engine_no", "openid", "unionid", "relation", "contact_name", "contact_phone"),
)
"""Columns of a record that an explanation shows, where any record tells them."""

NEEDED: Final = ("record_id", "customer_id", "telling", "failed_rules", *SHOWN)
"""Columns of observations an explanation reads."""

_RULES: Final = {rule.id: Meaning(rule.zh, rule.en) for rule in RULES}
_COLUMNS: Final = {column.name: Meaning(column.zh, column.name) for column in OBSERVATIONS.columns}


@dataclass(frozen=True)
class Material:
    """Rows of published tables that concern what is asked.

    ``records``: NEEDED and ``stands``, of the customers and of whoever was refused. ``refused``: pairs listed for review, too.
    """

    day: date
    model: Model
    records: pl.DataFrame
    golden: pl.DataFrame
    links: pl.DataFrame
    refused: pl.DataFrame
    events: pl.DataFrame

    def masked(self) -> "Material":
        """The same as it may be shown: values masked, also within record ids."""
        ids = masks.shown_ids(self.records)
        pairs = [
            table.with_columns(pl.col("record_a", "record_b").replace(ids)) for table in (self.links, self.refused)
        ]
        return replace(
            self,
            records=masks.masked(self.records.drop("stands")).with_columns(
                pl.col("record_id").replace(ids), self.records["stands"].replace(ids)
            ),
            golden=self.golden.with_columns(
                masks.masked(self.golden.select(name for name in self.golden.columns if name in _GOLDEN))
            ),
            links=pairs[0],
            refused=pairs[1],
        )


_GOLDEN: Final = frozenset(name for _, _, names in GOLDEN_UNITS.values() for name in names)


def of_customer(material: Material, customer: str) -> Explanation:
    """Why the records of ``customer`` are one."""
    chain, more = _chained(_links(material.links, material))
    return Explanation(
        "customer",
        (customer,),
        material.day,
        (customer,),
        golden=_golden(material.golden),
        records=_records(material, {customer}),
        chain=chain,
        more=more,
        refused=_links(material.refused, material),
        events=_events(material.events),
        columns=_columns(material.records),
    )


def of_record(material: Material, record: str) -> Explanation:
    """Whose ``record`` is, and its own links."""
    stands = _stands(material.records)
    own = stands.get(record, record)
    links = _touching(_links(material.links, material), {own})
    customer = _customer_of(material.records, record)
    return Explanation(
        "record",
        (record,),
        material.day,
        (customer,) if customer else (),
        golden=_golden(material.golden),
        records=_records(material, {customer}, {record, own, *(end for link in links for end in (link.record_a, link.record_b))}),
        chain=links,
        refused=_touching(_links(material.refused, material), {own}),
        columns=_columns(material.records),
    )


def of_pair(material: Material, one: str, other: str, now: Now, link_at: float, review_at: float) -> Explanation:
    """Why two records are one customer, or are not. ``now``: what comparing them tonight gives."""
    stands = _stands(material.records)
    ends = (stands.get(one, one), stands.get(other, other))
    links, refused = _links(material.links, material), _between(_links(material.refused, material), ends)
    way = _way(links, ends)
    if ends[0] == ends[1]:
        verdict = "one_telling"
    elif way:
        verdict = "linked" if len(way) == 1 else "chained"
    elif refused:
        verdict = "review" if refused[0].reason == "uncertain" else "refused"
    else:
        verdict = _of_now(now, link_at, review_at)
    customers = [_customer_of(material.records, record) for record in (one, other)]
    passed = {one, other, *ends, *(end for link in way for end in (link.record_a, link.record_b))}
    return Explanation(
        "pair",
        (one, other),
        material.day,
        tuple(dict.fromkeys(customer for customer in customers if customer)),
        records=_records(material, set(), passed),
        chain=way,
        refused=refused,
        pair=Pair(verdict, now.keys, None if way or refused or verdict == "one_telling" else now.weighing),
        columns=_columns(material.records),
    )


def with_standing(records: pl.DataFrame) -> pl.DataFrame:
    """``records`` with ``stands``: the record that stands for the telling, which is the one with the smallest digest."""
    numbered = records.with_columns(pl.Series("_digest", digest(records["record_id"]), pl.UInt64))
    first = pl.col("record_id").sort_by("_digest").first().over("telling")
    alone = pl.col("telling").is_null()
    return numbered.with_columns(stands=pl.when(alone).then("record_id").otherwise(first)).drop("_digest")


def _stands(records: pl.DataFrame) -> Mapping[str, str]:
    return dict(records.select("record_id", "stands").rows())


def _of_now(now: Now, link_at: float, review_at: float) -> str:
    if now.weighing is None:
        return "nobody"
    if not now.keys:
        return "no_key"
    if now.weighing.total < review_at:
        return "too_light"
    return "not_brought_together" if now.weighing.total >= link_at else "uncertain_now"


def _links(table: pl.DataFrame, material: Material) -> tuple[Link, ...]:
    ordered = table.sort("weight", "record_a", "record_b", descending=[True, False, False])
    return tuple(_link(row, material.model) for row in ordered.iter_rows(named=True))


def _link(row: Mapping[str, Any], model: Model) -> Link:
    customer = row.get("customer_id") or ""
    return Link(
        row["record_a"],
        row["record_b"],
        row.get("customer_a") or customer,
        row.get("customer_b") or customer,
        row["weight"],
        row["probability"],
        weighing_of(row, model),
        row.get("reason") or "",
    )


def _chained(links: Sequence[Link]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    ends = [(link.record_a, link.record_b) for link in links]
    chosen = chains.spanning(ends)
    held = chains.support(ends, chosen)
    chain = tuple(replace(links[place], support=held[place] if held is not None else None) for place in chosen)
    within = set(chosen)
    return chain, tuple(link for place, link in enumerate(links) if place not in within)


def _way(links: Sequence[Link], ends: tuple[str, str]) -> tuple[Link, ...]:
    direct = _between(links, ends)
    if direct:
        return direct
    chain, _ = _chained(links)
    return tuple(chain[place] for place in chains.path([(link.record_a, link.record_b) for link in chain], *ends))


def _touching(links: Iterable[Link], ends: set[str]) -> tuple[Link, ...]:
    return tuple(link for link in links if ends & {link.record_a, link.record_b})


def _between(links: Iterable[Link], ends: tuple[str, str]) -> tuple[Link, ...]:
    return tuple(link for link in links if {link.record_a, link.record_b} == set(ends))


def _customer_of(records: pl.DataFrame, record: str) -> str:
    found = records.filter(pl.col("record_id") == record)["customer_id"].to_list()
    return (found[0] or "") if found else ""


def _records(material: Material, customers: set[str], wanted: Iterable[str] = ()) -> tuple[Record, ...]:
    named = list(wanted)
    own = pl.col("record_id").is_in(named) if named else pl.col("customer_id").is_in(list(customers))
    rows = material.records.filter(own).sort("telling", "record_id", nulls_last=True)
    numbers = {telling: place for place, telling in enumerate(rows["telling"].drop_nulls().unique(maintain_order=True), 1)}
    shown = [name for name in SHOWN if rows[name].drop_nulls().len()]
    return tuple(
        Record(
            row["record_id"],
            row["customer_id"] or "",
            numbers.get(row["telling"], 0),
            {name: said(row[name]) for name in shown},
            tuple(_finding(found) for found in row["failed_rules"] or ()),
        )
        for row in rows.iter_rows(named=True)
    )


def _finding(found: Mapping[str, str]) -> Finding:
    rule = found["rule"]
    return Finding(rule, _RULES.get(rule, Meaning(rule, rule)), found["severity"], found["reason"])


def _golden(table: pl.DataFrame) -> tuple[Field, ...]:
    fields = []
    for row in table.iter_rows(named=True):
        for unit, (_, _, names) in GOLDEN_UNITS.items():
            origin = (said(row[f"{unit}_source"]), said(row[f"{unit}_date"]))
            fields.extend(Field(name, _COLUMNS[name], said(row[name]), *origin) for name in names if row[name] is not None)
    return tuple(fields)


def _events(table: pl.DataFrame) -> tuple[Event, ...]:
    rows = table.sort("business_date", "event", "customer_id").iter_rows(named=True)
    return tuple(
        Event(row["business_date"], row["event"], row["customer_id"], row["other_id"] or "", row["records"]) for row in rows
    )


def _columns(records: pl.DataFrame) -> Mapping[str, Meaning]:
    return {name: _COLUMNS[name] for name in SHOWN if name in records.columns}


def said(value: object) -> str:
    """A value as text; nothing for null."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, list):
        return "、".join(said(part) for part in value)
    return "" if value is None else str(value)

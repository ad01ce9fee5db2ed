"""Published tables -> why records are one customer, or are not. Frames in, an :class:`Explanation` out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipeline.core.matching import chains, shown
from pipeline.core.matching.explanation import Explanation, Link, Pair
from pipeline.core.matching.material import Material
from pipeline.core.matching.model import Model
from pipeline.core.matching.weighing import Now, weighing_of


def of_customer(material: Material, customer: str) -> Explanation:
    """Why the records of ``customer`` are one."""
    chain, more = _chained(_links(material.links, material))
    return Explanation(
        "customer",
        (customer,),
        material.day,
        (customer,),
        golden=shown.golden(material.golden, customer),
        records=shown.records(material, {customer}),
        chain=chain,
        more=more,
        refused=_links(material.refused, material),
        events=shown.events(material.events),
        columns=shown.columns(material.records),
        parties=shown.parties(material.golden),
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
        golden=shown.golden(material.golden, customer),
        records=shown.records(
            material, {customer}, {record, own, *(end for link in links for end in (link.record_a, link.record_b))}
        ),
        chain=links,
        refused=_touching(_links(material.refused, material), {own}),
        columns=shown.columns(material.records),
        parties=shown.parties(material.golden),
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
        records=shown.records(material, set(), passed),
        chain=way,
        refused=refused,
        pair=Pair(verdict, now.keys, None if way or refused or verdict == "one_telling" else now.weighing),
        columns=shown.columns(material.records),
        parties=shown.parties(material.golden),
    )


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

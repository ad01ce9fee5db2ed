"""Explanations assembled from a few rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.core.matching import explain
from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.material import NEEDED, Material, with_standing
from pipeline.core.matching.weighing import Now, weigh
from pipeline.core.schema import CUSTOMERS, IDENTITY_EVENTS, LINKS, OBSERVATIONS, REFUSED_LINKS

MODEL = packaged().model
ONE = "20260301-AAAAAAAAAAAAA"
OTHER = "20260301-BBBBBBBBBBBBB"


GOLDEN = [
    {"customer_id": ONE, "name": "王小明", "name_source": "claims", "name_date": date(2026, 3, 1)},
    {"customer_id": OTHER, "name": "李强", "cert_type": "RIC", "cert_no": "3201"},
]


def record(name: str, telling: str, customer: str = ONE, **told: Any) -> dict[str, Any]:
    return {"record_id": f"claims/{name}/driver", "customer_id": customer, "telling": telling, "name": "王小明", **told}


def pair(one: str, other: str, weight: float, **told: Any) -> dict[str, Any]:
    levels = {name: "unknown" for name in LINKS.schema.names() if name.endswith("_level")}
    ends = {"record_a": f"claims/{one}/driver", "record_b": f"claims/{other}/driver"}
    return {**levels, **ends, "weight": weight, "probability": 0.9, **told}


def material(
    records: list[dict[str, Any]], links: list[dict[str, Any]], refused: Sequence[dict[str, Any]] = ()
) -> Material:
    return Material(
        date(2026, 3, 2),
        MODEL,
        with_standing(pl.DataFrame(records, schema=OBSERVATIONS.schema).select(NEEDED)),
        pl.DataFrame(GOLDEN, schema=CUSTOMERS.schema),
        pl.DataFrame([{"customer_id": ONE, **link} for link in links], schema=LINKS.schema),
        pl.DataFrame(list(refused), schema=REFUSED_LINKS.schema),
        pl.DataFrame([(date(2026, 3, 1), "created", ONE, None, 4)], schema=IDENTITY_EVENTS.schema, orient="row"),
    )


RECORDS = [
    record("a", "1"),
    record("a2", "1"),
    record("b", "2"),
    record("c", "3", failed_rules=[{"rule": "N01", "severity": "F", "reason": "missing"}]),
    record("x", "9", OTHER),
]
A = dict(material(RECORDS, []).records.select("record_id", "stands").rows())["claims/a/driver"]
"""Whichever of the two records of the first telling stands for it."""

FIRST = A.split("/")[1]
CHAIN = material(
    RECORDS,
    [pair(FIRST, "b", 9.0), pair("b", "c", 5.0), pair(FIRST, "c", 4.0)],
    [pair("c", "x", 3.0, customer_a=ONE, customer_b=OTHER, reason="two_names")],
)


def test_a_customer_is_told_by_its_strongest_links():
    told = explain.of_customer(CHAIN, ONE)
    assert [(link.record_a, link.record_b, link.weight, link.support) for link in told.chain] == [
        (A, "claims/b/driver", 9.0, 1),
        ("claims/b/driver", "claims/c/driver", 5.0, 1),
    ]
    assert [link.weight for link in told.more] == [4.0]
    assert [(link.reason, link.customer_b) for link in told.refused] == [("two_names", OTHER)]
    assert told.parties == {ONE: "王小明", OTHER: "李强 RIC 3201"}
    assert told.tellings == {1: ("claims/a/driver", "claims/a2/driver")}
    assert [(event.event, event.records) for event in told.events] == [("created", 4)]
    assert [(field.column, field.value, field.source, field.told_on) for field in told.golden] == [
        ("name", "王小明", "claims", "2026-03-01")
    ]
    assert [found.rule for one in told.records for found in one.findings] == ["N01"]
    assert "claims/x/driver" not in [one.record_id for one in told.records]


def test_a_record_is_told_by_its_own_links():
    told = explain.of_record(CHAIN, "claims/b/driver")
    assert told.customers == (ONE,)
    assert [link.weight for link in told.chain] == [9.0, 5.0]
    assert told.refused == ()
    assert [link.reason for link in explain.of_record(CHAIN, "claims/x/driver").refused] == ["two_names"]


def test_a_record_that_does_not_stand_for_its_telling_has_the_links_of_the_one_that_does():
    assert [link.weight for link in explain.of_record(CHAIN, "claims/a2/driver").chain] == [9.0, 4.0]


NOW = Now(("mobile",), weigh({"name": "other"}, MODEL))


def verdict(one: str, other: str, now: Now = NOW, chained: Material = CHAIN) -> tuple[str, list[float]]:
    told = explain.of_pair(chained, f"claims/{one}/driver", f"claims/{other}/driver", now, 0.0, -3.0)
    assert told.pair is not None
    return told.pair.verdict, [link.weight for link in told.chain]


def test_a_pair_is_told_by_the_way_between_them():
    assert verdict("a", "a2") == ("one_telling", [])
    assert verdict("a2", "b") == ("linked", [9.0])
    assert verdict("c", "x") == ("refused", [])
    far = material([record("a", "1"), record("b", "2"), record("c", "3")], [pair("a", "b", 9.0), pair("b", "c", 5.0)])
    assert verdict("a", "c", chained=far) == ("chained", [9.0, 5.0])


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (Now((), None), "nobody"),
        (Now((), NOW.weighing), "no_key"),
        (NOW, "too_light"),
        (Now(("mobile",), weigh({"phone": "other"}, MODEL)), "uncertain_now"),
        (Now(("mobile",), weigh({"phone": "same"}, MODEL)), "not_brought_together"),
    ],
)
def test_a_pair_without_a_way_is_told_by_what_comparing_gives_now(now: Now, expected: str):
    assert verdict("a", "x", now) == (expected, [])


def test_an_id_that_ended_is_told_by_its_events():
    told = explain.of_customer(material([], []).masked(), OTHER)
    assert (told.records, told.chain, told.refused) == ((), (), ())
    assert [event.event for event in told.events] == ["created"]


def test_masked_material_tells_the_same_of_masked_values():
    told = explain.of_customer(CHAIN.masked(), ONE)
    assert {one.values["name"] for one in told.records} == {"王**"}
    assert told.golden[0].value == "王**"
    assert [link.weight for link in told.chain] == [9.0, 5.0]

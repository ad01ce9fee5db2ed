"""Observations from the short rows rules give as examples, and what the rules say of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from pipeline.core.digest import digest, places_among
from pipeline.core.fields import address
from pipeline.core.matching import blocking, silence
from pipeline.core.matching.describe import COMPLETE, LIFETIME
from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.resolve import resolve
from pipeline.core.matching.tellings import Tellings, rows, tell
from pipeline.core.rules import by_customer
from pipeline.core.rules.catalogue import BY_ID, PLACE
from pipeline.core.rules.deviations import keyed
from pipeline.core.rules.evaluate import DEVIATION_SCHEMA, Outcomes, apply, evaluate
from pipeline.core.rules.facts import examine
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, NOT_ASKED, PASSED, UNKNOWN, Example, Row
from pipeline.core.rules.shared import MEETINGS
from pipeline.core.schema import OBSERVATION_SCHEMA

NIGHT = date(2026, 11, 20)
PARTITIONS = 4
_PARTS = ("province", "city", "county", "road", "house_number", "building", "building_unit", "room", "region_code")


def rows_of(example: Example) -> tuple[Row, ...]:
    return example if isinstance(example, tuple) else (example,)


def observations(rows: Sequence[Row]) -> pl.DataFrame:
    """Observations in the published schema; who says nothing of himself is a policyholder."""
    full = [_whole(row, place) for place, row in enumerate(rows)]
    frame = pl.DataFrame(full, schema=OBSERVATION_SCHEMA)
    parts = address.clean(frame["address"])
    return frame.with_columns(pl.coalesce(column, parts[column]).alias(column) for column in _PARTS)


def _whole(row: Row, place: int) -> dict[str, Any]:
    told = {
        "source": "underwriting",
        "role": "policyholder",
        "customer_type": "person",
        "record_id": f"r{place:05}",
        **row,
    }
    repairs = [dict(zip(("field", "repair", "raw"), repair, strict=True)) for repair in told.get("repairs", ())]
    return dict.fromkeys(OBSERVATION_SCHEMA) | told | {"repairs": repairs or None}


def addressed(frame: pl.DataFrame) -> pl.DataFrame:
    """With the working columns of a night: digest and partition of the record."""
    digests = digest(frame["record_id"])
    return frame.with_columns(_record=pl.Series(digests), _part=pl.Series((digests % PARTITIONS).astype(np.uint16)))


def outcomes(frame: pl.DataFrame, settings: RuleSettings | None = None, rule: str = "") -> Outcomes:
    """The whole night of the rules over ``frame``; of shared rules only ``rule``'s meetings when one is named."""
    rules = settings or RuleSettings()
    examined = examine(addressed(frame), NIGHT)
    matrix = evaluate(examined, NIGHT, rules)
    told = keyed(examined)
    meetings = {name: meeting for name, meeting in MEETINGS.items() if not rule or rule in meeting.rules}
    found = [meeting.ask(meeting.project(told, NIGHT), rules, NIGHT) for meeting in meetings.values()]
    if not rule or rule in by_customer.RULES:
        found += of_customers(examined)
    together = pl.concat([DEVIATION_SCHEMA.to_frame(eager=True), *found])
    return apply(matrix, examined["_record"].to_numpy(), together, rules)


def of_customers(examined: pl.DataFrame) -> list[pl.DataFrame]:
    """What the rules that need customers say, matched as a night matches."""
    known = examined.with_columns(_anchor=pl.lit(value=True), _customer=pl.lit(None, pl.String))
    told = tell(rows(known), np.zeros(0, np.uint64))
    spoken, edges = matched(told)
    done = resolve(spoken, edges, packaged().largest_component)
    at = places_among(done.groups["telling"], told.members["telling"])
    members = told.members.with_columns(done.groups["group"].gather(at))
    leads = by_customer.only_leads(done.first[at], members["tells_of"].to_numpy(), spoken.height)
    customer = pl.when(~pl.Series(leads)).then(pl.col("group").cast(pl.String))
    records = by_customer.records_of(members.with_columns(customer_id=customer), spoken, at)
    return [by_customer.ask(records), by_customer.ask_vehicles(by_customer.vehicles(records))]


def matched(told: Tellings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tellings with silent values taken out, and the edges between them."""
    matcher = packaged()
    keys = pl.concat(
        [
            blocking.keys(told.tellings, matcher.keys, matcher.refine),
            blocking.outside_keys(told.papers, told.tellings, matcher.keys, matcher.refine),
        ]
    )
    sure = told.tellings.filter((pl.col("cert_state") == LIFETIME) & (pl.col("name_state") == COMPLETE))
    numbered = sure.select(pl.col("telling", "name", "sound", "sound_code", "records"), key="cert_code")
    mobiles = silence.shared_numbers(keys, blocking.number_of(silence.MOBILE_KEY, matcher.keys))
    spoken = silence.hush(told.tellings, pl.concat([silence.suspects(numbered), mobiles])).sort("telling")
    edges, _ = matcher.compare(spoken, blocking.distinct(blocking.pairs(keys).pairs))
    return spoken, edges.filter(pl.col("weight") >= matcher.link_at)


def outcome(rows: Sequence[Row], rule: str, settings: RuleSettings | None = None) -> list[str]:
    """What ``rule`` says of each row: a reason, or passed, unknown or not asked."""
    words = {NOT_ASKED: "not asked", PASSED: "passed", UNKNOWN: "unknown"}
    codes = outcomes(observations(rows), settings, rule)[:, PLACE[rule]]
    return [words.get(int(code)) or BY_ID[rule].reasons[int(code) - FAILED].code for code in codes]


def with_limits(**limits: int) -> RuleSettings:
    return RuleSettings(limits=replace(RuleSettings().limits, **limits))

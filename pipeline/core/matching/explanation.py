"""What an explanation holds, ready to be shown: nothing in it needs a table any more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pipeline.core.authenticity.why import PartyVerdict
from pipeline.core.matching.meanings import Meaning
from pipeline.core.matching.weighing import Weighing


@dataclass(frozen=True)
class Field:
    """One field of a golden record and where it comes from."""

    column: str
    means: Meaning
    value: str
    source: str
    told_on: str


@dataclass(frozen=True)
class Finding:
    """A rule a record failed."""

    rule: str
    means: Meaning
    severity: str
    reason: str


@dataclass(frozen=True)
class Record:
    """A record as it may be shown. ``telling``: number of its telling within the explanation, 0 where it has none."""

    record_id: str
    customer_id: str
    telling: int
    values: Mapping[str, str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Link:
    """A pair that was weighed. ``reason``: why it is none; empty where it holds. ``support``: other links that do its work."""

    record_a: str
    record_b: str
    customer_a: str
    customer_b: str
    weight: float
    probability: float
    weighing: Weighing | None
    reason: str = ""
    support: int | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened to a customer id."""

    on: date
    event: str
    customer_id: str
    other_id: str
    records: int


@dataclass(frozen=True)
class Pair:
    """Why two records are one customer or are not: a verdict of ``meanings.VERDICTS``, and what they have in common."""

    verdict: str
    keys: tuple[str, ...] = ()
    weighing: Weighing | None = None


@dataclass(frozen=True)
class Explanation:
    """``chain``: the links that hold the customer together (of a pair: the way between them); ``more``: further links.

    ``parties``: customer id -> who that is, as best known, of every customer of a refused link. ``verdicts``:
    on the parties the customer, or the record, is.
    """

    kind: Literal["customer", "record", "pair"]
    asked: tuple[str, ...]
    day: date
    customers: tuple[str, ...]
    golden: tuple[Field, ...] = ()
    records: tuple[Record, ...] = ()
    chain: tuple[Link, ...] = ()
    more: tuple[Link, ...] = ()
    refused: tuple[Link, ...] = ()
    events: tuple[Event, ...] = ()
    pair: Pair | None = None
    columns: Mapping[str, Meaning] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)
    verdicts: tuple[PartyVerdict, ...] = ()

    @property
    def tellings(self) -> Mapping[int, tuple[str, ...]]:
        """Number of a telling -> its records, of tellings that several records share."""
        told: dict[int, list[str]] = {}
        for record in self.records:
            told.setdefault(record.telling, []).append(record.record_id)
        return {number: tuple(ids) for number, ids in told.items() if number and len(ids) > 1}

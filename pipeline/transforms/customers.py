"""Components -> customers with stable ids -> golden records: two shuffles, by component and by customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.cells import ALWAYS, COUNTED_IN, RULED, TOLD
from pipeline.core.authenticity.customer_cells import of_customers
from pipeline.core.authenticity.judging import standing_schema, with_verdict
from pipeline.core.digest import digest, partition_of, places, places_if_any
from pipeline.core.golden.changes import changes
from pipeline.core.golden.records import golden
from pipeline.core.golden.settings import GoldenSettings
from pipeline.core.golden.verified import VERIFIED, marked
from pipeline.core.identity.inherit import inherit
from pipeline.core.matching import decided, links, silence
from pipeline.core.matching.components import LABEL_SCHEMA
from pipeline.core.matching.conflicts import KEPT
from pipeline.core.matching.resolve import EDGE_SCHEMA, FATE, NEEDED, Resolved, in_order, resolve
from pipeline.core.matching.tellings import MEMBERS_SCHEMA, TELLINGS_SCHEMA
from pipeline.core.night import ASSIGNED_SCHEMA, Night
from pipeline.core.rules import by_customer as rules
from pipeline.core.schema import CHANGES, CUSTOMERS, IDENTITY_EVENTS, LINKS, REFUSED_LINKS, REVIEW_PAIRS
from pipeline.ports import Sink, TablePart
from pipeline.transforms.coders import compact, of_batches, to_batch, to_frame
from pipeline.transforms.connect import LABELS
from pipeline.transforms.guard import guarded
from pipeline.transforms.pairs import (
    EACH,
    EDGES,
    GONE,
    GONE_SCHEMA,
    MEMBERS,
    SILENCES,
)
from pipeline.transforms.partitions import Partition, PartitionFn
from pipeline.transforms.progress import Progress
from pipeline.transforms.rules import DEVIATIONS
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import Meet, PartitionBatches, found, gather, here, sent

ASSIGNED = "assigned"
GOLDEN = "golden"
FORMER = "former"
DECIDED = "decided"
STANDING = "standing"
STANDING_RULED = "standing_ruled"
STANDING_TOLD = "standing_told"
"""Parties of policies that rulings change: as ruled, and as told."""

VALUES = "values_heard_of"
CELLS = "cells"
CUSTOMER_CELLS = "customer_cells"
MARGINS = "margins"
"""Counts: finest cells of parties and of customers, and margins of customers in several of them."""

_VEHICLES = "vehicles"
_SPEAKING = "speaking"
_SPEAKING_SCHEMA = pl.Schema({name: TELLINGS_SCHEMA[name] for name in (*NEEDED, "record_id")})
"""What of a telling decides and names: with silent values taken out."""


@dataclass
class ResolveCustomers(beam.PTransform):
    """{told, edges, labels: PCollection[(telling partition, segment)]} -> {ASSIGNED, REVIEW_PAIRS, DECIDED}.

    ASSIGNED: segments under record partitions, the customer of every record and DEVIATIONS of the rules that need
    customers. REVIEW_PAIRS and DECIDED, what became of decisions: batches with ``_to`` 0. Writes links, refused links and identity events, a part per component
    partition. ``asked``: whether the rules that need customers are asked, too.
    """

    night: Night
    sink: Sink
    shuffling: Shuffling
    progress: Progress
    asked: bool = True

    def expand(self, streams: Any) -> Any:
        """Bring each component together, resolve it, and tell every record who it is of."""
        resolved = (
            tuple(dict(streams).values())
            | "Of tellings" >> Meet()
            | "Components" >> beam.GroupByKey()
            | "Component" >> beam.ParDo(_ByComponent(self.shuffling))
            | "To component" >> PartitionBatches(self.shuffling, 1)
            | "Whole" >> beam.GroupByKey()
            | "Resolve"
            >> of_batches(
                beam.ParDo(_Resolve(self.night, self.sink, self.shuffling, self.progress, asked=self.asked)),
                *(REVIEW_PAIRS.name, _VEHICLES, DECIDED),
                main=ASSIGNED,
            )
        )
        # Cut first, joined after: what Beam keeps between stages are then references, not rows.
        answers = [resolved[ASSIGNED] | "To record" >> PartitionBatches(self.shuffling, 1)]
        if self.asked:
            changed_hands = (
                resolved[_VEHICLES]
                | "To vehicle" >> PartitionBatches(self.shuffling, 1)
                | "Vehicles" >> beam.GroupByKey()
                | "Changed hands" >> beam.ParDo(_AskVehicles(self.shuffling.threads))
            )
            answers.append(changed_hands | "Newcomers to record" >> PartitionBatches(self.shuffling, 1))
        return {
            ASSIGNED: answers | "Answers" >> beam.Flatten(),
            REVIEW_PAIRS.name: resolved[REVIEW_PAIRS.name],
            DECIDED: resolved[DECIDED],
        }


class _ByComponent(PartitionFn):
    """Whatever belongs to a telling, on its way to the partition of its component."""

    def __init__(self, shuffling: Shuffling) -> None:
        super().__init__(shuffling.threads)
        self.partitions = shuffling.partitions

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        kinds = (EACH, SILENCES, MEMBERS, EDGES, GONE, LABELS)
        frames = gather(partition[1], kinds, {EACH: _SPEAKING_SCHEMA})
        tellings = found(frames, EACH, _SPEAKING_SCHEMA)
        labels = found(frames, LABELS, LABEL_SCHEMA).sort("node")
        gone = found(frames, GONE, GONE_SCHEMA)
        for kind, frame, by in (
            (_SPEAKING, silence.hush(tellings, found(frames, SILENCES, silence.SILENCE_SCHEMA)), "telling"),
            (MEMBERS, found(frames, MEMBERS, MEMBERS_SCHEMA), "telling"),
            (EDGES, found(frames, EDGES, EDGE_SCHEMA), "right"),
            (GONE, gone.with_columns(node=pl.Series(digest(gone["customer_id"]))), "node"),
        ):
            if frame.height:
                yield sent(
                    frame.with_columns(component=_component(frame[by], labels)), "component", self.partitions, kind
                )


def _component(nodes: pl.Series, labels: pl.DataFrame) -> pl.Series:
    """The component of each of ``nodes``: itself where ``labels``, sorted, tell none."""
    at = places_if_any(labels["node"].to_numpy(), nodes.to_numpy())
    component = nodes.to_numpy().copy()
    there = np.flatnonzero(at >= 0)
    component[there] = labels["component"].to_numpy().take(at.take(there))
    return pl.Series(component)


class _Resolve(PartitionFn):
    def __init__(self, night: Night, sink: Sink, shuffling: Shuffling, progress: Progress, *, asked: bool) -> None:
        super().__init__(shuffling.threads)
        self.night = night
        self.sink = sink
        self.partitions = shuffling.partitions
        self.progress = progress
        self.asked = asked

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        number, segments = partition
        frames = gather(segments)
        tellings = in_order(found(frames, _SPEAKING, _SPEAKING_SCHEMA))
        edges = found(frames, EDGES, EDGE_SCHEMA)
        members = found(frames, MEMBERS, MEMBERS_SCHEMA)
        at = places(tellings["telling"].to_numpy(), members["telling"].to_numpy())
        matcher = self.night.matcher
        tags = decided.tags(members, self.night.ends)
        edges = decided.with_joined(edges, tags)
        heavy = edges["weight"] >= matcher.link_at
        done = resolve(tellings, edges.filter(heavy), matcher.largest_component, decided.apart(tags))
        if tags.height:
            states = decided.states(tags, tellings, done.groups, edges)
            yield beam.pvalue.TaggedOutput(DECIDED, here(states, 0, DECIDED))
        leads = rules.only_leads(done.first[at], members["tells_of"].to_numpy(), tellings.height)
        known = members.with_columns(done.groups["group"].gather(at))
        gone = found(frames, GONE, GONE_SCHEMA).select(
            "record", "customer_id", anchor=True, group=pl.lit(None, pl.UInt64)
        )
        inherited = inherit(pl.concat([_of_customers(known, leads), gone], how="diagonal"), self.night.on)
        self._write(IDENTITY_EVENTS.name, number, inherited.events)
        customers = _of_tellings(inherited.customers, done)
        named = known.with_columns(customers.gather(at))
        assigned = named.select(*ASSIGNED_SCHEMA, pl.col("part").alias("_to"))
        self.progress.mark("customers known", inherited.customers.height)
        if assigned.height:
            yield to_batch(assigned, ASSIGNED)
        if self.asked:
            yield from self._ask(rules.records_of(named, tellings, at))
        fate = pl.concat(
            [
                edges.filter(heavy).with_columns(fate=done.fate),
                edges.filter(~heavy).with_columns(fate=pl.lit(KEPT, FATE)),
            ]
        )
        # A pair across two components was never a link: what it may be is for the component of its right side to say.
        names = tellings.select("telling", "record_id", "records").with_columns(customers)
        yield from self._links(number, fate, names)

    def _ask(self, records: pl.DataFrame) -> Iterator[Any]:
        """What the rules that need customers say of ``records``, and what they must ask where a vehicle's meet."""
        deviations = rules.ask(records)
        if deviations.height:
            yield to_batch(deviations.rename({"_part": "_to"}), DEVIATIONS)
        vehicles = rules.vehicles(records)
        if vehicles.height:
            yield beam.pvalue.TaggedOutput(_VEHICLES, sent(vehicles, "vin_code", self.partitions, _VEHICLES))

    def _links(self, number: int, edges: pl.DataFrame, names: pl.DataFrame) -> Iterator[Any]:
        inside = edges.filter(places_if_any(names["telling"].to_numpy(), edges["left"].to_numpy()) >= 0)
        kept, refused, reviews = links.published(
            inside, names, self.night.matcher.comparisons, self.night.matcher.link_at
        )
        self._write(LINKS.name, number, kept)
        self._write(REFUSED_LINKS.name, number, refused)
        if reviews.height:
            yield beam.pvalue.TaggedOutput(REVIEW_PAIRS.name, here(reviews, 0, REVIEW_PAIRS.name))

    def _write(self, table: str, number: int, rows: pl.DataFrame) -> None:
        if rows.height:
            self.sink.write(table, number, compact(rows))


def _of_customers(known: pl.DataFrame, leads: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Members as :func:`inherit` reads them: a group of ``leads`` is no customer, and a customer left with leads only is gone."""
    told = known.select("record", "customer_id", "anchor", group=pl.when(~pl.Series(leads)).then("group"))
    return told.filter(pl.any_horizontal(pl.col("group", "customer_id").is_not_null()))


def _of_tellings(customers: pl.DataFrame, done: Resolved) -> pl.Series:
    """``customer_id`` of every telling of ``done.groups``, null where its group is no customer."""
    place = np.full(done.groups.height, customers.height)
    place[places(done.groups["telling"].to_numpy(), customers["group"].to_numpy())] = np.arange(customers.height)
    return customers["customer_id"].extend_constant(None, 1).gather(place[done.first])


class _AskVehicles(PartitionFn):
    """All customers of a vehicle -> who has come to it anew."""

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        deviations = rules.ask_vehicles(found(gather(partition[1]), _VEHICLES, rules.VEHICLES_SCHEMA))
        if deviations.height:
            yield to_batch(deviations.rename({"_part": "_to"}), DEVIATIONS)


@dataclass
class MakeGolden(beam.PTransform):
    """{GOLDEN, FORMER, STANDING: PCollection[RecordBatch with ``_to``]} -> PCollection[RecordBatch] of cells of counts by customer.

    Writes customers and changes.
    """

    night: Night
    sink: Sink
    shuffling: Shuffling
    progress: Progress

    def expand(self, streams: Any) -> beam.PCollection:
        """Bring each customer's records and parties together."""
        making = _MakeGolden(self.night, self.sink, self.shuffling.threads, self.progress)
        return (
            tuple(rows | f"Cut {name}" >> PartitionBatches(self.shuffling) for name, rows in dict(streams).items())
            | "All" >> beam.Flatten()
            | "Customers" >> beam.GroupByKey()
            | "Golden" >> beam.ParDo(making)
        )


class _MakeGolden(PartitionFn):
    def __init__(self, night: Night, sink: Sink, threads: int, progress: Progress) -> None:
        super().__init__(threads)
        self.night = night
        self.sink = sink
        self.progress = progress

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        number, segments = partition
        frames = gather(segments)
        former = found(frames, FORMER, CUSTOMERS.schema)
        by_customer = self.night.verdicts.by("customer")
        untouched, ruled, told = (
            found(frames, kind, standing_schema(by_customer)) for kind in (STANDING, STANDING_RULED, STANDING_TOLD)
        )
        standing = pl.concat([untouched, ruled]) if ruled.height else untouched
        customers = CUSTOMERS.schema.to_frame(eager=True)
        if GOLDEN in frames:
            members = marked(frames[GOLDEN], found(frames, VALUES, VERIFIED))
            customers = with_verdict(golden(members, GoldenSettings(self.night.on, self.night.kinds)), standing)
        for table, rows in ((CUSTOMERS, customers), (CHANGES, changes(former, customers, self.night.on))):
            if rows.height:
                self.sink.write(table.name, number, compact(rows))
        self.progress.mark("golden records", customers.height)
        if by_customer:
            yield from self._counts(untouched, ruled, told, by_customer)

    def _counts(
        self, untouched: pl.DataFrame, ruled: pl.DataFrame, told: pl.DataFrame, calibers: Sequence[Caliber]
    ) -> Iterator[pa.RecordBatch]:
        """A customer is counted whole: where a ruling changes any of this partition's, all of it is counted twice."""
        marked = {ALWAYS: untouched}
        if ruled.height or told.height:
            marked = {RULED: pl.concat([untouched, ruled]), TOLD: pl.concat([untouched, told])}
        for mark, persons in marked.items():
            summed = of_customers(persons, calibers, self.night.on)
            for kind, rows in ((CUSTOMER_CELLS, summed.finest), (MARGINS, summed.margins)):
                if rows.height:
                    yield here(rows.with_columns(pl.lit(mark).alias(COUNTED_IN)), 0, kind)


@dataclass
class ReadFormer(beam.PTransform):
    """PBegin -> PCollection[RecordBatch of a table of last night], each with ``_to`` by its column ``by``, of kind ``kind``."""

    parts: Sequence[TablePart]
    by: str
    kind: str
    batch_rows: int
    partitions: int

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection:
        """Read every part."""
        reading = _ReadFormer(self.by, self.kind, self.batch_rows, self.partitions)
        return (
            root
            | "Parts" >> beam.Create(list(self.parts), reshuffle=False)
            | "Spread" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(reading)
        )


class _ReadFormer(beam.DoFn):
    def __init__(self, by: str, kind: str, batch_rows: int, partitions: int) -> None:
        self.by = by
        self.kind = kind
        self.batch_rows = batch_rows
        self.partitions = partitions

    # The element is a port: Beam cannot check a hint that is a protocol.
    @guarded
    def process(self, part: Any) -> Iterator[pa.RecordBatch]:
        for batch in part.read(self.batch_rows):
            yield by_value(to_frame(batch), self.by, self.partitions, self.kind)


def by_value(rows: pl.DataFrame, column: str, partitions: int, kind: str) -> pa.RecordBatch:
    """Rows on their way to the partition of the value of ``column``."""
    to = partition_of(digest(rows[column]), partitions)
    return to_batch(rows.with_columns(_to=pl.Series(to)), kind)

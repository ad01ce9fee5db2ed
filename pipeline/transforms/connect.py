"""Forests of links -> the component of every node: in one place, or in rounds before it when links are many.

Each round is laid out, so that a night of a usual size is asked for none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline.core.matching import contraction
from pipeline.core.matching.components import LABEL_SCHEMA, merged, refuse_too_many
from pipeline.core.matching.contraction import HOP_SCHEMA, LINK_SCHEMA
from pipeline.transforms.coders import of_batches, to_frame
from pipeline.transforms.guard import guarded
from pipeline.transforms.partitions import Partition, PartitionFn
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import Meet, PartitionBatches, found, gather, here, sent

FOREST = "forest"
LABELS = "labels"

_HOPS = "hops"
_TOLD = "hops_told"
_OWN = "hops_own"


def links_kind(turn: int) -> str:
    """What links are called after round ``turn``: the measures of a run count them by it, at both ends."""
    return f"links_{turn}"


@dataclass
class Connect(beam.PTransform):
    """Streams of PCollection[batches of FOREST with ``_to`` 0] -> PCollection[(node partition, segment of LABELS)].

    ``together``: LABEL_SCHEMA, links of the driver's own. ``rounds`` of contraction come before the one place, which
    connects no more than ``largest`` links.
    """

    together: pl.DataFrame
    shuffling: Shuffling
    largest: int
    rounds: int = 0

    def expand(self, streams: Any) -> beam.PCollection:
        """Connect in one place, or around it."""
        streams = tuple(streams)
        if not self.rounds:
            # Cut first, joined after: what Beam keeps between stages are then references, not rows.
            return self._in_one_place(self._cut(streams) | "Forests" >> beam.Flatten(), self.together)
        own = streams[0].pipeline | "Together" >> beam.Create(
            [here(self.together, 0, FOREST)], reshuffle=False
        ).with_output_types(pa.RecordBatch)
        both = [
            stream | f"Both ways {number}" >> beam.ParDo(_BothWays(self.shuffling.partitions))
            for number, stream in enumerate((*streams, own))
        ]
        linked = self._cut(both) | "Links" >> beam.Flatten()
        return self._around(linked)

    def _cut(self, streams: Sequence[beam.PCollection]) -> tuple[beam.PCollection, ...]:
        return tuple(
            stream | f"Cut {number}" >> PartitionBatches(self.shuffling) for number, stream in enumerate(streams)
        )

    def _in_one_place(self, forests: beam.PCollection, together: pl.DataFrame) -> beam.PCollection:
        return (
            forests
            | "Forest" >> beam.GroupByKey()
            | "Connect" >> beam.ParDo(_Connect(together, self.shuffling.partitions, self.largest))
            | "To node" >> PartitionBatches(self.shuffling, 1)
        )

    def _around(self, linked: beam.PCollection) -> beam.PCollection:
        """Hop there, round by round, and the same way back with labels."""
        hops = []
        for turn in range(1, self.rounds + 1):
            hopped, linked = self._round(linked, turn)
            hops.append(hopped)
            linked = (hopped, linked) | f"Arrived {turn}" >> Meet()
        left = (
            linked
            | "Left" >> beam.GroupByKey()
            | "Leave" >> beam.ParDo(_Leave(self.shuffling, self.rounds))
            | "To one place" >> PartitionBatches(self.shuffling)
        )
        labels = self._in_one_place(left, LABEL_SCHEMA.to_frame(eager=True))
        for turn in range(self.rounds, 0, -1):
            labels = (
                (hops[turn - 1], labels)
                | f"Labels {turn}" >> Meet()
                | f"Met {turn}" >> beam.GroupByKey()
                | f"Carry back {turn}" >> beam.ParDo(_CarryBack(self.shuffling))
                | f"To hopped {turn}" >> PartitionBatches(self.shuffling)
            )
        return labels

    def _round(self, linked: beam.PCollection, turn: int) -> tuple[beam.PCollection, beam.PCollection]:
        """Hops of the round, and the links after it."""
        hopped = (
            linked
            | f"Linked {turn}" >> beam.GroupByKey()
            | f"Hop {turn}" >> of_batches(beam.ParDo(_Hop(self.shuffling, turn)), _HOPS, main=_TOLD)
        )
        links = (
            hopped[_TOLD]
            | f"To neighbour {turn}" >> PartitionBatches(self.shuffling)
            | f"Told {turn}" >> beam.GroupByKey()
            | f"Contract {turn}" >> beam.ParDo(_Contract(self.shuffling, turn))
            | f"To class {turn}" >> PartitionBatches(self.shuffling)
        )
        return hopped[_HOPS] | f"Cut hops {turn}" >> PartitionBatches(self.shuffling), links


class _BothWays(beam.DoFn):
    def __init__(self, partitions: int) -> None:
        self.partitions = partitions

    @guarded
    def process(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        links = contraction.both_ways(to_frame(batch))
        yield sent(links, "node", self.partitions, links_kind(0))


class _Hop(PartitionFn):
    """All links of some nodes -> where these hop to, told to their neighbours and to where they hop to."""

    def __init__(self, shuffling: Shuffling, turn: int) -> None:
        super().__init__(shuffling.threads)
        self.partitions = shuffling.partitions
        self.turn = turn

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        number, segments = partition
        frames = gather(segments)
        links = found(frames, links_kind(self.turn - 1), LINK_SCHEMA)
        hopped = contraction.hops(links, found(frames, _HOPS, HOP_SCHEMA), self.turn)
        yield beam.pvalue.TaggedOutput(_HOPS, sent(hopped, "to", self.partitions, _HOPS))
        yield sent(contraction.heard(links, hopped), "node", self.partitions, _TOLD)
        yield here(hopped, number, _OWN)


class _Contract(PartitionFn):
    """What some nodes were told of their neighbours' hops -> links between where both ends are now."""

    def __init__(self, shuffling: Shuffling, turn: int) -> None:
        super().__init__(shuffling.threads)
        self.partitions = shuffling.partitions
        self.turn = turn

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        frames = gather(partition[1])
        links = contraction.contracted(found(frames, _TOLD, LINK_SCHEMA), found(frames, _OWN, HOP_SCHEMA))
        yield sent(links, "node", self.partitions, links_kind(self.turn))


class _Leave(PartitionFn):
    """Links that the rounds left, as a forest on its way to the one place."""

    def __init__(self, shuffling: Shuffling, rounds: int) -> None:
        super().__init__(shuffling.threads)
        self.rounds = rounds

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        frames = gather(partition[1])
        links = found(frames, links_kind(self.rounds), LINK_SCHEMA)
        yield here(contraction.left_over(links, found(frames, _HOPS, HOP_SCHEMA)), 0, FOREST)


class _CarryBack(PartitionFn):
    """Labels of nodes -> labels of those that hopped there."""

    def __init__(self, shuffling: Shuffling) -> None:
        super().__init__(shuffling.threads)
        self.partitions = shuffling.partitions

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        frames = gather(partition[1])
        arrived, labels = found(frames, _HOPS, HOP_SCHEMA), found(frames, LABELS, LABEL_SCHEMA)
        yield sent(contraction.carried_back(arrived, labels), "node", self.partitions, LABELS)


class _Connect(beam.DoFn):
    """All forests -> the component of every node, in one place: sixteen bytes a node."""

    def __init__(self, together: pl.DataFrame, partitions: int, largest: int) -> None:
        self.together = together
        self.partitions = partitions
        self.largest = largest

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[pa.RecordBatch]:
        edges = found(gather(partition[1]), FOREST, LABEL_SCHEMA)
        refuse_too_many(edges.height, self.largest)
        yield sent(merged([edges, self.together]), "node", self.partitions, LABELS)

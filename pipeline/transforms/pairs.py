"""Tellings -> candidate pairs -> compared pairs: three shuffles, by key, by left and by right telling."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.core.digest import digest, partition_of, places_among
from pipeline.core.matching import blocking, decided, silence
from pipeline.core.matching.components import forest
from pipeline.core.matching.describe import COMPLETE, LIFETIME, TELLING
from pipeline.core.matching.matcher import Matcher, counted
from pipeline.core.matching.model import Model
from pipeline.core.matching.tellings import MEMBERS_SCHEMA, PAPERS_SCHEMA, TELLINGS_SCHEMA, each_paper, once
from pipeline.transforms.coders import of_batches, to_batch, to_frame
from pipeline.transforms.connect import FOREST, LABELS, Connect
from pipeline.transforms.guard import guarded
from pipeline.transforms.partitions import Partition, PartitionFn
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import Meet, PartitionBatches, found, gather, here, sent

TELLINGS = "tellings"
MEMBERS = "members"
PAPERS = "papers"
GONE = "gone"
EDGES = "edges"
EACH = "each telling"
SILENCES = "silences"
CAPPED = "capped"
SEEN = "seen"

_KEYS = "keys"
_NUMBERED = "numbered"
_PAIRS = "pairs"
_VISITORS = "visitors"
_COMPARED = "compared"

GONE_SCHEMA = pl.Schema({"record": pl.UInt64(), "customer_id": pl.String()})
_VISITING = ("telling", *TELLING)
_VISITING_SCHEMA = pl.Schema({name: TELLINGS_SCHEMA[name] for name in _VISITING})
"""What of a telling is compared."""


@dataclass
class ComparePairs(beam.PTransform):
    """PCollection[(telling partition, segment of TELLINGS, MEMBERS, PAPERS, GONE)] -> {EDGES, LABELS, SEEN}.

    EDGES: segments of EACH, SILENCES and EDGES under the partition of the (right) telling; LABELS: under that of the
    node; SEEN: segments of patterns and capped blocks, under 0. ``ends``: what people decided about, in ENDS_SCHEMA; the
    ends of a decision are connected. ``train``: PCollection[batches of SEEN] -> PCollection of the one model to weigh
    with instead of the matcher's. ``rounds``: of contraction before links are connected in one place.
    """

    matcher: Matcher
    ends: pl.DataFrame
    shuffling: Shuffling
    progress: Progress
    train: beam.PTransform | None = None
    rounds: int = 0

    def expand(self, told: beam.PCollection) -> Any:
        """Bring together, block, join, compare, connect."""
        brought = (
            told
            | "Tellings" >> beam.GroupByKey()
            | "Bring"
            >> of_batches(beam.ParDo(_Bring(self.matcher, self.ends, self.shuffling)), TELLINGS, FOREST, main=_KEYS)
        )
        tellings = brought[TELLINGS] | "Cut tellings" >> PartitionBatches(self.shuffling, 3)
        blocked = (
            brought[_KEYS]
            | "To key" >> PartitionBatches(self.shuffling, 1)
            | "Keys" >> beam.GroupByKey()
            | "Block" >> of_batches(beam.ParDo(_Block(self.matcher, self.shuffling, self.progress)), SEEN, main=_PAIRS)
        )
        pairs = blocked[_PAIRS] | "To left" >> PartitionBatches(self.shuffling, 1)
        halves = (
            (tellings, pairs)
            | "At left" >> Meet()
            | "Left" >> beam.GroupByKey()
            | "Join left" >> beam.ParDo(_JoinLeft(self.shuffling))
            | "To right" >> PartitionBatches(self.shuffling, 1)
        )
        compared = (
            (tellings, halves)
            | "At right" >> Meet()
            | "Right" >> beam.GroupByKey()
            | "Compare"
            >> of_batches(
                beam.ParDo(_Compare(self.matcher, self.shuffling, self.progress)), SILENCES, SEEN, main=_COMPARED
            )
        )
        models = [] if self.train is None else [beam.pvalue.AsSingleton(compared[SEEN] | "Train" >> self.train)]
        weighed = compared[_COMPARED] | "Weigh" >> of_batches(
            beam.ParDo(_Weigh(self.matcher, self.shuffling.threads), *models), FOREST, main=EDGES
        )
        # Cut first, joined after: what Beam keeps between stages are then references, not rows.
        silences, edges, blocks, patterns = (
            rows | f"Cut {name}" >> PartitionBatches(self.shuffling, readers)
            for name, rows, readers in (
                ("silences", compared[SILENCES], 1),
                ("edges", weighed[EDGES], 1),
                ("blocks", blocked[SEEN], 0),
                ("patterns", compared[SEEN], 0),
            )
        )
        together = decided.hung_together(self.ends).rename({"left": "node", "right": "component"})
        labels = (brought[FOREST], weighed[FOREST]) | "Connected" >> Connect(
            together, self.shuffling, self.matcher.largest_forest, self.rounds
        )
        return {
            EDGES: (tellings, silences, edges) | "Edges" >> Meet(),
            LABELS: labels,
            SEEN: (blocks, patterns) | "Seen" >> beam.Flatten(),
        }


class _Bring(PartitionFn):
    """All tellings of one digest range -> each once, with its keys; former customers and decided records as edges."""

    def __init__(self, matcher: Matcher, ends: pl.DataFrame, shuffling: Shuffling) -> None:
        super().__init__(shuffling.threads)
        self.matcher = matcher
        self.ends = ends
        self.partitions = shuffling.partitions

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        frames = gather(partition[1])
        tellings = once(found(frames, TELLINGS, TELLINGS_SCHEMA))
        if not tellings.height:
            return
        yield beam.pvalue.TaggedOutput(TELLINGS, here(tellings, partition[0], EACH))
        keys = blocking.keys(tellings, self.matcher.keys, self.matcher.refine)
        papers = each_paper(found(frames, PAPERS, PAPERS_SCHEMA))
        keys = pl.concat([keys, blocking.outside_keys(papers, tellings, self.matcher.keys, self.matcher.refine)])
        yield sent(keys, "key", self.partitions, _KEYS)
        numbered = tellings.select("telling", "name", "sound", "sound_code", "records", key="cert_code")
        yield sent(
            numbered.filter((tellings["cert_state"] == LIFETIME) & (tellings["name_state"] == COMPLETE)),
            "key",
            self.partitions,
            _NUMBERED,
        )
        members = found(frames, MEMBERS, MEMBERS_SCHEMA)
        known = members.select("telling", "customer_id").drop_nulls().unique()
        named = members.select("telling", end="record").join(self.ends, on="end", how="semi")
        if known.height or named.height:
            known = known.select("telling", end=pl.Series(digest(known["customer_id"]), dtype=pl.UInt64))
            edges = pl.concat([known, named])
            yield beam.pvalue.TaggedOutput(
                FOREST, here(forest(edges["telling"].to_numpy(), edges["end"].to_numpy()), 0, FOREST)
            )


class _Block(PartitionFn):
    """All rows of a key -> pairs, and values that do not speak."""

    def __init__(self, matcher: Matcher, shuffling: Shuffling, progress: Progress) -> None:
        super().__init__(shuffling.threads)
        self.matcher = matcher
        self.partitions = shuffling.partitions
        self.progress = progress

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        frames = gather(partition[1])
        keys = found(frames, _KEYS, blocking.KEY_SCHEMA)
        blocks = blocking.pairs(keys, self.matcher.largest_block)
        self.progress.mark("pairs proposed", blocks.pairs.height)
        yield sent(blocks.pairs, "left", self.partitions, _PAIRS)
        silences = [
            silence.suspects(found(frames, _NUMBERED, silence.NUMBERED_SCHEMA)),
            silence.shared_numbers(keys, blocking.number_of(silence.MOBILE_KEY, self.matcher.keys)),
        ]
        yield sent(pl.concat(silences), "telling", self.partitions, SILENCES)
        if blocks.capped.height:
            yield beam.pvalue.TaggedOutput(SEEN, here(blocks.capped, 0, CAPPED))


class _JoinLeft(PartitionFn):
    """Each pair once, on its way to its right side with the left tellings it needs there."""

    def __init__(self, shuffling: Shuffling) -> None:
        super().__init__(shuffling.threads)
        self.partitions = shuffling.partitions

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        number, segments = partition
        frames = gather(segments, columns={EACH: _VISITING})
        silences = found(frames, SILENCES, silence.SILENCE_SCHEMA)
        yield here(silences, number, SILENCES)
        pairs = blocking.distinct(found(frames, _PAIRS, blocking.PAIR_SCHEMA))
        if not pairs.height:
            return
        tellings = silence.hush(found(frames, EACH, _VISITING_SCHEMA), silences)
        to = partition_of(pairs["right"].to_numpy(), self.partitions)
        yield to_batch(pairs.with_columns(_to=pl.Series(to)), _PAIRS)
        yield to_batch(self._visiting(tellings, pairs["left"], to, number), _VISITORS)

    def _visiting(self, tellings: pl.DataFrame, left: pl.Series, to: npt.NDArray[np.uint16], home: int) -> pl.DataFrame:
        """Tellings, each for every partition but its ``home`` that one of its pairs goes ``to``."""
        wanted = np.zeros((self.partitions, tellings.height), np.bool_)
        wanted[to, places_among(tellings["telling"], left)] = True
        wanted[home] = False
        # By partition: what is in order need not be put in order where it is cut.
        there, at = np.nonzero(wanted)
        return tellings[at].with_columns(_to=pl.Series(there.astype(np.uint16)))


class _Compare(PartitionFn):
    def __init__(self, matcher: Matcher, shuffling: Shuffling, progress: Progress) -> None:
        super().__init__(shuffling.threads)
        self.matcher = matcher
        self.progress = progress

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        number, segments = partition
        frames = gather(segments, columns={EACH: _VISITING})
        silences = found(frames, SILENCES, silence.SILENCE_SCHEMA)
        if silences.height:
            yield beam.pvalue.TaggedOutput(SILENCES, here(silences, number, SILENCES))
        pairs = found(frames, _PAIRS, blocking.PAIR_SCHEMA)
        if not pairs.height:
            return
        own = silence.hush(found(frames, EACH, _VISITING_SCHEMA), silences)
        visitors = found(frames, _VISITORS, _VISITING_SCHEMA)
        compared = self.matcher.patterned(pl.concat([own, visitors]), pairs)
        self.progress.mark("pairs compared", pairs.height)
        yield here(compared, number, _COMPARED)
        yield beam.pvalue.TaggedOutput(SEEN, here(counted(compared), 0, SEEN))


class _Weigh(PartitionFn):
    """Compared pairs -> edges worth keeping, and a forest of the links among them."""

    def __init__(self, matcher: Matcher, threads: int) -> None:
        super().__init__(threads)
        self.matcher = matcher

    def process(self, batch: pa.RecordBatch, model: Model | None = None) -> Iterator[pa.RecordBatch]:
        yield from self.begun((batch, model or self.matcher.model))

    @guarded
    def work(self, partition: tuple[pa.RecordBatch, Model]) -> Iterator[Any]:
        batch, model = partition
        compared = to_frame(batch)
        number = compared["_to"][0]
        edges = self.matcher.weighed(compared, model)
        yield here(edges, number, EDGES)
        links = edges.filter(pl.col("weight") >= self.matcher.link_at)
        yield beam.pvalue.TaggedOutput(
            FOREST, here(forest(links["left"].to_numpy(), links["right"].to_numpy()), 0, FOREST)
        )

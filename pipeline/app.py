"""The whole night on one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline.core.night import Night
from pipeline.core.schema import REVIEW_PAIRS
from pipeline.core.standardise import FeedSpec
from pipeline.ports import Chunk, Sink, TablePart
from pipeline.transforms.connect import LABELS
from pipeline.transforms.count import Count
from pipeline.transforms.customers import (
    ASSIGNED,
    DECIDED,
    FORMER,
    GOLDEN,
    STANDING,
    MakeGolden,
    ReadFormer,
    ResolveCustomers,
)
from pipeline.transforms.judge import COUNTS, EVIDENCE, TO_PLACE, Judge
from pipeline.transforms.pairs import EDGES, SEEN, ComparePairs
from pipeline.transforms.partitions import of_policies
from pipeline.transforms.progress import Progress
from pipeline.transforms.read import ReadFeeds
from pipeline.transforms.rules import ANSWERS, TOLD, AskRules
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches
from pipeline.transforms.standardise import Standardise
from pipeline.transforms.state import ReadState
from pipeline.transforms.verdict import NUMBERS_BEFORE, JudgeParties


@dataclass(frozen=True)
class Plan:
    """Everything a night needs. ``state``, ``former`` and ``numbers``: last night's observations, customers and
    numbers; ``overridden``: observations that rulings changed, as they were told.

    ``seen``: counts of the inspection, each batch with ``_to``. ``undecided``: rejects of the decisions, which the driver
    reads. ``contraction_rounds``: rounds in which links are contracted before one place connects them.
    """

    chunks: Sequence[Chunk]
    state: Sequence[TablePart]
    overridden: pl.DataFrame
    former: Sequence[TablePart]
    numbers: Sequence[TablePart]
    specs: Mapping[str, FeedSpec]
    night: Night
    seen: Sequence[pa.RecordBatch]
    undecided: Sequence[pa.RecordBatch]
    sink: Sink
    shuffling: Shuffling
    batch_rows: int
    progress: Progress
    contraction_rounds: int = 0


def build(root: beam.Pipeline, plan: Plan) -> None:
    """Lay out the night on ``root``; nothing runs until ``root`` does."""
    partitions = plan.shuffling.partitions
    rows = root | "Feeds" >> ReadFeeds(plan.chunks, plan.batch_rows, plan.progress)
    told = rows | "Observe" >> Standardise(plan.specs, partitions, plan.progress)
    undecided = root | "Undecided" >> beam.Create(list(plan.undecided), reshuffle=False).with_output_types(
        pa.RecordBatch
    )
    state = root | "State" >> ReadState(plan.state, plan.overridden, plan.batch_rows, partitions, plan.progress)
    # Cut first, joined after: what Beam keeps between stages are then references, not rows.
    by_record = (
        tuple(
            rows | f"Cut {name}" >> PartitionBatches(plan.shuffling)
            for name, rows in (("feeds", told), ("undecided", undecided), ("state", state))
        )
        | "All" >> beam.Flatten()
    )
    asked = by_record | "Ask" >> AskRules(plan.night, plan.shuffling, plan.progress)
    pairs = asked[TOLD] | "Match" >> ComparePairs(
        plan.night.matcher, plan.night.ends, plan.shuffling, plan.progress, rounds=plan.contraction_rounds
    )
    connected = {TOLD: asked[TOLD], EDGES: pairs[EDGES], LABELS: pairs[LABELS]}
    customers = connected | "Customers" >> ResolveCustomers(plan.night, plan.sink, plan.shuffling, plan.progress)
    judging = Judge(plan.night, plan.sink, plan.shuffling, plan.progress)
    streams = {"by_record": by_record, ANSWERS: asked[ANSWERS], ASSIGNED: customers[ASSIGNED]}
    judged = streams | "Judge" >> judging
    homes = of_policies(partitions)
    before = root | "Numbers" >> ReadFormer(plan.numbers, "policy_no", NUMBERS_BEFORE, plan.batch_rows, homes)
    heard = {EVIDENCE: judged[EVIDENCE], TO_PLACE: judged[TO_PLACE], NUMBERS_BEFORE: before}
    parties = heard | "Verdict" >> JudgeParties(plan.night, plan.sink, plan.shuffling, plan.progress)
    former = root | "Former" >> ReadFormer(plan.former, "customer_id", FORMER, plan.batch_rows, partitions)
    making = MakeGolden(plan.night, plan.sink, plan.shuffling, plan.progress)
    by_customer = {GOLDEN: judged[GOLDEN], FORMER: former, STANDING: parties[STANDING]} | "Golden" >> making
    counts = {
        "judged": judged[COUNTS],
        "parties": parties[COUNTS],
        "golden": by_customer,
        "reviews": customers[REVIEW_PAIRS.name],
        "decided": customers[DECIDED],
        "seen": root | "Seen" >> beam.Create(list(plan.seen), reshuffle=False).with_output_types(pa.RecordBatch),
    }
    cut = [rows | f"Cut counts {name}" >> PartitionBatches(plan.shuffling) for name, rows in counts.items()]
    (*cut, pairs[SEEN]) | "Counts" >> beam.Flatten() | "Count" >> Count(plan.night, plan.sink)

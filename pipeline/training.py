"""A model of matching from a published night: compare as a night does, count patterns, estimate (EM), report drift."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline import __version__
from pipeline.core.matching import drift
from pipeline.core.matching.decided import ENDS_SCHEMA
from pipeline.core.matching.matcher import Matcher
from pipeline.core.matching.model import Model, digest_of, estimate
from pipeline.core.schema import OBSERVATIONS
from pipeline.engine import Engine, spill_folder, threads
from pipeline.errors import RunError
from pipeline.nightly import PARTITION_ROWS
from pipeline.order import Watcher
from pipeline.ports import Archive, PublishedNight, Staging
from pipeline.settings import Settings
from pipeline.transforms.count import WriteSeen
from pipeline.transforms.pairs import SEEN, ComparePairs
from pipeline.transforms.progress import Progress
from pipeline.transforms.retell import TellAgain
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches

log = logging.getLogger(__name__)

NEVER = 10**9
"""Millibits no pair reaches: training counts pairs and links none."""


@dataclass(frozen=True)
class Order:
    """What is to be trained on, from which matcher on, and with what it is run and watched."""

    settings: Settings
    night: PublishedNight
    matcher: Matcher
    archive: Archive
    engine: Engine
    watcher: Watcher


@dataclass(frozen=True)
class Trained:
    """``model`` with its provenance; ``drifted``: DRIFT_SCHEMA against the model in use."""

    model: Model
    drifted: pl.DataFrame


def train(order: Order) -> Trained:
    """Estimate a model. Nothing is published; no other run can use the archive meanwhile."""
    with order.archive.stage(order.night.day) as staging:
        partitions = order.settings.engine.partitions or -(-order.night.rows(OBSERVATIONS.name) // PARTITION_ROWS)
        spill = spill_folder(order.settings.engine, order.engine, staging.spill_folder)
        progress = Progress(staging.progress_folder if order.engine.local else "")
        with order.watcher.watch(progress, order.night.rows(OBSERVATIONS.name)):
            shuffling = Shuffling(max(1, partitions), spill, threads(order.settings.engine, order.engine))
            order.engine.run(lambda root: _build(root, order, shuffling, progress, staging))
        seen = _seen(staging)
    before, comparisons = order.matcher.model, order.matcher.comparisons
    model = estimate(seen["pattern"].to_numpy(), seen["pairs"].to_numpy(), comparisons, before.comparisons, before)
    model = replace(model, provenance=_provenance(order, seen))
    drifted = drift.drift(before, model, comparisons, seen)
    far = drift.warnings(drifted)
    if far.height:
        log.warning("%d of %d levels drifted by more than %g bits", far.height, drifted.height, drift.WORTH_A_WARNING)
    return Trained(model, drifted)


def _build(root: beam.Pipeline, order: Order, shuffling: Shuffling, progress: Progress, staging: Staging) -> None:
    night = order.night
    kinds = {name: feed["kind"] for name, feed in night.run["feeds"].items()}
    telling = TellAgain(
        night.parts(OBSERVATIONS.name),
        night.day,
        kinds,
        order.settings.engine.batch_rows,
        shuffling.partitions,
        progress,
    )
    counting = replace(order.matcher, link_at=NEVER, review_at=NEVER)
    # Decisions of stewards teach nothing about weights.
    told = root | "Observations" >> telling | "Cut tellings" >> PartitionBatches(shuffling)
    pairs = told | "Match" >> ComparePairs(counting, ENDS_SCHEMA.to_frame(eager=True), shuffling, progress)
    pairs[SEEN] | "Count" >> WriteSeen(staging.sink)


def _seen(staging: Staging) -> pl.DataFrame:
    if not staging.rows(SEEN):
        raise RunError("training", "no two records have a key in common", "Train on a night with more records.")
    table: pa.Table = staging.read(SEEN)
    return pl.DataFrame(table)


def _provenance(order: Order, seen: pl.DataFrame) -> Mapping[str, Any]:
    return {
        "made_from": "a published night",
        "method": "EM over pattern counts, two classes",
        "business_date": order.night.day.isoformat(),
        "pairs": int(seen["pairs"].sum()),
        "patterns": seen.height,
        "versions": {name: metadata.version(name) for name in ("apache-beam", "numpy", "polars")}
        | {"zhenke": __version__},
        "settings_digest": order.settings.digest,
        "night_settings_digest": order.night.run["settings_digest"],
        "started_from": digest_of(order.matcher.model),
    }

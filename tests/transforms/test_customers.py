"""Tellings to customers through Beam, against the core's functions called one after another."""

from datetime import date
from pathlib import Path

import apache_beam as beam
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from connectors.sinks.parquet import ParquetSink
from pipeline import engine
from pipeline.core.digest import digest
from pipeline.core.identity.inherit import inherit
from pipeline.core.matching import blocking, silence, tellings
from pipeline.core.matching.components import forest, merged
from pipeline.core.matching.describe import COMPLETE, LIFETIME
from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.resolve import NEEDED, resolve
from pipeline.core.night import ASSIGNED_SCHEMA, Night
from pipeline.settings import EngineSettings
from pipeline.transforms import connect, pairs
from pipeline.transforms.coders import to_batch
from pipeline.transforms.customers import ASSIGNED, ResolveCustomers
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches, gather, sent
from tests.core.matching.examples import NIGHT, examined
from tests.strategies_certificates import with_check_character

IDS = [with_check_character(body) for body in ("32010619850101123", "11010119720307441", "32010619900512204")]
PHONE, AGENT = "13951426878", "13770684215"
CAR = "苏A12345"
STRANGERS = ("赵国栋", "欧阳娜娜", "周杰", "孙立军", "吴晓燕", "郑重", "冯海涛", "卫东升")
SAID = [
    {"name": "王小明", "cert_type": "身份证", "cert_no": IDS[0], "mobile": PHONE, "plate": CAR},
    {"name": "王小明", "mobile": PHONE},
    {"name": "王晓铭", "mobile": PHONE, "plate": CAR},
    {"name": "王先生", "mobile": PHONE, "gender": "男", "plate": CAR},
    {"name": "李芳", "cert_type": "身份证", "cert_no": IDS[1], "mobile": PHONE, "plate": CAR},
    {"name": "李芳", "cert_type": "身份证", "cert_no": IDS[1]},
    # The number of another, by a slip.
    {"name": "陈静", "cert_type": "身份证", "cert_no": IDS[1], "mobile": "18651679903"},
    {"name": "陈静", "cert_type": "身份证", "cert_no": IDS[2], "mobile": "18651679903"},
    *({"name": name, "mobile": AGENT, "policy_no": f"P{place}"} for place, name in enumerate(STRANGERS)),
]
ON = (NIGHT, date(2026, 11, 21))


def rows(known: dict[int, str]) -> pl.DataFrame:
    """Rows of ROW_SCHEMA of what is said. ``known``: record -> last night's customer."""
    whose = pl.col("_record").replace_strict(known, default=None, return_dtype=pl.String)
    return tellings.rows(examined(SAID).with_columns(_customer=whose))


def by_hand(told: pl.DataFrame, on: date) -> dict[int, str]:
    """Record -> customer, with everything in one place."""
    matcher = packaged()
    found = tellings.tell(told, np.zeros(0, np.uint64))
    keys = pl.concat(
        [
            blocking.keys(found.tellings, matcher.keys, matcher.refine),
            blocking.outside_keys(found.papers, found.tellings, matcher.keys, matcher.refine),
        ]
    )
    numbered = found.tellings.filter((pl.col("cert_state") == LIFETIME) & (pl.col("name_state") == COMPLETE))
    silences = [
        silence.suspects(numbered.select("telling", "name", "sound", "sound_code", "records", key="cert_code")),
        silence.shared_numbers(keys, blocking.number_of(silence.MOBILE_KEY, matcher.keys)),
    ]
    hushed = silence.hush(found.tellings, pl.concat(silences)).sort("telling")
    edges, _ = matcher.compare(hushed, blocking.distinct(blocking.pairs(keys).pairs))
    links = edges.filter(pl.col("weight") >= matcher.link_at)
    groups = resolve(hushed.select(NEEDED), links, matcher.largest_component).groups
    members = found.members.join(groups, on="telling")
    customers = inherit(members, on).customers
    assert merged([forest(links["left"].to_numpy(), links["right"].to_numpy())])["component"].n_unique() > 1
    return dict(members.drop("customer_id").join(customers, on="group").select("record", "customer_id").iter_rows())


def through_beam(told: pl.DataFrame, on: date, partitions: int, folder: Path) -> dict[int, str]:
    """The same through the transforms; the rows come in three batches."""
    shuffling = Shuffling(partitions, "", threads=2)
    batches = []
    for part in range(3):
        piece = tellings.tell(told[part::3], np.zeros(0, np.uint64))
        members = piece.members.with_columns(part=pl.lit(part % partitions, pl.UInt16))
        kinds = ((pairs.TELLINGS, piece.tellings), (pairs.MEMBERS, members), (pairs.PAPERS, piece.papers))
        batches += [sent(frame, "telling", partitions, kind) for kind, frame in kinds]
    root = engine.choose(EngineSettings(), []).pipeline()
    brought = (
        root
        | beam.Create(batches, reshuffle=False).with_output_types(pa.RecordBatch)
        | "Cut" >> PartitionBatches(shuffling)
    )
    night = Night(on, {})
    compared = brought | "Match" >> pairs.ComparePairs(night.matcher, night.ends, shuffling, Progress())
    streams = {"told": brought, pairs.EDGES: compared[pairs.EDGES], connect.LABELS: compared[connect.LABELS]}
    sink = ParquetSink(str(folder))
    resolved = streams | "Customers" >> ResolveCustomers(night, sink, shuffling, Progress())
    _ = resolved[ASSIGNED] | beam.GroupByKey() | beam.ParDo(_Keep(sink))
    root.run().wait_until_finish()
    found = pl.read_parquet(folder / ASSIGNED / "*.parquet")
    assert found.height == told.height
    return dict(found.select("record", "customer_id").iter_rows())


class _Keep(beam.DoFn):
    def __init__(self, sink: ParquetSink) -> None:
        self.sink = sink

    def process(self, partition):
        frame = gather(partition[1])[ASSIGNED].select(ASSIGNED_SCHEMA.names())
        self.sink.write(ASSIGNED, partition[0], to_batch(frame))
        return []


def groups(customers: dict[int, str]) -> set[frozenset[int]]:
    """Places of what is said, by customer."""
    place = {record: at for at, record in enumerate(digest(examined(SAID)["record_id"]).tolist())}
    found: dict[str, set[int]] = {}
    for record, customer in customers.items():
        found.setdefault(customer, set()).add(place[record])
    return {frozenset(members) for members in found.values()}


@pytest.fixture(scope="module")
def first() -> dict[int, str]:
    return by_hand(rows({}), ON[0])


def test_who_is_who(first: dict[int, str]) -> None:
    strangers = {frozenset({place}) for place in range(8, len(SAID))}
    assert groups(first) == {frozenset({0, 1, 2, 3}), frozenset({4, 5}), frozenset({6, 7}), *strangers}


@pytest.mark.parametrize("partitions", [1, 3])
def test_partitions_give_the_customers_of_one_place(partitions: int, first: dict[int, str], tmp_path: Path) -> None:
    assert through_beam(rows({}), ON[0], partitions, tmp_path) == first


def test_a_second_night_keeps_every_customer(first: dict[int, str], tmp_path: Path) -> None:
    assert through_beam(rows(first), ON[1], 2, tmp_path) == first == by_hand(rows(first), ON[1])
    assert not (tmp_path / "identity_events").exists()

from pathlib import Path

import apache_beam as beam
import polars as pl
import pyarrow as pa
import pytest
from apache_beam.testing.util import assert_that
from hypothesis import given
from hypothesis import strategies as st

from pipeline import engine
from pipeline.settings import EngineSettings
from pipeline.transforms import coders, segments, shuffle

frames = st.lists(st.tuples(st.integers(0, 4), st.none() | st.text(max_size=5)), max_size=40).map(
    lambda rows: pl.DataFrame(rows, schema={"_to": pl.UInt16, "text": pl.String}, orient="row")
)


@given(frames)
def test_every_row_goes_to_its_partition_and_keeps_its_order(frame: pl.DataFrame) -> None:
    parts = dict(shuffle.cut(frame, "kind"))
    assert sorted(parts) == sorted(set(frame["_to"]))
    for partition, batch in parts.items():
        (gathered,) = shuffle.gather([segments.MemoryWriter().write(batch)]).items()
        assert gathered[0] == "kind"
        assert gathered[1].equals(frame.filter(pl.col("_to") == partition).drop("_to"))


def test_a_column_without_a_value_is_not_written_and_comes_back() -> None:
    frame = pl.DataFrame(
        {"_to": [0, 0], "text": ["a", "b"], "nothing": [None, None]},
        schema={"_to": pl.UInt16, "text": pl.String, "nothing": pl.Date},
    )
    ((_, batch),) = shuffle.cut(frame, "kind")
    assert batch.schema.names == ["text"]
    assert shuffle.gather([segments.MemoryWriter().write(batch)])["kind"].equals(frame.drop("_to"))
    assert shuffle.gather([segments.MemoryWriter().write(batch)], columns={"kind": ("nothing",)})["kind"].schema == {
        "nothing": pl.Date
    }


@given(frames)
def test_a_batch_survives_its_coder(frame: pl.DataFrame) -> None:
    coder = coders.RecordBatchCoder()
    batch = coders.to_batch(frame, "kind")
    home = coder.decode(coder.encode(batch))
    assert coders.to_frame(home).equals(frame)
    assert coders.kind_of(home) == "kind"


def test_a_slice_is_written_without_its_parent() -> None:
    for form in (coders.to_batch, coders.compact):
        batch = form(pl.DataFrame({"text": [f"{number:>40}" for number in range(10_000)]}))
        assert len(coders.encode(batch.slice(5, 10))) < len(coders.encode(batch)) / 50


def test_few_rows_that_wait_to_be_cut_do_not_keep_the_texts_of_all() -> None:
    texts = pl.DataFrame({"_to": pl.repeat(0, 100_000, dtype=pl.UInt16, eager=True), "text": "x" * 1000})
    texts = texts.with_columns(pl.col("text") + pl.int_range(pl.len()).cast(pl.String))
    cut = shuffle._Cut(segments.Shuffling(1))
    cut.start_bundle()
    for start in range(0, 100_000, 1000):
        assert not list(cut.process(coders.to_batch(texts[start : start + 2], "kind")))
    waiting = sum(coders.to_batch(frame).get_total_buffer_size() for frame in cut.gathered["kind"])
    assert waiting < 200 * 1100 * 2


def test_few_numbers_that_stood_side_by_side_do_not_keep_all_of_them() -> None:
    numbers = pl.DataFrame({"_to": pl.repeat(0, 1_000_000, dtype=pl.UInt16, eager=True), "n": range(1_000_000)})
    cut = shuffle._Cut(segments.Shuffling(1))
    cut.start_bundle()
    assert not list(cut.process(coders.to_batch(numbers[1000:1010], "kind")))
    (waiting,) = cut.gathered["kind"]
    first, at = numbers["n"].to_numpy().ctypes.data, waiting["n"].to_numpy().ctypes.data
    assert not first <= at < first + numbers["n"].to_numpy().nbytes


def test_what_was_handed_on_does_not_stay_with_the_step() -> None:
    cut = shuffle._Cut(segments.Shuffling(1))
    cut.start_bundle()
    frame = pl.DataFrame({"_to": [0, 0], "n": [1, 2]}, schema_overrides={"_to": pl.UInt16})
    assert not list(cut.process(coders.to_batch(frame, "kind")))
    assert len(list(cut.finish_bundle())) == 1
    assert not cut.gathered


@pytest.mark.parametrize("threads", [1, 2])
def test_whatever_number_of_threads_cuts_every_row_arrives(
    threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shuffle, "GATHERED_ROWS", 10)
    cut = shuffle._Cut(segments.Shuffling(3, str(tmp_path), threads))
    cut.start_bundle()
    sent = []
    for start in range(0, 500, 4):
        numbers = list(range(start, start + 4))
        batch = pl.DataFrame({"_to": [n % 3 for n in numbers], "n": numbers}, schema_overrides={"_to": pl.UInt16})
        sent += cut.process(coders.to_batch(batch, f"kind {start % 3}"))
    sent += [told.value for told in cut.finish_bundle()]
    arrived = {place: shuffle.gather([told for to, told in sent if to == place]) for place in range(3)}
    for place, kinds in arrived.items():
        assert sorted(n for frame in kinds.values() for n in frame["n"]) == list(range(place, 500, 3))
    assert sorted(n for n in arrived[0]["kind 1"]["n"]) == [n for n in range(0, 500, 3) if (n // 4 * 4) % 3 == 1]


def test_only_the_wanted_columns_are_unpacked() -> None:
    batch = coders.to_batch(pl.DataFrame({"a": ["x"], "b": ["y"], "c": [1]}), "kind")
    assert coders.decode(coders.encode(batch), ("c", "a")).schema.names == ["a", "c"]


@pytest.mark.parametrize("mode", ["memory", "spill", "packed"])
def test_a_segment_leads_back_to_its_batch(mode: str, tmp_path: Path) -> None:
    writer = segments.Shuffling(1, "" if mode == "memory" else str(tmp_path), packed=mode == "packed").writer()
    batches = [coders.to_batch(pl.DataFrame({"a": [text]})) for text in ("one", "two")]
    written = [writer.write(batch) for batch in batches]
    writer.close()
    read = [coders.to_frame(segments.open_segment(segment)) for segment in written]
    assert [frame["a"].to_list() for frame in read] == [["one"], ["two"]]


def test_what_is_packed_takes_less_disk(tmp_path: Path) -> None:
    batch = coders.to_batch(pl.DataFrame({"a": ["the same"] * 10_000}))
    sizes = {}
    for packed in (False, True):
        folder = tmp_path / str(packed)
        folder.mkdir()
        writer = segments.Shuffling(1, str(folder), packed=packed).writer()
        writer.write(batch)
        writer.close()
        sizes[packed] = sum(path.stat().st_size for path in folder.iterdir())
    assert sizes[True] < sizes[False] / 2


@pytest.mark.parametrize("mode", ["memory", "spill"])
def test_a_pipeline_brings_all_rows_of_a_partition_together(mode: str, tmp_path: Path) -> None:
    shuffling = segments.Shuffling(3, str(tmp_path) if mode == "spill" else "")
    batches = [
        coders.to_batch(
            pl.DataFrame({"_to": pl.Series([0, 1, 2, 1], dtype=pl.UInt16), "n": [n, n + 1, n + 2, n + 3]}), kind
        )
        for n, kind in ((0, "odd"), (10, "even"))
    ]

    def sums(partition: tuple[int, object]) -> tuple[int, dict[str, int]]:
        return partition[0], {kind: frame["n"].sum() for kind, frame in shuffle.gather(partition[1]).items()}

    with engine.choose(EngineSettings(), []).pipeline() as root:
        grouped = (
            root
            | beam.Create(batches, reshuffle=False).with_output_types(pa.RecordBatch)
            | shuffle.PartitionBatches(shuffling)
            | beam.GroupByKey()
            | beam.Map(sums)
        )
        wanted = [(0, {"even": 10, "odd": 0}), (1, {"even": 24, "odd": 4}), (2, {"even": 12, "odd": 2})]
        assert_that(grouped, lambda found: sorted(found, key=lambda pair: pair[0]) == wanted or pytest.fail(str(found)))


def test_many_rows_for_one_partition_are_cut_by_themselves() -> None:
    """They need not be sorted with those of other partitions; few rows, or rows for several, wait."""
    cut = shuffle._Cut(segments.Shuffling(2))
    cut.start_bundle()
    rows = pl.DataFrame({"n": range(shuffle.ALONE_ROWS)})
    one, several = (rows.with_columns(_to=to.cast(pl.UInt16)) for to in (pl.lit(1), pl.col("n") % 2))
    sent = []
    for batch in (one, one.head(10), several):
        sent.append(list(cut.process(coders.to_batch(batch, "kind"))))
    assert [[place for place, _ in told] for told in sent] == [[1], [], []]
    assert shuffle.gather([told for _, told in sent[0]])["kind"]["n"].to_list() == list(range(shuffle.ALONE_ROWS))
    rest = [told.value for told in cut.finish_bundle()]
    assert sum(shuffle.gather([told])["kind"].height for _, told in rest) == 10 + shuffle.ALONE_ROWS


def held_cut(tmp_path: Path, readers: int, most: int) -> list[bytes]:
    cut = shuffle._Cut(segments.Shuffling(3, str(tmp_path), held_bytes=most), readers)
    cut.start_bundle()
    frame = pl.DataFrame(
        {"_to": [1, 0, 1], "n": [1, 2, 3], "text": ["a", None, "c"]}, schema_overrides={"_to": pl.UInt16}
    )
    assert not list(cut.process(coders.to_batch(frame.with_columns(nothing=pl.lit(None, pl.Date)), "kind")))
    return [told.value[1] for told in cut.finish_bundle()]


def test_what_is_held_is_given_to_all_its_readers_and_then_forgotten(tmp_path: Path) -> None:
    cut = held_cut(tmp_path, readers=2, most=1000)
    assert not list(tmp_path.iterdir())
    assert len(segments.HELD) == 2
    wanted = {"n": [2, 1, 3], "text": [None, "a", "c"], "nothing": [None] * 3}
    first, second = (shuffle.gather(cut)["kind"] for _ in range(2))
    assert first.to_dict(as_series=False) == second.to_dict(as_series=False) == wanted
    assert first.schema == {"n": pl.Int64, "text": pl.String, "nothing": pl.Date}
    assert len(segments.HELD) == 0
    with pytest.raises(KeyError):
        shuffle.gather(cut)


def test_what_is_held_of_other_kinds_counts_as_read(tmp_path: Path) -> None:
    assert not shuffle.gather(held_cut(tmp_path, readers=1, most=1000), kinds=("other",))
    assert len(segments.HELD) == 0


def test_only_the_wanted_columns_of_what_is_held_are_given(tmp_path: Path) -> None:
    cut = held_cut(tmp_path, readers=1, most=1000)
    told = shuffle.gather(cut, columns={"kind": ("nothing", "n")})["kind"]
    assert told.to_dict(as_series=False) == {"n": [2, 1, 3], "nothing": [None] * 3}


@pytest.mark.parametrize(("readers", "most"), [(0, 1000), (1, 20), (1, 0)])
def test_what_nobody_counts_or_is_too_much_is_spilled(readers: int, most: int, tmp_path: Path) -> None:
    cut = held_cut(tmp_path, readers, most)
    assert list(tmp_path.iterdir())
    assert shuffle.gather(cut)["kind"]["n"].to_list() == [2, 1, 3]
    segments.HELD.clear()

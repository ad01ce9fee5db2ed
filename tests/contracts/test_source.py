"""What every source must do, whatever its format."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.memory import MemorySource
from connectors.registry import sources
from pipeline.core.schema import REJECTS
from pipeline.errors import FeedRefused
from pipeline.ports import FEED_FILE, FEED_ROW, FeedReport, Source
from pipeline.settings import Settings
from tests.deliveries_sources import CLAIM_TARGETS, CLAIMS, FORMATS, NIGHT, Row, rejects_of, rows_of, values_of

EXPECTED = [{CLAIM_TARGETS[header]: value for header, value in row.items()} for row in CLAIMS]


def _file_source(name: str) -> Callable[[Path, list[Row]], Source]:
    def build(folder: Path, rows: list[Row]) -> Source:
        file, write = FORMATS[name]
        (folder / file).write_bytes(write(rows))
        settings = Settings(output="out", feeds={"claims": {"path": file}})
        (source,) = sources(settings, folder)
        return source

    return build


def _memory(_folder: Path, rows: list[Row]) -> Source:
    return MemorySource("claims", rows, chunk_rows=2)


SOURCES = {name: _file_source(name) for name in FORMATS} | {"memory": _memory}


@pytest.fixture(params=SOURCES)
def report(request: pytest.FixtureRequest, tmp_path: Path) -> FeedReport:
    return SOURCES[request.param](tmp_path, list(CLAIMS)).inspect(NIGHT, frozenset())


def test_the_report_says_what_was_understood(report: FeedReport) -> None:
    assert not report.problems
    assert (report.feed, report.kind, report.mode, report.obligatory) == ("claims", "claims", "increment", False)
    assert report.columns == CLAIM_TARGETS
    assert report.unknown_headers == ()
    assert report.key == ("claim_no",)


def test_every_row_is_counted_and_has_a_digest_beside_it(report: FeedReport) -> None:
    (file,) = report.files
    assert (file.rows, report.rows, file.excluded, file.replaced_lines) == (3, 3, "", 0)
    assert file.bytes > 0
    assert len(file.digest) == 64
    assert sum(chunk.rows for chunk in report.chunks) == 3


def test_values_are_those_delivered(report: FeedReport) -> None:
    assert values_of(report) == EXPECTED
    assert rejects_of(report).is_empty()


def test_rows_are_numbered_from_one_within_the_file(report: FeedReport) -> None:
    rows = rows_of(report, batch_rows=1)
    assert rows[FEED_ROW].to_list() == [1, 2, 3]
    assert rows[FEED_FILE].unique().to_list() == [report.files[0].name]


@pytest.mark.parametrize("batch_rows", [1, 2, 1000])
def test_batches_are_no_larger_than_asked_and_of_one_schema(report: FeedReport, batch_rows: int) -> None:
    batches = [batch for chunk in report.chunks for batch in chunk.read(batch_rows)]
    assert all(0 < batch.data.num_rows <= batch_rows for batch in batches)
    assert {batch.kind for batch in batches} == {"rows"}
    (schema,) = {batch.data.schema for batch in batches}
    assert schema.names == [FEED_FILE, FEED_ROW, "claim_no", "plate", "reporter.name", "reporter.mobile"]
    assert {field.type for field in schema if field.name != FEED_ROW} == {pa.string()}
    assert schema.field(FEED_ROW).type == pa.int64()


def test_chunks_travel_to_workers_and_can_be_read_again(report: FeedReport) -> None:
    for chunk in report.chunks:
        sent = pickle.dumps(chunk)
        assert len(sent) < 5000
        once, twice = list(pickle.loads(sent).read(2)), list(chunk.read(2))
        assert [batch.data for batch in once] == [batch.data for batch in twice]


@pytest.mark.parametrize("name", SOURCES)
def test_an_unknown_header_is_reported_and_its_column_dropped(name: str, tmp_path: Path) -> None:
    rows = [row | {"备注二": "x"} for row in CLAIMS]
    report = SOURCES[name](tmp_path, rows).inspect(NIGHT, frozenset())
    assert report.unknown_headers == ("备注二",)
    assert [(problem.rule, problem.refuses) for problem in report.problems] == [("C12", False)]
    assert values_of(report) == EXPECTED


@pytest.mark.parametrize("name", SOURCES)
def test_a_missing_obligatory_column_refuses_and_names_the_nearest_header(name: str, tmp_path: Path) -> None:
    rows = [{("报案号编码" if key == "报案号" else key): value for key, value in row.items()} for row in CLAIMS]
    report = SOURCES[name](tmp_path, rows).inspect(NIGHT, frozenset())
    (refusal,) = [problem for problem in report.problems if problem.refuses]
    assert refusal.rule == "C12"
    assert refusal.place.startswith("feed claims, file ")
    assert "claim_no" in refusal.problem
    assert "报案号编码" in refusal.advice
    assert report.chunks == ()


@pytest.mark.parametrize("name", [name for name in SOURCES if "json" not in name])
def test_columns_are_told_in_file_order(name: str, tmp_path: Path) -> None:
    report = SOURCES[name](tmp_path, [dict(reversed(row.items())) for row in CLAIMS]).inspect(NIGHT, frozenset())
    assert list(report.columns) == list(reversed(CLAIM_TARGETS))


@pytest.mark.parametrize("name", SOURCES)
def test_the_order_of_columns_makes_no_difference(name: str, tmp_path: Path) -> None:
    rows = [dict(reversed(row.items())) for row in CLAIMS]
    report = SOURCES[name](tmp_path, rows).inspect(NIGHT, frozenset())
    assert values_of(report) == EXPECTED


@pytest.mark.parametrize("name", SOURCES)
def test_the_file_of_the_last_published_night_is_refused_as_stale(name: str, tmp_path: Path) -> None:
    source = SOURCES[name](tmp_path, list(CLAIMS))
    digest = source.inspect(NIGHT, frozenset()).files[0].digest
    again = source.inspect(NIGHT, frozenset({digest}))
    assert [(problem.rule, problem.refuses) for problem in again.problems] == [("C13", True)]


def test_rejects_have_the_columns_of_their_table(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes("报案号,报案人姓名\nC1,张三,x\n".encode())
    (source,) = sources(Settings(output="o", feeds={"claims": {"path": "f.csv"}}), tmp_path)
    rejects = rejects_of(source.inspect(NIGHT, frozenset()))
    assert rejects.schema == REJECTS.schema
    assert rejects.rows() == [
        (
            "claims",
            "f.csv",
            1,
            "",
            "field_count",
            "expected 2 fields, found 3; a value may hold the delimiter",
            "C1,张三,x",
        )
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_has_gone_since_the_inspection_is_told(name: str, tmp_path: Path) -> None:
    report = SOURCES[name](tmp_path, list(CLAIMS)).inspect(NIGHT, frozenset())
    (tmp_path / FORMATS[name][0]).unlink()
    with pytest.raises(FeedRefused, match="was changed after it was inspected"):
        rows_of(report)

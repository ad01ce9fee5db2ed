import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import FeedRefused
from pipeline.ports import FEED_ROW, FeedReport
from tests.deliveries_sources import CLAIMS, as_parquet, delivered, refusals, rejects_of, rows_of, values_of


def _stored(columns: dict[str, pa.Array], **how: object) -> bytes:
    stored = io.BytesIO()
    pq.write_table(pa.table(columns), stored, **how)
    return stored.getvalue()


def _report(folder: Path, content: bytes, **more: object) -> FeedReport:
    return delivered(folder, content, "f.parquet", **more)


def test_typed_columns_are_rendered_as_text(tmp_path: Path) -> None:
    content = _stored(
        {
            "claim_no": pa.array([1001, 1002], pa.int64()),
            "reporter_name": pa.array(["张三", " "]),
            "reporter_mobile": pa.array([13912345678.0, None]),
            "reporter_cert_no": pa.array([320106198801011234.0, 1.0]),
            "reporter_birth_date": pa.array([date(1988, 1, 1), None]),
            "captured_at": pa.array([datetime(2026, 11, 21, 3, 4, 5)] * 2, pa.timestamp("ns")),
            "premium": pa.array([Decimal("950.00"), Decimal("0.10")]),
            "consent": pa.array([True, False]),
        }
    )
    first, second = values_of(_report(tmp_path, content))
    assert first == {
        "claim_no": "1001",
        "captured_at": "2026-11-21 03:04:05",
        "consent": "true",
        "premium": "950",
        "reporter.name": "张三",
        "reporter.cert_no": "3.20106198801011264E+17",
        "reporter.birth_date": "1988-01-01",
        "reporter.mobile": "13912345678",
    }
    assert (second["reporter.name"], second["reporter.mobile"], second["premium"]) == (None, None, "0.1")


def test_bytes_in_gbk_are_read(tmp_path: Path) -> None:
    names = pa.array(["张三".encode("gbk"), "李四".encode(), None], pa.binary())
    content = _stored({"claim_no": pa.array(["1", "2", "3"]), "reporter_name": names})
    assert [row["reporter.name"] for row in values_of(_report(tmp_path, content))] == ["张三", "李四", None]


@pytest.mark.parametrize(
    "nest",
    [
        pa.array([["a"], ["b"]]),
        pa.array([{"x": 1}, {"x": 2}]),
        pa.array([[("a", 1)]] * 2, pa.map_(pa.string(), pa.int8())),
    ],
)
def test_lists_and_structs_are_unknown(nest: pa.Array, tmp_path: Path) -> None:
    names = pa.array(["张三", "李四"])
    report = _report(tmp_path, _stored({"claim_no": pa.array(["1", "2"]), "plate": nest, "name": names}))
    assert report.unknown_headers == ("plate",)
    assert not report.refused
    assert "no column holds claim_no" in refusals(_report(tmp_path, _stored({"claim_no": nest, "name": names})))[0]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 2], pa.uint64()),
        pa.array([1.5, 2], pa.float32()),
        pa.array(np.array([1.5, 2], np.float16)),
        pa.array([b"ab", b"\xff\xff"], pa.binary(2)),
        pa.array(["a", "b"]).dictionary_encode(),
        pa.array(["张三".encode("gbk"), b"b"], pa.binary()).dictionary_encode(),
        pa.array([1, 2], pa.time64("us")),
        pa.array([1, 2], pa.duration("s")),
        pa.array([Decimal(1), Decimal(2)], pa.decimal256(50, 10)),
        pa.array([None, None]),
        pa.array(["a", "b"], pa.large_string()),
    ],
)
def test_no_type_that_a_file_can_hold_brings_it_down(column: pa.Array, tmp_path: Path) -> None:
    content = _stored({"claim_no": pa.array(["1", "2"]), "name": pa.array(["a", "b"]), "plate": column})
    assert [row["claim_no"] for row in values_of(_report(tmp_path, content))] == ["1", "2"]


def test_row_groups_are_gathered_into_chunks_and_numbered_through(tmp_path: Path) -> None:
    rows = [{"报案号": f"C{number}", "报案人": "张三"} for number in range(1, 11)]
    content = as_parquet(rows, group_rows=3)
    for chunk_bytes, chunks in ((1, 4), (1 << 20, 1)):
        report = _report(tmp_path, content, chunk_bytes=chunk_bytes)
        assert len(report.chunks) == chunks
        found = rows_of(report, batch_rows=2)
        assert found[FEED_ROW].to_list() == list(range(1, 11))
        assert found["claim_no"].to_list() == [f"C{number}" for number in range(1, 11)]


def test_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    stored = io.BytesIO()
    column = pa.array(["1"])
    pq.write_table(pa.Table.from_arrays([column, column, column], ["claim_no", "name", "claim_no"]), stored)
    assert "header claim_no stands twice, in columns 1 and 3" in refusals(_report(tmp_path, stored.getvalue()))[0]


@pytest.mark.parametrize(
    "content",
    [b"rubbish", b"PAR1rubbishPAR1", as_parquet(CLAIMS)[:-10], as_parquet(CLAIMS)[:20], "保单号|x\n".encode("gbk")],
)
def test_what_is_no_parquet_is_refused(content: bytes, tmp_path: Path) -> None:
    (refusal,) = refusals(_report(tmp_path, content))
    assert "is damaged, or no Parquet file" in refusal


def test_rows_of_a_damaged_row_group_are_rejects(tmp_path: Path) -> None:
    values = pa.array(np.arange(50_000).astype(str))
    content = bytearray(_stored({"claim_no": values, "name": values}, row_group_size=25_000, use_dictionary=False))
    content[1000:3000] = bytes(2000)
    report = _report(tmp_path, bytes(content), chunk_bytes=1)
    rejects = rejects_of(report)
    assert set(rejects["reason"]) == {"unreadable"}
    assert rows_of(report).height + rejects.height == 50_000
    assert sorted([*rows_of(report)[FEED_ROW], *rejects[FEED_ROW]]) == list(range(1, 50_001))
    assert rows_of(report).height >= 25_000


def test_a_file_changed_after_the_inspection_is_refused(tmp_path: Path) -> None:
    report = _report(tmp_path, as_parquet(CLAIMS))
    (tmp_path / "f.parquet").write_bytes(as_parquet(CLAIMS[:2]))
    with pytest.raises(FeedRefused, match="changed after it was inspected"):
        rows_of(report)

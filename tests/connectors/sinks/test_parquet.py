from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from connectors.sinks.parquet import ParquetSink
from pipeline.core.distinct import worded
from pipeline.transforms.coders import compact

ROWS = compact(
    pl.DataFrame(
        {
            "unit": ["江宁"] * 50,
            "name": [f"n{number}" for number in range(50)],
            "nothing": pl.Series([None] * 50, dtype=pl.String),
        }
    )
)


def test_writing_twice_is_writing_once(tmp_path: Path) -> None:
    sink = ParquetSink(str(tmp_path))
    sink.write("customers", 3, ROWS)
    first = (tmp_path / "customers" / "00003.parquet").read_bytes()
    sink.write("customers", 3, ROWS)
    assert [path.name for path in (tmp_path / "customers").iterdir()] == ["00003.parquet"]
    assert (tmp_path / "customers" / "00003.parquet").read_bytes() == first


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    ParquetSink(str(tmp_path)).write("customers", 0, ROWS)
    assert pl.read_parquet(tmp_path / "customers").equals(pl.from_arrow(ROWS))


def test_words_that_come_as_numbers_are_read_back_as_text(tmp_path: Path) -> None:
    told = pl.DataFrame({"record_id": ["a", "b", "c"], "answer": ["yes", None, "yes"]})
    numbered = told.with_columns(worded(told["answer"], ["no"]))
    assert numbered.schema["answer"] == pl.Enum(["yes", "no"])
    sink = ParquetSink(str(tmp_path))
    for table, rows in (("plain", told), ("numbered", numbered)):
        sink.write(table, 0, compact(rows))
    assert pl.read_parquet(tmp_path / "numbered").equals(told)
    plain, back = (pq.read_table(tmp_path / table) for table in ("plain", "numbered"))
    assert back.equals(plain) and back.schema.equals(plain.schema, check_metadata=True)


def test_no_rows_at_all_are_read_back_as_text_too(tmp_path: Path) -> None:
    told = pl.DataFrame({"answer": pl.Series([], dtype=pl.String)})
    ParquetSink(str(tmp_path)).write("numbered", 0, compact(told.with_columns(worded(told["answer"], ["no"]))))
    assert pl.read_parquet(tmp_path / "numbered").equals(told)

from pathlib import Path

import polars as pl

from connectors.sinks.parquet import ParquetSink
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

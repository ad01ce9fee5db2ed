"""Tables as Parquet folders: ``<folder>/<table>/<part>.parquet``."""

import os
import uuid
from base64 import b64encode
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

HALF = ".half"
"""What a file not yet whole ends with."""

ROW_GROUP_ROWS = 131_072
WRITTEN_AT_ONCE = 65_536
"""Values of a column written at a time: Arrow's usual thousand costs a tenth more."""
SAMPLE_ROWS = 1_000
_SCHEMA = b"ARROW:schema"
"""Where Arrow looks for the types a file's columns had."""
KEYS = ("record_id", "feed")
"""Columns tables are sorted by: only there do the least and largest value of a row group tell anything."""


@dataclass(frozen=True)
class ParquetSink:
    """Writes parts below ``folder``. The same rows give the same bytes."""

    folder: str

    def write(self, table: str, part: int, rows: pa.RecordBatch) -> None:
        """Write one part; a half-written one is never seen under its name."""
        place = os.path.join(self.folder, table)
        os.makedirs(place, exist_ok=True)
        final = os.path.join(place, file_of(part))
        # Two attempts at one part may run on two machines with the same process number.
        half = f"{final}.{uuid.uuid4().hex}{HALF}"
        write_parquet(rows, half)
        os.replace(half, final)


def file_of(part: int) -> str:
    """Name of the file of a part."""
    return f"{part:05}.parquet"


def part_of(name: str) -> int:
    """Part whose file bears ``name``."""
    return int(name.removesuffix(".parquet"))


def write_parquet(rows: pa.RecordBatch, where: str | pa.NativeFile) -> None:
    """Write a part's bytes. Words that come as numbers (dictionary arrays) are told to readers as the text they are."""
    told = b64encode(_plain(rows.schema).serialize())
    with pq.ParquetWriter(
        where,
        rows.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[*_repetitive(rows), *_within_lists(rows.schema)],
        write_statistics=[name for name in rows.schema.names if name in KEYS],
        store_schema=False,
        write_batch_size=WRITTEN_AT_ONCE,
    ) as writer:
        writer.write_table(pa.Table.from_batches([rows]), row_group_size=ROW_GROUP_ROWS)
        writer.add_key_value_metadata({_SCHEMA: told})


def _plain(schema: pa.Schema) -> pa.Schema:
    """``schema`` with text where it has numbers of words."""
    return pa.schema(
        [
            pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in schema
        ]
    )


def _repetitive(rows: pa.RecordBatch) -> list[str]:
    """Text columns worth a dictionary: half of the first values or more say again what others said."""
    sample = rows.slice(0, SAMPLE_ROWS)
    return [
        field.name
        for field in rows.schema
        if pa.types.is_dictionary(field.type)
        or (
            pa.types.is_large_string(field.type)
            and 2 * pc.count_distinct(sample.column(field.name)).as_py() <= max(sample.num_rows, 2)
        )
    ]


def _within_lists(schema: pa.Schema) -> list[str]:
    """Text within lists, by its path in Parquet: rules, fields and repairs, of which there are few."""
    paths = []
    for field in schema:
        if pa.types.is_large_list(field.type):
            inner = field.type.value_type
            names = [f".{part.name}" for part in inner if part.name != "raw"] if pa.types.is_struct(inner) else [""]
            paths += [f"{field.name}.list.element{name}" for name in names if field.name != "other_phones"]
    return paths

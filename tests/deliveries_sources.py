"""Deliveries for the tests of sources: files in every format, and what was read of them."""

import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

from connectors.sources.feed import Feed
from connectors.sources.file_source import inspect_feed
from pipeline.core.feeds import KINDS
from pipeline.ports import FEED_FILE, FEED_ROW, FeedReport
from pipeline.settings import FeedSettings

NIGHT = date(2026, 11, 21)
Row = Mapping[str, str | None]

CLAIMS: list[dict[str, str | None]] = [
    {"报案号": "C1", "报案人姓名": "张三", "报案人手机号": "13912345678", "车牌号": "苏A12345"},
    {"报案号": "C2", "报案人姓名": "李四", "报案人手机号": None, "车牌号": None},
    {"报案号": "C3", "报案人姓名": None, "报案人手机号": "025-84550000", "车牌号": "苏AD12345"},
]
CLAIM_TARGETS = {
    "报案号": "claim_no",
    "报案人姓名": "reporter.name",
    "报案人手机号": "reporter.mobile",
    "车牌号": "plate",
}


def a_feed(path: str | Path, kind: str = "claims", chunk_bytes: int = 1 << 24, **settings: Any) -> Feed:
    """A feed of ``kind`` whose files are at ``path``."""
    obligatory = bool(settings.pop("obligatory", False))
    told = FeedSettings(path=str(path), **settings)
    return Feed(kind, KINDS[kind], told, obligatory, Path("/"), chunk_bytes, NIGHT)


def inspected(path: str | Path, before: frozenset[str] = frozenset(), **settings: Any) -> FeedReport:
    """Report of a feed whose files are at ``path``."""
    return inspect_feed(a_feed(path, **settings), before)


def delivered(folder: Path, content: bytes, name: str = "feed.csv", **settings: Any) -> FeedReport:
    """Report of a feed that is one file."""
    (folder / name).write_bytes(content)
    return inspected(folder / name, **settings)


def rows_of(report: FeedReport, batch_rows: int = 65_536) -> pl.DataFrame:
    """All rows of a report that is not refused, in the order of the chunks."""
    return _all(report, "rows", batch_rows)


def rejects_of(report: FeedReport, batch_rows: int = 65_536) -> pl.DataFrame:
    """All rejects of a report."""
    return _all(report, "rejects", batch_rows)


def values_of(report: FeedReport) -> list[dict[str, Any]]:
    """Rows by number, without file and number."""
    return rows_of(report).sort(FEED_ROW).drop(FEED_FILE, FEED_ROW).to_dicts()


def refusals(report: FeedReport) -> list[str]:
    """What refuses the feed, in words."""
    return [str(problem) for problem in report.problems if problem.refuses]


def remarks(report: FeedReport) -> list[str]:
    """What does not refuse it."""
    return [str(problem) for problem in report.problems if not problem.refuses]


def _all(report: FeedReport, kind: str, batch_rows: int) -> pl.DataFrame:
    assert not report.refused, refusals(report)
    batches = [batch.data for chunk in report.chunks for batch in chunk.read(batch_rows) if batch.kind == kind]
    if not batches:
        return pl.DataFrame(schema={FEED_ROW: pl.Int64, "reason": pl.String, "raw": pl.String})
    return pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches)))


def as_text(rows: Sequence[Row], delimiter: str = ",", line_end: str = "\n") -> str:
    """Delimited text with a header, quoted where it must be."""
    lines = [delimiter.join(rows[0])]
    for row in rows:
        lines.append(delimiter.join(_quoted(value or "", delimiter) for value in row.values()))
    return line_end.join(lines) + line_end


def _quoted(value: str, delimiter: str) -> str:
    if any(character in value for character in (delimiter, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value


def as_json(rows: Sequence[Row]) -> str:
    """JSON lines; a dotted key becomes an object in an object."""
    lines = []
    for row in rows:
        nested: dict[str, Any] = {}
        for key, value in row.items():
            *above, name = key.split(".")
            branch = nested
            for step in above:
                branch = branch.setdefault(step, {})
            branch[name] = value
        lines.append(json.dumps(nested, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def as_xlsx(table: Sequence[Sequence[Any]], write: Callable[[Any, Any], None] | None = None) -> bytes:
    """A workbook with one sheet; ``write`` may do more to the workbook and the sheet."""
    stored = io.BytesIO()
    with xlsxwriter.Workbook(stored, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("回访")
        for number, row in enumerate(table):
            sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
        if write:
            write(workbook, sheet)
    return stored.getvalue()


def as_xls(table: Sequence[Sequence[Any]]) -> bytes:
    """The same in the old format."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("回访")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    stored = io.BytesIO()
    workbook.save(stored)
    return stored.getvalue()


def as_table(rows: Sequence[Row]) -> list[list[str | None]]:
    """Header and rows as a sheet has them."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def as_parquet(rows: Sequence[Row], group_rows: int = 2) -> bytes:
    """Parquet with small row groups."""
    columns = {key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]}
    stored = io.BytesIO()
    pq.write_table(pa.table(columns), stored, row_group_size=group_rows)
    return stored.getvalue()


FORMATS: dict[str, tuple[str, Callable[[Sequence[Row]], bytes]]] = {
    "comma": ("f.csv", lambda rows: as_text(rows).encode()),
    "byte order mark": ("f.csv", lambda rows: b"\xef\xbb\xbf" + as_text(rows).encode()),
    "gbk with bars": ("f.txt", lambda rows: as_text(rows, "|").encode("gbk")),
    "crlf and tabs": ("f.txt", lambda rows: as_text(rows, "\t", "\r\n").encode("gb18030")),
    "lone cr": ("f.dat", lambda rows: as_text(rows, ";", "\r").encode()),
    "utf-16": ("f.txt", lambda rows: as_text(rows, "\t").encode("utf-16")),
    "gzip": ("f.txt.gz", lambda rows: gzip.compress(as_text(rows, "^").encode("gbk"))),
    "json lines": ("f.jsonl", lambda rows: as_json(rows).encode()),
    "json lines, gzip": ("f.jsonl.gz", lambda rows: gzip.compress(as_json(rows).encode("gbk"))),
    "parquet": ("f.parquet", as_parquet),
    "xlsx": ("f.xlsx", lambda rows: as_xlsx(as_table(rows))),
    "xls": ("f.xls", lambda rows: as_xls(as_table(rows))),
}
"""Name -> file name and writer of every form in which the same rows may come."""

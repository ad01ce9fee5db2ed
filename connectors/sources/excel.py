"""Excel workbooks, ``.xlsx`` and ``.xls``, read with calamine.

The header is the row that the most headers are understood in; rows above it are titles. A header in two rows (a party's
merged cell above its fields) is read as the two joined. The cells' types decide: see :mod:`connectors.sources.cells`.
Formulas give the value saved with them. Empty rows are no rows; a row of totals is a reject.
"""

import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook

from connectors.sources import workbook_probe
from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.cells import cell_text
from connectors.sources.feed import Feed, Seen, place_of
from connectors.sources.files import Unusable, name_of, signature, whole
from connectors.sources.headers import plain, understand, understood
from pipeline.ports import Batch, Problem
from pipeline.settings import path_for

MOST_BYTES = 1 << 30
PROBE_SECONDS = 300
HEADER_WITHIN = 20
"""Rows among which the header is looked for."""

_TOTALS = ("合计", "总计", "小计", "共计", "汇总", "total", "grandtotal", "subtotal", "sum")
_PASSWORD = "EncryptedPackage".encode("utf-16-le")


@dataclass
class ExcelChunk:
    """All rows of one sheet. ``above``: rows of the sheet before its data; ``digest``: of the file inspected."""

    feed: str
    rows: int
    layout: Layout
    sheet: str
    above: int
    digest: str

    def read(self, batch_rows: int) -> Iterator[Batch]:
        """Batches of rows and rejects. Raises FeedRefused when the file was changed after the inspection."""
        try:
            data = whole(self.layout.path, MOST_BYTES)
        except OSError as error:
            raise changed(self.layout) from error
        if hashlib.sha256(data).hexdigest() != self.digest:
            raise changed(self.layout)
        rows = _filled(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(self.sheet), self.above)
        numbered = enumerate(rows, start=1)
        while part := list(islice(numbered, batch_rows)):
            totals = [_is_total(row) for _, row in part]
            rejects = [
                Reject(number, "total_row", "expected a row of data, found a total", _raw(row))
                for (number, row), total in zip(part, totals, strict=True)
                if total
            ]
            kept = [row for (_, row), total in zip(part, totals, strict=True) if not total]
            numbers = np.array([number for (number, _), total in zip(part, totals, strict=True) if not total], np.int64)
            columns = {position: _column(kept, position) for position, _ in self.layout.sources}
            if kept:
                yield from row_batches(self.layout, numbers, columns, batch_rows)
            yield from reject_batches(self.layout, rejects, batch_rows)


def inspect(path: str, feed: Feed) -> Seen:
    """What is in the workbook at ``path``. Raises Unusable, and what reading raises."""
    data = whole(path, MOST_BYTES)
    digest, file = hashlib.sha256(data).hexdigest(), name_of(path)
    if not data:
        return Seen(0, digest, "excel", 0, {})
    name, others = _sheet(data, feed)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
    headers, above = _header(sheet, feed)
    count = sum(1 for _ in _filled(sheet, above))
    if not headers and not count:
        return Seen(len(data), digest, "excel", 0, {})
    meaning = understand(headers, feed, file, "line" if feed.settings.header is None else "schema")
    problems = list(meaning.problems)
    if others:
        problem = f"only sheet {name} is read, {len(others)} more hold data: {', '.join(others[:10])}"
        problems.append(Problem("C12", place_of(feed.name, file), problem, "Say sheet: to read another.", False))
    layout = Layout(feed.name, path, file, meaning.sources)
    chunks = [ExcelChunk(feed.name, count, layout, name, above, digest)] if count else []
    return Seen(
        len(data),
        digest,
        "excel",
        count,
        meaning.columns,
        meaning.unknown,
        tuple(problems),
        chunks,
        unused_headers=meaning.unused,
    )


def _sheet(data: bytes, feed: Feed) -> tuple[str, list[str]]:
    """The sheet to read (told, else the first visible one) and other visible sheets with data, when none was told."""
    _refuse_other_formats(data)
    told = path_for(feed.settings.sheet, feed.folder, feed.night).rpartition("/")[2] if feed.settings.sheet else ""
    try:
        # -P: the folder of the script holds modules named like others'.
        command = [sys.executable, "-P", workbook_probe.__file__, told]
        probe = subprocess.run(command, input=data, capture_output=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unusable("takes too long to open", "Have it saved again and sent again.") from error
    names = probe.stdout.decode().splitlines()
    if probe.returncode == workbook_probe.NO_SUCH_SHEET:
        raise Unusable(f"has no sheet {told}", f"Its sheets are {', '.join(names[:10])}.")
    if probe.returncode == workbook_probe.NO_VISIBLE_SHEET:
        raise Unusable("has no visible sheet", "Say sheet: in the settings.")
    if not names:
        problem = "is damaged, no Excel workbook, or has cells far outside its table"
        raise Unusable(problem, "Have it saved again, with the table alone, and sent again.")
    return names[0], names[1:]


def _refuse_other_formats(data: bytes) -> None:
    kind = signature(data[:512])
    if kind == "ole" and _PASSWORD in data:
        raise Unusable("is protected with a password", "Ask for it without one.")
    if kind not in ("zip", "ole"):
        found = {"html": "a web page", "text": "text"}.get(kind, kind)
        advice = "Say format: text." if kind == "text" else "Have it saved as .xlsx."
        raise Unusable(f"is no Excel workbook but {found}", advice)


def _header(sheet: CalamineSheet, feed: Feed) -> tuple[tuple[str, ...], int]:
    """Headers, and how many rows stand above the data."""
    first = [[cell_text(cell) or "" for cell in row] for row in islice(sheet.iter_rows(), HEADER_WITHIN)]
    width = max(map(len, first), default=0)
    if feed.settings.header is not None:
        told = tuple(feed.settings.header)
        return (*told, *[""] * (width - len(told))), 0
    choices: list[tuple[int, int, tuple[str, ...]]] = []
    for index, row in enumerate(first):
        if any(row):
            choices.append((understood(row, feed), -index, tuple(row)))
            joined = _joined(_spread(sheet, index - 1, first[index - 1]), row) if index else None
            if joined:
                choices.append((understood(joined, feed), -index, joined))
    if not choices:
        return (), 0
    _, index, headers = max(choices, key=lambda choice: choice[:2])
    return headers, 1 - index


def _spread(sheet: CalamineSheet, index: int, row: Sequence[str]) -> list[str]:
    """``row`` with the value of each merged cell in all columns that it covers."""
    spread = list(row)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top <= index <= bottom and left < len(spread):
            for column in range(left, min(right, len(spread) - 1) + 1):
                spread[column] = spread[column] or row[left]
    return spread


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    return tuple(above + below for above, below in zip(upper, lower, strict=True))


def _filled(sheet: CalamineSheet, above: int) -> Iterator[list[Any]]:
    """Rows of data that are not empty."""
    for row in islice(sheet.iter_rows(), above, None):
        if any(cell_text(cell) is not None for cell in row):
            yield row


def _is_total(row: Sequence[Any]) -> bool:
    """Whether the first filled cell says so."""
    first = next((text for text in map(cell_text, row) if text), "")
    return plain(first).strip(":") in _TOTALS


def _column(rows: Sequence[Sequence[Any]], position: int) -> pa.Array:
    return pa.array([cell_text(row[position]) if position < len(row) else None for row in rows], pa.string())


def _raw(row: Sequence[Any]) -> str:
    return "|".join(cell_text(cell) or "" for cell in row)

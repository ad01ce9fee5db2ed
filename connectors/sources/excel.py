"""Excel workbooks, ``.xlsx`` and ``.xls``, read with calamine.

The header is the row that the most headers are understood in; rows above it are titles. A header in two rows (a party's
merged cell above its fields) is read as the two joined. The cells' types decide: see :mod:`connectors.sources.cells`.
Formulas give the value saved with them. Empty rows are no rows; a row of totals is a reject.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.cells import cell_text
from connectors.sources.feed import Feed, Seen, place_of
from connectors.sources.files import Unusable, name_of, signature, whole
from connectors.sources.headers import plain, understand, understood
from pipeline.ports import Batch, Problem
from pipeline.settings import path_for

MOST_BYTES = 1 << 30
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
        rows = _filled(_open(data).get_sheet_by_name(self.sheet), self.above)
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
    with _Undamaged():
        workbook = _open(data)
        name, others = _sheet(workbook, feed)
        sheet = workbook.get_sheet_by_name(name)
        headers, above = _header(sheet, feed)
        count = sum(1 for _ in _filled(sheet, above))
    if not headers and not count:
        return Seen(len(data), digest, "excel", 0, {})
    meaning = understand(headers, feed, file)
    problems = list(meaning.problems)
    if others:
        problem = f"only sheet {name} is read, {len(others)} more hold data: {', '.join(others[:10])}"
        problems.append(Problem("C12", place_of(feed.name, file), problem, "Say sheet: to read another.", False))
    layout = Layout(feed.name, path, file, meaning.sources)
    chunks = [ExcelChunk(feed.name, count, layout, name, above, digest)] if count else []
    return Seen(len(data), digest, "excel", count, meaning.columns, meaning.unknown, tuple(problems), chunks)


def _open(data: bytes) -> CalamineWorkbook:
    kind = signature(data[:512])
    if kind == "ole" and _PASSWORD in data:
        raise Unusable("is protected with a password", "Ask for it without one.")
    if kind not in ("zip", "ole"):
        found = {"html": "a web page", "text": "text"}.get(kind, kind)
        advice = "Say format: text." if kind == "text" else "Have it saved as .xlsx."
        raise Unusable(f"is no Excel workbook but {found}", advice)
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


class _Undamaged:
    """Turns what calamine raises on a damaged workbook, its panics among them, into :class:`Unusable`."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        # A panic of calamine's is a BaseException that cannot be imported to be caught.
        if kind is not None and (issubclass(kind, CalamineError) or kind.__name__ == "PanicException"):
            raise Unusable("is damaged, or no Excel workbook", "Have it saved again and sent again.") from error


def _sheet(workbook: CalamineWorkbook, feed: Feed) -> tuple[str, list[str]]:
    """The sheet to read (told, else the first visible one) and other visible sheets with data, when none was told."""
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    told = path_for(feed.settings.sheet, feed.folder, feed.night).rpartition("/")[2] if feed.settings.sheet else ""
    if told:
        if told in [sheet.name for sheet in sheets]:
            return told, []
        raise Unusable(f"has no sheet {told}", f"Its sheets are {', '.join(sheet.name for sheet in sheets[:10])}.")
    if not visible:
        raise Unusable("has no visible sheet", "Say sheet: in the settings.")
    return visible[0], [name for name in visible[1:] if workbook.get_sheet_by_name(name).height > 1]


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

"""Many rows of text for a workbook that XlsxWriter made.

XlsxWriter makes the sheet with all its formats, its headings and one row of data; the other rows are written like that
one, a column at a time: cell by cell they would cost more than the records they tell of.
"""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

_SHEET = "xl/worksheets/sheet1.xml"
_CELL = re.compile(r'<c r="([A-Z]+)2"(?: s="(\d+)")?')
_FIRST = re.compile(r'<row r="2".*?</row>', re.DOTALL)
_EXTENT = re.compile(r'<dimension ref="A1:([A-Z]+)\d+"/>')
_ESCAPED = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    # What XML cannot say at all, as workbooks say it.
    **{chr(code): f"_x{code:04X}_" for code in range(32) if chr(code) not in "\t\n"},
}
_LIKE_ESCAPED = "(_x[0-9a-fA-F]{4}_)"


def fill(path: Path, columns: Sequence[pl.Series | None]) -> None:
    """Write ``columns`` of text into the workbook at ``path``, instead of its second row and downwards.

    That row must have a cell in every column: it says how the column's cells look. None: cells to be filled in. A workbook
    without any row of data stays as it is.
    """
    height = max((len(column) for column in columns if column is not None), default=0)
    if not height:
        return
    with zipfile.ZipFile(path) as book:
        parts = {part: book.read(part) for part in book.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part, told in parts.items():
            part.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(part, _filled(told.decode(), columns, height) if part.filename == _SHEET else told)


def _filled(sheet: str, columns: Sequence[pl.Series | None], height: int) -> str:
    first = _FIRST.search(sheet)
    assert first is not None
    looks = _CELL.findall(first.group())
    rows = pl.select(row=pl.int_range(2, height + 2).cast(pl.String))
    cells = [_cells(place, look, column) for (place, look), column in zip(looks, columns, strict=True)]
    told = rows.select(pl.concat_str(pl.lit('<row r="'), "row", pl.lit('">'), *cells, pl.lit("</row>")))
    whole = sheet[: first.start()] + told.to_series().str.join("").item() + sheet[first.end() :]
    return _EXTENT.sub(rf'<dimension ref="A1:\g<1>{height + 1}"/>', whole)


def _cells(place: str, look: str, column: pl.Series | None) -> pl.Expr:
    """The cells of a column, an expression over the row's number."""
    style = f' s="{look}"' if look else ""
    head = pl.lit(f'<c r="{place}') + pl.col("row")
    if column is None:
        return head + f'"{style}/>'
    text = column.str.replace_all(_LIKE_ESCAPED, "_x005F$1").str.replace_many(_ESCAPED)
    return head + f'"{style} t="inlineStr"><is><t xml:space="preserve">' + pl.lit(text) + "</t></is></c>"

"""Many rows of text for a workbook that XlsxWriter made.

XlsxWriter makes the sheet with all its formats, its headings and one row of data; the other rows are written like that
one, a column at a time: cell by cell they would cost more than the records they tell of.
"""

import re
import zipfile
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
_ROW = "\0row"


def fill(path: Path, told: pl.DataFrame) -> None:
    """Write the text of ``told``, its columns in their order, into the workbook instead of its second row and downwards.

    That row must have a cell in every column: it says how the column's cells look. Null: a cell to be filled in. A
    workbook without any row of data stays as it is.
    """
    if not told.height:
        return
    with zipfile.ZipFile(path) as book:
        parts = {part: book.read(part) for part in book.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part, content in parts.items():
            part.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(part, _filled(content.decode(), told) if part.filename == _SHEET else content)


def _filled(sheet: str, told: pl.DataFrame) -> str:
    first = _FIRST.search(sheet)
    assert first is not None
    looks = _CELL.findall(first.group())
    escaped = told.select(pl.all().str.replace_all(_LIKE_ESCAPED, "_x005F$1").str.replace_many(_ESCAPED)).with_columns(
        pl.int_range(2, told.height + 2).cast(pl.String).alias(_ROW)
    )
    cells = [_cells(place, look, column) for (place, look), column in zip(looks, told.columns, strict=True)]
    rows = escaped.select(pl.format('<row r="{}">' + "{}" * len(cells) + "</row>", _ROW, *cells)).to_series()
    whole = sheet[: first.start()] + rows.str.join("").item() + sheet[first.end() :]
    return _EXTENT.sub(rf'<dimension ref="A1:\g<1>{told.height + 1}"/>', whole)


def _cells(place: str, look: str, column: str) -> pl.Expr:
    """The cells of a column."""
    style = f' s="{look}"' if look else ""
    text = pl.format(
        f'<c r="{place}{{}}"{style} t="inlineStr"><is><t xml:space="preserve">{{}}</t></is></c>', _ROW, column
    )
    return pl.coalesce(text, pl.format(f'<c r="{place}{{}}"{style}/>', _ROW))

"""Many rows of text for a workbook that XlsxWriter made.

XlsxWriter makes the sheet with all its formats, its headings and one row of data; the other rows are written like that
one, a column at a time: cell by cell they would cost more than the records they tell of. A cell says nothing of its place
(ECMA-376 part 1, 18.3.1.4: it stands right of the one before), which halves what is to be packed.
"""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa

_SHEET = "xl/worksheets/sheet1.xml"
_CELL = re.compile(r'<c r="[A-Z]+2"(?: s="(\d+)")?')
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
_SPECIAL = rf"[&<>\x00-\x08\x0b-\x1f]|{_LIKE_ESCAPED}"
_BLANK_ENDS = r"^\s|\s$"
_KEPT = ' xml:space="preserve"'


def looks_of(path: Path) -> list[str]:
    """How the cells of each column of a workbook look, by its second row."""
    with zipfile.ZipFile(path) as book:
        return _CELL.findall(_first(book.read(_SHEET).decode()).group())


def cells_of(told: pl.DataFrame, looks: Sequence[str]) -> pl.Series:
    """The text of ``told``, its columns in their order, as cells that look like ``looks``; null or empty: to be filled in."""
    columns = [_cells(look, column) for look, column in zip(looks, told.get_columns(), strict=True)]
    return pl.select(pl.concat_str(*columns)).to_series()


def fill(path: Path, cells: pl.Series) -> None:
    """Write ``cells`` (:func:`cells_of`) into the workbook instead of its second row and downwards.

    A workbook without any row of data stays as it is.
    """
    if not cells.len():
        return
    with zipfile.ZipFile(path) as book:
        parts = {part: book.read(part) for part in book.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part, content in parts.items():
            part.compress_type = zipfile.ZIP_DEFLATED
            filled = _filled(content.decode(), cells) if part.filename == _SHEET else content
            # A part that was read brings the level it was written at.
            book.writestr(part, filled, compresslevel=1)


def _filled(sheet: str, cells: pl.Series) -> bytes:
    first = _first(sheet)
    last = cells.len() + 1
    numbers = pl.int_range(2, last + 1, eager=True).cast(pl.String)
    rows = pl.select(pl.concat_str(pl.lit('<row r="'), numbers, pl.lit('">'), cells, pl.lit("</row>"))).to_series()
    before = _EXTENT.sub(rf'<dimension ref="A1:\g<1>{last}"/>', sheet[: first.start()])
    return b"".join((before.encode(), _bytes(rows), sheet[first.end() :].encode()))


def _first(sheet: str) -> re.Match[str]:
    first = _FIRST.search(sheet)
    assert first is not None
    return first


def _bytes(rows: pl.Series) -> pa.Buffer:
    """All texts of a series one after the other."""
    text = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    return text.buffers()[2]


def _cells(look: str, column: pl.Series) -> pl.Series:
    """The cells of a column."""
    style = f' s="{look}"' if look else ""
    kept = pl.lit("")
    if column.str.contains(_SPECIAL).any():
        column = column.str.replace_all(_LIKE_ESCAPED, "_x005F$1").str.replace_many(_ESCAPED)
    if column.str.contains(_BLANK_ENDS).any():
        kept = pl.when(pl.lit(column).str.contains(_BLANK_ENDS)).then(pl.lit(_KEPT)).otherwise(pl.lit(""))
    text = pl.concat_str(
        pl.lit(f'<c{style} t="inlineStr"><is><t'), kept, pl.lit(">"), pl.lit(column), pl.lit("</t></is></c>")
    )
    blank = (column == "").fill_null(value=True)
    return pl.select(pl.when(pl.lit(blank)).then(pl.lit(f"<c{style}/>")).otherwise(text)).to_series()

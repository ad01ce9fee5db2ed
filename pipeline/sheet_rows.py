"""Many rows for a workbook that XlsxWriter made.

XlsxWriter makes the sheet with all its formats, its headings and one row of data; workbooks are made like it, their rows
written like that one, a column at a time: cell by cell they would cost more than the records they tell of. A cell says
nothing of its place (ECMA-376 part 1, 18.3.1.4: it stands right of the one before), which halves what is to be packed.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

import polars as pl
import pyarrow as pa

PATTERN_ROWS = 987_653
"""Rows of data that a pattern's filters and choices reach over: the last has a number that nothing else in it says."""

_SHEET = "xl/worksheets/sheet1.xml"
_LAST = re.compile(rf"(?<!\d){PATTERN_ROWS + 1}(?!\d)")
_CELL = re.compile(r'<c r="[A-Z]+2"(?: s="(\d+)")?')
_EXTENT = re.compile(r'(?<=<dimension ref="A1:)([A-Z]+)\d+(?="/>)')
_FIRST = re.compile(r'<row r="2".*?</row>', re.DOTALL)
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


@dataclass(frozen=True)
class Pattern:
    """The parts of a workbook laid out for :data:`PATTERN_ROWS` rows of data, of which the first is there."""

    parts: Mapping[str, str]

    @classmethod
    def of(cls, book: IO[bytes]) -> "Pattern":
        """The pattern that a workbook is."""
        with zipfile.ZipFile(book) as packed:
            return cls({name: packed.read(name).decode() for name in packed.namelist()})

    @cached_property
    def looks(self) -> list[str]:
        """How the cells of each column look, by the first row."""
        first = _FIRST.search(self.parts[_SHEET])
        assert first is not None
        return _CELL.findall(first.group())

    def write(self, book: IO[bytes], cells: pl.Series, below: str = "") -> None:
        """Write the workbook with ``cells`` (:func:`cells_of`) for its rows; without any, that one row stays as it is.

        ``below``: cells of a row that no filter reaches.
        """
        last = max(cells.len(), 1) + 1
        with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for name, content in self.parts.items():
                # The same content has the same bytes: no time of day is told.
                part = zipfile.ZipInfo(name)
                part.compress_type = zipfile.ZIP_DEFLATED
                told = _LAST.sub(str(last), content)
                packed.writestr(part, _sheet(told, cells, below) if name == _SHEET else told, compresslevel=1)


def cells_of(told: pl.DataFrame, looks: Sequence[str]) -> pl.Series:
    """``told``, its columns of text and numbers in their order, as cells that look like ``looks``; null or empty: to be
    filled in.
    """
    columns = [_cells(look, column) for look, column in zip(looks, told.get_columns(), strict=True)]
    return pl.select(pl.concat_str(*columns)).to_series()


def _sheet(content: str, cells: pl.Series, below: str) -> bytes:
    """``content`` of the sheet with its rows."""
    rows = pl.concat([cells, pl.Series([below])]) if below else cells
    if not rows.len():
        return content.encode()
    before, after = _FIRST.split(_EXTENT.sub(rf"\g<1>{rows.len() + 1}", content))
    return b"".join((before.encode(), _bytes(_rows(rows)), after.encode()))


def _rows(cells: pl.Series) -> pl.Series:
    numbers = pl.int_range(2, cells.len() + 2, eager=True).cast(pl.String)
    return pl.select(pl.concat_str(pl.lit('<row r="'), numbers, pl.lit('">'), cells, pl.lit("</row>"))).to_series()


def _bytes(rows: pl.Series) -> pa.Buffer:
    """All texts of a series one after the other."""
    text = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    return text.buffers()[2]


def _cells(look: str, column: pl.Series) -> pl.Series:
    """The cells of a column."""
    style = f' s="{look}"' if look else ""
    if column.dtype.is_integer():
        return pl.select(pl.concat_str(pl.lit(f"<c{style}><v>"), pl.lit(column), pl.lit("</v></c>"))).to_series()
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

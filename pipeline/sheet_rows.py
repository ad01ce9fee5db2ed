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
from io import BytesIO
from typing import IO, Literal, NamedTuple

import numpy as np
import polars as pl

from pipeline.core.distinct import encoded

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
_FIRST_ROW = 2
"""Number of the first row of data."""
_SAMPLE = 1_000
"""Values by which it is told whether a column says the same again and again."""
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

    @cached_property
    def _fixed(self) -> bytes:
        """The parts that do not say how many rows there are, packed: they are the same in every workbook."""
        made = BytesIO()
        with _packing(made) as packed:
            for name, content in self.parts.items():
                if not _LAST.search(content):
                    _pack(packed, name, content)
        return made.getvalue()

    def write(self, book: IO[bytes], rows: "Rows", below: str = "") -> None:
        """Write the workbook with ``rows`` (:func:`rows_of`); without any, that one row stays as it is.

        ``below``: cells of a row that no filter reaches.
        """
        last = max(rows.size, 1) + 1
        made = BytesIO(self._fixed)
        with _packing(made, "a") as packed:
            there = set(packed.namelist())
            for name, content in self.parts.items():
                if name not in there:
                    told = _LAST.sub(str(last), content)
                    _pack(packed, name, _sheet(told, rows, below) if name == _SHEET else told)
        book.write(made.getbuffer())


def _packing(book: IO[bytes], mode: Literal["w", "a"] = "w") -> zipfile.ZipFile:
    return zipfile.ZipFile(book, mode, zipfile.ZIP_DEFLATED, compresslevel=1)


def _pack(packed: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    # The same content has the same bytes: no time of day is told.
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(part, content, compresslevel=1)


class Rows(NamedTuple):
    """The rows of a workbook as its sheet says them, and their number."""

    text: memoryview | bytes
    size: int


def rows_of(told: pl.DataFrame, looks: Sequence[str], sizes: Sequence[int]) -> list[Rows]:
    """The rows of several workbooks, of one after the other so many as ``sizes`` says.

    ``told``: columns of text and numbers, whose cells look like ``looks``; null or empty: to be filled in.
    """
    ends = np.cumsum([0, *sizes])
    numbers = pl.Series(np.arange(ends[-1]) - np.repeat(ends[:-1], sizes) + _FIRST_ROW).cast(pl.String)
    begins = pl.lit('<row r="'), numbers, pl.lit('">')
    columns = [_cells(look, column) for look, column in zip(looks, told.get_columns(), strict=True)]
    whole = pl.select(pl.concat_str(*begins, *columns, pl.lit("</row>"))).to_series().rechunk()
    _, offsets, text = whole.to_arrow(compat_level=pl.CompatLevel.oldest()).buffers()
    at = np.frombuffer(offsets, np.int64)[ends]
    return [Rows(memoryview(text)[start:end], size) for start, end, size in zip(at[:-1], at[1:], sizes, strict=True)]


def cells_of(told: pl.DataFrame, looks: Sequence[str]) -> pl.Series:
    """The cells of single rows of text."""
    return pl.select(
        pl.concat_str(*(_cells(look, column) for look, column in zip(looks, told.get_columns(), strict=True)))
    ).to_series()


def _sheet(content: str, rows: Rows, below: str) -> bytes:
    """``content`` of the sheet with its rows."""
    last = rows.size + _FIRST_ROW
    own = rows.text
    if below:
        own = b"".join((own, f'<row r="{last}">{below}</row>'.encode()))
        last += 1
    if not own:
        return content.encode()
    before, after = _FIRST.split(_EXTENT.sub(rf"\g<1>{last - 1}", content))
    return b"".join((before.encode(), own, after.encode()))


def _cells(look: str, column: pl.Series) -> pl.Series:
    """The cells of a column, those that say the same made once where many do."""
    if column.dtype.is_integer():
        return _numbers(look, column)
    if column.head(_SAMPLE).n_unique() * 2 > min(len(column), _SAMPLE):
        return _texts(look, column)
    codes, words = encoded(column)
    return _texts(look, words).gather(codes)


def _numbers(look: str, column: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit(f"<c{_style(look)}><v>"), column, pl.lit("</v></c>"))).to_series()


def _style(look: str) -> str:
    return f' s="{look}"' if look else ""


def _texts(look: str, column: pl.Series) -> pl.Series:
    style, kept = _style(look), pl.lit("")
    # Hardly any column has anything of either kind: one look says so.
    if column.str.contains(f"{_SPECIAL}|{_BLANK_ENDS}").any():
        column = column.str.replace_all(_LIKE_ESCAPED, "_x005F$1").str.replace_many(_ESCAPED)
        kept = pl.when(pl.lit(column).str.contains(_BLANK_ENDS)).then(pl.lit(_KEPT)).otherwise(pl.lit(""))
    text = pl.concat_str(
        pl.lit(f'<c{style} t="inlineStr"><is><t'), kept, pl.lit(">"), pl.lit(column), pl.lit("</t></is></c>")
    )
    blank = (column == "").fill_null(value=True)
    return pl.select(pl.when(pl.lit(blank)).then(pl.lit(f"<c{style}/>")).otherwise(text)).to_series()

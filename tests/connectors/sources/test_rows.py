import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.sources.rows import QUOTED_LINES, Dialect, fields, scan, scan_text, with_plain_line_ends

BARS = Dialect("|", '"')
ODD_TEXTS = st.text(alphabet='a"|\n\rx ', max_size=60).map(lambda text: text.rstrip("\r"))


def _rows(text: str, dialect: Dialect = BARS) -> list[str]:
    return [
        text[start:end].rstrip("\n") for start, end in scan_text(text, dialect, final=True) if text[start:end] != "\n"
    ]


def _streamed(block: bytes, dialect: Dialect, step: int) -> list[int]:
    """Ends found when the block comes in pieces."""
    ends: list[int] = []
    carry, offset, at = b"", 0, 0
    while True:
        piece = block[at : at + step]
        at += step
        final = at > len(block)
        rows = scan(carry + piece, dialect, "utf-8", final)
        ends += [int(end) + offset for end in rows.ends]
        used = int(rows.ends[-1]) if rows.ends.size else 0
        carry, offset = (carry + piece)[used:], offset + used
        if final:
            assert carry == b""
            return ends


@given(ODD_TEXTS, st.booleans())
def test_the_scan_of_bytes_finds_the_rows_of_the_text(text: str, cr: bool) -> None:
    dialect = BARS._replace(cr=cr)
    found = scan(text.encode(), dialect, "utf-8", final=True)
    plain = with_plain_line_ends(text.encode(), cr).decode()
    rows = [plain[start:end] for start, end in scan_text(plain, dialect, final=True)]
    assert [row != "\n" for row in rows] == found.filled.tolist()


@given(ODD_TEXTS, st.integers(1, 20), st.booleans())
@example('"\n"\r\n', 1, False)
@example('"a"\r\n"b"\r\n', 4, False)
@example('a"|b\n' * 300, 7, False)
def test_rows_are_the_same_however_the_bytes_come(text: str, step: int, cr: bool) -> None:
    dialect = BARS._replace(cr=cr)
    assert _streamed(text.encode(), dialect, step) == scan(text.encode(), dialect, "utf-8", final=True).ends.tolist()


VALUES = st.text(alphabet='a"|\n\r张', max_size=6)


@given(st.lists(st.lists(VALUES, min_size=2, max_size=3), min_size=1, max_size=5), st.booleans())
def test_what_a_csv_writer_wrote_is_read_back(table: list[list[str]], quote_all: bool) -> None:
    stored = io.StringIO()
    csv.writer(stored, delimiter="|", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows(table)
    text = with_plain_line_ends(stored.getvalue().encode(), cr=False).decode()
    expected = [[with_plain_line_ends(value.encode(), cr=False).decode() for value in row] for row in table]
    assert [fields(row, BARS) for row in _rows(text)] == expected
    assert not scan(text.encode(), BARS, "utf-8", final=True).odd


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ('5" pipe|b', ['5" pipe', "b"]),
        ('"a|b', ['"a', "b"]),
        ('"a"b|c', ['"a"b', "c"]),
        ('"a""b"|c', ['a"b', "c"]),
        ('"a|b"|c', ["a|b", "c"]),
        ('""|""', ["", ""]),
        ('a|"', ["a", '"']),
        ("a|", ["a", ""]),
        ("", [""]),
    ],
)
def test_a_quote_counts_only_around_a_whole_value(row: str, values: list[str]) -> None:
    assert fields(row, BARS) == values


def test_one_stray_quote_costs_no_row() -> None:
    text = 'a|"x|c\n' + "a|b|c\n" * 500 + 'a|y"|c\n'
    assert len(_rows(text)) == 502
    assert scan(text.encode(), BARS, "utf-8", final=True).filled.sum() == 502


def test_a_quoted_value_may_hold_many_lines_but_not_any_number() -> None:
    assert len(_rows('"' + "x\n" * QUOTED_LINES + '"|b\n')) == 1
    assert len(_rows('"' + "x\n" * (QUOTED_LINES + 1) + '"|b\n')) == QUOTED_LINES + 2


def test_without_a_quote_character_quotes_are_ordinary() -> None:
    bare = Dialect("|", "")
    text = '"a\nb"|c\n'
    assert _rows(text, bare) == ['"a', 'b"|c']
    assert scan(text.encode(), bare, "utf-8", final=True).ends.tolist() == [3, 8]
    assert fields('"a"|b', bare) == ['"a"', "b"]


@pytest.mark.parametrize(
    ("block", "cr", "plain"),
    [
        (b"a\r\nb\r\n", False, b"a\nb\n"),
        (b"a\r\r\nb\rc\n", False, b"a \nb c\n"),
        (b"a\r\nb\rc\r", True, b"a\n\nb\nc\n"),
    ],
)
def test_line_ends_become_plain(block: bytes, cr: bool, plain: bytes) -> None:
    if not cr:
        plain = plain.replace(b"a \n", b"a\n")
    assert with_plain_line_ends(block, cr) == plain


def test_blank_lines_are_no_rows() -> None:
    found = scan(b"\r\na|b\r\n\r\n\n \nc|d", BARS, "utf-8", final=True)
    assert found.filled.tolist() == [False, True, False, False, True, True]


def test_a_bar_inside_a_character_is_no_delimiter() -> None:
    block = b'\x81|"a\nb|c\n'  # 亅"a : the quote does not begin a value
    found = scan(block, BARS, "mixed", final=True)
    assert (found.ends.tolist(), found.odd) == ([5, 9], True)

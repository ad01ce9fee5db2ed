"""Whatever is done to a file: no crash, and either a clear refusal or every counted row in rows or rejects."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.file_source import inspect_feed
from pipeline.ports import FEED_ROW, FeedReport
from tests.deliveries_sources import CLAIMS, FORMATS, a_feed, as_text

ROWS = [
    {key: f"{value or ''}{number}" for key, value in CLAIMS[number % 3].items()} for number in range(40)
]  # enough for several rows before and after any damage
RULES = {"C11", "C12", "C13"}
REASONS = {"field_count", "not_json", "not_object", "total_row", "unreadable"}
TEXT_HEADERS = ",".join(ROWS[0])


def check(report: FeedReport) -> None:
    """The promise of this module."""
    for problem in report.problems:
        assert problem.rule in RULES
        assert problem.place.startswith("feed claims")
        assert problem.problem
        assert problem.advice
    if report.refused:
        assert report.chunks == ()
        return
    counted = sum(file.rows for file in report.files if not file.excluded)
    numbers: list[int] = []
    for chunk in report.chunks:
        held = 0
        for batch in chunk.read(7):
            held += batch.data.num_rows
            numbers += batch.data.column(FEED_ROW).to_pylist()
            if batch.kind == "rejects":
                rejects = pl.DataFrame(pl.from_arrow(batch.data))
                assert set(rejects["reason"]) <= REASONS
                assert rejects.select(pl.col("advice").str.len_chars().min()).item() > 0
        assert held == chunk.rows
    assert sorted(numbers) == list(range(1, counted + 1))


def inspect_bytes(content: bytes, name: str, **more: object) -> FeedReport:
    """Report of one file of these bytes, and what it gives checked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        report = inspect_feed(a_feed(path, **more), frozenset())
        check(report)
        return report


def _truncated(content: bytes, at: int, _junk: bytes) -> bytes:
    return content[:at]


def _inserted(content: bytes, at: int, junk: bytes) -> bytes:
    return content[:at] + junk + content[at:]


def _overwritten(content: bytes, at: int, junk: bytes) -> bytes:
    return content[:at] + junk + content[at + len(junk) :]


def _doubled(content: bytes, at: int, _junk: bytes) -> bytes:
    return content[at:] + content


def _reversed(content: bytes, at: int, _junk: bytes) -> bytes:
    return content[:at] + content[at:][::-1]


MUTATIONS: list[Callable[[bytes, int, bytes], bytes]] = [_truncated, _inserted, _overwritten, _doubled, _reversed]
JUNK = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.sampled_from([b'"', b'""', b'"\n', b"\r", b"\0" * 9, b"\x1a", b"\xff\xfe", b"|,\t;", b"\xe5\xbc", b"{", b"\\"]),
)


@pytest.mark.parametrize("name", [name for name in FORMATS if "xls" not in name])
@settings(max_examples=50, deadline=None)
@given(mutate=st.sampled_from(MUTATIONS), at=st.floats(0, 1), junk=JUNK, chunk_bytes=st.sampled_from([50, 1 << 20]))
def test_damaged_bytes(
    name: str, mutate: Callable[[bytes, int, bytes], bytes], at: float, junk: bytes, chunk_bytes: int
) -> None:
    file, write = FORMATS[name]
    content = write(ROWS)
    inspect_bytes(mutate(content, int(at * len(content)), junk), file, chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("name", ["xlsx", "xls"])
@settings(max_examples=25, deadline=None)
@given(mutate=st.sampled_from(MUTATIONS), at=st.floats(0, 1), junk=JUNK)
def test_damaged_workbooks(name: str, mutate: Callable[[bytes, int, bytes], bytes], at: float, junk: bytes) -> None:
    file, write = FORMATS[name]
    content = write(ROWS)
    inspect_bytes(mutate(content, int(at * len(content)), junk), file)


@settings(max_examples=25, deadline=None)
@given(
    mutate=st.sampled_from(MUTATIONS),
    at=st.floats(0, 1),
    junk=JUNK,
    part=st.sampled_from(["sheet1", "workbook", "sharedStrings"]),
)
def test_a_damaged_part_of_a_whole_workbook(
    mutate: Callable[[bytes, int, bytes], bytes], at: float, junk: bytes, part: str
) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"][1](ROWS))) as whole, zipfile.ZipFile(stored, "w") as damaged:
        for name in whole.namelist():
            content = whole.read(name)
            damaged.writestr(name, mutate(content, int(at * len(content)), junk) if part in name else content)
    inspect_bytes(stored.getvalue(), "f.xlsx")


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=300))
def test_bytes_that_are_no_such_file(name: str, content: bytes) -> None:
    inspect_bytes(content, FORMATS[name][0])


@settings(max_examples=25, deadline=None)
@given(junk=JUNK, at=st.floats(0, 1))
def test_damaged_text_in_a_whole_gzip_file(junk: bytes, at: float) -> None:
    content = as_text(ROWS).encode("gbk")
    inspect_bytes(gzip.compress(_inserted(content, int(at * len(content)), junk)), "f.txt.gz")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "latin-1", "shift_jis", "euc_kr"]
)
@pytest.mark.parametrize("told", ["auto", "utf-8", "gbk", "utf-16", "ascii"])
def test_a_wrong_encoding(encoding: str, told: str) -> None:
    content = as_text(ROWS).encode(encoding, "replace")
    report = inspect_bytes(content, "f.txt", encoding=told)
    if told == "auto" and encoding in ("utf-8", "gb18030", "utf-16"):
        assert not report.refused
        assert report.rows == len(ROWS)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(4)), lines=st.permutations(range(20)))
def test_swapped_columns_and_shuffled_lines_keep_every_row(order: list[int], lines: list[int]) -> None:
    rows = [{key: row[key] for key in (list(row)[position] for position in order)} for row in ROWS[:20]]
    report = inspect_bytes(as_text([rows[line] for line in lines]).encode(), "f.csv")
    assert (report.refused, report.rows) == (False, 20)


@settings(max_examples=25, deadline=None)
@given(lines=st.permutations(range(6)))
def test_a_header_among_the_rows_is_no_header(lines: list[int]) -> None:
    whole = as_text(ROWS[:5]).splitlines()
    report = inspect_bytes("\n".join(whole[line] for line in lines).encode(), "f.csv")
    assert report.refused is (lines[0] != 0)


@pytest.mark.parametrize(
    "content",
    [
        TEXT_HEADERS.encode(),
        f"{TEXT_HEADERS}\n{TEXT_HEADERS}\n".encode(),
        f"{TEXT_HEADERS},报案号\n1,2,3,4,5\n".encode(),
        f"{TEXT_HEADERS}\n{'x' * 10_000_000}\n1,2,3,4\n".encode(),
        f"{TEXT_HEADERS}\n1,2,3,{'x' * 10_000_000}\n1,2,3,4\n".encode(),
        f'{TEXT_HEADERS}\n=1+1,+2,-3,@4\n=HYPERLINK("http://x"),2,3,4\n'.encode(),
        f'{TEXT_HEADERS}\n1,"2,3,4\n{"5,6,7,8" * 3}\n'.encode(),
        f"{TEXT_HEADERS}\n".encode() + b"1,\0\0,\xff\xff,4\n",
        ("x" * 10_000_000).encode(),
        b"\n" * 3000,
        b'"' * 3001,
        b"\r" * 3001,
        b",\n" * 3000,
        b"\0" * 3000,
    ],
    ids=lambda content: f"{content[:12]!r} {len(content)}",
)
def test_known_oddities(content: bytes) -> None:
    inspect_bytes(content, "f.csv")

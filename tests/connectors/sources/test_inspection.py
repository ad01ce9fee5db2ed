import hashlib
from pathlib import Path

import pytest

from connectors.sources.files import READ_BYTES, Unusable
from connectors.sources.inspection import inspect_text
from tests.deliveries_sources import a_feed

HEAD = "报案号|报案人姓名\n"


def _seen(folder: Path, content: bytes, chunk_bytes: int = 1 << 24, **settings: object):
    path = folder / "f.txt"
    path.write_bytes(content)
    return inspect_text(str(path), a_feed(path, chunk_bytes=chunk_bytes, **settings))


def test_cuts_hold_every_row_once_and_lie_between_rows(tmp_path: Path) -> None:
    lines = "".join(f'C{number}|"张\n三{number}"\n' for number in range(200_000)).encode()
    content = HEAD.encode() + lines
    assert len(content) > 3 * READ_BYTES
    seen = _seen(tmp_path, content, chunk_bytes=300_000)
    assert seen.rows == 200_000
    assert seen.digest == hashlib.sha256(content).hexdigest()
    at, row = len(HEAD.encode()), 1
    for cut in seen.cuts:
        assert (cut.offset, cut.first_row) == (at, row)
        assert content[cut.offset : cut.offset + 1] == b"C"
        assert cut.length < 300_100
        at, row = at + cut.length, row + cut.rows
    assert (at, row) == (len(content), 200_001)


def test_blank_lines_before_the_header_and_the_header_are_in_no_cut(tmp_path: Path) -> None:
    for blank_lines in (0, 5, 3000):
        content = b"\n" * blank_lines + f"{HEAD}C1|张三\n".encode()
        (cut,) = _seen(tmp_path, content).cuts
        assert content[cut.offset :] == "C1|张三\n".encode()
        assert cut.rows == 1


def test_a_file_that_begins_like_utf8_and_is_gb18030_is_looked_at_twice(tmp_path: Path) -> None:
    # "联通" in GB2312 is valid UTF-8.
    first = "联通|联通\n".encode("gbk") * 200_000
    content = b"claim_no|reporter_name\n" + first + "张三|李四\n".encode("gbk")
    assert len(content) > READ_BYTES
    seen = _seen(tmp_path, content)
    assert (seen.encoding, seen.replaced_lines, seen.rows) == ("gb18030", 0, 200_001)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "is a zip archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "is an old Excel workbook"),
        (b"PAR1" + b"\0" * 100, "is Parquet"),
        (b"<html><table><tr><td>1", "is a web page or XML"),
        (b"%PDF-1.4 rubbish", "is a pdf file"),
        (bytes(range(256)) * 100, "is not text"),
    ],
)
def test_what_is_no_delimited_text_is_refused_by_name(content: bytes, problem: str, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=problem):
        _seen(tmp_path, content)

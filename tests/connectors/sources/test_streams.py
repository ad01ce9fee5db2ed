import gzip
import hashlib
from pathlib import Path

import pytest

from connectors.sources.streams import PlainStream

TEXT = "报案号|报案人\n" * 1000


@pytest.mark.parametrize(
    ("stored", "encoding", "content", "seekable"),
    [
        (TEXT.encode("gbk"), "auto", TEXT.encode("gbk"), True),
        (gzip.compress(TEXT.encode("gbk"), mtime=0), "auto", TEXT.encode("gbk"), False),
        (
            gzip.compress(TEXT.encode()[:50], mtime=0) + gzip.compress(TEXT.encode()[50:], mtime=0),
            "auto",
            TEXT.encode(),
            False,
        ),
        (TEXT.encode("utf-16"), "auto", TEXT.encode(), False),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "auto", TEXT.encode(), False),
        (TEXT.encode("utf-16-le"), "utf-16-le", TEXT.encode(), False),
        (gzip.compress(TEXT.encode("utf-16"), mtime=0), "utf-16", TEXT.encode(), False),
    ],
)
def test_bytes_come_plain_and_may_be_entered_at_any_offset(
    stored: bytes, encoding: str, content: bytes, seekable: bool, tmp_path: Path
) -> None:
    (tmp_path / "f").write_bytes(stored)
    stream = PlainStream(str(tmp_path / "f"), encoding, hashed=True)
    assert stream.seekable is seekable
    assert b"".join(iter(lambda: stream.read(777), b"")) == content
    assert (stream.digest, stream.size) == (hashlib.sha256(stored).hexdigest(), len(stored))
    stream.close()
    for offset in (0, 1, 5000):
        stream = PlainStream(str(tmp_path / "f"), encoding)
        stream.seek(offset)
        assert stream.read(100) == content[offset : offset + 100]
        stream.seek(offset + 200)
        assert stream.read(100) == content[offset + 200 : offset + 300]
        stream.close()


def test_a_cut_gzip_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(gzip.compress(TEXT.encode(), mtime=0)[:-20])
    stream = PlainStream(str(tmp_path / "f"), "auto")
    with pytest.raises(EOFError):
        stream.read(1 << 20)
    stream.close()

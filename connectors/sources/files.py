"""Files of a feed: which they are, what they look like, and their bytes as a stream.

Local paths, and the URIs pyarrow's filesystems know (``file://``, ``s3://``, ``gs://``, ``hdfs://``). Compressed and
UTF-16 files are read through a stream that turns them into plain bytes on the way; such a stream cannot be entered in
the middle.
"""

import codecs
import errno
import glob
import gzip
import hashlib
import io
import os
import zlib
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import pyarrow as pa
from pyarrow import fs

from pipeline.errors import FeedRefused

READ_BYTES = 1 << 20
"""Bytes asked for at a time: fits the processor's cache, large enough for numpy."""

UNREADABLE = (OSError, EOFError, zlib.error, pa.ArrowException)
"""What reading a damaged or vanished file raises."""

_NOT_FEEDS = ("_SUCCESS", "_metadata", "_common_metadata")
_SIGNATURES = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"ORC", "orc"),
    (b"SQLite format 3", "sqlite"),
)


class Unusable(FeedRefused):
    """A file cannot be used. ``rule`` is the id of the feed rule it breaks; ``place`` is filled in by the source."""

    def __init__(self, problem: str, advice: str, rule: str = "C12") -> None:
        super().__init__("", problem, advice)
        self.args = (problem, advice, rule)
        self.rule = rule


def find(pattern: str) -> list[str]:
    """Paths that ``pattern`` (a path or a glob) names, sorted; folders included, so that they can be refused by name."""
    if "://" in pattern:
        return sorted(path for path in _find_remote(pattern) if _may_be_feed(path))
    if Path(pattern).exists():
        return [pattern]
    return sorted(path for path in glob.glob(pattern, recursive=True) if _may_be_feed(path))


def name_of(path: str) -> str:
    """Name of the file without its folders."""
    return PurePosixPath(path).name


def size_of(path: str) -> int:
    """Size in bytes. Raises OSError when there is no such file."""
    filesystem, inner = _locate(path)
    info = filesystem.get_file_info(inner)
    if info.type == fs.FileType.NotFound:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if info.type == fs.FileType.Directory:
        raise Unusable("is a folder, not a file", "Give a file, or a pattern such as folder/*.txt.")
    return int(info.size)


def exists(path: str) -> bool:
    """Whether there is a file at ``path``."""
    filesystem, inner = _locate(path)
    return bool(filesystem.get_file_info(inner).type == fs.FileType.File)


def open_binary(path: str) -> BinaryIO:
    """The file's bytes, seekable. Raises OSError."""
    if "://" not in path:
        return open(path, "rb", buffering=0)
    filesystem, inner = _locate(path)
    return cast(BinaryIO, filesystem.open_input_file(inner))


def signature(head: bytes) -> str:
    """What a file that begins with ``head`` is: gzip, zip, ole, parquet, utf-16…; "text" when nothing else fits."""
    for magic, kind in _SIGNATURES:
        if head.startswith(magic):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta")):
        return "html"
    return "text"


class PlainStream:
    """Bytes of a text file as its readers want them: unpacked, and in an encoding that extends ASCII.

    ``digest`` (when ``hashed``) and ``bytes`` are those of the file itself and right once :meth:`read` has returned
    nothing. ``seekable`` says whether a reader may begin in the middle; ``wide`` names the UTF-16 or UTF-32 codec that is
    read through, empty for none.
    """

    def __init__(self, path: str, encoding: str, hashed: bool = False) -> None:
        self._raw = _Counted(open_binary(path), hashed)
        self._at = 0
        self._rest = b""
        head = self._raw.peek(4)
        self._bytes: Any = self._raw
        self.seekable = True
        if signature(head) == "gzip":
            self._bytes = gzip.GzipFile(fileobj=cast(BinaryIO, self._raw))
            self.seekable = False
            head = b""
        self.wide = _wide(head, encoding)
        self._decoder = codecs.getincrementaldecoder(self.wide)(errors="replace") if self.wide else None
        self.seekable = self.seekable and not self.wide

    def seek(self, offset: int) -> None:
        """Go forward to byte ``offset``; reads through what lies before it when it must."""
        if self.seekable:
            self._raw.seek(offset)
            self._at = offset
        while self._at < offset and self.read(min(offset - self._at, READ_BYTES)):
            pass

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end of the file."""
        pieces: list[bytes] = []
        missing = size
        while missing > 0 and (piece := self._read_some(missing)):
            pieces.append(piece)
            missing -= len(piece)
        self._at += size - missing
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes read, in hexadecimal."""
        return self._raw.digest

    @property
    def bytes(self) -> int:
        """Bytes read from the file itself."""
        return self._raw.count

    def _read_some(self, size: int) -> bytes:
        if self._decoder is None:
            return cast(bytes, self._bytes.read(size))
        while not self._rest:
            raw = self._bytes.read(READ_BYTES)
            self._rest = self._decoder.decode(raw, final=not raw).encode("utf-8", "replace")
            if not raw:
                break
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class _Counted:
    """A file that counts, and hashes when asked, what is read from it; what :meth:`seek` skips is neither."""

    def __init__(self, file: BinaryIO, hashed: bool) -> None:
        self._file = file
        self._head = b""
        self._hash = hashlib.sha256() if hashed else None
        self.count = 0

    @property
    def digest(self) -> str:
        return self._hash.hexdigest() if self._hash else ""

    def peek(self, size: int) -> bytes:
        self._head = self._file.read(size)
        return self._head

    def read(self, size: int = -1) -> bytes:
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
        else:
            piece = self._file.read(size)
        if self._hash:
            self._hash.update(piece)
        self.count += len(piece)
        return piece

    def seek(self, offset: int) -> None:
        self._head = b""
        self._file.seek(offset)

    def close(self) -> None:
        self._file.close()


def digest_of(path: str) -> tuple[str, int]:
    """SHA-256 and size of a file's bytes, read in pieces."""
    file = _Counted(open_binary(path), hashed=True)
    try:
        while file.read(READ_BYTES):
            pass
    finally:
        file.close()
    return file.digest, file.count


def whole(path: str, limit: int) -> bytes:
    """All bytes of a small file. Raises :class:`Unusable` above ``limit``."""
    with io.BufferedReader(cast(Any, open_binary(path))) as file:
        found = file.read(limit + 1)
    if len(found) > limit:
        raise Unusable(f"is larger than {limit:,} bytes", "It should be a small file.")
    return found


def _wide(head: bytes, encoding: str) -> str:
    """The UTF-16 or UTF-32 codec to read through, empty when bytes can be taken as they are."""
    told = encoding.lower().replace("_", "-")
    if told.startswith(("utf-16", "utf16", "utf-32", "utf32")):
        return told
    return "utf-16" if told == "auto" and signature(head) == "utf-16" else ""


def _locate(path: str) -> tuple[fs.FileSystem, str]:
    if "://" in path:
        filesystem, inner = fs.FileSystem.from_uri(path)
        return filesystem, inner
    return fs.LocalFileSystem(), path


def _find_remote(pattern: str) -> list[str]:
    """Files under the last folder before the first wildcard whose path fits."""
    if not any(character in pattern for character in "*?["):
        return [pattern] if exists(pattern) else []
    scheme, rest = pattern.split("://", 1)
    start = min(rest.find(character) for character in "*?[" if character in rest)
    folder = rest[:start].rpartition("/")[0]
    filesystem, inner = fs.FileSystem.from_uri(f"{scheme}://{folder}")
    cut = len(inner.rstrip("/")) + 1
    found = filesystem.get_file_info(fs.FileSelector(inner, allow_not_found=True, recursive=True))
    paths = (f"{scheme}://{folder}/{info.path[cut:]}" for info in found if info.type == fs.FileType.File)
    return [path for path in paths if path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)]


def _may_be_feed(path: str) -> bool:
    name = name_of(path)
    return not name.startswith(("~$", ".")) and name not in _NOT_FEEDS

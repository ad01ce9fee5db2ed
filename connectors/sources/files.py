"""Files of a feed: which they are, what they look like, and their bytes.

Local paths, and the URIs pyarrow's filesystems know (``file://``, ``s3://``, ``gs://``, ``hdfs://``).
"""

import errno
import glob
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
    """Paths that ``pattern`` (a path or a glob) names, sorted; folders too, so that they can be refused by name."""
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


def digest_of(path: str) -> tuple[str, int]:
    """SHA-256 and size of a file's bytes, read in pieces."""
    hashed, size = hashlib.sha256(), 0
    with open_binary(path) as file:
        while piece := file.read(READ_BYTES):
            hashed.update(piece)
            size += len(piece)
    return hashed.hexdigest(), size


def whole(path: str, limit: int) -> bytes:
    """All bytes of a small file. Raises :class:`Unusable` above ``limit``."""
    with io.BufferedReader(cast(Any, open_binary(path))) as file:
        found = file.read(limit + 1)
    if len(found) > limit:
        raise Unusable(f"is larger than {limit:,} bytes", "It should be a small file.")
    return found


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


def why_unreadable(error: BaseException) -> str:
    """What went wrong in words, without the file's content that some messages hold."""
    if isinstance(error, EOFError):
        return "ends too early: it was not transferred whole"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged"
    return f"cannot be read ({reason})"

"""Objects of a store (``s3://``, ``gs://``, ``hdfs://``, ``file://``) by their URI, through pyarrow's filesystems.

Credentials, region and endpoint come from the environment alone (AWS_*, GOOGLE_APPLICATION_CREDENTIALS, HADOOP_*), on
the driver and on every worker. What is written appears whole or not at all.
"""

import functools
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from pyarrow import fs

from pipeline.errors import RunError

_WHOLE_AT_CLOSE = ("s3", "gs", "gcs")
"""Stores in which an object appears when its writer closes it. Elsewhere it is written aside and renamed."""


@dataclass(frozen=True)
class Store:
    """What lies below ``uri``. Paths are relative to it."""

    uri: str

    def __truediv__(self, path: str) -> "Store":
        """What lies below ``path``."""
        return Store(f"{self.uri.rstrip('/')}/{path}")

    def __str__(self) -> str:
        """Its address."""
        return self.uri

    def check(self) -> None:
        """Raise :class:`RunError` when the store cannot be reached."""
        try:
            self._filesystem.get_file_info(self._root)
        except (OSError, pa.ArrowException) as error:
            raise RunError(
                self.uri,
                f"cannot be reached ({type(error).__name__})",
                "Credentials, region and endpoint are taken from the environment.",
            ) from error

    def open(self, path: str) -> Any:
        """An object's bytes, seekable. Raises OSError."""
        return self._filesystem.open_input_file(self._inner(path))

    def read(self, path: str) -> bytes:
        """An object's bytes. Raises OSError."""
        with self.open(path) as file:
            return bytes(file.read())

    def write(self, path: str, told: bytes | pa.Buffer) -> None:
        """Write an object, replacing one that stood there."""
        filesystem, inner = self._filesystem, self._inner(path)
        if self._whole_at_close:
            with filesystem.open_output_stream(inner) as stream:
                stream.write(told)
            return
        aside = f"{inner}.{uuid.uuid4().hex}.half"
        filesystem.create_dir(inner.rpartition("/")[0], recursive=True)
        with filesystem.open_output_stream(aside) as stream:
            stream.write(told)
        filesystem.move(aside, inner)

    def exists(self, path: str) -> bool:
        """Whether there is an object or a folder at ``path``."""
        return bool(self._filesystem.get_file_info(self._inner(path)).type != fs.FileType.NotFound)

    def names(self, path: str) -> list[str]:
        """Names right below ``path``, sorted."""
        return sorted(info.base_name for info in self._infos(path, recursive=False))

    def ages(self, path: str) -> dict[str, datetime]:
        """Names of the objects right below ``path`` and when each was written, by the store's own clock."""
        return {info.base_name: info.mtime for info in self._infos(path, recursive=False) if info.mtime is not None}

    def files(self, path: str, ending: str = "") -> list[str]:
        """Paths of all objects below ``path``, sorted."""
        root = len(self._root.rstrip("/")) + 1
        found = self._infos(path, recursive=True)
        return sorted(i.path[root:] for i in found if i.type == fs.FileType.File and i.path.endswith(ending))

    def remove(self, path: str) -> None:
        """Remove an object, or a folder with all it holds; nothing happens when there is none."""
        filesystem, inner = self._filesystem, self._inner(path)
        kind = filesystem.get_file_info(inner).type
        if kind == fs.FileType.Directory:
            filesystem.delete_dir(inner)
        elif kind == fs.FileType.File:
            filesystem.delete_file(inner)

    def inner(self, paths: list[str]) -> tuple[fs.FileSystem, list[str]]:
        """``paths`` as pyarrow takes them."""
        return self._filesystem, [self._inner(path) for path in paths]

    def _infos(self, path: str, *, recursive: bool) -> list[fs.FileInfo]:
        selector = fs.FileSelector(self._inner(path), allow_not_found=True, recursive=recursive)
        return list(self._filesystem.get_file_info(selector))

    def _inner(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    @property
    def _whole_at_close(self) -> bool:
        return self.uri.split("://", 1)[0] in _WHOLE_AT_CLOSE

    @property
    def _filesystem(self) -> fs.FileSystem:
        return _located(*self._parts[:2])[0]

    @property
    def _root(self) -> str:
        scheme, host, path = self._parts
        return f"{_located(scheme, host)[1]}/{path}".rstrip("/")

    @property
    def _parts(self) -> tuple[str, str, str]:
        scheme, rest = self.uri.split("://", 1)
        host, _, path = rest.partition("/")
        return scheme, host, path


@functools.lru_cache(maxsize=16)
def _located(scheme: str, host: str) -> tuple[fs.FileSystem, str]:
    """The filesystem of a bucket or host, and its root in it. Asked once a process: it may ask the store for its region."""
    filesystem, root = fs.FileSystem.from_uri(f"{scheme}://{host}/")
    return filesystem, root.rstrip("/")

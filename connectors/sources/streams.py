"""Bytes of a text file as its readers want them: unpacked, and in an encoding that extends ASCII."""

import codecs
import contextlib
import gzip
import hashlib
from typing import Any, BinaryIO, cast

from connectors.sources.files import READ_BYTES, open_binary, signature


class PlainStream:
    """One file, read forward.

    ``digest`` (when ``hashed``) and ``size`` are those of the file itself and right once :meth:`read` has returned
    nothing. ``seekable`` says whether a reader may begin in the middle (compressed and UTF-16 files cannot be entered
    there); ``wide`` names the UTF-16 or UTF-32 codec that is read through, empty for none.
    """

    def __init__(self, path: str, encoding: str, hashed: bool = False) -> None:
        self._raw = _Counted(open_binary(path), hashed)
        self._at = 0
        self._rest = b""
        self._bytes: Any = self._raw
        with contextlib.ExitStack() as opened:
            opened.callback(self._raw.close)
            head = self._raw.peek(4)
            zipped = signature(head) == "gzip"
            if zipped:
                self._bytes = gzip.GzipFile(fileobj=cast(BinaryIO, self._raw))
                head = self._bytes.peek(4)[:4]
            opened.pop_all()
        self.wide = _wide(head, encoding)
        self._decoder = codecs.getincrementaldecoder(self.wide)(errors="replace") if self.wide else None
        self.seekable = not (zipped or self.wide)

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
    def size(self) -> int:
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


def _wide(head: bytes, encoding: str) -> str:
    """The UTF-16 or UTF-32 codec to read through, empty when bytes can be taken as they are."""
    told = encoding.lower().replace("_", "-").replace("utf16", "utf-16").replace("utf32", "utf-32")
    marked = signature(head) == "utf-16"
    if told in ("utf-16", "utf-32") and not marked:
        return f"{told}-le"  # what Windows writes
    if told.startswith(("utf-16", "utf-32")):
        return told
    return "utf-16" if told == "auto" and marked else ""

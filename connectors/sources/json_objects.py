"""JSON objects, one a line: their keys and the text of their values."""

import io
import json
from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.cells import number_text
from connectors.sources.encodings import as_utf8
from connectors.sources.files import Unusable
from connectors.sources.rows import with_plain_line_ends

NO_JSON = object()
"""What a line that is no JSON gives."""


def parsed(line: bytes) -> Any:
    """The line's value with numbers as their text; ``NO_JSON`` when it is no JSON."""
    try:
        return _DECODER.decode(line.decode("utf-8", "replace").strip())
    except (ValueError, RecursionError):
        return NO_JSON


def _first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _refused(constant: str) -> Any:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_first_wins,
    parse_int=str,
    parse_float=lambda text: number_text(float(text)),
    parse_constant=_refused,
    strict=False,
)


class Keys:
    """Key paths of all lines: those that hold ``values``, and those that are not always plain values (``nests``)."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.nests: set[str] = set()
        self._begun = False

    def look(self, block: bytes, encoding: str) -> None:
        """Take note of the keys of some whole lines."""
        text = with_plain_line_ends(as_utf8(block, encoding), cr=False)
        if not self._begun and text.strip():
            self._begun = True
            if text.lstrip()[:1] == b"[":
                raise Unusable("is one JSON array", "Have it delivered as JSON lines, one object a line.")
        schema = _schema_of(text)
        if schema is None:
            for line in text.split(b"\n"):
                self._note_object(parsed(line), "")
        else:
            self._note_schema(schema, "")

    def _note_schema(self, fields: Mapping[str, Any], above: str) -> None:
        for name, kind in fields.items():
            path = self._note(name, above, isinstance(kind, pl.Struct), isinstance(kind, pl.List))
            if isinstance(kind, pl.Struct):
                self._note_schema(_fields(kind), f"{path}.")

    def _note_object(self, found: Any, above: str) -> None:
        if isinstance(found, dict):
            for name, value in found.items():
                path = self._note(name, above, isinstance(value, dict), isinstance(value, list))
                self._note_object(value, f"{path}.")

    def _note(self, name: str, above: str, is_object: bool, is_list: bool) -> str:
        path = above + name
        if is_object or is_list or "." in name:
            self.nests.add(path)
        if not is_object:
            self.values.add(path)
        return path


def _schema_of(text: bytes) -> Mapping[str, Any] | None:
    """Keys of all lines as polars sees them; None when it does not see them all."""
    try:
        schema = pl.scan_ndjson(io.BytesIO(text), infer_schema_length=None).collect_schema()
    except pl.exceptions.PolarsError:
        return None
    # What is an object in one line and a plain value in another is one of the two to polars.
    values, objects = _names(schema)
    pattern = "|".join(
        f'"(?:{"|".join(map(_literal, sorted(names)))})"\\s*:\\s*{other}'
        for names, other in ((values, r"[\[{]"), (objects, r"[^\s{n]"))
        if names
    )
    data = pa.array([text], pa.large_binary())
    try:
        mixed = bool(pattern) and pc.match_substring_regex(data, pattern=pattern)[0].as_py()
    except pa.ArrowInvalid:  # too many keys for one pattern
        return None
    return None if mixed else schema


def _literal(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter == "_" else f"\\x{{{ord(letter):x}}}" for letter in name)


def _names(fields: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Names of plain values and names of objects, at any depth."""
    values = {name for name, kind in fields.items() if not isinstance(kind, pl.Struct | pl.List)}
    objects = {name for name, kind in fields.items() if isinstance(kind, pl.Struct)}
    for kind in fields.values():
        if isinstance(kind, pl.Struct):
            inner = _names(_fields(kind))
            values, objects = values | inner[0], objects | inner[1]
    return values, objects


def _fields(kind: pl.Struct) -> dict[str, Any]:
    return {field.name: field.dtype for field in kind.fields}


def flatten(found: dict[str, Any], above: str, flat: dict[str, str | None]) -> None:
    """Put the text of each value of ``found`` into ``flat`` by its key path, which begins with ``above``."""
    for name, value in found.items():
        if isinstance(value, dict):
            flatten(value, f"{above}{name}.", flat)
        else:
            flat.setdefault(above + name, _text(value))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and value.encode("utf-8", "ignore").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if all(item is None or isinstance(item, str) for item in value):
        return ";".join(item for item in value if item)
    return json.dumps(value, ensure_ascii=False)

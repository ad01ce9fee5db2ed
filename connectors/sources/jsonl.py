"""JSON lines: one object a line, nested keys joined by points (``phone_info.purePhoneNumber``).

Values are taken as their text. Where one key comes twice in an object the first counts. Blocks that polars cannot read
as they are (a malformed line, a key that is now a value and now an object, numbers whose text matters) are read line
by line.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.cells import number_text
from connectors.sources.dialect import Shape
from connectors.sources.encodings import as_utf8
from connectors.sources.feed import Feed, Seen
from connectors.sources.files import Unusable, name_of
from connectors.sources.headers import Understanding, understand
from connectors.sources.inspection import Cut, inspect_text
from connectors.sources.rows import Dialect, with_plain_line_ends
from connectors.sources.text import blocks
from pipeline.ports import Batch

LINES = Shape(Dialect("\x00", ""), ())
"""Rows that end at line ends, whatever they hold."""

_ODD_NUMBER = r":\s*(?:-0|-?[0-9]+(?:\.[0-9]+)?[eE]|-?[0-9]{12,}\.)"
"""Numbers that :func:`number_text` and polars write differently: exponents, many digits before a point, minus zero."""


@dataclass(frozen=True)
class JsonChunk:
    """Part of a JSON lines file. ``paths``: the key path each position of the layout stands for.

    ``line_by_line``: polars cannot read these keys as plain values.
    """

    feed: str
    rows: int
    layout: Layout
    stored: str
    encoding: str
    paths: tuple[str, ...]
    line_by_line: bool
    cuts: tuple[Cut, ...]

    def read(self, batch_rows: int) -> Iterator[Batch]:
        """Batches of rows and rejects. Raises FeedRefused when the file was changed after the inspection."""
        wanted = {self.paths[position]: position for position, _ in self.layout.sources}
        for cut, block in blocks(self.layout, self.stored, self.cuts):
            text = as_utf8(with_plain_line_ends(block, cr=False), self.encoding)
            columns = None if self.line_by_line else _read_whole(text, wanted, cut.rows)
            rejects: list[Reject] = []
            if columns is None:
                columns, rejects, count = _read_lines(text, wanted, cut.first_row)
                if count != cut.rows:
                    raise changed(self.layout)
            numbers = np.arange(cut.first_row, cut.first_row + cut.rows)
            kept = np.delete(numbers, [reject.row - cut.first_row for reject in rejects])
            yield from row_batches(self.layout, kept, columns, batch_rows)
            yield from reject_batches(self.layout, rejects, batch_rows)


def inspect(path: str, feed: Feed) -> Seen:
    """What is in the JSON lines file at ``path``. Raises Unusable, and what reading raises."""
    keys = _Keys()
    seen = inspect_text(path, feed, LINES, keys.look)
    file = name_of(path)
    paths = tuple(keys.values)
    if seen.rows:
        meaning = understand(paths, feed, file, may_repeat=True)
    else:
        meaning = Understanding((), (), (), ())
    layout = Layout(feed.name, path, file, meaning.sources)
    odd = bool({paths[position] for position, _ in meaning.sources} & keys.nests)
    groups: Sequence[tuple[Cut, ...]] = [(cut,) for cut in seen.cuts] if seen.seekable else [seen.cuts]
    chunks = [
        JsonChunk(
            feed.name,
            sum(cut.rows for cut in cuts),
            layout,
            feed.settings.encoding,
            seen.encoding,
            paths,
            odd,
            cuts,
        )
        for cuts in groups
        if cuts
    ]
    return Seen(
        seen.bytes,
        seen.digest,
        seen.stored,
        seen.rows,
        meaning.columns,
        meaning.unknown,
        meaning.problems,
        chunks,
        seen.replaced_lines,
    )


class _Keys:
    """Key paths of all lines: those that hold ``values``, and those that are not always plain values (``nests``)."""

    def __init__(self) -> None:
        self.values: dict[str, None] = {}
        self.nests: set[str] = set()
        self._begun = False

    def look(self, block: bytes, encoding: str) -> None:
        """Take note of the keys of some whole lines."""
        text = with_plain_line_ends(as_utf8(block, encoding), cr=False)
        if not self._begun and text.strip():
            self._begun = True
            if text.lstrip()[:1] == b"[":
                raise Unusable("is one JSON array", "Have it delivered as JSON lines, one object a line.")
        try:
            schema = pl.read_ndjson(io.BytesIO(text), infer_schema_length=None).schema
        except pl.exceptions.PolarsError:
            for line in text.split(b"\n"):
                self._note_object(_object(line), "")
        else:
            self._note_schema(schema, "")

    def _note_schema(self, fields: Mapping[str, Any], above: str) -> None:
        for name, kind in fields.items():
            path = self._note(name, above, isinstance(kind, pl.Struct | pl.List))
            if isinstance(kind, pl.Struct):
                self._note_schema({inner.name: inner.dtype for inner in kind.fields}, f"{path}.")

    def _note_object(self, found: Any, above: str) -> None:
        if isinstance(found, dict):
            for name, value in found.items():
                path = self._note(name, above, isinstance(value, dict | list))
                self._note_object(value, f"{path}.")

    def _note(self, name: str, above: str, nest: bool) -> str:
        path = above + name
        if nest or "." in name:
            self.nests.add(path)
        if not nest:
            self.values[path] = None
        return path


def _read_whole(text: bytes, wanted: Mapping[str, int], rows: int) -> dict[int, pa.Array] | None:
    """Position -> strings, read by polars; None when that would not give every line's own text."""
    if not wanted or _matters_as_written(text):
        return None
    try:
        frame = pl.read_ndjson(io.BytesIO(text), schema=_schema_of(wanted))
    except pl.exceptions.PolarsError:
        return None
    if frame.height != rows:
        return None
    return {position: _strings(frame.select(_expression(path))) for path, position in wanted.items()}


def _matters_as_written(text: bytes) -> bool:
    """Whether a number stands in it whose text polars would not keep."""
    data = pa.array([text], pa.large_binary())
    return bool(pc.match_substring_regex(data, pattern=_ODD_NUMBER)[0].as_py())


def _schema_of(paths: Mapping[str, int]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in paths:
        *above, name = path.split(".")
        branch = tree
        for step in above:
            branch = branch.setdefault(step, {})
        branch[name] = pl.String
    return _typed(tree)


def _typed(tree: dict[str, Any]) -> dict[str, Any]:
    return {name: pl.Struct(_typed(kind)) if isinstance(kind, dict) else kind for name, kind in tree.items()}


def _expression(path: str) -> pl.Expr:
    first, *steps = path.split(".")
    expression = pl.col(first)
    for step in steps:
        expression = expression.struct.field(step)
    return expression


def _strings(frame: pl.DataFrame) -> pa.Array:
    column = frame.to_series().to_arrow()
    return column.cast(pa.string())


def _read_lines(
    text: bytes, wanted: Mapping[str, int], first_row: int
) -> tuple[dict[int, pa.Array], list[Reject], int]:
    """Position -> strings of the good lines, the bad lines, and how many there were."""
    values: dict[str, list[str | None]] = {path: [] for path in wanted}
    rejects: list[Reject] = []
    count = 0
    for line in text.split(b"\n"):
        if not line:
            continue
        found = _object(line)
        if isinstance(found, dict):
            flat: dict[str, str | None] = {}
            _flatten(found, "", flat)
            for path, column in values.items():
                column.append(flat.get(path))
        else:
            reason, advice = ("not_json", "one JSON object a line") if found is _BAD else ("not_object", "a JSON object")
            rejects.append(Reject(first_row + count, reason, f"expected {advice}", line.decode("utf-8", "replace")))
        count += 1
    return {wanted[path]: pa.array(column, pa.string()) for path, column in values.items()}, rejects, count


_BAD = object()


def _object(line: bytes) -> Any:
    """The line's value with numbers as their text; ``_BAD`` when it is no JSON."""
    try:
        return _DECODER.decode(line.decode("utf-8", "replace").strip())
    except (ValueError, RecursionError):
        return _BAD


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


def _flatten(found: dict[str, Any], above: str, flat: dict[str, str | None]) -> None:
    for name, value in found.items():
        if isinstance(value, dict):
            _flatten(value, f"{above}{name}.", flat)
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

"""JSON lines: one object a line, nested keys joined by points (``phone_info.purePhoneNumber``).

Values are taken as their text. Where one key comes twice in an object the first counts. Blocks that polars cannot read
as they are (a malformed line, a key that is now a value and now an object, numbers whose text matters) are read line
by line.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.dialect import Shape
from connectors.sources.encodings import as_utf8
from connectors.sources.feed import Feed, Seen
from connectors.sources.files import name_of
from connectors.sources.headers import NO_HEADERS, understand
from connectors.sources.inspection import Cut, inspect_text
from connectors.sources.json_objects import NO_JSON, Keys, flatten, parsed
from connectors.sources.rows import Dialect, with_plain_line_ends
from connectors.sources.text import blocks
from pipeline.ports import Batch

LINES = Shape(Dialect("\x00", ""), ())
"""Rows that end at line ends, whatever they hold."""

_ODD_NUMBER = r":\s*(?:-0|-?[0-9]+(?:\.[0-9]+)?[eE]|-?[0-9]{12,}\.)"
"""Numbers that :mod:`connectors.sources.cells` and polars write differently."""


@dataclass
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
    keys = Keys()
    seen = inspect_text(path, feed, LINES, keys.look)
    file, paths = name_of(path), tuple(sorted(keys.values))
    meaning = understand(paths, feed, file, "keys") if seen.rows else NO_HEADERS
    layout = Layout(feed.name, path, file, meaning.sources)
    odd = bool({paths[position] for position, _ in meaning.sources} & keys.nests)
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
        for cuts in seen.parts
    ]
    return seen.seen(meaning, chunks)


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
    # The key is not handed over as a name: a NUL in it cannot pass.
    return frame.to_series().alias("value").to_arrow().cast(pa.string())


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
        found = parsed(line)
        if isinstance(found, dict):
            flat: dict[str, str | None] = {}
            flatten(found, "", flat)
            for path, column in values.items():
                column.append(flat.get(path))
        else:
            reason = "not_json" if found is NO_JSON else "not_object"
            raw = line.decode("utf-8", "replace")
            rejects.append(Reject(first_row + count, reason, "expected one JSON object a line", raw))
        count += 1
    return {wanted[path]: pa.array(column, pa.string()) for path, column in values.items()}, rejects, count

"""What would become of the first rows of a feed: ``zhenke check`` tells it before a night is lost to them."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import polars as pl

from pipeline.core.standardise import standardise
from pipeline.nightly import specs_of
from pipeline.ports import FeedReport
from pipeline.settings import Settings

LOOKED_AT = 1_000
"""Rows of each feed that are looked at."""


class Foretold(NamedTuple):
    """``rows`` looked at; ``rejects``: reason, field, advice, count and the first row of each problem."""

    rows: int
    rejects: pl.DataFrame


def foretell(settings: Settings, report: FeedReport, day: date) -> Foretold:
    """What the first rows of the feed would be rejected for. Stewards' decisions are not looked at."""
    spec = specs_of(settings, [report], day)[report.feed]
    rejects, rows = [], 0
    for kind, frame in _first(report) if report.kind != "decisions" else ():
        rows += frame.height
        rejects.append((frame if kind == "rejects" else standardise(frame, spec).rejects).select(_NEEDED))
    if not rejects:
        return Foretold(0, pl.DataFrame(schema=dict.fromkeys(_NEEDED, pl.String)))
    counted = pl.concat(rejects).group_by("reason", "field", "advice").agg(count=pl.len(), row=pl.col("feed_row").min())
    return Foretold(rows, counted.sort("count", "reason", descending=[True, False]))


_NEEDED = ("reason", "field", "advice", "feed_row")


def _first(report: FeedReport) -> Iterator[tuple[str, pl.DataFrame]]:
    """The first batches, rows and rejects, until enough are seen."""
    seen = 0
    for chunk in report.chunks:
        for batch in chunk.read(LOOKED_AT):
            frame = pl.from_arrow(batch.data)
            assert isinstance(frame, pl.DataFrame)
            yield batch.kind, frame
            seen += frame.height
            if seen >= LOOKED_AT:
                return

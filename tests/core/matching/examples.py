"""Tellings from what a feed says, the way of a night: cleaned, examined, described, told."""

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import polars as pl

from pipeline.core.digest import digest
from pipeline.core.matching import blocking, tellings
from pipeline.core.matching.describe import TELLING, describe
from pipeline.core.matching.tellings import Tellings
from pipeline.core.rules.facts import examine
from pipeline.core.standardise import FeedSpec, standardise

NIGHT = date(2026, 11, 20)
Said = dict[str, str | None]
NO_EDGES = {"left": [], "right": [], "weight": []}


def observed(said: Sequence[Said], kind: str = "callbacks") -> pl.DataFrame:
    """Observations of rows with one party each, in their order; ``said``: target -> text as delivered."""
    targets = sorted({target for row in said for target in row} | {"name"})
    texts = pl.DataFrame(
        [{target: row.get(target) for target in targets} for row in said], dict.fromkeys(targets, pl.String)
    )
    rows = texts.with_columns(
        key=pl.format("{}", pl.int_range(pl.len())), feed_file=pl.lit("f"), feed_row=pl.int_range(1, pl.len() + 1)
    )
    told = standardise(rows, FeedSpec(kind, kind, ("key",), NIGHT))
    assert told.observations.height == len(said), told.rejects
    return told.observations


def examined(said: Sequence[Said], kind: str = "callbacks") -> pl.DataFrame:
    """Their facts, and what a night knows of records that are new."""
    found = observed(said, kind)
    return examine(found, NIGHT).with_columns(
        _record=pl.Series(digest(found["record_id"])), _part=pl.lit(0, pl.UInt16), _anchor=pl.lit(value=True)
    )


def described(said: Sequence[Said], kind: str = "callbacks") -> pl.DataFrame:
    """A row of ``TELLING`` for each row said."""
    return describe(examined(said, kind))


def told(said: Sequence[Said], kind: str = "callbacks", alone: Collection[int] = ()) -> Tellings:
    """The tellings of the rows said. ``alone``: places of rows that must not share one."""
    rows = tellings.rows(examined(said, kind))
    records = rows["record"].to_numpy()
    return tellings.tell(rows, np.sort(records[list(alone)]))


def made(*rows: dict[str, object]) -> pl.DataFrame:
    """Tellings whose columns are given, all others untold; ``telling`` is the place plus one, ``records`` one."""
    full = [
        {name: "" if dtype == pl.String else 0 for name, dtype in TELLING.items()}
        | {"telling": place, "records": 1, "record": place, "record_id": f"r{place}"}
        | row
        for place, row in enumerate(rows, 1)
    ]
    return pl.DataFrame(full, schema=tellings.TELLINGS_SCHEMA)


def pairs_of(frame: pl.DataFrame) -> set[tuple[int, int]]:
    """Left and right of every row."""
    return set(frame.select("left", "right").iter_rows())


def keyed(rows: Sequence[tuple[int, int, int, int]]) -> pl.DataFrame:
    """Rows of KEY_SCHEMA: key, refine, telling, which."""
    return pl.DataFrame(rows, schema=blocking.KEY_SCHEMA, orient="row")

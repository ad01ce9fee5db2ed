"""What a night delivers: rows with the headers of the feed, and who is behind each party of each row."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints

BEHIND = pl.Schema(
    {
        "row": pl.Int64,
        "prefix": pl.String,
        "role": pl.String,
        "person": pl.Int64,
        "faults": pl.UInt64,
        "line": pl.String,
        "base_name": pl.String,
        "home": pl.Int64,
        "told": pl.UInt8,
    }
)
"""One line per party of a row: place of the row, prefix and role, who it is, faults, the number meant, what was true then.

``told`` says which of :data:`TOLD` the row tells of him, as bits.
"""

TOLD = {"name": 1, "cert_no": 2, "mobile": 4, "address": 8}


@dataclass(frozen=True)
class Delivery:
    """Rows of one feed as they will be written, ``key`` the text of each row's key, ``behind`` in :data:`BEHIND`."""

    feed: str
    rows: pl.DataFrame
    key: pl.Series
    behind: pl.DataFrame

    def take(self, places: Ints) -> "Delivery":
        """The rows at ``places`` only."""
        new = pl.DataFrame({"row": pl.Series(places, dtype=pl.Int64), "_new": np.arange(len(places))})
        behind = self.behind.join(new, on="row").with_columns(row="_new").drop("_new").sort("row", "prefix", maintain_order=True)
        return Delivery(self.feed, self.rows.select(pl.all().gather(places)), self.key.gather(places), behind)


def together(*parts: Delivery) -> Delivery:
    """Deliveries of one feed, one behind the other."""
    start, behind = 0, []
    for part in parts:
        behind.append(part.behind.with_columns(pl.col("row") + start))
        start += part.rows.height
    rows = pl.concat([part.rows for part in parts], how="vertical_relaxed")
    return Delivery(parts[0].feed, rows, pl.concat([part.key for part in parts]), pl.concat(behind))


def behind(told: pl.DataFrame, prefix: str, role: str, row: Ints | None = None, more: pl.Series | None = None) -> pl.DataFrame:
    """The truth behind the tellings ``told``; ``row`` their rows (one each when absent), ``more`` faults of the row."""
    places = np.arange(told.height) if row is None else row
    faults = told["faults"] if more is None else told["faults"] | more
    fields = np.zeros(told.height, dtype=np.uint8)
    for name, bit in TOLD.items():
        if name in told.columns:
            fields[told[name].is_not_null().to_numpy()] |= bit
    return pl.DataFrame(
        {
            "row": pl.Series(places, dtype=pl.Int64),
            "prefix": [prefix] * told.height,
            "role": [role] * told.height,
            "person": told["party"].cast(pl.Int64),
            "faults": faults,
            "line": told["line"],
            "base_name": told["base_name"],
            "home": told["home"].cast(pl.Int64),
            "told": pl.Series(fields),
        },
        schema=BEHIND,
    )


def simple_telling(city: City, party: Ints, **columns: pl.Series) -> pl.DataFrame:
    """A telling without mistakes of its own: ``columns`` and what truth needs, all null where there is no party (-1)."""
    there = pl.Series(party >= 0)
    now = city.parties.select(pl.col("name", "mobile", "home").gather(np.maximum(party, 0)))
    own = {name: pl.when(there).then(column) for name, column in (("base_name", now["name"]), ("home", now["home"]))}
    line = columns.get("line", columns.get("mobile", pl.Series([None] * len(party), dtype=pl.String)))
    faults = columns.get("faults", pl.Series(np.zeros(len(party), dtype=np.uint64)))
    given = {name: column for name, column in columns.items() if name not in ("line", "faults")}
    return pl.select(party=pl.when(there).then(pl.Series(party)), faults=faults, line=line, **own, **given)

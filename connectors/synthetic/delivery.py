"""What a night delivers: rows with the headers of the feed, and who is behind each party of each row."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, repeated

TOLD = {"name": 1, "cert_no": 2, "mobile": 4, "address": 8}
"""What a row tells of a party, as bits."""

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
"""One line per party of a row: place of the row, prefix and role, who it is, faults, the number meant, name and home
that were true when it was told, and what is told (bits of :data:`TOLD`)."""


@dataclass(frozen=True)
class Delivery:
    """Rows of one feed as they will be written, ``key`` the text of each row's key, ``behind`` in :data:`BEHIND`."""

    feed: str
    rows: pl.DataFrame
    key: pl.Series
    behind: pl.DataFrame

    def take(self, places: Ints) -> "Delivery":
        """The rows at ``places`` only; a place may come more than once."""
        new = pl.DataFrame({"row": pl.Series(places, dtype=pl.Int64), "_new": np.arange(len(places))})
        behind = new.join(self.behind, on="row", how="inner", maintain_order="left_right").with_columns(row="_new")
        rows = self.rows.select(pl.all().gather(places))
        return Delivery(self.feed, rows, self.key.gather(places), behind.select(BEHIND.names()))


def together(*parts: Delivery) -> Delivery:
    """Deliveries of one feed, one behind the other."""
    start, behind = 0, []
    for part in parts:
        behind.append(part.behind.with_columns(pl.col("row") + start))
        start += part.rows.height
    rows = pl.concat([part.rows for part in parts], how="vertical_relaxed")
    return Delivery(parts[0].feed, rows, pl.concat([part.key for part in parts]), pl.concat(behind))


def behind(
    told: pl.DataFrame, prefix: str, role: str, row: Ints | None = None, more: pl.Series | None = None
) -> pl.DataFrame:
    """The truth behind the tellings ``told``; ``row`` their rows (one each when absent), ``more`` faults of the rows."""
    fields = np.zeros(told.height, dtype=np.uint8)
    for name, bit in TOLD.items():
        if name in told.columns:
            fields[told[name].is_not_null().to_numpy()] |= bit
    return pl.DataFrame(
        {
            "row": pl.Series(np.arange(told.height) if row is None else row, dtype=pl.Int64),
            "prefix": repeated(prefix, told.height),
            "role": repeated(role, told.height),
            "person": told["party"].cast(pl.Int64),
            "faults": told["faults"] if more is None else told["faults"] | more,
            "line": told["line"],
            "base_name": told["base_name"],
            "home": told["home"].cast(pl.Int64),
            "told": fields,
        },
        schema=BEHIND,
    )


def simple_telling(city: City, party: Ints, faults: Ints, columns: pl.DataFrame) -> pl.DataFrame:
    """A telling as of tonight with the faults it is known to have; -1 in ``party`` is nobody of the city."""
    there = pl.Series(party >= 0)
    now = city.parties.select(pl.col("name", "mobile", "home").gather(np.maximum(party, 0)))
    line = columns["mobile"] if "mobile" in columns.columns else pl.lit(None, pl.String)
    return pl.select(
        party=pl.when(there).then(pl.Series(party)),
        faults=pl.Series(faults.astype(np.uint64)),
        line=line,
        base_name=pl.when(there).then(now["name"]),
        home=pl.when(there).then(now["home"]),
    ).hstack(columns)

"""Evidence as verdicts and rules read it: what pieces say is told once, each row says by number which of these it is.

There are a hundred different things to say and a hundred thousand rows that say them: what is asked of a thing said is
asked once.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.authenticity.party_facts import by_number
from pipeline.core.distinct import numbered_rows

SAYS = ("source", "field", "direction", "answer", "why_not", "used", "rank")
"""Columns of EVIDENCE that make a thing said."""


class Heard(NamedTuple):
    """``rows``: ``party``, ``piece``, ``said`` and ``at`` of every piece that speaks of a party, by party.

    ``says``: :data:`SAYS`, row ``said`` of it. ``pieces``: evidence_id and phone, row ``piece`` of it, in the order of ids.
    ``table``: EVIDENCE with ``party``, of orphans too; ``calls``: call-backs in it.
    """

    rows: pl.DataFrame
    says: pl.DataFrame
    pieces: pl.DataFrame
    table: pl.DataFrame
    calls: pl.DataFrame

    def those(self, wanted: pl.Expr, **told: pl.Expr) -> pl.DataFrame:
        """Rows that say what is ``wanted``, and what else is ``told`` of it."""
        rows = self.rows.filter(pl.Series(self.marked(wanted)[self.rows["said"].to_numpy()]))
        return rows.hstack(self.says.select(**told)[rows["said"]]) if told else rows

    def marked(self, wanted: pl.Expr) -> npt.NDArray[np.bool_]:
        """Which things said are ``wanted``."""
        return self.says.select(wanted.fill_null(value=False)).to_series().to_numpy()


def heard(table: pl.DataFrame, facts: pl.DataFrame) -> Heard:
    """``table`` (EVIDENCE) beside numbered ``facts``."""
    table = by_number(table, facts)
    pieces = table.select("evidence_id", "phone").unique("evidence_id").sort("evidence_id")
    places = pieces.select("evidence_id").with_row_index("piece")
    numbered = table.join(places, on="evidence_id", how="left", maintain_order="left")
    own = numbered.filter(pl.col("party").is_not_null()).sort("party", maintain_order=True)
    codes, says = numbered_rows(own.select(SAYS))
    rows = own.select("party", "piece", codes.alias("said"), "at")
    return Heard(rows, says, pieces, table, calls_of(table))


def calls_of(table: pl.DataFrame) -> pl.DataFrame:
    """Call-backs of ``table``: few, and asked for again and again."""
    return table.filter(pl.col("source") == "callback")

"""What was written of a night, as an assessment reads it: few columns of few rows, part by part, with or without rulings.

All parties and all evidence of a policy lie in the parts of one number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from pipeline.core.authenticity.evidence_tables import EVIDENCE
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.rulings.ruling_table import OVERRIDDEN, OVERRIDDEN_EVIDENCE, OVERRIDDEN_PARTIES, as_told
from pipeline.core.schema import OBSERVATIONS, Table
from pipeline.ports import Staging

Columns = Sequence[str | pl.Expr]


class Both(NamedTuple):
    """Rows as rulings have them, and as sources told them: the same frame where no ruling changes any."""

    ruled: pl.DataFrame
    told: pl.DataFrame


@dataclass(frozen=True)
class Written:
    """The tables of a night in ``staging``."""

    staging: Staging

    @property
    def parts(self) -> list[int]:
        """Numbers of the parts that policies lie in; one, of nothing, when there are none."""
        tables = (PARTIES, EVIDENCE)
        return sorted({part for table in tables for part in self.staging.part_numbers(table.name)}) or [0]

    def parties(self, columns: Sequence[str], part: int) -> Both:
        """``columns`` of all parties of a part."""
        both = self._both((PARTIES, OVERRIDDEN_PARTIES), columns, part)
        # In one piece: rows with lists take many times as long to fetch from several.
        ruled = both.ruled.rechunk()
        return Both(ruled, ruled if both.told is both.ruled else both.told.rechunk())

    def parties_of(self, policies: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """``columns`` of the parties of ``policies``, as sources told them."""
        ours = pl.col("policy_no").is_in(policies.implode())
        tables = (PARTIES, OVERRIDDEN_PARTIES)
        ruled, overridden = (self.staging.scan(one.name).filter(ours).select(columns).collect() for one in tables)
        return as_told(ruled, overridden)

    def pieces(self, columns: Sequence[str], part: int, wanted: pl.Expr) -> Both:
        """``columns`` of the evidence of a part that is ``wanted`` by what these columns say."""
        return self._both((EVIDENCE, OVERRIDDEN_EVIDENCE), columns, part, wanted)

    def evidence(self, columns: Sequence[str], wanted: pl.Expr) -> pl.DataFrame:
        """``columns`` of the evidence that is ``wanted`` by what these columns say, as it is without rulings."""
        rows = self.staging.scan(EVIDENCE.name).select(columns).filter(wanted).collect()
        overridden = self.staging.scan(OVERRIDDEN_EVIDENCE.name).select(columns).collect()
        return as_told(rows, overridden).filter(wanted) if overridden.height else rows

    def _both(
        self, tables: tuple[Table, Table], columns: Sequence[str], part: int, wanted: pl.Expr | None = None
    ) -> Both:
        every = pl.lit(value=True) if wanted is None else wanted
        ruled, overridden = (self.staging.scan(table.name, part).select(columns) for table in tables)
        rows, replaced = ruled.filter(every).collect(), overridden.collect()
        # Which policies are replaced is told by all of their rows.
        return Both(rows, as_told(rows, replaced).filter(every) if replaced.height else rows)

    def observations(self, columns: Columns, wanted: pl.Expr) -> pl.DataFrame:
        """``columns`` of the ``wanted`` observations, with rulings honoured."""
        return self.staging.scan(OBSERVATIONS.name).filter(wanted).select(columns).collect().rechunk()

    def records(self, columns: Columns, ids: pl.Series) -> pl.DataFrame:
        """``columns``, record_id among them, of the observations that ``ids`` name, with rulings honoured."""
        # Every file is asked anew, and a set of numbers is made in a tenth of the time of one of texts.
        alike = self.observations(columns, pl.col("record_id").hash().is_in(ids.hash().implode()))
        return alike.filter(pl.col("record_id").is_in(ids.implode()))

    def without_rulings(self, observations: pl.DataFrame, columns: Columns, wanted: pl.Expr) -> pl.DataFrame:
        """:meth:`observations`, record_id among their columns, as their sources told them."""
        if not self.staging.rows(OVERRIDDEN.name):
            return observations
        overridden = self.staging.scan(OVERRIDDEN.name)
        others = observations.join(overridden.select("record_id").collect(), on="record_id", how="anti")
        return pl.concat([others, overridden.filter(wanted).select(columns).collect()])

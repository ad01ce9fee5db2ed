"""The rows of published tables that concern what is asked, in full or as they may be shown."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from pipeline.core import masks
from pipeline.core.digest import digest
from pipeline.core.matching.model import Model
from pipeline.core.schema import GOLDEN_UNITS

SHOWN: Final = (
    *(
        "source",
        "role",
        "observed_at",
        "policy_no",
        "claim_no",
        "customer_type",
        "name",
        "cert_type",
        "cert_no",
        "gender",
    ),
    *("birth_date", "mobile", "landline", "other_phones", "email", "address", "city", "county", "road", "house_number"),
    *(
        "building",
        "room",
        "plate",
        "vin",
        "engine_no",
        "openid",
        "unionid",
        "relation",
        "contact_name",
        "contact_phone",
    ),
)
"""Columns of a record that an explanation shows, where any record tells them."""

NEEDED: Final = ("record_id", "customer_id", "telling", "failed_rules", *SHOWN)
"""Columns of observations an explanation reads."""

_GOLDEN: Final = frozenset(name for _, _, names in GOLDEN_UNITS.values() for name in names)


@dataclass(frozen=True)
class Material:
    """Rows of published tables that concern what is asked.

    ``records``: NEEDED and ``stands``, of the customers and of whoever was refused. ``golden``: of both, too. ``refused``: pairs listed
    for review among them.
    """

    day: date
    model: Model
    records: pl.DataFrame
    golden: pl.DataFrame
    links: pl.DataFrame
    refused: pl.DataFrame
    events: pl.DataFrame

    def masked(self) -> "Material":
        """The same as it may be shown: values masked, also within record ids."""
        ids = masks.shown_ids(self.records)
        pairs = [
            table.with_columns(pl.col("record_a", "record_b").replace(ids)) for table in (self.links, self.refused)
        ]
        return replace(
            self,
            records=masks.masked(self.records.drop("stands")).with_columns(
                pl.col("record_id").replace(ids), self.records["stands"].replace(ids)
            ),
            golden=self.golden.with_columns(
                masks.masked(self.golden.select(name for name in self.golden.columns if name in _GOLDEN))
            ),
            links=pairs[0],
            refused=pairs[1],
        )


def with_standing(records: pl.DataFrame) -> pl.DataFrame:
    """``records`` with ``stands``: the record that stands for the telling, which is the one with the smallest digest."""
    numbered = records.with_columns(pl.Series("_digest", digest(records["record_id"]), pl.UInt64))
    first = pl.col("record_id").sort_by("_digest").first().over("telling")
    alone = pl.col("telling").is_null()
    return numbered.with_columns(stands=pl.when(alone).then("record_id").otherwise(first)).drop("_digest")

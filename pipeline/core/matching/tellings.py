"""Observations -> tellings: those that say the same of the same are one, wherever they come from.

Six rows of two policies mostly tell one thing of one person. Comparing it once makes a third of the records and a tenth of
the pairs. A telling too poor to name anybody stays alone: two 王先生 of whom nothing else is told are not one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import Digests, digest, each_once, side_by_side
from pipeline.core.distinct import Remembered
from pipeline.core.matching.blocking import PAPERS
from pipeline.core.matching.describe import COMPLETE, NAMELESS, TELLING, describe
from pipeline.core.rules.by_customer import PART_SCHEMA, parts

TELLINGS_SCHEMA: Final = pl.Schema(
    {
        "telling": pl.UInt64(),
        **TELLING,
        "records": pl.Int64(),
        "owner": pl.UInt8(),
        "record": pl.UInt64(),
        "record_id": pl.String(),
    }
)
"""A telling, how many records tell it, and the one of them with the smallest digest, which stands for it.

``owner``: what a record says of the vehicle beside it: OWNER, FOLLOWER or 0; one such record is enough.
"""

FOLLOWER: Final = 1
OWNER: Final = 2
"""Of a vehicle: somebody who follows the account and calls it his, or its owner by a form."""

MEMBERS_SCHEMA: Final = pl.Schema(
    {
        "telling": pl.UInt64(),
        "record": pl.UInt64(),
        "part": pl.UInt16(),
        "anchor": pl.Boolean(),
        "customer_id": pl.String(),
        **PART_SCHEMA,
    }
)
"""A record, its telling, its record partition, whether its source has a key, last night's customer, and what rules of
customers need of it."""

_OF_ROW: Final = {"vin_code": "insured_vin"}
"""Names of the columns rules need where a telling has one of that name already."""

ROW_SCHEMA: Final = pl.Schema(
    {
        **TELLING,
        "record_id": pl.String(),
        "record": pl.UInt64(),
        "owner": pl.UInt8(),
        "part": pl.UInt16(),
        "anchor": pl.Boolean(),
        "customer_id": pl.String(),
        **dict.fromkeys(PAPERS, pl.UInt64()),
        **{_OF_ROW.get(name, name): dtype for name, dtype in PART_SCHEMA.items()},
    }
)
"""A telling of one record, and what goes with the record."""

PAPERS_SCHEMA: Final = pl.Schema({"telling": pl.UInt64(), "paper": pl.UInt8(), "code": pl.UInt64()})
"""A paper a telling was told beside: place of its column in PAPERS, and its digest."""

_WITH_A_NAME: Final = ("landline_code", "plate_code", "vin_code", "home_code")
_NUMBERS: Final = tuple(name for name, dtype in TELLING.items() if dtype != pl.String)


@dataclass(frozen=True)
class Tellings:
    """``tellings``: TELLINGS_SCHEMA, each once. ``members``: MEMBERS_SCHEMA. ``papers``: PAPERS_SCHEMA, each once."""

    tellings: pl.DataFrame
    members: pl.DataFrame
    papers: pl.DataFrame


def rows(examined: pl.DataFrame, forms: Remembered | None = None) -> pl.DataFrame:
    """Rows of ROW_SCHEMA: what matching reads of the observations that tell of a customer.

    ``examined``: observations with facts, ``_record``, ``_part``, ``_anchor`` and ``_customer`` (last night's).
    ``forms``: see :func:`.describe.describe`.
    """
    described = describe(examined, forms)
    # Rules ask of a number also where it does not speak.
    played = examined.with_columns(pl.col("cert_no__person").fill_null(0).alias("cert_person"), described["vin_code"])
    played = played.select(parts()).rename(_OF_ROW)
    told = described.with_columns(
        *played.get_columns(),
        *examined.select(
            "record_id",
            record="_record",
            part=pl.col("_part").cast(pl.UInt16),
            anchor="_anchor",
            customer_id="_customer",
            customer="party__customer",
            owner=_owner(),
        ).get_columns(),
    )
    own_side = examined.select(claim=pl.when((pl.col("role") != "third_party").fill_null(value=True)).then("claim_no"))
    told = told.with_columns(
        policy_code=pl.Series(digest(examined["policy_no"])), claim_code=pl.Series(digest(own_side["claim"]))
    )
    somebody = (pl.col("name_state") > NAMELESS) | (pl.col("cert_state") > 0) | (pl.col("openid_code") > 0)
    return told.filter(pl.col("customer") & somebody).select(ROW_SCHEMA.names())


def _owner() -> pl.Expr:
    """Whose the vehicle beside a record is: who binds one to his WeChat account says it is his."""
    vehicle = pl.any_horizontal(pl.col("plate", "vin").is_not_null())
    return (
        pl.when(vehicle & (pl.col("role") == "owner"))
        .then(OWNER)
        .when(vehicle & (pl.col("party__kind") == "wechat"))
        .then(FOLLOWER)
        .otherwise(0)
        .cast(pl.UInt8)
    )


def tell(told: pl.DataFrame, alone: Digests) -> Tellings:
    """Tellings of rows of ROW_SCHEMA.

    ``alone``: sorted digests of records that must not share a telling with any other: somebody decided about them.
    """
    told = told.with_columns(telling=pl.Series(_codes(told, alone)))
    return Tellings(
        once(told.with_columns(records=pl.lit(1, pl.Int64))),
        told.drop(_OF_ROW).rename({inner: name for name, inner in _OF_ROW.items()}).select(MEMBERS_SCHEMA.names()),
        _papers(told),
    )


def _papers(told: pl.DataFrame) -> pl.DataFrame:
    """PAPERS_SCHEMA, each once."""
    telling = told["telling"].to_numpy()
    codes = [told[column].to_numpy() for column in PAPERS]
    there = [np.flatnonzero(code) for code in codes]
    return each_paper(
        pl.DataFrame(
            {
                "telling": np.concatenate([telling.take(at) for at in there]),
                "paper": np.repeat(np.arange(len(PAPERS), dtype=np.uint8), [len(at) for at in there]),
                "code": np.concatenate([code.take(at) for code, at in zip(codes, there, strict=True)]),
            },
            schema=PAPERS_SCHEMA,
        )
    )


def each_paper(papers: pl.DataFrame) -> pl.DataFrame:
    """PAPERS_SCHEMA, each once. Raises on a digest collision."""
    columns = [papers[name].to_numpy() for name in PAPERS_SCHEMA]
    return papers[each_once("papers of tellings", columns)]


def once(tellings: pl.DataFrame) -> pl.DataFrame:
    """Each telling once, its records added up and the smallest standing for all."""
    tellings = tellings.select(TELLINGS_SCHEMA.names()).rechunk()
    order = runs.beside(tellings["telling"].to_numpy())
    codes, record = (tellings[name].to_numpy().take(order) for name in ("telling", "record"))
    starts = runs.starts(codes)
    if len(starts) == len(codes):
        return tellings
    run = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(codes)))
    smallest = np.flatnonzero(record == np.minimum.reduceat(record, starts).take(run))
    first = smallest.take(runs.starts(run.take(smallest)))
    records = np.add.reduceat(tellings["records"].to_numpy().take(order), starts)
    owner = np.maximum.reduceat(tellings["owner"].to_numpy().take(order), starts)
    return tellings[order[first]].with_columns(records=pl.Series(records), owner=pl.Series(owner))


def _codes(told: pl.DataFrame, alone: Digests) -> Digests:
    """Digests of what is told; of the record itself where that names nobody, or where it must stay alone."""
    named = pl.col("name_state") == COMPLETE
    at_all = pl.col("name_state") > NAMELESS
    enough = (
        (pl.col("cert_code") > 0)
        | (pl.col("openid_code") > 0)
        | (named & pl.any_horizontal(pl.col(name) > 0 for name in _WITH_A_NAME))
        | (at_all & (pl.col("mobile") > 0))
    )
    rich = told.select(enough=enough)["enough"].to_numpy() & ~np.isin(told["record"].to_numpy(), alone)
    own = np.where(rich, np.uint64(0), told["record"].to_numpy())
    return side_by_side([own, *(told[name].to_numpy() for name in _NUMBERS)])

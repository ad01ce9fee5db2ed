"""Questions of rows with one lifetime number: D24 and D28."""

from datetime import date
from typing import Final

import polars as pl

from pipeline.core.matching.names import names_incompatible
from pipeline.core.rules.audience import CUSTOMER, KIND, POLICY_PARTY, ROLE, STANDING
from pipeline.core.rules.deviations import ADDRESSED, answers, together
from pipeline.core.rules.limits import RuleSettings

OTHER: Final = 0
HOLDER: Final = 1
OWNER: Final = 2
"""What the row's party is to its vehicle: neither, policyholder, or owner."""


_LEADERS: Final = 8
"""So many of a number's commonest names are tried as the one most rows agree with."""

_VEHICLE = pl.coalesce("_vin", "_plate")


def project(told: pl.DataFrame, on: date) -> pl.DataFrame:
    """Key (lifetime number), _record, _part, name (null when incomplete), contradicts, vehicle (digest), part (OTHER …).

    ``contradicts``: the sex or date of birth told beside the number is not the number's, so it may be another's.

    A policyholder's vehicle counts while the policy stands and covers; a vehicle the party says it owns makes it OWNER.
    """
    covering = STANDING & (pl.col("cover_to").is_null() | (pl.col("cover_to") >= on))
    owns = POLICY_PARTY & ((ROLE == "owner") | (pl.col("vehicle_relation") == "own").fill_null(value=False))
    holds = POLICY_PARTY & (ROLE == "policyholder") & covering & ~pl.col("party__organisation")
    sex = pl.when(pl.col("cert_no__male")).then(pl.lit("male")).otherwise(pl.lit("female"))
    other_sex = (pl.col("cert_no__male").is_not_null() & (pl.col("gender") != sex)).fill_null(value=False)
    other_birth = (pl.col("birth_date") != pl.col("cert_no__birth_date")).fill_null(value=False)
    part = pl.when(_VEHICLE.is_null()).then(OTHER).when(owns).then(OWNER).when(holds).then(HOLDER).otherwise(OTHER)
    telling = (CUSTOMER & (KIND != "wechat")) | (KIND == "directory")
    rows = told.lazy().filter(pl.col("cert_no__lifetime_no").is_not_null() & telling)
    return rows.select(
        pl.col("cert_no__lifetime_no").alias("key"),
        *ADDRESSED,
        name=pl.when("name__complete").then("name"),
        contradicts=other_sex | other_birth,
        vehicle=pl.when(part > OTHER).then(_VEHICLE),
        part=part.cast(pl.UInt8),
    ).collect()


def ask(frame: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """Deviations for a frame that holds all rows of its numbers."""
    limit = settings.limits.cars_not_owned
    keys = frame.group_by("key").agg(
        least=pl.col("name").min(), most=pl.col("name").max(), holding=(pl.col("part") == HOLDER).sum()
    )
    contested = keys.filter(pl.col("least") != pl.col("most")).select("key")
    holding = keys.filter(pl.col("holding") > limit).select("key")
    return together(
        [
            *_other_names(frame.join(contested, on="key", how="semi").drop_nulls("name")),
            *_vehicles_of_others(frame.join(holding, on="key", how="semi"), limit),
        ]
    )


def _other_names(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """D24: rows whose name is incompatible with the one most rows of the number bear; all rows when none prevails.

    Rows that contradict the number have no vote.
    """
    if rows.is_empty():
        return []
    votes = (~pl.col("contradicts")).sum()
    names = rows.group_by("key", "name").agg(votes=votes).sort("key", "votes", "name", descending=[False, True, False])
    leaders = names.filter(pl.int_range(pl.len()).over("key") < _LEADERS).select("key", leader="name")
    pairs = names.join(leaders, on="key")
    pairs = pairs.with_columns(opposed=names_incompatible(pairs["name"], pairs["leader"]).fill_null(value=False))
    camps = pairs.group_by("key", "leader").agg(
        led=pl.col("votes").filter(~pl.col("opposed")).sum(),
        opposing=pl.col("votes").filter("opposed").sum(),
        contested=pl.col("opposed").any(),
    )
    order = pl.col("opposing").cast(pl.Int64) - pl.col("led")
    best = camps.sort("key", order, "leader").group_by("key", maintain_order=True).first()
    judged = pairs.join(best.filter("contested"), on=["key", "leader"])
    failing = judged.filter(pl.col("opposed") | (pl.col("led") <= pl.col("opposing")))
    return [answers(rows.join(failing, on=["key", "name"], how="semi"), "D24", "other_name")]


def _vehicles_of_others(rows: pl.DataFrame, limit: int) -> list[pl.DataFrame]:
    """D28: policies of holders with more vehicles than allowed of which they are not shown as owners."""
    owned = rows.filter(pl.col("part") == OWNER)
    strange = rows.filter(pl.col("part") == HOLDER).join(owned, on=["key", "vehicle"], how="anti")
    counted = strange.group_by("key").agg(vehicles=pl.col("vehicle").n_unique()).filter(pl.col("vehicles") > limit)
    return [answers(strange.join(counted, on="key", how="semi"), "D28", "too_many")]

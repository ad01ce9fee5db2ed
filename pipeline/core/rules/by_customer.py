"""Questions of the records of one customer (R06, R07, part of C03), and of one vehicle at several (V07).

They can be asked only when it is known who is who: their answers come after matching.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import side_by_side
from pipeline.core.matching.describe import MASKED_NUMBER
from pipeline.core.rules.audience import CLAIM_ROLES, KIND, POLICY_PARTY, STANDING
from pipeline.core.rules.deviations import answers, asked, kind_of_number, together

OTHER: Final = 0
POLICY: Final = 1
CLAIM: Final = 2
LEAD: Final = 3
"""What a record tells of: a party of a policy, a party of a claim, somebody the patrol met, or something else."""

RULES: Final = ("C03", "R06", "R07", "V07")
"""Rules answered here."""

PART_SCHEMA: Final = pl.Schema(
    {"tells_of": pl.UInt8(), "person": pl.UInt64(), "vin_code": pl.UInt64(), "keeps": pl.Boolean(), "day": pl.Date()}
)
"""What the questions need of a record beside its telling; see :func:`parts`."""

RECORDS_SCHEMA: Final = pl.Schema(
    {
        "record": pl.UInt64(),
        "part": pl.UInt16(),
        "group": pl.UInt64(),
        "customer_id": pl.String(),
        "name_code": pl.UInt64(),
        "cert_code": pl.UInt64(),
        "masked": pl.Boolean(),
        **PART_SCHEMA,
    }
)
"""A record with what its telling says. ``masked``: its number is partly hidden."""

VEHICLES_SCHEMA: Final = pl.Schema(
    {
        "vin_code": pl.UInt64(),
        "customer": pl.UInt64(),
        "day": pl.Date(),
        "tells_of": pl.UInt8(),
        "keeps": pl.Boolean(),
        "record": pl.UInt64(),
        "part": pl.UInt16(),
    }
)
"""A customer (or leads that are none) with a vehicle: ``keeps`` marks a record that is asked, the others say since when its policies know him."""

_KEEPER_REASONS: Final = {POLICY: "later_policy", CLAIM: "claim", LEAD: "lead"}


def parts() -> list[pl.Expr]:
    """Columns of PART_SCHEMA over observations with their facts and ``cert_person``, ``vin_code`` of their telling.

    ``person``: a valid lifetime number; ``vin_code``: the VIN where it is sound and its policy stands, else 0; ``keeps``:
    the record tells who keeps the vehicle; ``day``: when it was so.
    """
    kind = (
        pl.when(POLICY_PARTY)
        .then(POLICY)
        .when((KIND == "claims") & pl.col("role").is_in(CLAIM_ROLES))
        .then(CLAIM)
        .when(KIND == "leads")
        .then(LEAD)
        .otherwise(OTHER)
    )
    keeps = asked("V07")
    sound = pl.col("vin__reason").is_null() & (keeps | (POLICY_PARTY & STANDING))
    told_at = pl.coalesce(pl.when(KIND != "underwriting").then("captured_at"), "observed_at").dt.date()
    return [
        kind.cast(pl.UInt8).alias("tells_of"),
        pl.when(pl.col("cert_no__lifetime_no").is_not_null()).then("cert_person").otherwise(0).alias("person"),
        pl.when(sound).then("vin_code").otherwise(0).alias("vin_code"),
        keeps.alias("keeps"),
        pl.coalesce("issued_on", "cover_from", told_at).alias("day"),
    ]


def only_leads(group: npt.NDArray[np.int64], tells_of: npt.NDArray[np.uint8], groups: int) -> npt.NDArray[np.bool_]:
    """Records of groups, numbered below ``groups``, of which nothing but leads tell: they are no customers."""
    leads = np.ones(groups, np.bool_)
    leads[group.compress(tells_of != LEAD)] = False
    return leads[group]


def records_of(named: pl.DataFrame, tellings: pl.DataFrame, at: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Members with what their tellings, which stand ``at`` these places, say, as the rules that need customers read them."""
    said = tellings.select("name_code", "cert_code", masked=pl.col("cert_state") == MASKED_NUMBER)[at]
    return named.with_columns(said.get_columns()).select(RECORDS_SCHEMA.names())


def ask(records: pl.DataFrame) -> pl.DataFrame:
    """Deviations for all records (RECORDS_SCHEMA) of whole groups; those of leads alone have no ``customer_id``."""
    told = records.rename({"record": "_record", "part": "_part"})
    return together([*_contacts(told), *_entered_twice(told), *_over_merged(told)])


def _contacts(told: pl.DataFrame) -> list[pl.DataFrame]:
    """C03: leads of customers."""
    met = told.filter((pl.col("tells_of") == LEAD) & pl.col("customer_id").is_not_null())
    return [answers(met, "C03", "customer")]


def _entered_twice(told: pl.DataFrame) -> list[pl.DataFrame]:
    """R06: customers whom underwriting knows by several names or numbers."""
    number = pl.when(~pl.col("masked")).then("cert_code").otherwise(0)
    policies = told.select("_record", "_part", "group", "tells_of", "name_code", number=number)
    entered = policies.filter(pl.col("tells_of") == POLICY)
    if entered.is_empty():
        return []
    groups = runs.Groups(entered["group"].to_numpy())
    names, numbers = (entered[column].to_numpy() for column in ("name_code", "number"))
    customers = groups.several(names) | groups.several(numbers)
    by_number = groups.several(numbers, nothing=0)
    return [
        answers(entered.filter(pl.Series(groups.rows(customers & several))), "R06", reason)
        for several, reason in ((by_number, "several_numbers"), (~by_number, "several_entries"))
    ]


def _over_merged(told: pl.DataFrame) -> list[pl.DataFrame]:
    """R07: customers with several lifetime numbers of one kind."""
    numbered = told.select("_record", "_part", "group", "person").filter(pl.col("person") > 0)
    if numbered.is_empty():
        return []
    # Few have several numbers at all.
    groups = runs.Groups(numbered["group"].to_numpy())
    numbered = numbered.filter(pl.Series(groups.rows(groups.several(numbered["person"].to_numpy()))))
    numbered = numbered.with_columns(kind=kind_of_number("person"))
    several = numbered.group_by("group", "kind").agg(numbers=pl.col("person").n_unique()).filter(pl.col("numbers") > 1)
    return [answers(numbered.join(several, on=["group", "kind"], how="semi"), "R07", "two_numbers")]


def vehicles(records: pl.DataFrame) -> pl.DataFrame:
    """VEHICLES_SCHEMA of ``records`` (RECORDS_SCHEMA) of whole groups: what the other customers of a vehicle must know.

    Whoever is a party of an earlier policy for the vehicle has not come to it anew: most records stay at home.
    """
    told = records.select("vin_code", "day", "tells_of", "keeps", "record", "part", customer="group")
    moving = told.filter((pl.col("vin_code") > 0) & pl.col("day").is_not_null())
    vehicle = ["vin_code", "customer"]
    since = _earliest(moving.filter(pl.col("tells_of") == POLICY))
    first = since.select(*vehicle, since="day")
    fresh = moving.filter("keeps").join(first, on=vehicle, how="left")
    fresh = fresh.filter(pl.col("since").is_null() | (pl.col("day") <= pl.col("since")))
    return pl.concat(
        [part.select(VEHICLES_SCHEMA.names()) for part in (since.with_columns(keeps=pl.lit(value=False)), fresh)]
    )


def _earliest(moving: pl.DataFrame) -> pl.DataFrame:
    """Of each customer with a vehicle the first row by day, then by record."""
    # One number for both, sorted; then the smallest of every run.
    code = side_by_side([moving[name].to_numpy() for name in ("vin_code", "customer")])
    order = runs.beside(code)
    starts = runs.starts(code[order])
    run = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    at = np.arange(len(order))
    for column in (moving["day"].to_physical().to_numpy(), moving["record"].to_numpy()):
        value = column[order[at]]
        least = np.full(len(starts), np.iinfo(value.dtype).max, value.dtype)
        np.minimum.at(least, run[at], value)
        at = at[value == least[run[at]]]
    return moving[order[at]]


def ask_vehicles(frame: pl.DataFrame) -> pl.DataFrame:
    """V07 for a frame (VEHICLES_SCHEMA) that holds all rows of its vehicles."""
    known = frame.filter(~pl.col("keeps")).sort("vin_code", "day", "customer")
    earliest = known.group_by("vin_code").agg(
        first=pl.col("customer").first(), day_1=pl.col("day").first(), day_2=pl.col("day").get(1, null_on_oob=True)
    )
    met = frame.filter("keeps").join(earliest, on="vin_code")
    others = pl.when(pl.col("customer") == pl.col("first")).then("day_2").otherwise("day_1")
    # Two parties of one policy are not one after the other; a claim on the day of issue comes after it.
    earlier = pl.when(pl.col("tells_of") == POLICY).then(others < pl.col("day")).otherwise(others <= pl.col("day"))
    newcomers = met.filter(earlier).rename({"record": "_record", "part": "_part"})
    return together(
        [
            answers(newcomers.filter(pl.col("tells_of") == kind), "V07", reason)
            for kind, reason in _KEEPER_REASONS.items()
        ]
    )

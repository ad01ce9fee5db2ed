"""Questions of rows with one phone number: P07, P08, D25, P21."""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.rules.audience import PARTY
from pipeline.core.rules.deviations import (
    ADDRESSED,
    NO_REFERENCE,
    RELAY_REFERENCE,
    answers,
    crowded,
    kind_of_number,
    own_references,
    together,
)
from pipeline.core.rules.limits import RuleSettings

MOBILE: Final = 0
LANDLINE_BESIDE: Final = 1
LANDLINE: Final = 2
UNUSABLE: Final = 3
"""What the number is to its row: the mobile, a landline beside a usable mobile, the only number, or no callable mobile."""

_COMPARED: Final = 64
"""So many numbers of one name and phone are compared digit by digit; more are no slip of the pen."""

_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.uint64)


def project(told: pl.DataFrame) -> pl.DataFrame:
    """One row per number of a party or the directory.

    Columns: key, _record, _part, person, name (digest), reference, slot (MOBILE …).
    """
    rows = told.lazy()
    customers, listed = rows.filter(PARTY), rows.filter(pl.col("_reference") > NO_REFERENCE)
    usable = pl.col("mobile__usable").fill_null(value=False)
    beside = pl.when(usable).then(LANDLINE_BESIDE).otherwise(LANDLINE).cast(pl.UInt8)
    mobile = pl.lit(MOBILE, pl.UInt8)
    called = pl.when(usable).then(MOBILE).otherwise(UNUSABLE).cast(pl.UInt8)
    parts = [
        customers.select(pl.col("mobile").alias("key"), *_REST, slot=called),
        customers.filter("landline__usable").select(_main_number("landline").alias("key"), *_REST, slot=beside),
        listed.select(pl.col("mobile").alias("key"), *_REST, slot=mobile),
        listed.select(_main_number("landline").alias("key"), *_REST, slot=mobile),
        listed.select(pl.col("other_phones").alias("key"), *_REST, slot=mobile)
        .explode("key")
        .with_columns(_main_number("key")),
    ]
    return pl.concat(part.drop_nulls("key") for part in parts).collect()


_REST = (
    *ADDRESSED,
    pl.col("_person").alias("person"),
    pl.col("_name").alias("name"),
    pl.col("_reference").alias("reference"),
)


def _main_number(column: str) -> pl.Expr:
    """A landline without its extension: behind one switchboard all extensions are the same subscriber's."""
    return pl.col(column).str.replace("^(0[0-9]{2,3}-[0-9]+)-[0-9]+$", "${1}")


def ask(frame: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """Deviations for a frame that holds all rows of its numbers."""
    rows = frame.filter(pl.col("reference") == NO_REFERENCE)
    listed = frame.filter(pl.col("reference") > NO_REFERENCE)
    relay = pl.col("reference") == RELAY_REFERENCE
    mobiles = rows.filter(pl.col("slot") == MOBILE)
    called = rows.filter(pl.col("slot") < UNUSABLE)
    # A platform's number may look like a hotline, and only the list tells what it is.
    dialled = rows.filter(pl.col("slot").is_in([MOBILE, UNUSABLE]))
    met = own_references(called, listed.filter(~relay)).group_by(*ADDRESSED, "key", "slot").agg(pl.col("own").any())
    strangers, owners = met.filter(~pl.col("own")), met.filter("own")
    beside = pl.col("slot") == LANDLINE_BESIDE
    shared = _of_several_persons(mobiles)
    return together(
        [
            answers(strangers.filter(~beside), "P07", "directory_phone"),
            answers(strangers.filter(beside), "P07", "directory_phone_beside"),
            answers(dialled.join(listed.filter(relay), on="key", how="semi"), "P21", "relay_listed"),
            *_too_many(mobiles, shared, owners, settings),
            *_several_numbers(shared, settings),
        ]
    )


def _of_several_persons(mobiles: pl.DataFrame) -> pl.DataFrame:
    """Rows with a lifetime number of phones that have two or more of them."""
    told = mobiles.drop_nulls("person")
    several = told.group_by("key").agg(least=pl.col("person").min(), most=pl.col("person").max())
    return told.join(several.filter(pl.col("least") != pl.col("most")), on="key", how="semi")


def _too_many(
    mobiles: pl.DataFrame, shared: pl.DataFrame, owners: pl.DataFrame, settings: RuleSettings
) -> list[pl.DataFrame]:
    limits = settings.limits
    crowds = crowded(shared, limits.persons_per_phone)
    sharing = mobiles.join(crowds, on="key").join(owners, on=["_record", "key"], how="anti")
    many = pl.col("persons") <= limits.persons_per_phone_suspect
    return [answers(sharing.filter(~many), "P08", "too_many"), answers(sharing.filter(many), "P08", "many")]


def _several_numbers(mobiles: pl.DataFrame, settings: RuleSettings) -> list[pl.DataFrame]:
    """D25: rows of one phone, name and kind of lifetime number with two or more numbers."""
    told = mobiles.drop_nulls("name").with_columns(kind=kind_of_number("person"))
    group = ["key", "name", "kind"]
    several = (
        told.select(*group, "person").unique().with_columns(numbers=pl.len().over(group)).filter(pl.col("numbers") > 1)
    )
    if several.is_empty():
        return []
    near = _near(several, group, settings.limits.transcription_digits)
    failing = told.join(several, on=[*group, "person"], how="semi")
    return [
        answers(failing.join(near, on=[*group, "person"], how="semi"), "D25", "transcription"),
        answers(failing.join(near, on=[*group, "person"], how="anti"), "D25", "several"),
    ]


def _near(several: pl.DataFrame, group: list[str], digits: int) -> pl.DataFrame:
    """Numbers that differ from another one of their group in at most ``digits`` characters."""
    compared = several.filter(pl.col("numbers") <= _COMPARED)
    pairs = compared.join(compared.select(*group, other="person"), on=group).filter(pl.col("person") != pl.col("other"))
    apart = differing(pairs["person"].to_numpy(), pairs["other"].to_numpy())
    return pairs.filter(pl.Series(apart <= digits, dtype=pl.Boolean)).select(*group, "person").unique()


def differing(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
    """Characters in which coded lifetime numbers differ, the check character of 18 among them."""
    apart = _digits(one) != _digits(other)
    long = one < np.uint64(10**17)
    checks = (_digits(one) * _WEIGHTS).sum(axis=1) % np.uint64(11) != (_digits(other) * _WEIGHTS).sum(
        axis=1
    ) % np.uint64(11)
    counts: npt.NDArray[np.intp] = apart.sum(axis=1) + (long & checks)
    return counts


def _digits(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    powers = np.uint64(10) ** np.arange(16, -1, -1, dtype=np.uint64)
    return numbers[:, None] // powers % np.uint64(10)

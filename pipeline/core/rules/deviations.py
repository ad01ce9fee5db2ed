"""Small pieces the shared and policy questions have in common: keys, persons, answers."""

from typing import Final

import polars as pl

from pipeline.core.rules.catalogue import BY_ID, PLACE
from pipeline.core.rules.evaluate import DEVIATION_SCHEMA

NO_REFERENCE: Final = 0
PERSON_REFERENCE: Final = 1
PLACE_REFERENCE: Final = 2
RELAY_REFERENCE: Final = 3
"""What a row of the directory is: staff or agent; dealer, repair shop or branch; a platform's relay number."""

ADDRESSED: Final = ("_record", "_part")
"""Where an answer goes."""


def asked(rule: str) -> pl.Expr:
    """The observations a rule is asked of and that have what it needs."""
    entry = BY_ID[rule]
    expression = pl.lit(value=True) if entry.asked is None else entry.asked
    return (expression if entry.given is None else expression & entry.given).fill_null(value=False)


def kind_of_number(code: str) -> pl.Expr:
    """Kind of the number coded in ``code``: resident id, residence permit, permanent residence or travel permit."""
    lead = pl.col(code) // 10**16
    return pl.when(lead < 8).then(0).when(lead < 10).then(lead).otherwise(10).cast(pl.UInt8)


def reference() -> pl.Expr:
    """What a row is as a reference (UInt8), by its ``directory_kind``; NO_REFERENCE for a customer's."""
    kinds = {
        "staff": PERSON_REFERENCE,
        "agent": PERSON_REFERENCE,
        "dealer": PLACE_REFERENCE,
        "repair_shop": PLACE_REFERENCE,
        "branch": PLACE_REFERENCE,
        "relay": RELAY_REFERENCE,
    }
    of_directory = pl.col("directory_kind").replace_strict(kinds, default=None, return_dtype=pl.UInt8)
    return pl.when(pl.col("party__kind") == "directory").then(of_directory).otherwise(pl.lit(NO_REFERENCE, pl.UInt8))


def keyed(examined: pl.DataFrame) -> pl.DataFrame:
    """``examined`` with what several frames bear: ``_person``, ``_reference``, digests ``_name _vin _plate``."""
    digests = {f"_{column}": pl.col(f"{column}__digest") for column in ("name", "vin", "plate")}
    return examined.with_columns(reference().alias("_reference"), _person="cert_no__person", **digests)


def answers(rows: pl.DataFrame, rule: str, reason: str) -> pl.DataFrame:
    """``rows`` (with :data:`ADDRESSED`) failing ``rule`` for ``reason``, as deviations."""
    return outcomes(rows, rule, BY_ID[rule].outcome(reason))


def outcomes(rows: pl.DataFrame, rule: str, outcome: int) -> pl.DataFrame:
    """``rows`` with ``outcome`` for ``rule``, as deviations."""
    return rows.select(
        pl.col("_part").cast(pl.UInt16),
        pl.col("_record").cast(pl.UInt64).alias("record"),
        pl.lit(PLACE[rule], pl.UInt8).alias("rule"),
        pl.lit(outcome, pl.UInt8).alias("outcome"),
    )


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Deviations of several questions, each once, in one order whatever the order of the rows they came from."""
    return pl.concat([DEVIATION_SCHEMA.to_frame(eager=True), *parts]).unique().sort(pl.all())


def persons() -> pl.Expr:
    """How many persons stand behind a group's ``person`` codes and ``name`` digests, counted low.

    A slip in a number makes no second person of one name, nor a slip in a name a second one of one number.
    """
    by_number = pl.coalesce("person", "name").n_unique()
    by_name = pl.coalesce("name", "person").n_unique()
    return pl.min_horizontal(by_number, by_name)


def known_persons(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that tell of somebody: with a number or a name."""
    return frame.filter(pl.any_horizontal(pl.col("person", "name").is_not_null()))


def crowded(frame: pl.DataFrame, limit: int) -> pl.DataFrame:
    """``key`` and ``persons`` of keys with more than ``limit`` persons."""
    who = pl.coalesce("person", "name")
    # Most keys are one person's; only the others are worth counting persons in.
    several = (
        frame.group_by("key")
        .agg(least=who.min(), most=who.max())
        .filter(pl.col("least") != pl.col("most"))
        .select("key")
    )
    counted = known_persons(frame.join(several, on="key", how="semi")).group_by("key").agg(persons=persons())
    return counted.filter(pl.col("persons") > limit)


def own_references(rows: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """``rows`` whose key is in ``references``, with ``own``: the party is the one the reference names.

    Known by number, or by name where a side has none.
    """
    sides = references.select("key", reference_person="person", reference_name="name")
    met = rows.join(sides, on="key", how="inner")
    same_number = pl.col("person") == pl.col("reference_person")
    same_name = (pl.col("name") == pl.col("reference_name")).fill_null(value=False)
    return met.with_columns(own=pl.coalesce(same_number, same_name))

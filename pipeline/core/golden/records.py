"""Observations of customers -> golden records.

A *unit* is what survives together from one record: a document with its dates, an address with its parts. Of each unit
the record with the best score gives all fields, null ones too: nothing is put together from two records.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.core.golden import own_facts
from pipeline.core.golden.faults import FOUND, in_bits
from pipeline.core.golden.groups import NONE, Groups, Places, chosen, grouped
from pipeline.core.golden.score import Scores
from pipeline.core.golden.settings import GoldenSettings
from pipeline.core.schema import CUSTOMERS, GOLDEN_UNITS

NEEDED = (
    "customer_id",
    "record_id",
    "source",
    "observed_at",
    "policy_no",
    *(field for _, _, fields in GOLDEN_UNITS.values() for field in fields),
)
"""Columns of ``members`` that are read always."""

_OF_ORGANISATIONS = ("legal_representative", "contact")


def golden(members: pl.DataFrame, settings: GoldenSettings) -> pl.DataFrame:
    """One row per ``customer_id``, sorted, in the schema of the table ``customers``.

    ``members``: one row per observation of a customer, all of each customer: :data:`NEEDED` as in observations
    (``customer_id``, ``record_id``, ``source`` and ``observed_at`` never null); and where they are there
    ``failed_rules`` and ``repairs`` as in observations or what :func:`.in_bits` made of them, ``sms_verified`` as in
    observations, and for any unit ``<unit>_verified``, an integer: how strong the evidence is that verified it, 1 to 14,
    -1 for evidence against it, 0 or null for none. Row order decides nothing. The verdict is null: whoever judges parties
    fills it.
    """
    if members.is_empty():
        return CUSTOMERS.schema.to_frame(eager=True)
    # Every place is looked up many times, which takes many times as long in a frame of many pieces.
    members = (members if FOUND in members.columns else in_bits(members, settings)).rechunk()
    groups = grouped(members["customer_id"])
    scores = Scores(members, settings)
    winners = {unit: chosen(scores.of(unit), members, fields, groups) for unit, (_, _, fields) in GOLDEN_UNITS.items()}
    columns: dict[str, pl.Series] = {"customer_id": groups.ids}
    for unit, (_, _, fields) in GOLDEN_UNITS.items():
        columns |= _taken(members, unit, fields, winners[unit])
    frame = pl.DataFrame(columns)
    refuted = np.where(winners["document"] == NONE, True, scores.refuted("document")[winners["document"]])
    frame = _of_the_document(frame, pl.Series(~refuted), settings)
    counts = _counts(members, groups)
    frame = _only_of_organisations(frame).with_columns(counts.values()).with_columns(verdict=pl.lit(None, pl.String))
    return frame.select(CUSTOMERS.schema.names())


def _taken(members: pl.DataFrame, unit: str, fields: tuple[str, ...], winners: Places) -> Mapping[str, pl.Series]:
    """Fields, source and date of ``unit`` from the records ``winners``."""
    at = pl.Series(winners).replace(NONE, None).cast(pl.UInt32)
    taken = members.select(
        *(pl.col(field).gather(at) for field in fields),
        pl.col("source").gather(at).alias(f"{unit}_source"),
        pl.col("observed_at").gather(at).dt.date().alias(f"{unit}_date"),
    )
    return taken.to_dict()


def _of_the_document(frame: pl.DataFrame, standing: pl.Series, settings: GoldenSettings) -> pl.DataFrame:
    """``frame`` with date of birth and sex of the document where it is valid and no standing finding refutes it."""
    facts = own_facts.of_documents(frame["cert_no"], frame["cert_type"], settings.on)
    told = frame.with_columns(facts["birth_date"].alias("_birth_date"), facts["gender"].alias("_gender"))
    changes = []
    for unit in own_facts.FACTS.names():
        own = standing & pl.col(f"_{unit}").is_not_null()
        changes += [pl.when(own).then(f"_{unit}").otherwise(unit).alias(unit)] + [
            pl.when(own).then(f"document_{origin}").otherwise(f"{unit}_{origin}").alias(f"{unit}_{origin}")
            for origin in ("source", "date")
        ]
    return told.with_columns(changes)


def _only_of_organisations(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` without the representatives of persons, who have none."""
    names = [name for unit in _OF_ORGANISATIONS for name in (*GOLDEN_UNITS[unit][2], f"{unit}_source", f"{unit}_date")]
    person = (pl.col("customer_type") == "person").fill_null(value=False)
    return frame.with_columns(pl.when(~person).then(pl.col(name)).alias(name) for name in names)


def _counts(members: pl.DataFrame, groups: Groups) -> Mapping[str, pl.Series]:
    """Columns over all records of a customer."""
    days = members["observed_at"].dt.date().cast(pl.Int32).to_numpy()[groups.order]
    told = members.select("policy_no", customer=pl.Series(groups.of)).drop_nulls("policy_no")
    # By digest, which only counts here and is never kept.
    policies = told["customer"].filter(told.hash_rows(seed=0).is_first_distinct()).to_numpy()
    return {
        "records": pl.Series("records", np.diff(groups.starts, append=len(days))),
        "sources": _sources(members["source"], groups),
        "first_seen": pl.Series("first_seen", np.minimum.reduceat(days, groups.starts)).cast(pl.Date),
        "last_seen": pl.Series("last_seen", np.maximum.reduceat(days, groups.starts)).cast(pl.Date),
        "policies": pl.Series("policies", np.bincount(policies, minlength=len(groups.ids))),
    }


def _sources(sources: pl.Series, groups: Groups) -> pl.Series:
    """Sorted list of each customer's feeds."""
    feeds = sources.unique().sort()
    codes = sources.replace_strict(feeds, pl.Series(range(len(feeds))), return_dtype=pl.UInt32).to_numpy()
    tells = np.zeros((len(groups.ids), len(feeds)), np.bool_)
    tells[groups.of, codes] = True
    customers, told = np.nonzero(tells)
    frame = pl.DataFrame({"customer": customers, "sources": feeds.gather(told)})
    return frame.group_by("customer", maintain_order=True).agg("sources")["sources"]

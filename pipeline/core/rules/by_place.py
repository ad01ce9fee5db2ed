"""Questions of rows with one home (A05) or one e-mail (E01)."""

import polars as pl

from pipeline.core.rules.audience import POLICY_PARTY
from pipeline.core.rules.deviations import (
    ADDRESSED,
    NO_REFERENCE,
    PERSON_REFERENCE,
    PLACE_REFERENCE,
    answers,
    asked,
    crowded,
    own_references,
    together,
)
from pipeline.core.rules.limits import RuleSettings


def project_homes(told: pl.DataFrame) -> pl.DataFrame:
    """Key (home), _record, _part, person, name (digest), reference: customers asked A05 and the company's premises."""
    return _projected(told, pl.col("home__key"), asked("A05") | (pl.col("_reference") == PLACE_REFERENCE))


def project_emails(told: pl.DataFrame) -> pl.DataFrame:
    """The same with the e-mail as key: policy parties, and staff and agents."""
    return _projected(
        told, pl.col("email").str.to_lowercase(), POLICY_PARTY | (pl.col("_reference") == PERSON_REFERENCE)
    )


def _projected(told: pl.DataFrame, key: pl.Expr, wanted: pl.Expr) -> pl.DataFrame:
    rows = (
        told.lazy()
        .filter(wanted.fill_null(value=False))
        .select(key.alias("key"), *ADDRESSED, person="_person", name="_name", reference="_reference")
    )
    return rows.drop_nulls("key").collect()


def ask_homes(frame: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """A05 for a frame that holds all rows of its homes."""
    rows = frame.filter(pl.col("reference") == NO_REFERENCE)
    premises = frame.filter(pl.col("reference") == PLACE_REFERENCE)
    crowds = crowded(rows, settings.limits.address_parties)
    return together(
        [
            answers(rows.join(premises, on="key", how="semi"), "A05", "premises"),
            answers(rows.join(crowds, on="key", how="semi"), "A05", "crowded"),
        ]
    )


def ask_emails(frame: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """E01's shared address for a frame that holds all rows of its e-mails."""
    rows = frame.filter(pl.col("reference") == NO_REFERENCE)
    staff = frame.filter(pl.col("reference") == PERSON_REFERENCE)
    crowds = crowded(rows, settings.limits.email_parties)
    owners = own_references(rows, staff).filter("own")
    sharing = rows.join(crowds, on="key", how="semi").join(owners, on=["_record", "key"], how="anti")
    return together([answers(sharing, "E01", "shared")])

"""The drawn call-backs of a night and the populations they stand for, as the estimate of the true rate wants them.

The unit is the person of a policy: an insured who is the policyholder stands behind him and his own draw is left aside.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from pipeline.core.authenticity import drawn_calls, post_strata
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.cells import periods
from pipeline.core.authenticity.counts import persons
from pipeline.core.authenticity.ordered_sums import sums
from pipeline.core.authenticity.states import AUTHENTIC, EXCLUDED, states
from pipeline.core.digest import combine, digest
from pipeline.core.distinct import worded

_PARTY = ["policy_no", "role"]
_UNUSABLE = ("unknown_code", "no_time", "caller_distrusted", "not_the_policys_number", "no_number", "later_than_night")
_HEARD = ("outranked",)

POST_STRATA = (
    "refuted_by_evidence",
    "refuted_by_rules",
    "missing",
    "suspect_confirmed",
    "suspect",
    "confirmed",
    "silent",
)
"""What rules and evidence other than calls say of a party, worst first."""

_KINDS = ("all", "month", "quarter", "year_to_date")
DIMENSIONS = ("city", "unit", "channel")
"""What the true rate is estimated for: smaller groups hold too few drawn calls."""


def outcomes(evidence: pl.DataFrame, flagged: pl.DataFrame) -> pl.DataFrame:
    """One row per party and drawn list: policy_no, role, list_id, stratum, inclusion_probability, outcome, flagged.

    ``evidence``: call-backs in EVIDENCE. ``flagged``: feed, vendor, caller of those whose results are doubted. Of several
    attempts the one that decides stands, of those the newest; of what one call says of several fields the first row.
    """
    calls = evidence.filter(
        (pl.col("source") == "callback") & pl.col("list_id").is_not_null() & pl.col("policy_no").is_not_null()
    ).unique([*_PARTY, "record_id"], keep="first", maintain_order=True)
    said = drawn_calls.outcome(pl.col("code"), pl.col("answer") == "suspended_long")
    usable = ~pl.col("why_not").is_in(_UNUSABLE).fill_null(value=False)
    told = calls.with_columns(outcome=pl.when(usable).then(said).otherwise(pl.lit("unusable")))
    decides = pl.col("outcome").is_in(["confirmed", "refuted"])
    best = told.sort(
        *_PARTY, "list_id", decides, "at", "record_id", descending=[False, False, False, True, True, True]
    ).unique([*_PARTY, "list_id"], keep="first", maintain_order=True)
    marked = best.join(
        flagged.select("feed", "vendor", "caller", flagged=pl.lit(value=True)),
        on=["feed", "vendor", "caller"],
        how="left",
    )
    return marked.select(
        *_PARTY, "list_id", "stratum", "inclusion_probability", "outcome", pl.col("flagged").fill_null(value=False)
    )


_AGAINST = pl.col("direction") == "refutes"
_FOR_IT = (pl.col("direction") == "confirms") & (pl.col("field") == "phone")
SPEAKS = (
    (pl.col("source") != "callback")
    & (_AGAINST | _FOR_IT)
    & (pl.col("used") | pl.col("why_not").is_in(_HEARD).fill_null(value=False))
)
"""Evidence that post-strata are told by."""


def stratified(parties: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """``parties`` (PARTIES) with ``post_stratum``: what rules and ``evidence`` say, call-backs left aside."""
    others = evidence.filter(SPEAKS).select(*_PARTY, against=_AGAINST, for_it=_FOR_IT)
    said = others.group_by(_PARTY).agg(pl.col("against", "for_it").any())
    some = {name: pl.col(f"{name}_fields").list.len() > 0 for name in ("failed", "missing", "suspect")}
    told = parties.select(*_PARTY, **some).join(said, on=_PARTY, how="left", maintain_order="left")
    return parties.with_columns(
        told.with_columns(pl.col("against", "for_it").fill_null(value=False)).select(
            post_stratum=pl.when("against")
            .then(pl.lit("refuted_by_evidence"))
            .when("failed")
            .then(pl.lit("refuted_by_rules"))
            .when("missing")
            .then(pl.lit("missing"))
            .when(pl.col("suspect") & pl.col("for_it"))
            .then(pl.lit("suspect_confirmed"))
            .when("suspect")
            .then(pl.lit("suspect"))
            .when("for_it")
            .then(pl.lit("confirmed"))
            .otherwise(pl.lit("silent"))
        )["post_stratum"]
    )


def weeks(parties: pl.DataFrame, calls: pl.DataFrame) -> pl.Series | None:
    """Weeks of issue of which somebody was drawn; none at all, when nobody was. ``parties``: policy_no, role, issued_on."""
    if calls.is_empty():
        return None
    drawn = parties.join(calls, on=_PARTY, how="semi")
    return drawn.select(pl.col("issued_on").dt.truncate("1w").unique()).drop_nulls().to_series()


def could_be_drawn(weeks: pl.Series | None) -> pl.Expr:
    """Whether a party could be drawn: issued in one of ``weeks``. Calls stand for nobody else.

    Lists are drawn from what was issued lately: a rate of all policies ever issued cannot be estimated from them. Where
    nobody was drawn, nobody is left out: of all of them nothing is known.
    """
    if weeks is None:
        return pl.lit(value=True)
    return pl.col("issued_on").dt.truncate("1w").is_in(weeks.implode()).fill_null(value=False)


class Cells(NamedTuple):
    """Of one part of the policies: ``calls`` of its persons, and ``counts`` of the persons, per finest cell."""

    calls: pl.DataFrame
    counts: pl.DataFrame


def population(parties: pl.DataFrame, calibers: Sequence[Caliber], on: date) -> pl.DataFrame:
    """Persons: policy_no, role (counted as), month, unit, channel, city, post_stratum and the states of ``calibers``.

    ``parties``: :func:`stratified`, and stated under ``calibers``.
    """
    order = {name: place for place, name in enumerate(POST_STRATA)}
    placed = parties.with_columns(place=pl.col("post_stratum").replace_strict(order, return_dtype=pl.UInt8))
    return (
        persons(placed, calibers, ("unit", "channel"), ("place",))
        .with_columns(**periods(on))
        .select(
            "policy_no",
            pl.col("all", "month", "quarter", "year_to_date"),
            role="counted_as",
            city=pl.lit(""),
            unit=pl.col("unit").fill_null(""),
            channel=pl.col("channel").fill_null(""),
            post_stratum=pl.col("place").replace_strict(
                {place: name for name, place in order.items()}, return_dtype=pl.String
            ),
            **{name: name for name in states(calibers)},
        )
    )


def cells(population: pl.DataFrame, caliber: Caliber, calls: pl.DataFrame) -> Cells:
    """Cells of a :func:`population` and ``calls`` (:func:`outcomes`); whom the caliber leaves out of its denominator is
    left out.
    """
    state = pl.col(f"state:{caliber.name}")
    counted = population.filter(state.is_not_null() & (state != EXCLUDED))
    # Counts of the finest cells: there are far fewer of them than persons.
    counts = counted.group_by(*_KINDS, *DIMENSIONS, "post_stratum").agg(
        population=pl.len().cast(pl.Int64), system_authentic=(state == AUTHENTIC).sum().cast(pl.Int64)
    )
    return Cells(counted.join(calls, on=_PARTY), counts)


def grouped(parts: Sequence[Cells], calls: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CALL_COUNTS and COUNT_SCHEMA of every group of all :func:`cells`.

    Without a drawn call there is one group for each period: the city.
    """
    dimensions = DIMENSIONS if calls.height else DIMENSIONS[:1]
    drawn, finest = (pl.concat(of_parts, rechunk=True) for of_parts in zip(*parts, strict=True))
    # Words as numbers: each cell is added up a dozen times.
    finest = finest.with_columns(worded(finest[name]) for name in (*_KINDS, *dimensions, "post_stratum"))
    counts, heard = [], []
    for kind in _KINDS:
        for dimension in dimensions:
            cell = {"period": pl.col(kind), "dimension": pl.lit(dimension), "value": pl.col(dimension)}
            heard.append(drawn.drop_nulls(kind).with_columns(**cell))
            counts.append(_counts(finest.drop_nulls(kind), kind, dimension))
    return drawn_calls.count(pl.concat(heard)), pl.concat(counts)


def parties_of(rows: pl.DataFrame) -> pl.Series:
    """Digest of policy and role of each row."""
    return pl.Series(combine(digest(rows["policy_no"]), digest(rows["role"])), dtype=pl.UInt64)


def _counts(cells: pl.DataFrame, kind: str, dimension: str) -> pl.DataFrame:
    """COUNT_SCHEMA of one kind of period and one dimension."""
    schema = post_strata.COUNT_SCHEMA
    told = cells.select(*schema.names()[3:], period=kind, value=dimension)
    summed = sums(told, ("period", "value", "post_stratum"), schema.names()[4:])
    return summed.with_columns(dimension=pl.lit(dimension)).select(schema.names()).cast(schema)

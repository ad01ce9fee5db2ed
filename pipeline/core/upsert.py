"""Tonight's rows and last night's observations -> what is known now.

A row of a feed is named by its key; of the tellings of one row the latest ``observed_at`` stands, then the latest
delivery, then the larger content digest, so that neither file order nor batch borders decide. All parties of a telling
stand or fall together.
"""

from dataclasses import dataclass

import polars as pl

from pipeline.core.ledger import entries
from pipeline.core.quarantine import as_told
from pipeline.core.record_ids import row_keys
from pipeline.core.schema import REJECTS

NARROW = ("record_id", "source", "feed_file", "feed_row", "observed_at", "_content", "_first", "_carried", "_tombstone")
"""Columns the choice needs."""


@dataclass
class Choice:
    """``kept``: Boolean per row of the frame. ``fate``: why a row was not kept, null for a kept one."""

    kept: pl.Series
    fate: pl.Series


_TELLING = ("_key", "observed_at", "_carried", "_content", "_tombstone")
"""What tells two tellings of one row apart."""


def choose(travelled: pl.DataFrame, full_feeds: frozenset[str]) -> Choice:
    """Which rows of ``travelled`` (at least :data:`NARROW`) stand. It holds every telling of each of its row keys.

    ``full_feeds``: sources whose delivery tonight is complete, so that what they no longer tell is gone.
    """
    frame = travelled.select(NARROW).with_columns(_key=row_keys(travelled["record_id"])).with_row_index("_place")
    frame = frame.with_columns(fate=_fates(frame))
    standing = frame.filter(pl.col("fate").is_null())
    gone = pl.col("_carried") & pl.col("source").is_in(list(full_feeds))
    repeated = pl.col("_place").is_in(_repeated_places(standing).implode())
    fate = pl.coalesce(
        "fate",
        pl.when(gone).then(pl.lit("absent_from_full_feed")),
        pl.when(repeated).then(pl.lit("repeated_row")),
        pl.when("_tombstone").then(pl.lit("tombstone")),
    )
    fates = frame.select(fate.alias("fate")).to_series()
    return Choice(fates.is_null(), fates)


def _fates(frame: pl.DataFrame) -> pl.Series:
    """Why the telling of each row was beaten, null where it was not."""
    lost = _lost_tellings(frame)
    fates = pl.Series("fate", [None], pl.String).new_from_index(0, frame.height)
    if lost.is_empty():
        return fates
    told = frame.filter(pl.col("_key").is_in(lost["_key"].implode()))
    beaten = told.join(lost, on=_TELLING, how="left", nulls_equal=True, maintain_order="left")
    return fates.scatter(told["_place"], beaten["fate"])


def _lost_tellings(frame: pl.DataFrame) -> pl.DataFrame:
    """Tellings that another telling of the same row beats, each with its ``fate``."""
    tellings = _told_again(frame).unique()
    contested = tellings.filter(pl.col("_key").is_duplicated())
    order = ("observed_at", ~pl.col("_carried"), "_content", "_tombstone")
    best = contested.sort(*order).group_by("_key", maintain_order=True).last()
    lost = contested.join(best, on=_TELLING, how="anti").join(best, on="_key", suffix="_best")
    return lost.select(
        *_TELLING,
        fate=pl.when(pl.col("_carried") & pl.col("_tombstone_best"))
        .then(pl.lit("tombstone"))
        .when("_carried")
        .then(pl.lit("upserted"))
        .when("_carried_best")
        .then(pl.lit("older_than_known"))
        .when(pl.col("observed_at") == pl.col("observed_at_best"))
        .then(pl.lit("duplicate_key"))
        .otherwise(pl.lit("older_in_delivery")),
    )


def _told_again(frame: pl.DataFrame) -> pl.DataFrame:
    """Tellings of the rows whose key stands in several places: all that can be contested, and few others.

    The parties of a row stand together, so that a look at neighbours leaves out nearly all keys; one whose hash another
    has, or whose parties stand apart, is looked at again.
    """
    told = frame.select(pl.col("_key").hash(), *_TELLING[1:])
    begins = told.select(pl.struct(pl.all()).rle_id().diff().fill_null(1) > 0).to_series()
    firsts = begins.arg_true()
    return frame.select(_TELLING).select(pl.all().gather(firsts.filter(told["_key"].gather(firsts).is_duplicated())))


def _repeated_places(standing: pl.DataFrame) -> pl.Series:
    """Places of rows that say again what a row before them in the files said."""
    # Hashes are compared first: they leave a few rows whose names are worth comparing.
    named = standing.select("_place", "record_id", "feed_file", "feed_row")
    alike = named.filter(pl.col("record_id").hash().is_duplicated())
    again = alike.filter(pl.col("record_id").is_duplicated()).sort("feed_file", "feed_row")
    return again.filter(~pl.col("record_id").is_first_distinct())["_place"]


def account(travelled: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Ledger entries of the choice."""
    frame = travelled.select("source", "_first", "_carried", "_tombstone").with_columns(
        kept=choice.kept, fate=choice.fate.fill_null("")
    )
    today = frame.filter(~pl.col("_carried"))
    rows = today.filter("_first")
    used = pl.col("kept") | (pl.col("fate") == "tombstone")
    rejected = pl.col("fate") == "duplicate_key"
    return pl.concat(
        [
            entries(rows.filter(used), "rows_used", "fate"),
            entries(rows.filter(rejected), "rows_rejected", "fate"),
            entries(rows.filter(~used & ~rejected), "rows_excluded", "fate"),
            entries(today.filter("kept"), "parties_of_used_rows"),
            entries(frame.filter("_carried"), "carried_over"),
            entries(frame.filter(pl.col("_carried") & ~pl.col("kept")), "superseded", "fate"),
            entries(frame.filter("kept"), "observations"),
        ]
    )


def duplicates(travelled: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Rejects for rows whose key another row of the same delivery bears with other content (rule C11)."""
    lost = travelled.filter((choice.fate == "duplicate_key") & travelled["_first"])
    told = [
        column
        for column in lost.columns
        if not column.startswith("_") and column not in ("feed_file", "feed_row", "repairs")
    ]
    return lost.select(
        feed="source",
        feed_file="feed_file",
        feed_row="feed_row",
        field=pl.lit("key"),
        reason=pl.lit("duplicate_key"),
        advice=pl.lit("one row per key and time: deliver a later update time with the correction"),
        raw=as_told(told),
    ).cast(REJECTS.schema)

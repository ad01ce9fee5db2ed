"""Everything that is measured of a published night, and the frames native expectations are asked of."""

import logging
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from expectations.catalogue import Expected
from expectations.drift import drift
from expectations.families import FAMILIES
from expectations.measure import MEASURES
from expectations.profile import profile
from expectations.table_facts import UNREADABLE, codes, table_columns, table_facts
from pipeline.ports import PublishedNight

log = logging.getLogger(__name__)


def measures(night: PublishedNight, history: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """MEASURES of ``night``; ``history``: those of earlier nights, oldest first.

    A table that cannot be read leaves out what is measured of it: who expects something of that is told so.
    """
    now = pl.concat([_of(family, night) for family in (*FAMILIES, profile)])
    return pl.concat([now, drift(now, history)])


def _of(family: Callable[[PublishedNight], pl.DataFrame], night: PublishedNight) -> pl.DataFrame:
    try:
        return family(night)
    except UNREADABLE as error:
        log.error("measures of %s: a table cannot be read (%s)", family.__name__, type(error).__name__)  # noqa: TRY400
        return MEASURES.to_frame(eager=True)


def frames(night: PublishedNight, items: Sequence[Expected]) -> Mapping[str, pl.DataFrame]:
    """Frames native expectations are asked of: tables without customer values, and facts about all the others.

    Of tables only the columns that ``items`` ask for.
    """
    wanted = {
        "verdicts": night.scan("parties").group_by("verdict").len() if _there(night, "parties") else None,
        **{
            name: night.scan(name).select(_asked(night.scan(name).collect_schema(), name, items))
            for name in ("rates", "rule_stats", "ledger")
            if _there(night, name)
        },
    }
    there = {name: rows.collect() for name, rows in wanted.items() if rows is not None}
    coded = {str(one.kwargs["column"]) for one in items if one.frame == "codes" and "column" in one.kwargs}
    facts = {"table_facts": table_facts(night), "table_columns": table_columns(night), "codes": codes(night, coded)}
    return {**facts, **there}


def _asked(schema: pl.Schema, frame: str, items: Sequence[Expected]) -> list[str]:
    """Columns that expectations of ``frame`` name; all when one is asked of the table itself."""
    own = [one for one in items if one.frame == frame]
    if any(one.native.startswith("ExpectTable") for one in own):
        return schema.names()
    told = " ".join(str(value) for one in own for value in one.kwargs.values())
    return [name for name in schema if name in told]


def _there(night: PublishedNight, table: str) -> bool:
    try:
        night.scan(table).collect_schema()
    except UNREADABLE:
        return False
    return True

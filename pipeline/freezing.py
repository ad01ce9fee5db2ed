"""Freezing a month: what of a published night is kept for ever."""

import calendar
import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from pipeline.core.assessment.freezing import counted_in, persons_of
from pipeline.core.assessment.reward import REWARD_BASE, REWARD_EVIDENCE
from pipeline.core.assessment.scorecards import SCORECARDS
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.counts import NEEDED
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.rulings.ruling_table import OVERRIDDEN_PARTIES, as_told
from pipeline.core.schema import RATES
from pipeline.errors import SettingsError
from pipeline.ports import PublishedNight


def frozen_tables(night: PublishedNight, month: str, caliber: Caliber) -> Mapping[str, pl.DataFrame]:
    """What ``month`` (2026-03) is frozen as, from ``night``. Raises :class:`SettingsError` for a month that is not over."""
    last = _last_day(month)
    if night.day < last:
        raise SettingsError(
            f"freeze {month}",
            f"the latest night is of {night.day}, before the month's end",
            "Freeze it when it is over.",
        )
    # What pays is told without the rulings of stewards.
    parties, overridden = (night.scan(table.name).select(NEEDED).collect() for table in (PARTIES, OVERRIDDEN_PARTIES))
    persons = counted_in(as_told(parties, overridden), caliber, [month], night.day)
    kept = dict.fromkeys((RATES.name, ESTIMATES.name, SCORECARDS.name, REWARD_BASE.name), pl.col("period") == month)
    kept[REWARD_EVIDENCE.name] = pl.col("month") == month
    return {
        "persons": persons_of(persons, caliber, month),
        **{name: night.scan(name).filter(of_month).collect() for name, of_month in kept.items()},
    }


def _last_day(month: str) -> date:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise SettingsError(f"freeze {month}", "is not a month", "Write it as 2026-03.")
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])

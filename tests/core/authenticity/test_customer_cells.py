from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest

from pipeline.core.authenticity.calibers import CALIBERS, Caliber
from pipeline.core.authenticity.cells import DIMENSIONS, MEASURES, added, column, margins
from pipeline.core.authenticity.customer_cells import of_customers

NIGHT = date(2026, 6, 30)
MONTHS = ("2025-12", "2026-01", "2026-04", None)
HALF = [replace(CALIBERS["final"], name=f"c{place}", unit="customer") for place in range(14)]
MANY = [*HALF, replace(HALF[0], name="premium", weight="premium")]
"""More than fit in one number."""


def persons(count: int) -> list[dict[str, object]]:
    """Persons of policies by chance: three in four are customers of several policies."""
    chance = Random(7)
    return [
        {
            "policy_no": f"P{place}",
            "counted_as": "policyholder",
            "customer_id": chance.choice([None, *(f"K{one}" for one in range(count // 5))]),
            "month": chance.choice(MONTHS),
            **{name: chance.choice([None, f"{name} 1", f"{name} 2"]) for name in DIMENSIONS[1:]},
            "premium": chance.choice([None, 100, 20_000]),
            **{f"state:{one.name}": chance.choice([None, 0, 1, 2, 3]) for one in MANY},
            **{f"open:{one.name}": chance.choice([None, True, False]) for one in MANY},
        }
        for place in range(count)
    ]


def periods(month: str | None) -> Iterator[tuple[str, str]]:
    yield "all", "all"
    yield "month", month or ""
    yield "quarter", f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}" if month else ""
    if month and month.startswith("2026"):
        yield "year_to_date", "2026"


def by_hand(told: list[dict[str, object]], caliber: Caliber) -> dict[tuple[str, ...], list[int]]:
    """Measures of every cell, customer by customer."""
    seen: dict[tuple[str, ...], dict[object, list[dict[str, object]]]] = {}
    for row in told:
        who = row["customer_id"] or row["policy_no"]
        for kind, period in periods(row["month"]):  # type: ignore[arg-type]
            for name in DIMENSIONS:
                cell = (kind, period, name, str(row.get(name) or ""))
                seen.setdefault(cell, {}).setdefault(who, []).append(row)
    sums = {}
    for cell, customers in seen.items():
        measures = dict.fromkeys(MEASURES, 0)
        for rows in customers.values():
            states = [row[f"state:{caliber.name}"] for row in rows if row[f"state:{caliber.name}"] is not None]
            if not states:
                continue
            worst = min(states)  # type: ignore[type-var]
            weight = sum(row["premium"] or 0 for row in rows) if caliber.weight == "premium" else 1  # type: ignore[misc]
            undecided = all(row[f"open:{caliber.name}"] is not False for row in rows)
            for name, counts in (
                ("population", True),
                ("denominator", worst != 3),
                ("numerator", worst == 1),
                ("refuted", worst == 0),
                ("unverified", undecided),
            ):
                measures[name] += weight * counts  # type: ignore[operator]
        if any(measures.values()):
            sums[cell] = list(measures.values())
    return sums


@pytest.mark.parametrize("count", [1, 2, 3, 40, 400])
def test_each_customer_counts_once_in_each_cell_as_the_worst_of_his_parties(count: int) -> None:
    told = persons(count)
    schema = {f"state:{one.name}": pl.UInt8 for one in MANY} | {f"open:{one.name}": pl.Boolean for one in MANY}
    texts = dict.fromkeys(("policy_no", "counted_as", "customer_id", "month", *DIMENSIONS[1:]), pl.String)
    frame = pl.DataFrame(told, schema={**texts, "premium": pl.Int64, **schema})
    summed = of_customers(frame, MANY, NIGHT)
    whole = added([margins(summed.finest, NIGHT), summed.margins])
    for caliber in MANY:
        cells = whole.select(
            *("period_kind", "period", "dimension", "value"), *(column(name, caliber) for name in MEASURES)
        )
        assert {row[:4]: list(row[4:]) for row in cells.iter_rows() if any(row[4:])} == by_hand(told, caliber)

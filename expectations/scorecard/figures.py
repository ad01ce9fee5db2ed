"""What the scorecard shows, taken from a published night. Counts and codes; of customers only masked samples."""

from pathlib import Path
from typing import Any

from expectations.scorecard import causes, expected, operations, standing
from expectations.scorecard.readable import ReadableNight
from pipeline.ports import Archive


def figures(archive: Archive, night: ReadableNight) -> dict[str, Any]:
    """Everything the template needs, JSON-safe."""
    rates = night.scan("rates").collect()
    results = expected.rows(archive, night, expected.results_of(night))
    trend = standing.trend(archive, night)
    head = standing.headline(night, rates, trend)
    people = causes.population(night)
    reasons = causes.reasons(people)
    page = {
        "day": night.day.isoformat(),
        "target": float(night.run["target_rate"]),
        "headline": head,
        "calibers": standing.calibers(rates),
        "trend": trend,
        "funnel": standing.funnel(night, rates),
        "reasons": reasons,
        "first": causes.first_steps(reasons, head),
        "heat": causes.heat(people),
        "league": causes.league(night),
        "results": results,
        "samples": expected.samples(night, results),
        "feeds": operations.feeds(night),
        "rejects": operations.rejects(night),
        "matching": operations.matching(night),
        "rulings": operations.rulings(night),
        "calls": operations.calls(night),
        "audit": operations.audit(night),
        "signals": operations.signals(night),
        "claims": operations.claims(night),
        "restated": operations.restated(night),
        "run": operations.run_facts(night),
        "docs": (Path(night.place) / "reports" / "datadocs" / "index.html").exists(),
    }
    # Last: by now every table was asked for.
    return {**page, "problems": expected.missing(night.missing) + expected.problems(night, results)}

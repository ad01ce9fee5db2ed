"""What the scorecard shows, taken from a published night. Counts and codes; of customers only masked samples."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from expectations.scorecard import causes, expected, lists, operations, standing
from expectations.scorecard.readable import ReadableNight
from pipeline.ports import Archive


def figures(archive: Archive, night: ReadableNight, files: Mapping[str, str]) -> dict[str, Any]:
    """Everything the template needs, JSON-safe. ``files``: unit -> its masked work list."""
    rates = night.scan("rates").collect()
    past = expected.past(archive, night)
    results = expected.rows(night, expected.results_of(night), past)
    trend = standing.trend(archive, night, past)
    head = standing.headline(night, rates, trend)
    people, as_told = causes.population(night), causes.population(night, rulings=False)
    reasons = causes.reasons(night, people)
    page = {
        "day": night.day.isoformat(),
        "target": float(night.run["target_rate"]),
        "headline": head,
        "calibers": standing.calibers(rates),
        "trend": trend,
        "funnel": standing.funnel(night, rates),
        "reasons": reasons,
        "first": causes.first_steps(reasons, head),
        "heat": causes.heat(people, as_told),
        "league": causes.league(night, rates),
        "results": results,
        "samples": expected.samples(night, results),
        "feeds": operations.feeds(night),
        "rejects": operations.rejects(night),
        "matching": operations.matching(night),
        "rulings": operations.rulings(night),
        "calls": operations.calls(night),
        "progress": lists.progress(archive, night),
        "lists": lists.by_unit(night, files),
        "audit": operations.audit(night),
        "signals": operations.signals(night),
        "claims": operations.claims(night),
        "restated": operations.restated(night),
        "unknown": list(night.run.get("not_known", ())),
        "run": operations.run_facts(night),
        "docs": (Path(night.place) / "reports" / "datadocs" / "index.html").exists(),
    }
    # Last: by now every table was asked for.
    return {**page, "problems": expected.missing(night.missing) + expected.problems(night, results)}

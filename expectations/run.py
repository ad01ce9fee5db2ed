"""Asks a published night everything that is expected of it, with Great Expectations, and keeps what came of it."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from expectations.catalogue import FOLDER, Expected, expected
from expectations.measures import MEASURES, frames, measures
from expectations.results import FILE, RESULTS, with_states
from pipeline.errors import RunError
from pipeline.ports import Archive, PublishedNight

log = logging.getLogger(__name__)

HISTORY_DAYS = 28
_MEASURES_FILE = "measures.parquet"


@dataclass(frozen=True)
class Validation:
    """What came of a night: RESULTS, and where they are kept."""

    results: pl.DataFrame
    folder: Path

    @property
    def critical(self) -> list[str]:
        """Ids of critical failures."""
        failed = (pl.col("severity") == "critical") & ~pl.col("success").fill_null(value=True)
        return self.results.filter(failed)["id"].to_list()

    @property
    def errors(self) -> list[str]:
        """Ids of what could not be asked."""
        return self.results.filter("error")["id"].to_list()


def validate(archive: Archive, night: PublishedNight, night_folder: Path, suites: Path = FOLDER) -> Validation:
    """Ask everything of ``night`` and keep it below ``night_folder/expectations``.

    Takes the same time whatever the number of rows but for counting them.
    """
    items = expected(float(night.run["target_rate"]), suites)
    folder = night_folder / "expectations"
    folder.mkdir(exist_ok=True)
    earlier = _earlier(archive, night.day)
    told = measures(night, [_kept(one, _MEASURES_FILE) for one in earlier])
    told.write_parquet(folder / _MEASURES_FILE)
    results = _asked(items, {"measures": told, **frames(night)}, folder, night)
    before = _kept(earlier[-1], FILE) if earlier else None
    stated = with_states(results, before if before is not None and before.height else None, night.day)
    stated.write_parquet(folder / FILE)
    return Validation(stated, folder)


def _earlier(archive: Archive, day: date) -> Sequence[Path]:
    """Folders of the nights of the last weeks that were asked, oldest first."""
    nights = archive.nights(day - timedelta(days=HISTORY_DAYS), day - timedelta(days=1))
    folders = [Path(one.place) for one in nights]
    return [folder for folder in folders if (folder / "expectations" / FILE).exists()]


def _kept(folder: Path, name: str) -> pl.DataFrame:
    path = folder / "expectations" / name
    return pl.read_parquet(path) if path.exists() else MEASURES.to_frame(eager=True)


def _asked(
    items: Sequence[Expected], data: dict[str, pl.DataFrame], folder: Path, night: PublishedNight
) -> pl.DataFrame:
    """Every item asked, one suite per frame."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    from expectations.context import context_in

    context = context_in(gx, folder)
    source = context.data_sources.add_pandas("night")
    rows: list[dict[str, Any]] = []
    for name in sorted({one.frame or "measures" for one in items}):
        own = [one for one in items if (one.frame or "measures") == name]
        suite = context.suites.add(gx.ExpectationSuite(name=name))
        unknown = [one for one in own if not _add(gx, suite, one)]
        if len(suite.expectations) + len(unknown) != len(own):
            raise RunError(f"suite {name}", "became shorter than it is written", "Report this.")
        rows += [_error(one, "no such expectation") for one in unknown]
        if name not in data:
            rows += [_error(one, f"frame {name} is missing") for one in own if one not in unknown]
            continue
        asset = source.add_dataframe_asset(name=name)
        batch = asset.add_batch_definition_whole_dataframe("whole")
        definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
        run = gx.RunIdentifier(run_name=f"{night.day.isoformat()}-{name}")
        result = definition.run(
            batch_parameters={"dataframe": data[name].to_pandas()},
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": 0},
            run_id=run,
        )
        by_id = {one.expectation_config.meta["id"]: one for one in result.results}
        rows += [_result(one, by_id.get(one.id)) for one in own if one not in unknown]
    return pl.DataFrame(
        rows, schema={name: dtype for name, dtype in RESULTS.items() if name not in ("state", "since")}
    ).sort("id")


def _add(gx: Any, suite: Any, item: Expected) -> bool:
    """Add the item to the suite; False when there is no such expectation, or it does not take what it is told."""
    from great_expectations.compatibility.pydantic import ValidationError

    from expectations.custom import ExpectMeasureToBeBetween

    common: dict[str, Any] = {
        "meta": {"id": item.id, "owner": item.owner},
        "severity": item.severity,
        "description": f"{item.id} {item.zh}",
    }
    try:
        if item.measure:
            limits: dict[str, Any] = {"low": item.low, "high": item.high, "min_evaluated": item.min_evaluated}
            expectation = ExpectMeasureToBeBetween(measure=item.measure, **limits, **common)
        else:
            expectation = getattr(gx.expectations, item.native)(**item.kwargs, **common)
    except (AttributeError, ValidationError):
        return False
    suite.add_expectation(expectation)
    return True


def _result(item: Expected, told: Any) -> dict[str, Any]:
    from expectations.masking import _raised

    if told is None:
        return _error(item, "was not asked")
    raised = _raised(told.to_json_dict().get("exception_info") or {})
    if raised:
        return _error(item, "could not be computed: " + ", ".join(sorted(set(raised))))
    result = told.result or {}
    details = result.get("details") or {}
    observed = result.get("observed_value")
    return {
        **_common(item),
        "observed": float(observed) if isinstance(observed, int | float) else None,
        "evaluated": int(result.get("element_count") or 0),
        "failed": int(result.get("unexpected_count") or 0),
        "success": None if details.get("judged") is False else bool(told.success),
        "error": False,
        "detail": str(details.get("detail") or ""),
    }


def _error(item: Expected, why: str) -> dict[str, Any]:
    log.error("expectation %s: %s", item.id, why)
    return {
        **_common(item),
        "observed": None,
        "evaluated": 0,
        "failed": 0,
        "success": None,
        "error": True,
        "detail": why,
    }


def _common(item: Expected) -> dict[str, Any]:
    subject = item.measure.removeprefix("rule.") if item.measure else item.frame
    names = ("id", "suite", "zh", "en", "severity", "owner", "low", "high")
    return {"subject": subject, **{name: getattr(item, name) for name in names}}

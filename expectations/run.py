"""Asks a published night everything that is expected of it, with Great Expectations, and keeps what came of it."""

import logging
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from expectations.catalogue import FOLDER, Expected, expected
from expectations.library import great_expectations
from expectations.measure import LEAST_PARTIES, MEASURES
from expectations.measures import frames, measures
from expectations.results import FILE, RESULTS, with_states
from pipeline.core.rules.catalogue import RULES
from pipeline.errors import RunError
from pipeline.ports import Archive, PublishedNight

log = logging.getLogger(__name__)

HISTORY_DAYS = 28
MEASURES_FILE = "measures.parquet"
NAMED_BY = "table"
"""Column by which the frames of facts about tables name what fails; of others no row is told."""

_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
_FORMAT_OF_TABLES = {"result_format": "COMPLETE", "unexpected_index_column_names": [NAMED_BY]}
MOST_NAMED = 8
"""Tables or columns that are named where more fail."""

OFF = "off"
"""Detail of what the settings switched off."""

LEAST_BEFORE = 100
"""Asked so often the night before, a rule that is asked of nobody tonight was forgotten."""

_ASKED = pl.Schema({name: dtype for name, dtype in RESULTS.items() if name not in ("state", "since")})


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
    folder = emptied(night_folder)
    items = expected(float(night.run["target_rate"]), suites)
    earlier = nights_asked(archive, night.day - timedelta(days=HISTORY_DAYS), night.day - timedelta(days=1))
    past = [kept(one, MEASURES_FILE, MEASURES) for one in earlier]
    told = measures(night, past)
    told.write_parquet(folder / MEASURES_FILE)
    off = [one for one in items if one.measure in _switched_off(night)]
    asked = [one for one in items if one not in off]
    due = told.filter(~pl.col("key").is_in(sorted(_forgotten(asked, told, past, night))))
    results = _asked(asked, {"measures": due, **frames(night, asked)}, folder, night)
    rows = pl.concat([results, pl.DataFrame([_off(one) for one in off], schema=results.schema)]).sort("id")
    stated = with_states(rows, kept(earlier[-1], FILE, RESULTS) if earlier else None, night.day)
    stated.write_parquet(folder / FILE)
    return Validation(stated, folder)


def not_validated(archive: Archive, night: PublishedNight, why: str) -> Validation:
    """What is kept of a night that could not be asked anything: one error, never nothing."""
    folder = emptied(Path(night.place))
    item = Expected(
        "CHECK", "tables", "critical", "信息技术部", "期望检查完成", "the expectations were asked", frame="run"
    )
    earlier = nights_asked(archive, night.day - timedelta(days=HISTORY_DAYS), night.day - timedelta(days=1))
    before = kept(earlier[-1], FILE, RESULTS) if earlier else None
    results = with_states(pl.DataFrame([_error(item, why)], schema=_ASKED), before, night.day)
    results.write_parquet(folder / FILE)
    return Validation(results, folder)


def emptied(night_folder: Path) -> Path:
    """The folder results are kept in, without those of an earlier attempt."""
    folder = night_folder / "expectations"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def nights_asked(archive: Archive, since: date, until: date) -> Sequence[Path]:
    """Folders of the nights of those days that were asked, oldest first."""
    folders = [Path(one.place) for one in archive.nights(since, until)]
    return [folder for folder in folders if (folder / "expectations" / FILE).exists()]


def kept(folder: Path, name: str, schema: pl.Schema) -> pl.DataFrame:
    """What a night keeps under ``name``; empty when it has none, or one of other types. Columns it lacks are null."""
    path = folder / "expectations" / name
    told = pl.read_parquet(path) if path.exists() else schema.to_frame(eager=True)
    if any(schema.get(column) != dtype for column, dtype in told.schema.items()):
        return schema.to_frame(eager=True)
    return told.match_to_schema(schema, missing_columns="insert")


def _switched_off(night: PublishedNight) -> set[str]:
    return {f"rule.{rule.id}" for rule in RULES if rule.id not in night.run["rules"]}


def _forgotten(
    items: Sequence[Expected], told: pl.DataFrame, past: Sequence[pl.DataFrame], night: PublishedNight
) -> set[str]:
    """Measures of rules that nobody was asked though they should have been: the pipeline did not compute them.

    Those are rules everybody of a kind of feed is asked where there is enough of it, and rules asked the night before.
    """
    idle = set(told.filter((pl.col("evaluated") == 0) & pl.col("key").str.starts_with("rule."))["key"])
    kinds = {feed: one["kind"] for feed, one in night.run["feeds"].items()}
    there: Counter[str] = Counter()
    for feed, measure, _reason, count in night.run["ledger"]:
        if measure == "observations":
            there[kinds.get(feed, "")] += count
    due = {one.measure for one in items if one.always and there[one.always] >= LEAST_PARTIES}
    before = set(past[-1].filter(pl.col("evaluated") >= LEAST_BEFORE)["key"]) if past else set()
    return idle & (due | before)


def _asked(
    items: Sequence[Expected], data: dict[str, pl.DataFrame], folder: Path, night: PublishedNight
) -> pl.DataFrame:
    """Every item asked, one suite per frame."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    gx = great_expectations()
    # What it logs may quote values; what went wrong is in the results.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    from expectations.context import context_in

    context = context_in(gx, folder)
    source = context.data_sources.add_pandas("night")
    rows: list[dict[str, Any]] = []
    for name in sorted({one.frame or "measures" for one in items}):
        own = [one for one in items if (one.frame or "measures") == name]
        built = [(one, _built(gx, one)) for one in own]
        unknown = [one for one, expectation in built if expectation is None]
        wanted = [expectation for _, expectation in built if expectation is not None]
        # Put in together: the library writes the whole suite for each that is added to one it knows.
        suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=wanted))
        if len(suite.expectations) != len(wanted):
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
            result_format=_FORMAT_OF_TABLES if NAMED_BY in data[name] else _FORMAT,
            run_id=run,
        )
        by_id = {one.expectation_config.meta["id"]: one for one in result.results}
        rows += [_result(one, by_id.get(one.id)) for one in own if one not in unknown]
    return pl.DataFrame(rows, schema=_ASKED).sort("id")


def _built(gx: Any, item: Expected) -> Any:
    """The item as the library's; None when there is no such expectation, or it does not take what it is told."""
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
            return ExpectMeasureToBeBetween(measure=item.measure, **limits, **common)
        return getattr(gx.expectations, item.native)(**item.kwargs, **common)
    except (AttributeError, ValidationError):
        return None


def _result(item: Expected, told: Any) -> dict[str, Any]:
    from expectations.masking import raised

    if told is None:
        return _error(item, "was not asked")
    crashed = raised(told.to_json_dict().get("exception_info") or {})
    if crashed:
        return _error(item, "could not be computed: " + ", ".join(crashed))
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
        "detail": str(details.get("detail") or _tables(result)),
    }


def _tables(result: Mapping[str, Any]) -> str:
    """The tables, or columns of tables, in which a native expectation found something."""
    found = sorted({str(one[NAMED_BY]) for one in result.get("unexpected_index_list") or [] if NAMED_BY in one})
    more = f" … +{len(found) - MOST_NAMED}" if len(found) > MOST_NAMED else ""
    return " ".join(found[:MOST_NAMED]) + more


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


def _off(item: Expected) -> dict[str, Any]:
    return {
        **_common(item),
        "observed": None,
        "evaluated": 0,
        "failed": 0,
        "success": None,
        "error": False,
        "detail": OFF,
    }


def _common(item: Expected) -> dict[str, Any]:
    subject = item.measure.removeprefix("rule.") if item.measure else item.frame
    names = ("id", "suite", "zh", "en", "severity", "owner", "low", "high")
    norm_zh, norm_en = item.norm
    return {"subject": subject, "norm_zh": norm_zh, "norm_en": norm_en, **{name: getattr(item, name) for name in names}}

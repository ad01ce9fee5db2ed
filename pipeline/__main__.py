"""Command line: settings -> connectors -> the night -> exit code.

0 published; 1 published, but the report or the work lists failed, or with ``--gate`` the target was missed, a critical
expectation failed or an optional feed was refused; 2 settings wrong, nothing read; 3 an obligatory feed was refused, nothing
published; 4 the run failed, nothing published.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import FrameType

import click
import polars as pl
from rich.console import Console

from connectors import registry
from connectors.archive import LocalArchive
from connectors.registry import Kept
from connectors.secret import draw_secret
from pipeline import console as consoles
from pipeline import engine as engines
from pipeline import nightly
from pipeline import settings as settings_files
from pipeline.core.authenticity.calibers import HEADLINE
from pipeline.errors import FeedRefused, SettingsError, ZhenkeError
from pipeline.foretelling import foretell
from pipeline.logs import set_up_logging
from pipeline.matching_settings import matcher_of
from pipeline.order import Order
from pipeline.ports import PublishedNight
from pipeline.reporter import Asked, Report, waiting
from pipeline.rule_settings import rule_settings
from pipeline.settings import Settings
from pipeline.transforms.guard import told_by_worker
from pipeline.verdict_settings import verdict_settings

log = logging.getLogger(__name__)

PUBLISHED, GATE_FAILED, SETTINGS_WRONG, FEED_WAS_REFUSED, RUN_FAILED = range(5)
PLAIN_WIDTH = 120
_PATH = click.Path(path_type=Path)
_DATE = click.DateTime(["%Y-%m-%d", "%Y%m%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhenke")
def cli() -> None:
    """Zhenke (真客): nightly verification of customer information."""


@cli.command()
@click.argument("settings", type=_PATH)
@click.option("--date", "day", type=_DATE, help="Business date; else the settings' own, else yesterday.")
@click.option("--resume", is_flag=True, help="Do nothing when this night is published already.")
@click.option("--gate", is_flag=True, help="Exit 1 when a critical expectation fails or an optional feed was refused.")
@click.option("--no-report", is_flag=True, help="Publish the tables alone; zhenke report makes the report later.")
@click.argument("flags", nargs=-1, type=click.UNPROCESSED)
def run(  # every argument is an option of the command line
    settings: Path, day: datetime | None, resume: bool, gate: bool, no_report: bool, flags: Sequence[str]
) -> int:
    """Make and publish a night. Beam flags go after --."""
    console = _console()
    told = settings_files.load(settings)
    rules = rule_settings(told.rules)
    matcher = matcher_of(told.matching, settings.parent.absolute())
    verdicts = verdict_settings(told)
    secret_file = told.lists.secret_file
    secret = draw_secret(settings.parent.absolute() / secret_file if secret_file else None)
    engine = engines.choose(told.engine, flags)
    night = _night(told, day)
    archive = registry.archive(told.output, settings.parent.absolute())
    if resume and archive.published(night):
        console.print(
            f"the night of {night} is published already: {archive.place}/runs/{night.isoformat()}", soft_wrap=True
        )
        return PUBLISHED
    sources = registry.sources(told, settings.parent.absolute())
    watcher = consoles.ConsoleWatcher(console)
    order = Order(told, rules, night, sources, archive, engine, watcher, matcher, verdicts, secret)
    asked = Asked(output=told.output, folder=settings.parent.absolute(), day=night, notify=told.notify, gate=gate)
    with nullcontext(None) if no_report else _reporter(asked) as report:
        made = nightly.make(order)
        consoles.summary(console, made, told.target_rate)
        failed = gate and _gate_failed(made, told)
        # Much of a report is done by one processor: the other one writes the lists.
        with ThreadPoolExecutor(1) as beside:
            lists = beside.submit(_worklists, archive, night, told.assessment.least_parties)
            if report:
                failed = not report(console) or failed
            failed = not _listed(lists, console) or failed
    return GATE_FAILED if failed else PUBLISHED


def _listed(lists: Future[list[str]], console: Console) -> bool:
    """Say where the work lists are; gives whether they are anywhere."""
    try:
        for folder in lists.result():
            console.print(f"work list  {folder}", markup=False, highlight=False, soft_wrap=True)
    except OSError as error:
        log.error("the night is published, its work lists are not: %s; mend that and run it again", error.strerror)  # noqa: TRY400
        return False
    return True


def _reporter(asked: Asked) -> AbstractContextManager[Report]:
    """Who makes the report: this process when it has loaded what that takes, else one of its own."""
    if "expectations.run" in sys.modules:
        from pipeline import reporting

        return nullcontext(partial(reporting.made, asked))
    return waiting(asked)


@cli.command()
@click.argument("told", metavar="DIR|SETTINGS", type=_PATH, default=Path("nightly.yaml"))
@click.option("--date", "day", type=_DATE, help="Night to report on; the latest when not given.")
def report(told: Path, day: datetime | None) -> int:
    """Make the report of a published night again.

    DIR holds published nights, or is the folder of one; SETTINGS is nightly.yaml in this folder when not given.
    """
    from pipeline import reporting

    archive, night = reporting.found(told, _day(day))
    return PUBLISHED if reporting.make(archive, night, _console()).whole else GATE_FAILED


@cli.command()
@click.argument("settings", type=_PATH)
@click.option("--date", "day", type=_DATE, help="Business date; else the settings' own, else yesterday.")
def check(settings: Path, day: datetime | None) -> int:
    """Say what would be read and how it is understood. Touches nothing."""
    console = _console()
    told = settings_files.load(settings)
    rule_settings(told.rules)
    matcher_of(told.matching, settings.parent.absolute())
    verdict_settings(told)
    night = _night(told, day)
    archive = registry.archive(told.output, settings.parent.absolute())
    previous = archive.last_before(night)
    console.print(f"night of {night}; state of {previous.day if previous else 'no earlier night'}")
    reports = [
        source.inspect(night, previous.files if previous else frozenset())
        for source in registry.sources(told, settings.parent.absolute())
    ]
    for report in reports:
        consoles.understood(console, report)
        consoles.foretold(console, foretell(told, report, night))
    return FEED_WAS_REFUSED if any(report.refused and report.obligatory for report in reports) else PUBLISHED


@cli.command()
@click.argument("settings", type=_PATH)
@click.option("--date", "day", type=_DATE, help="Night to train on; the latest when not given.")
@click.option("--model", required=True, type=_PATH, help="Where the model is written, its chart beside it.")
@click.option("--replace", is_flag=True, help="Replace a model that stands there.")
@click.argument("flags", nargs=-1, type=click.UNPROCESSED)
def train(settings: Path, day: datetime | None, model: Path, replace: bool, flags: Sequence[str]) -> int:
    """Estimate a model of matching from a published night. Beam flags go after --."""
    from pipeline import console_train, model_files, training
    from pipeline.pages.weights import weights_page

    console = _console()
    told = settings_files.load(settings)
    matcher = matcher_of(told.matching, settings.parent.absolute())
    model_files.refuse_to_replace(model, replace=replace)
    engine = engines.choose(told.engine, flags)
    archive = registry.archive(told.output, settings.parent.absolute())
    night = _published(archive, _day(day))
    order = training.Order(told, night, matcher, archive, engine, consoles.ConsoleWatcher(console))
    made = training.train(order)
    model_files.write(model, made.model, weights_page(made.model, made.drifted))
    console_train.trained(console, made, model)
    return PUBLISHED


@cli.command()
@click.argument("told", metavar="[SETTINGS] ID [ID]", nargs=-1, required=True)
@click.option("--output", type=_PATH, help="Folder of the published nights, instead of the settings' own.")
@click.option("--date", "day", type=_DATE, help="Night to explain; the latest when not given.")
@click.option("--unmask", is_flag=True, help="Show values in full; that you did is written to access.log.")
@click.option("--html", type=_PATH, help="Write a page instead of telling it here.")
def explain(told: Sequence[str], output: Path | None, day: datetime | None, unmask: bool, html: Path | None) -> int:
    """Explain a customer, a record, or whether two records are one.

    SETTINGS is nightly.yaml in this folder when not given.
    """
    from pipeline import console_explain, explaining
    from pipeline.pages import save
    from pipeline.pages.explained import explained_page

    settings, ids = _settings_and_ids(told)
    archive: Kept = (
        LocalArchive(output)
        if output
        else registry.archive(settings_files.load(settings).output, settings.parent.absolute())
    )
    night = _published(archive, _day(day))
    answer = explaining.explained(archive, night, explaining.Question(ids, unmask))
    if answer is None:
        raise click.UsageError(f"the night of {night.day} knows no customer or record of that id")
    if unmask:
        shown = [explaining.shown_id(one, night) for one in ids]
        archive.note_access("explain --unmask", night.day, shown)
    if html:
        save(explained_page(answer, unmasked=unmask), html)
        _console().print(f"page  {html}", markup=False, highlight=False, soft_wrap=True)
    else:
        console_explain.explained(_console(), answer)
    return PUBLISHED


@cli.command()
@click.argument("month", metavar="YYYY-MM")
@click.argument("settings", type=_PATH, default=Path("nightly.yaml"))
def freeze(month: str, settings: Path) -> int:
    """Freeze a month as the latest night tells it. Later corrections are published as restatements.

    SETTINGS is nightly.yaml in this folder when not given.
    """
    from pipeline.freezing import frozen_tables

    told = settings_files.load(settings)
    headline = next(one for one in verdict_settings(told).calibers if one.name == HEADLINE)
    archive = registry.archive(told.output, settings.parent.absolute())
    night = _published(archive, None)
    tables = frozen_tables(night, month, headline)
    about = {
        "night": night.day.isoformat(),
        "caliber": headline.name,
        "digest": headline.digest,
        "definition": headline.definition,
    }
    folder = archive.months.write(month, tables, about)
    _console().print(f"frozen {month}: {tables['persons'].height:,} persons, {folder}", highlight=False, soft_wrap=True)
    return PUBLISHED


def _settings_and_ids(told: Sequence[str]) -> tuple[Path, tuple[str, ...]]:
    own = told[0].endswith((".yaml", ".yml"))
    settings, ids = (Path(told[0]), told[1:]) if own else (Path("nightly.yaml"), told)
    if len(ids) not in (1, 2) or (len(ids) == 2 and not all("/" in one for one in ids)):
        raise click.UsageError("give a customer id, a record id, or two record ids")
    return settings, tuple(ids)


@cli.command()
@click.argument("folder", type=_PATH)
@click.option("--people", default=20_000, show_default=True, type=click.IntRange(min=10), help="People of the city.")
@click.option("--seed", default=1, show_default=True, help="Another seed gives another city.")
@click.option("--night", default=0, show_default=True, type=click.IntRange(min=0), help="Deliver nights 0 to this one.")
@click.option(
    "--difficulty", default=1.0, show_default=True, type=click.FloatRange(min=0), help="Times the usual error rates."
)
def demo(folder: Path, people: int, seed: int, night: int, difficulty: float) -> int:
    """Make the feeds of a synthetic city, with the truth beside them and a ready nightly.yaml."""
    from connectors import synthetic

    made = synthetic.make_city(folder, people, seed, night, difficulty)
    _console().print(f"made {made}\nnow: zhenke run {made}", highlight=False, soft_wrap=True)
    return PUBLISHED


def _night(told: Settings, day: datetime | None) -> date:
    if day is not None:
        return day.date()
    return told.business_date or settings_files.night_before(date.today())


def _worklists(archive: Kept, day: date, least: int) -> list[str]:
    """Write the work lists of a night as files; gives their places. A unit of ``least`` parties has its own files."""
    from connectors.sinks.worklists import write_worklists
    from pipeline.core.authenticity.advice import texts

    night = archive.night(day)
    if night is None:
        return []
    told = texts()
    sizes = night.scan("parties").drop_nulls("unit").group_by("unit").len().filter(pl.col("len") >= least).collect()
    with archive.delivery("worklists", day.isoformat()) as folder:
        written = write_worklists(
            night.scan("worklists").collect(),
            dict(zip(told["code"], told["zh"], strict=True)),
            folder,
            day,
            sizes["unit"].to_list(),
        )
        return [f"{archive.place}/worklists/{place.relative_to(folder)}" for place in written]


def _day(told: datetime | None) -> date | None:
    return told.date() if told else None


def _published(archive: Kept, day: date | None) -> PublishedNight:
    night = archive.night(day)
    if night is None:
        of_day = f" for {day}" if day else ""
        raise SettingsError(archive.place, f"no night is published there{of_day}", "Run zhenke run first.")
    return night


def _gate_failed(made: nightly.Made, told: Settings) -> bool:
    headline = (pl.col("caliber") == HEADLINE) & (pl.col("dimension") == "city") & (pl.col("period_kind") == "all")
    missed = made.totals["rates"].filter(headline & (pl.col("rate") < told.target_rate)).height > 0
    return missed or bool(made.refused)


def _console() -> Console:
    plain = not sys.stdout.isatty()
    console = Console(width=PLAIN_WIDTH) if plain else Console()
    set_up_logging(Console(stderr=True))
    return console


def _stopped(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    signal.signal(signal.SIGTERM, _stopped)
    try:
        return int(cli.main(arguments, prog_name="zhenke", standalone_mode=False) or PUBLISHED)
    except click.ClickException as error:
        error.show()
        return SETTINGS_WRONG
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        return RUN_FAILED
    except ZhenkeError as error:
        log.error("%s", error)  # noqa: TRY400  the operator wants the message, not the traceback
        return _code_of(error)
    except Exception as error:  # noqa: BLE001  a library's message may quote a customer: say where, not what
        log.critical("the run failed, nothing was published: %s", told_by_worker(error))
        return RUN_FAILED


def _code_of(error: ZhenkeError) -> int:
    if isinstance(error, SettingsError):
        return SETTINGS_WRONG
    return FEED_WAS_REFUSED if isinstance(error, FeedRefused) else RUN_FAILED


if __name__ == "__main__":
    sys.exit(main())

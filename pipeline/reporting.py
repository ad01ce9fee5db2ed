"""The report of a night as the command line makes it: after publication, or again at any time.

As a program it is the other half of :mod:`pipeline.reporter`: it waits to be told which report to make.
"""

import gc
import logging
import sys
from datetime import date
from pathlib import Path

from rich.console import Console

from connectors import registry
from connectors.archive import LocalArchive, night_in
from connectors.notify import notifiers
from connectors.notify import tell as send
from connectors.registry import Kept
from expectations.crossings import crossings
from expectations.reporting import PAGE, Report, load, report
from pipeline import settings as settings_files
from pipeline.errors import SettingsError, ZhenkeError, described
from pipeline.logs import set_up_logging
from pipeline.ports import PublishedNight
from pipeline.reporter import NOT_MADE, NOT_WELL, WELL, Asked
from pipeline.settings import NotifySettings

log = logging.getLogger(__name__)


def made(asked: Asked, console: Console) -> bool:
    """Make the report and tell whom it concerns; gives whether all is well. What is not is told: the night is published."""
    try:
        archive = registry.archive(asked.output, asked.folder)
        night = _published(archive, asked.day)
        report = make(archive, night, console)
        tell(archive, night, report, asked.notify, console)
    except ZhenkeError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001  a library's message may quote a customer: say where, not what
        problem = described(error)
    else:
        return report.whole and not (asked.gate and report.validation.critical)
    log.error(NOT_MADE, problem)
    return False


def make(archive: Kept, night: PublishedNight, console: Console) -> Report:
    """Make the report of ``night`` and say where it is and what is wrong with it."""
    with archive.desk(night) as (desk, mine):
        made = report(desk, mine)
    for failure in made.failures:
        _say(console, f"report     FAILED: {failure}")
    if made.validation.errors:
        _say(console, f"report     INCOMPLETE, could not be asked: {' '.join(made.validation.errors)}")
    if made.validation.critical:
        _say(console, f"expected   critical, not met: {' '.join(made.validation.critical)}")
    _say(console, f"report     {_page(night, made)}")
    return made


def tell(archive: Kept, night: PublishedNight, made: Report, told: NotifySettings, console: Console) -> None:
    """Tell whom the settings name which lines the night crossed; nobody when it crossed none."""
    receivers = notifiers(told)
    crossed = []
    if receivers:
        with archive.desk(night) as (desk, mine):
            crossed = crossings(desk, mine, made)
    if crossed:
        lines = [*(one.zh for one in crossed), f"报告：{_page(night, made)}"]
        names = send(receivers, f"真客 {night.day}", lines)
        _say(console, f"told       {' '.join(names) or 'nobody: see the log'}: {'; '.join(one.en for one in crossed)}")


def found(told: Path, day: date | None) -> tuple[Kept, PublishedNight]:
    """The night meant by a settings file, a folder of nights or the folder of one night. Raises :class:`SettingsError`."""
    if told.is_dir():
        single = night_in(told.resolve())
        if single is not None and day in (None, single.day):
            return LocalArchive(single.folder.parents[1]), single
        archive: Kept = LocalArchive(told)
    else:
        archive = registry.archive(settings_files.load(told).output, told.parent.absolute())
    return archive, _published(archive, day)


def _published(archive: Kept, day: date | None) -> PublishedNight:
    night = archive.night(day)
    if night is None:
        of_day = f" for {day}" if day else ""
        raise SettingsError(archive.place, f"no night is published there{of_day}", "Run zhenke run first.")
    return night


def _page(night: PublishedNight, made: Report) -> str:
    """Where the page is read."""
    return f"{night.place}/{PAGE}/{made.page.name}"


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def main() -> int:
    """Make the report that standard input asks for; gives the exit code. Nobody asks when there is no night to report on."""
    set_up_logging(Console(stderr=True))
    load()
    gc.freeze()
    asked = sys.stdin.buffer.read()
    if not asked:
        return WELL
    # As the one who asked reads it, whatever the language of this machine.
    with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as said:
        return WELL if made(Asked.model_validate_json(asked), Console(file=said)) else NOT_WELL

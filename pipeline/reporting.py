"""The report of a night as the command line makes it: after publication, or again at any time."""

from datetime import date
from pathlib import Path

from rich.console import Console

from connectors import registry
from connectors.archive import LocalArchive, night_in
from connectors.notify import notifiers
from connectors.notify import tell as send
from connectors.registry import Kept
from expectations.crossings import crossings
from expectations.reporting import PAGE, Report, report
from pipeline import settings as settings_files
from pipeline.errors import SettingsError
from pipeline.ports import PublishedNight
from pipeline.settings import NotifySettings


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
    night = archive.night(day)
    if night is None:
        of_day = f" for {day}" if day else ""
        raise SettingsError(archive.place, f"no night is published there{of_day}", "Run zhenke run first.")
    return archive, night


def _page(night: PublishedNight, made: Report) -> str:
    """Where the page is read."""
    return f"{night.place}/{PAGE}/{made.page.name}"


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)

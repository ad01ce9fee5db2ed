"""The report of a night as the command line makes it: after publication, or again at any time."""

from datetime import date
from pathlib import Path

from rich.console import Console

from connectors.archive import LocalArchive, LocalNight, night_in
from connectors.notify import notifiers
from connectors.notify import tell as send
from expectations.crossings import crossings
from expectations.reporting import Report, report
from pipeline import settings as settings_files
from pipeline.errors import SettingsError
from pipeline.settings import NotifySettings


def make(archive: LocalArchive, night: LocalNight, console: Console) -> Report:
    """Make the report of ``night`` and say where it is and what is wrong with it."""
    made = report(archive, night)
    for failure in made.failures:
        _say(console, f"report     FAILED: {failure}")
    if made.validation.errors:
        _say(console, f"report     INCOMPLETE, could not be asked: {' '.join(made.validation.errors)}")
    if made.validation.critical:
        _say(console, f"expected   critical, not met: {' '.join(made.validation.critical)}")
    _say(console, f"report     {made.page}")
    return made


def tell(archive: LocalArchive, night: LocalNight, made: Report, told: NotifySettings, console: Console) -> None:
    """Tell whom the settings name which lines the night crossed; nobody when it crossed none."""
    receivers = notifiers(told)
    crossed = crossings(archive, night, made) if receivers else []
    if crossed:
        lines = [*(one.zh for one in crossed), f"报告：{made.page}"]
        names = send(receivers, f"真客 {night.day}", lines)
        _say(console, f"told       {' '.join(names) or 'nobody: see the log'}: {'; '.join(one.en for one in crossed)}")


def found(told: Path, day: date | None) -> tuple[LocalArchive, LocalNight]:
    """The night meant by a settings file, a folder of nights or the folder of one night. Raises :class:`SettingsError`."""
    if told.is_dir():
        single = night_in(told.resolve())
        if single is not None and day in (None, single.day):
            return LocalArchive(single.folder.parents[1]), single
        archive = LocalArchive(told)
    else:
        archive = LocalArchive(told.parent.absolute() / settings_files.load(told).output)
    night = archive.night(day)
    if night is None:
        of_day = f" for {day}" if day else ""
        raise SettingsError(str(archive.folder), f"no night is published there{of_day}", "Run zhenke run first.")
    return archive, night


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)

"""A feed that arrives as files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from connectors.sources import excel, jsonl, parquet, text
from connectors.sources.feed import Feed, Seen, place_of
from connectors.sources.files import UNREADABLE, Unusable, find, name_of, size_of, why_unreadable
from connectors.sources.report import report_of
from connectors.sources.trailer import trailer_path
from pipeline.core.feeds import KINDS
from pipeline.ports import FeedReport, Problem
from pipeline.settings import Settings, path_for

FORMATS: dict[str, Callable[[str, Feed], Seen]] = {
    "text": text.inspect,
    "jsonl": jsonl.inspect,
    "parquet": parquet.inspect,
    "excel": excel.inspect,
}
"""Format -> what looks at a file of it."""

ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
}
"""File ending -> format; any other ending is text."""


@dataclass
class FileSource:
    """One feed of ``settings``; ``folder`` is what its paths are relative to."""

    name: str
    settings: Settings
    folder: Path

    def inspect(self, night: date, delivered_before: frozenset[str]) -> FeedReport:
        """What the feed's files for ``night`` hold; every problem is in the report, nothing is raised."""
        settings = self.settings
        feed = Feed(
            self.name,
            KINDS[settings.kind_of(self.name)],
            settings.feeds[self.name],
            settings.is_obligatory(self.name),
            self.folder,
            settings.engine.chunk_mb << 20,
            night,
        )
        return inspect_feed(feed, delivered_before)


def inspect_feed(feed: Feed, delivered_before: frozenset[str]) -> FeedReport:
    """What the files of ``feed`` hold. ``delivered_before``: digests of files of the last published night."""
    problems: list[Problem] = []
    seen: dict[str, Seen] = {}
    try:
        for path in _paths(feed):
            found = _look(path, feed)
            if isinstance(found, Seen):
                seen[path] = found
            else:
                problems.append(found)
    except Unusable as unusable:
        problems.append(_problem(feed, "", unusable))
    return report_of(feed, seen, problems, delivered_before)


def _paths(feed: Feed) -> list[str]:
    """The feed's files of the night, without their trailers. Raises :class:`Unusable` when there are none, but where people
    tell something only now and then and it holds until they take it back.
    """
    pattern = feed.settings.path
    try:
        pattern = path_for(pattern, feed.folder, feed.night)
        found = find(pattern)
        trailers = {trailer_path(path, feed) for path in found} if feed.settings.trailer else set()
    except (KeyError, IndexError) as error:
        raise Unusable("a path in its settings cannot be filled in", "Only {date} may stand in braces.") from error
    except UNREADABLE as error:
        raise Unusable(f"{name_of(pattern)} {why_unreadable(error)}", "Check path: in the settings.") from error
    if found := [path for path in found if path not in trailers]:
        return found
    if feed.kind.lasting and feed.settings.mode == "increment" and not feed.obligatory:
        return []
    raise Unusable(f"there is no file {name_of(pattern)}", "Ask the sender, or correct path: in the settings.")


def _look(path: str, feed: Feed) -> Seen | Problem:
    """What is in one file, or why it cannot be used."""
    name, told = name_of(path), feed.settings.format
    ending = Path(name.lower().removesuffix(".gz")).suffix
    try:
        size_of(path)
        return FORMATS[ENDINGS.get(ending, "text") if told == "auto" else told](path, feed)
    except Unusable as unusable:
        return _problem(feed, name, unusable)
    except UNREADABLE as error:
        return _problem(feed, name, Unusable(why_unreadable(error), "Have it sent again; check its permissions."))


def _problem(feed: Feed, file: str, unusable: Unusable) -> Problem:
    return Problem(unusable.rule, place_of(feed.name, file), unusable.problem, unusable.advice, refuses=True)

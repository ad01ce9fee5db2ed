"""A feed that arrives as files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from connectors.sources import excel, jsonl, parquet, text
from connectors.sources.feed import Feed, Seen, place_of
from connectors.sources.files import UNREADABLE, Unusable, find, name_of, size_of
from connectors.sources.headers import key_of
from connectors.sources.trailer import read_trailer, trailer_path
from pipeline.core.feeds import KINDS, targets_of
from pipeline.ports import FeedReport, FileReport, Problem
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

REPEATED_FILE = "repeated_file"


@dataclass(frozen=True)
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
    return _Inspection(feed, delivered_before).report()


class _Inspection:
    def __init__(self, feed: Feed, delivered_before: frozenset[str]) -> None:
        self._feed = feed
        self._before = delivered_before
        self._problems: list[Problem] = []
        self._seen: dict[str, Seen] = {}
        self._used: dict[str, Seen] = {}
        self._business_date: date | None = None

    def report(self) -> FeedReport:
        """The whole report."""
        for path in self._paths():
            if seen := self._look(path):
                self._seen[path] = seen
                self._problems.extend(seen.problems)
        self._leave_out_repeated()
        self._refuse_stale()
        self._check_trailers()
        self._refuse_empty()
        self._tell_replaced()
        columns = {header: target for seen in self._used.values() for header, target in seen.columns.items()}
        unknown = dict.fromkeys(header for seen in self._used.values() for header in seen.unknown_headers)
        key = self._key(set(columns.values()))
        refused = any(problem.refuses for problem in self._problems)
        return FeedReport(
            feed=self._feed.name,
            kind=self._feed.kind.name,
            mode=self._feed.settings.mode,
            obligatory=self._feed.obligatory,
            files=tuple(self._file_report(path, seen) for path, seen in self._seen.items()),
            columns=columns,
            unknown_headers=tuple(unknown),
            key=key,
            business_date=self._business_date,
            problems=tuple(dict.fromkeys(self._problems)),
            chunks=() if refused else self._chunks(columns),
        )

    def _paths(self) -> list[str]:
        feed = self._feed
        pattern = feed.settings.path
        try:
            pattern = path_for(pattern, feed.folder, feed.night)
            found = find(pattern)
        except (KeyError, IndexError, ValueError):
            self._refuse("", "its path cannot be filled in", "In path: only {date} may stand in braces.")
            return []
        except UNREADABLE as error:
            self._refuse(name_of(pattern), f"cannot be looked for ({type(error).__name__})", "Check path: in the settings.")
            return []
        if feed.settings.trailer:
            trailers = {trailer_path(path, feed) for path in found}
            found = [path for path in found if path not in trailers]
        if not found:
            self._refuse(name_of(pattern), "there is no such file", "Ask the sender, or correct path: in the settings.")
        return found

    def _look(self, path: str) -> Seen | None:
        feed, name = self._feed, name_of(path)
        told = feed.settings.format
        ending = Path(name.lower().removesuffix(".gz")).suffix
        reader = FORMATS[ENDINGS.get(ending, "text") if told == "auto" else told]
        try:
            size_of(path)
            return reader(path, feed)
        except Unusable as unusable:
            self._refuse(name, unusable.problem, unusable.advice, unusable.rule)
        except UNREADABLE as error:
            self._refuse(name, _unreadable(error), "Have it delivered again; check its permissions.")
        return None

    def _leave_out_repeated(self) -> None:
        first: dict[str, str] = {}
        for path, seen in self._seen.items():
            original = first.setdefault(seen.digest, path)
            if original == path:
                self._used[path] = seen
            elif seen.rows:
                problem = f"is the same file as {name_of(original)}"
                self._tell(name_of(path), problem, "Its rows are left out.", "C11", refuses=False)

    def _refuse_stale(self) -> None:
        """A file of the last published night; only an optional full feed may stay as it was."""
        may_stay = self._feed.settings.mode == "full" and not self._feed.obligatory
        for path, seen in self._used.items():
            if seen.digest in self._before and seen.rows:
                problem = "is the same file as in the last published night"
                advice = "Nothing in it has changed." if may_stay else "Ask the sender for tonight's file."
                self._tell(name_of(path), problem, advice, "C13", refuses=not may_stay)

    def _check_trailers(self) -> None:
        if not self._feed.settings.trailer:
            return
        served: dict[str, list[str]] = {}
        for path in self._used:
            served.setdefault(trailer_path(path, self._feed), []).append(path)
        for trailer, paths in served.items():
            try:
                self._check_trailer(trailer, paths)
            except Unusable as unusable:
                self._refuse(name_of(paths[0]), unusable.problem, unusable.advice, unusable.rule)
            except UNREADABLE as error:
                self._refuse(name_of(trailer), _unreadable(error), "Have it delivered again; check its permissions.")

    def _check_trailer(self, trailer: str, paths: Sequence[str]) -> None:
        told = read_trailer(trailer)
        name, rows = name_of(paths[0]), sum(self._used[path].rows for path in paths)
        if told.rows is None:
            problem = f"trailer file {name_of(trailer)} is empty"
            self._tell(name, problem, "The number of rows could not be checked.", "C12", refuses=False)
        elif told.rows != rows:
            problem = f"has {rows:,} rows, its trailer file {name_of(trailer)} says {told.rows:,}"
            self._refuse(name, problem, "The transfer was cut short or the trailer is another file's; have it sent again.")
        if told.business_date is not None:
            self._business_date = told.business_date
            if told.business_date != self._feed.night:
                problem = f"its trailer file says {told.business_date}, the night is {self._feed.night}"
                self._refuse(name, problem, "It is another night's file; ask the sender for the right one.")

    def _refuse_empty(self) -> None:
        if not self._used or any(seen.rows for seen in self._used.values()):
            return
        name = name_of(next(iter(self._used)))
        if self._feed.settings.mode == "full":
            self._refuse(name, "has no rows, and a full feed must have some", "Ask the sender for the whole file.")
        else:
            self._tell(name, "has no rows", "Nothing changed, or the sender's job failed.", "C12", refuses=False)

    def _tell_replaced(self) -> None:
        for path, seen in self._used.items():
            if seen.replaced_lines:
                problem = f"{seen.replaced_lines:,} lines hold bytes that are no text"
                advice = "They are read with replacement characters; if they are many, correct encoding: in the settings."
                self._tell(name_of(path), problem, advice, "C12", refuses=False)

    def _key(self, targets: set[str]) -> tuple[str, ...]:
        if not targets:
            return ()
        try:
            return key_of(targets | set(self._feed.settings.defaults), self._feed)
        except Unusable as unusable:
            self._refuse(name_of(next(iter(self._used))), unusable.problem, unusable.advice)
            return ()

    def _chunks(self, columns: dict[str, str]) -> tuple[object, ...]:
        """Chunks of the used files, all with the same columns in the same order."""
        defaults = self._feed.settings.defaults
        found = set(columns.values()) | set(defaults)
        targets = tuple(target for target in targets_of(self._feed.kind) if target in found)
        chunks: list[object] = []
        for seen in self._used.values():
            lacking = tuple((name, value) for name, value in defaults.items() if name not in seen.columns.values())
            for chunk in seen.chunks:
                chunks.append(replace(chunk, layout=replace(chunk.layout, targets=targets, defaults=lacking)))
        return tuple(chunks)

    def _file_report(self, path: str, seen: Seen) -> FileReport:
        excluded = "" if path in self._used else REPEATED_FILE
        return FileReport(
            name_of(path), seen.bytes, seen.digest, seen.encoding, seen.rows, seen.replaced_lines, excluded
        )

    def _refuse(self, file: str, problem: str, advice: str, rule: str = "C12") -> None:
        self._tell(file, problem, advice, rule, refuses=True)

    def _tell(self, file: str, problem: str, advice: str, rule: str, refuses: bool) -> None:
        self._problems.append(Problem(rule, place_of(self._feed.name, file), problem, advice, refuses))


def _unreadable(error: BaseException) -> str:
    """What went wrong, without the file's content that some messages hold."""
    if isinstance(error, EOFError):
        return "ends too early: it was not transferred whole"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged"
    return f"cannot be read ({reason})"

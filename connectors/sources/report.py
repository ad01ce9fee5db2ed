"""A feed's report, put together from what was seen in its files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from connectors.sources.feed import Feed, Seen, place_of
from connectors.sources.files import UNREADABLE, Unusable, name_of, why_unreadable
from connectors.sources.headers import key_of
from connectors.sources.trailer import read_trailer, trailer_path
from pipeline.core.feeds import targets_of
from pipeline.ports import Chunk, FeedReport, FileReport, Problem

REPEATED_FILE = "repeated_file"
"""Why a file's rows are left out: the same bytes came under another name."""


def report_of(
    feed: Feed, seen: Mapping[str, Seen], problems: Sequence[Problem], delivered_before: frozenset[str]
) -> FeedReport:
    """Report of ``feed`` whose files (path -> what was seen) gave ``problems`` so far.

    ``delivered_before``: digests of files of the last published night.
    """
    return _Report(feed, seen, problems, delivered_before).report()


class _Report:
    def __init__(
        self, feed: Feed, seen: Mapping[str, Seen], problems: Sequence[Problem], delivered_before: frozenset[str]
    ) -> None:
        self._feed = feed
        self._before = delivered_before
        self._problems = [*problems, *(problem for one in seen.values() for problem in one.problems)]
        self._seen = seen
        self._used: dict[str, Seen] = {}
        self._business_date: date | None = None

    def report(self) -> FeedReport:
        """The whole report."""
        self._leave_out_repeated()
        self._refuse_stale()
        self._check_trailers()
        self._refuse_empty()
        self._tell_replaced()
        columns = {header: target for seen in self._used.values() for header, target in seen.columns.items()}
        unknown = dict.fromkeys(header for seen in self._used.values() for header in seen.unknown_headers)
        key = self._key(set(columns.values()))
        unused = dict.fromkeys(header for seen in self._used.values() for header in seen.unused_headers)
        refused = any(problem.refuses for problem in self._problems)
        return FeedReport(
            feed=self._feed.name,
            kind=self._feed.kind.name,
            mode=self._feed.settings.mode,
            obligatory=self._feed.obligatory,
            files=tuple(self._file_report(path, seen) for path, seen in self._seen.items()),
            columns=columns,
            unknown_headers=tuple(unknown),
            unused_headers=tuple(unused),
            key=key,
            business_date=self._business_date,
            problems=tuple(dict.fromkeys(self._problems)),
            chunks=() if refused else self._chunks(columns),
        )

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
        """Files of the last published night: left out beside a fresh one, else there is nothing new to read.

        Only an optional full feed, or one that says what lasts, may stay as it was.
        """
        old = [path for path, seen in self._used.items() if seen.digest in self._before and seen.rows]
        fresh = any(seen.rows for path, seen in self._used.items() if path not in old)
        may_stay = self._feed.kind.lasting or (self._feed.settings.mode == "full" and not self._feed.obligatory)
        for path in old:
            problem = "is the same file as in the last published night"
            if fresh and self._feed.settings.mode == "increment":
                del self._used[path]
                self._tell(name_of(path), problem, "Its rows are left out.", "C11", refuses=False)
            else:
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
                self._refuse(name_of(trailer), why_unreadable(error), "Have it delivered again; check its permissions.")

    def _check_trailer(self, trailer: str, paths: Sequence[str]) -> None:
        told = read_trailer(trailer)
        name, rows = name_of(paths[0]), sum(self._used[path].rows for path in paths)
        if told.rows is None:
            problem = f"trailer file {name_of(trailer)} is empty"
            self._tell(name, problem, "The number of rows could not be checked.", "C12", refuses=False)
        elif told.rows != rows:
            problem = f"has {rows:,} rows, its trailer file {name_of(trailer)} says {told.rows:,}"
            self._refuse(
                name, problem, "The transfer was cut short, or the trailer is another file's; have both resent."
            )
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
                advice = "They are read with replacement characters; if they are many, correct encoding:."
                self._tell(name_of(path), problem, advice, "C12", refuses=False)

    def _key(self, targets: set[str]) -> tuple[str, ...]:
        if not targets:
            return ()
        try:
            return key_of(targets | set(self._feed.settings.defaults), self._feed)
        except Unusable as unusable:
            self._refuse(name_of(next(iter(self._used))), unusable.problem, unusable.advice)
            return ()

    def _chunks(self, columns: dict[str, str]) -> tuple[Chunk, ...]:
        """Chunks of the used files, all with the same columns in the same order."""
        defaults = self._feed.settings.defaults
        found = set(columns.values()) | set(defaults)
        targets = tuple(target for target in targets_of(self._feed.kind) if target in found)
        chunks: list[Chunk] = []
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

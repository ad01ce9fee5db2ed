"""A feed as its readers see it, and what they found in one of its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.core.feeds import FeedKind
from pipeline.ports import Problem
from pipeline.settings import FeedSettings


@dataclass(frozen=True)
class Feed:
    """One feed of one night. ``folder``: what its paths are relative to. ``chunk_bytes``: size of a chunk wanted."""

    name: str
    kind: FeedKind
    settings: FeedSettings
    obligatory: bool
    folder: Path
    chunk_bytes: int
    night: date


@dataclass(frozen=True)
class Seen:
    """What the inspection found in one file.

    ``columns``: header -> target. ``chunks`` have a ``layout`` that still lacks the targets of the feed's other files.
    """

    bytes: int
    digest: str
    encoding: str
    rows: int
    columns: dict[str, str]
    unknown_headers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    chunks: Sequence[Any] = ()
    replaced_lines: int = 0
    unused_headers: tuple[str, ...] = ()


def place_of(feed: str, file: str) -> str:
    """Feed and file, for a message."""
    return f"feed {feed}, file {file}" if file else f"feed {feed}"

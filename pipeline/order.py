"""What is asked of a night."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from pipeline.core.authenticity.judging import VerdictSettings
from pipeline.core.matching.matcher import Matcher, packaged
from pipeline.core.rules.limits import RuleSettings
from pipeline.engine import Engine
from pipeline.ports import Archive, Source
from pipeline.settings import Settings
from pipeline.transforms.progress import Progress


class Watcher(Protocol):
    """Shows how far a run is."""

    def watch(self, progress: Progress, rows: int) -> AbstractContextManager[None]:
        """Watch while the block runs; ``rows`` are to be read."""
        ...


@dataclass(frozen=True)
class Order:
    """What is to be made: the night of ``day`` from ``sources``, with what it is asked, kept, run, watched and drawn with."""

    settings: Settings
    rules: RuleSettings
    day: date
    sources: Sequence[Source]
    archive: Archive
    engine: Engine
    watcher: Watcher
    matcher: Matcher = field(default_factory=packaged)
    verdicts: VerdictSettings = field(default_factory=VerdictSettings)
    secret: bytes | None = None

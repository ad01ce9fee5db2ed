"""Which of the nights of an archive is meant: the same for every archive."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from pipeline.ports import PublishedNight

Night = TypeVar("Night", bound=PublishedNight)


class Nights(ABC, Generic[Night]):
    """Nights by their date. An archive says which dates it has, and reads one."""

    @abstractmethod
    def days(self) -> Sequence[date]:
        """Dates a night is published for, oldest first."""

    @abstractmethod
    def read_night(self, day: date) -> Night:
        """The night of ``day``, which is one of :meth:`days`. Raises :class:`StateUnreadable`."""

    def last_before(self, day: date) -> Night | None:
        """The last night published for a date before ``day``."""
        earlier = [other for other in self.days() if other < day]
        return self.read_night(earlier[-1]) if earlier else None

    def night(self, day: date | None = None) -> Night | None:
        """The night published for ``day``; the latest when no day is given."""
        days = [other for other in self.days() if day in (None, other)]
        return self.read_night(days[-1]) if days else None

    def nights(self, since: date, until: date) -> list[Night]:
        """Nights published for dates from ``since`` to ``until``, both included, oldest first."""
        return [self.read_night(day) for day in self.days() if since <= day <= until]

    def published(self, day: date) -> Mapping[str, Any] | None:
        """``run.json`` of the night published for ``day``."""
        return self.read_night(day).run if day in self.days() else None

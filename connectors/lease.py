"""One run at a time in a store that has no locks.

A run writes a claim of its own, then looks whether there are others: of two that begin together each sees the other. A
claim is renewed while its run lives; one not renewed for :data:`EXPIRES` belongs to a run that was killed. Times are the
store's own, so that clocks of machines do not matter.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyarrow as pa

from connectors.store import Store
from pipeline.errors import RunInProgress

CLAIMS = "lock"
EXPIRES = timedelta(minutes=5)
RENEWED_S = 45.0


class Lease:
    """The claim of a run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._name = uuid.uuid4().hex
        self._ended = threading.Event()

    def renew(self) -> None:
        """Say that the run lives."""
        self._store.write(f"{CLAIMS}/{self._name}", b"a run is writing here\n")

    def others(self) -> list[str]:
        """Claims of other runs that live; those of killed ones are removed."""
        ages = self._store.ages(CLAIMS)
        now = ages[self._name]
        dead = [name for name, written in ages.items() if now - written > EXPIRES]
        for name in dead:
            self._store.remove(f"{CLAIMS}/{name}")
        return [name for name in ages if name not in (self._name, *dead)]

    def check(self) -> None:
        """Raise :class:`RunInProgress` unless the claim still stands, alone."""
        if not self._store.exists(f"{CLAIMS}/{self._name}") or self.others():
            raise self._refused()

    def keep(self) -> None:
        """Renew until :meth:`end`. What fails now is tried again, and asked for at publication."""
        while not self._ended.wait(RENEWED_S):
            try:
                self.renew()
            except (OSError, pa.ArrowException):
                continue

    def end(self) -> None:
        """Give the claim back."""
        self._ended.set()
        self._store.remove(f"{CLAIMS}/{self._name}")

    def _refused(self) -> RunInProgress:
        minutes = int(EXPIRES.total_seconds() // 60)
        return RunInProgress(
            str(self._store),
            "another run is writing here",
            f"Wait for it, or stop it. The claim of a killed run ends by itself {minutes} minutes after its death.",
        )


@contextmanager
def leased(store: Store) -> Iterator[Lease]:
    """The one run that may write to ``store``. Raises :class:`RunInProgress` when there is another."""
    lease = Lease(store)
    lease.renew()
    keeping = threading.Thread(target=lease.keep, name="lease", daemon=True)
    try:
        lease.check()
        keeping.start()
        yield lease
    finally:
        lease.end()
        if keeping.ident is not None:
            keeping.join()

"""What a night spends on verdicts, lists and assessment: its functions are timed while it runs in one process."""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from connectors.sinks import worklists
from pipeline import nightly
from pipeline.core import night
from pipeline.transforms import count, customers, judge, shuffle, verdict

TIMED: tuple[tuple[Any, str], ...] = (
    (night, "_evidence"),
    (night, "_underwritten"),
    (night, "changed_numbers"),
    (judge, "_heard"),
    (verdict._Meet, "work"),  # noqa: SLF001  timed, not used
    (verdict._JudgeParties, "work"),  # noqa: SLF001  the same
    (customers, "with_verdict"),
    (customers, "of_customers"),
    (count, "summed"),
    (count, "told_by_all"),
    (count, "rated"),
    (nightly, "assess"),
    (worklists, "write_worklists"),
)
KINDS = frozenset(
    (judge.UNDERWRITING, judge.CALLED, judge.CHANGED, judge.PIECES, judge.KEYS, "met", "unmet",
     customers.STANDING, customers.VALUES, customers.CELLS, customers.CUSTOMER_CELLS, customers.MARGINS, verdict.NUMBERS_BEFORE)
)  # fmt: skip
"""Kinds of batch that are shuffled for the verdicts alone."""


class Meter:
    """CPU-seconds of the process, by what they were spent on: they can be told apart where one partition is worked on at a time."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = {}

    def add(self, name: str, seconds: float) -> None:
        """``name`` was at work."""
        self._spent[name] = self._spent.get(name, 0.0) + seconds

    def by_step(self) -> dict[str, float]:
        """What each took, and all of them together, ``all``."""
        spent = {name: round(seconds, 2) for name, seconds in sorted(self._spent.items())}
        return {**spent, "all": round(sum(self._spent.values()), 1)}


@contextmanager
def watched(meter: Meter) -> Iterator[None]:
    """Time the verdicts' functions while the block runs."""
    with ExitStack() as stack:
        for owner, name in TIMED:
            own = getattr(owner, name)
            label = f"{getattr(owner, '__name__', owner).rsplit('.', 1)[-1]}.{name}"
            stack.enter_context(patch.object(owner, name, _timed(own, label, meter)))
        cut = shuffle._Cut  # noqa: SLF001  timed, not used
        stack.enter_context(patch.object(cut, "_written", _written(cut._written, meter)))  # noqa: SLF001  the same
        yield


def _timed(own: Callable[..., Any], label: str, meter: Meter) -> Callable[..., Any]:
    @functools.wraps(own)
    def told(*arguments: Any, **named: Any) -> Any:
        before = time.process_time()
        result = own(*arguments, **named)
        meter.add(label, time.process_time() - before)
        return _each(result, label, meter) if hasattr(result, "__next__") else result

    return told


def _each(results: Iterator[Any], label: str, meter: Meter) -> Iterator[Any]:
    """What comes out of a generator, its own time counted and not that of who uses it."""
    while True:
        before = time.process_time()
        try:
            one = next(results)
        except StopIteration:
            return
        finally:
            meter.add(label, time.process_time() - before)
        yield one


def _written(own: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    """Cutting and writing of the segments of the verdicts' batches."""

    def told(step: Any, frames: Any, kind: str) -> Any:
        before = time.process_time()
        result = own(step, frames, kind)
        if kind in KINDS:
            meter.add("shuffle", time.process_time() - before)
        return result

    return told

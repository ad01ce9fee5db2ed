"""What a night spends on verdicts, lists and assessment: its functions are timed while it runs in one process."""

import functools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import Any, NamedTuple
from unittest.mock import patch

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
)
KINDS = frozenset(
    (judge.UNDERWRITING, judge.CALLED, judge.CHANGED, judge.PIECES, judge.KEYS, "met", "unmet",
     customers.STANDING, customers.VALUES, customers.CELLS, customers.CUSTOMER_CELLS, customers.MARGINS, verdict.NUMBERS_BEFORE)
)  # fmt: skip
"""Kinds of batch that are shuffled for the verdicts alone."""


class Moment(NamedTuple):
    """CPU-seconds of the process so far, and seconds by the clock."""

    cpu: float
    clock: float

    @classmethod
    def now(cls) -> "Moment":
        """Only differences tell."""
        return cls(time.process_time(), time.perf_counter())


class Meter:
    """What was spent, by what it was spent on."""

    def __init__(self) -> None:
        self._cpu: dict[str, float] = {}
        self._spells: dict[str, list[tuple[float, float]]] = {}

    def add(self, name: str, since: Moment, until: Moment) -> None:
        """``name`` was at work."""
        self._cpu[name] = self._cpu.get(name, 0.0) + until.cpu - since.cpu
        self._spells.setdefault(name, []).append((since.clock, until.clock))

    def cpu(self, whole: float) -> dict[str, Any]:
        """CPU-seconds; ``whole``: of the night. They can be told apart only where one partition is worked on at a time."""
        spent = sum(self._cpu.values())
        by_step = {name: round(seconds, 2) for name, seconds in sorted(self._cpu.items())}
        return {**_shares(whole, spent), "by step": by_step}

    def clock(self, whole: float) -> dict[str, Any]:
        """Seconds in which any of it was at work, whatever else was; ``whole``: of the night."""
        by_step = {name: round(_covered(spells), 2) for name, spells in sorted(self._spells.items())}
        return {**_shares(whole, _covered(chain(*self._spells.values()))), "by step": by_step}


def _covered(spells: Iterable[tuple[float, float]]) -> float:
    """Seconds that lie in any of ``spells``."""
    covered, end = 0.0, 0.0
    for since, until in sorted(spells):
        covered += max(until - max(since, end), 0.0)
        end = max(end, until)
    return covered


def _shares(whole: float, spent: float) -> dict[str, Any]:
    return {
        "night": round(whole, 1),
        "verdicts": round(spent, 1),
        "added to the rest": round(spent / (whole - spent), 4),
    }


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
        before = Moment.now()
        result = own(*arguments, **named)
        meter.add(label, before, Moment.now())
        return _each(result, label, meter) if hasattr(result, "__next__") else result

    return told


def _each(results: Iterator[Any], label: str, meter: Meter) -> Iterator[Any]:
    """What comes out of a generator, its own time counted and not that of who uses it."""
    while True:
        before = Moment.now()
        try:
            one = next(results)
        except StopIteration:
            return
        finally:
            meter.add(label, before, Moment.now())
        yield one


def _written(own: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    """Cutting and writing of the segments of the verdicts' batches."""

    def told(step: Any, frames: Any, kind: str) -> Any:
        before = Moment.now()
        result = own(step, frames, kind)
        if kind in KINDS:
            meter.add("shuffle", before, Moment.now())
        return result

    return told

"""CPU-seconds a night spends on verdicts, lists and assessment: its functions are timed while it runs in one process."""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
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


class Meter:
    """Seconds by what they were spent on."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def add(self, name: str, seconds: float) -> None:
        self.spent[name] = self.spent.get(name, 0.0) + seconds

    def told(self, whole: float) -> dict[str, Any]:
        """The figures; ``whole``: CPU-seconds of the night."""
        verdicts = sum(self.spent.values())
        return {
            "night": round(whole, 1),
            "verdicts": round(verdicts, 1),
            "added to the rest": round(verdicts / (whole - verdicts), 4),
            "by step": {name: round(spent, 2) for name, spent in sorted(self.spent.items())},
        }


@contextmanager
def watched(meter: Meter) -> Iterator[None]:
    """Time the verdicts' functions while the block runs."""
    with ExitStack() as stack:
        for owner, name in TIMED:
            own = getattr(owner, name)
            label = f"{getattr(owner, '__name__', owner).rsplit('.', 1)[-1]}.{name}"
            stack.enter_context(patch.object(owner, name, _timed(own, label, meter)))
        cut = shuffle.cut
        stack.enter_context(patch.object(shuffle, "cut", _cut(cut, meter)))
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


def _cut(own: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    """Cutting and writing of the segments of the verdicts' batches."""

    def told(frame: Any, kind: str) -> Iterator[Any]:
        parts = own(frame, kind)
        return _each(parts, "shuffle.cut", meter) if kind in KINDS else parts

    return told

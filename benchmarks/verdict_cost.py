"""What a night spends on verdicts, lists and assessment: its functions are timed while it runs in one process."""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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


class Spent(NamedTuple):
    """CPU-seconds of the process, and seconds by the clock."""

    cpu: float
    clock: float

    @classmethod
    def now(cls) -> "Spent":
        """Since whenever: only differences tell."""
        return cls(time.process_time(), time.perf_counter())

    def since(self, before: "Spent") -> "Spent":
        """What was spent between ``before`` and this."""
        return Spent(self.cpu - before.cpu, self.clock - before.clock)


class Meter:
    """What was spent, by what it was spent on."""

    def __init__(self) -> None:
        self.spent: dict[str, Spent] = {}

    def add(self, name: str, more: Spent) -> None:
        """Add to what ``name`` spent."""
        so_far = self.spent.get(name, Spent(0.0, 0.0))
        self.spent[name] = Spent(so_far.cpu + more.cpu, so_far.clock + more.clock)

    def told(self, whole: Spent) -> dict[str, Any]:
        """The figures; ``whole``: of the night."""
        cpu, clock = (sum(told) for told in zip(*self.spent.values(), strict=True))
        return {
            "CPU seconds": {"night": round(whole.cpu, 1), "verdicts": round(cpu, 1)},
            "seconds": {"night": round(whole.clock, 1), "verdicts": round(clock, 1)},
            "CPU seconds added to the rest": round(cpu / (whole.cpu - cpu), 4),
            "seconds added to the rest": round(clock / (whole.clock - clock), 4),
            "CPU seconds by step": {name: round(spent.cpu, 2) for name, spent in sorted(self.spent.items())},
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
        before = Spent.now()
        result = own(*arguments, **named)
        meter.add(label, Spent.now().since(before))
        return _each(result, label, meter) if hasattr(result, "__next__") else result

    return told


def _each(results: Iterator[Any], label: str, meter: Meter) -> Iterator[Any]:
    """What comes out of a generator, its own time counted and not that of who uses it."""
    while True:
        before = Spent.now()
        try:
            one = next(results)
        except StopIteration:
            return
        finally:
            meter.add(label, Spent.now().since(before))
        yield one


def _cut(own: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    """Cutting and writing of the segments of the verdicts' batches."""

    def told(frame: Any, kind: str) -> Iterator[Any]:
        parts = own(frame, kind)
        return _each(parts, "shuffle.cut", meter) if kind in KINDS else parts

    return told

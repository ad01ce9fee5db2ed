"""An unexpected error of a step, told without what the step was working on.

Exceptions of libraries quote values (``conversion failed for value "…"``), and Beam logs and re-raises them as they are.
What leaves a step is where it happened and of which type it was, nothing more.
"""

import functools
import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

from pipeline.errors import RunError, ZhenkeError

Arguments = ParamSpec("Arguments")
Element = TypeVar("Element")

_ROOT = Path(__file__).parents[2]
_OURS = tuple(_ROOT / package for package in ("pipeline", "connectors", "expectations"))
"""Installed, our packages stand beside everybody's."""

_FROM_WORKER = re.compile(r"pipeline\.errors\.\w+: ([^\n]+)")


def guarded(process: Callable[Arguments, Iterator[Element]]) -> Callable[Arguments, Iterator[Element]]:
    """``process`` of a DoFn, with any error it does not raise on purpose turned into a :class:`RunError`."""

    @functools.wraps(process)
    def safe(*arguments: Arguments.args, **named: Arguments.kwargs) -> Iterator[Element]:
        try:
            yield from process(*arguments, **named)
        except ZhenkeError:
            raise
        except Exception as error:  # noqa: BLE001  whatever a library raises may quote a customer
            problem = described(error)
        else:
            return
        raise RunError(process.__qualname__, problem, "Nothing was published; report it with this line.")

    return safe


def described(error: BaseException) -> str:
    """Type of ``error`` and the places of our own code it passed, without its message."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(Path(frame.filename).is_relative_to(package) for package in _OURS)
    ]
    places = [_place(frame) for frame in frames[-3:]]
    return f"{type(error).__name__} at {' > '.join(places) or 'unknown place'}"


def _place(frame: traceback.FrameSummary) -> str:
    return f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno} {frame.name}"


def told_by_worker(error: BaseException) -> str:
    """What a worker process said on purpose, found in the text its error came home as; else :func:`described`."""
    said = _FROM_WORKER.search(str(error))
    return said.group(1) if said else described(error)

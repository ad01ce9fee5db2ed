"""An unexpected error of a step, told without what the step was working on.

Exceptions of libraries quote values (``conversion failed for value "…"``), and Beam logs and re-raises them as they are.
What leaves a step is where it happened and of which type it was, nothing more.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from pipeline.errors import RunError, ZhenkeError, described

Arguments = ParamSpec("Arguments")
Element = TypeVar("Element")

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


def told_by_worker(error: BaseException) -> str:
    """What a worker process said on purpose, found in the text its error came home as; else :func:`described`."""
    said = _FROM_WORKER.search(str(error))
    return said.group(1) if said else described(error)

"""The report of a night by a process of its own, which loads what that takes while the night runs.

Great Expectations takes more than a second to load; and where a report and work lists are made by one process each waits
for the other, since Python runs one thread at a time.
"""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console

from pipeline.settings import NotifySettings

log = logging.getLogger(__name__)

WELL, NOT_WELL = 0, 10
"""Exit codes of the process; with any other it broke off and said nothing."""

NOT_MADE = "the night is published, its report is not: %s; mend that, and zhenke report makes it"
"""What is said then."""

_CODE = "import sys; sys.path[:] = sys.argv[1:]; from pipeline.reporting import main; sys.exit(main())"
"""Found where this process finds it, whatever folder it was started in."""


class Asked(BaseModel):
    """The report of the night of ``day`` that is kept at ``output``, where relative places are below ``folder``.

    ``notify``: whom to tell. ``gate``: nothing is well where a critical expectation is not met.
    """

    output: str
    folder: Path
    day: date
    notify: NotifySettings
    gate: bool


Report = Callable[[Console], bool]
"""Makes a report and says on the console where it is; gives whether all is well."""


@contextmanager
def waiting(asked: Asked) -> Iterator[Report]:
    """A process that makes the report once it is called for within the block; nobody needs to."""
    command = [sys.executable, "-c", _CODE, *sys.path]
    # In a session of its own: who is stopped is this process, and that one goes with it.
    with subprocess.Popen(  # noqa: S603  nothing in it comes from outside
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            yield partial(_made_by, process, asked)
        finally:
            process.kill()


def _made_by(process: "subprocess.Popen[bytes]", asked: Asked, console: Console) -> bool:
    told, _ = process.communicate(asked.model_dump_json().encode())
    for line in told.decode().splitlines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if process.returncode not in (WELL, NOT_WELL):
        log.error(NOT_MADE, f"the process that makes it ended with {process.returncode}")
    return process.returncode == WELL

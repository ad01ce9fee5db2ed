"""Who looked at values in full: a line per look, beside the published nights, without any value."""

import getpass
import json
import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.store import Store
from pipeline.errors import RunError

NAME = "access.log"


def note(archive: Path, what: str, night: str, ids: Sequence[str]) -> Path:
    """Write down that somebody looks at ``ids`` of ``night``; gives the log. Raises :class:`RunError` when it cannot."""
    path = archive / NAME
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as log:
            log.write(_line(what, night, ids))
    except OSError as error:
        raise _unwritten(str(path), error) from error
    return path


def store(archive: Store, what: str, night: str, ids: Sequence[str]) -> None:
    """The same where nothing can be appended to: an object of its own, below ``access``."""
    name = f"access/{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex}.log"
    try:
        archive.write(name, _line(what, night, ids).encode())
    except OSError as error:
        raise _unwritten(f"{archive}/{name}", error) from error


def _line(what: str, night: str, ids: Sequence[str]) -> str:
    line = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "who": getpass.getuser(),
        "what": what,
        "night": night,
        "ids": list(ids),
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _unwritten(place: str, error: OSError) -> RunError:
    reason = error.strerror or type(error).__name__
    return RunError(place, f"cannot be written ({reason})", "Nothing is shown unmasked without it.")

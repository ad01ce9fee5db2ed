"""Who looked at values in full: a line per look, beside the published nights, without any value."""

import getpass
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.errors import RunError

NAME = "access.log"


def note(archive: Path, what: str, night: str, ids: Sequence[str]) -> Path:
    """Write down that somebody looks at ``ids`` of ``night``; gives the log. Raises :class:`RunError` when it cannot."""
    line = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "who": getpass.getuser(),
        "what": what,
        "night": night,
        "ids": list(ids),
    }
    path = archive / NAME
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise RunError(
            str(path), f"cannot be written ({error.strerror})", "Nothing is shown unmasked without it."
        ) from error
    return path

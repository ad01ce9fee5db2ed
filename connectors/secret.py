"""The operator's secret that draws are keyed with: from the environment or a file, never from settings, never logged."""

import hashlib
import os
from pathlib import Path

from pipeline.errors import SettingsError

VARIABLE = "ZHENKE_DRAW_SECRET"


def draw_secret(path: Path | None) -> bytes | None:
    """Key of 32 bytes made of the secret in ``ZHENKE_DRAW_SECRET``, else in the file at ``path``; None without either."""
    told = os.environ.get(VARIABLE, "").encode()
    if not told and path is not None:
        try:
            told = path.read_bytes().strip()
        except OSError as error:
            raise SettingsError(
                "lists.secret_file", f"cannot be read ({error.strerror})", "Give the file's path."
            ) from error
    return hashlib.sha256(told).digest() if told else None

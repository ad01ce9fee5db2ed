"""Self-contained HTML pages: Chinese with an English switch, light and dark, nothing fetched from anywhere."""

import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.errors import SettingsError

_TEMPLATES = Environment(
    loader=PackageLoader("pipeline.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def save(page: str, path: Path) -> None:
    """Write a page that tells of customers: only its writer may read it. Raises :class:`SettingsError` when it cannot."""
    try:
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(page)
    except OSError as error:
        raise SettingsError(f"--html {path}", f"cannot be written ({error.strerror})") from error


def render(template: str, **told: Any) -> str:
    """The page of ``template`` with what it is told; every value is escaped."""
    return _TEMPLATES.get_template(f"{template}.html.j2").render(told)

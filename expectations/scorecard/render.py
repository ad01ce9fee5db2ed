"""Renders the scorecard of a night into its folder: a page, and beside it what the page needs."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from expectations.scorecard import masked_lists
from expectations.scorecard.figures import figures
from expectations.scorecard.readable import ReadableNight
from pipeline.ports import Archive, PublishedNight

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_CHARTED = ("target", "trend", "funnel", "reasons")


def templates() -> list[Template]:
    """Everything a page is made from, compiled."""
    return [_TEMPLATES.get_template(name) for name in _TEMPLATES.list_templates(extensions=["j2"])]


def render(archive: Archive, night: PublishedNight, folder: Path) -> Path:
    """Write ``index.html``, ``assets/`` and ``lists/`` below ``folder``; gives the page."""
    readable = ReadableNight(night)
    assets = folder / "assets"
    for place in (assets, folder / masked_lists.FOLDER):
        shutil.rmtree(place, ignore_errors=True)
    page = figures(archive, readable, masked_lists.write(readable, folder))
    assets.mkdir(parents=True)
    for path in sorted((_HERE / "assets").iterdir()):
        shutil.copyfile(path, assets / path.name)
    charts = embedded({name: page[name] for name in _CHARTED})
    told = _TEMPLATES.get_template("index.html.j2").render(page=page, charts=charts)
    half, target = folder / "index.html.half", folder / "index.html"
    half.write_text(told, encoding="utf-8")
    os.replace(half, target)
    return target


def embedded(told: Any) -> Markup:
    """JSON that can stand in a script element: nothing in it can close the element or open a comment."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  escaped here

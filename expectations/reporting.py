"""The report of a published night: ask it everything, then draw the scorecard. Whatever goes wrong is told in red.

A night stays published whatever becomes of its report. What a library raises may quote a customer, so that only its type
and the place of ours it passed are told.
"""

import html
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from expectations.catalogue import FOLDER
from expectations.library import great_expectations
from expectations.run import Validation, not_validated, validate
from expectations.scorecard.render import render, templates
from pipeline.core.fields import address
from pipeline.errors import ZhenkeError, described
from pipeline.ports import Archive, PublishedNight

log = logging.getLogger(__name__)

PAGE = "reports"
"""Folder of the page within the night's."""

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Report:
    """``page``: where to read it. ``failures``: why it is not whole, empty when it is."""

    page: Path
    validation: Validation
    failures: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Everything was asked and drawn."""
        return not self.failures and not self.validation.errors


def load() -> None:
    """Load now what a report takes: else it is loaded while the report is made, more than a second."""
    great_expectations()
    from expectations import context, custom, data_docs  # noqa: F401

    templates()
    address.mask(pl.Series([""]))


def report(archive: Archive, night: PublishedNight, suites: Path = FOLDER) -> Report:
    """Write ``expectations/`` and ``reports/`` into the folder of ``night``, replacing what stood there."""
    folder = Path(night.place)
    failures: list[str] = []
    shutil.rmtree(folder / PAGE / "datadocs", ignore_errors=True)
    validation = _tried(failures, "expectations", lambda: validate(archive, night, folder, suites))
    if validation is None:
        validation = not_validated(archive, night, failures[-1])
    elif not failures:
        _tried(failures, "data docs", lambda: _data_docs(folder))
    page = _tried(failures, "scorecard", lambda: render(archive, night, folder / PAGE))
    if page is None:
        page = _red_page(folder / PAGE, night, failures)
    return Report(page, validation, tuple(failures))


def _data_docs(folder: Path) -> Path:
    from expectations import data_docs

    return data_docs.write(folder, folder / PAGE)


def _tried(failures: list[str], what: str, make: Callable[[], _Made]) -> _Made | None:
    try:
        return make()
    except ZhenkeError as error:
        failures.append(str(error))
    except Exception as error:  # noqa: BLE001  the boundary to the library: whatever it raises must end in a red page
        failures.append(f"{what}: {described(error)}")
    log.error("report: %s", failures[-1])
    return None


def _red_page(folder: Path, night: PublishedNight, failures: list[str]) -> Path:
    """A page for when none could be drawn: a page of the night before must not stand there as if it were tonight's."""
    folder.mkdir(exist_ok=True)
    told = "".join(f"<li>{html.escape(failure)}</li>" for failure in failures)
    text = (
        '<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>报告失败 {night.day}</title>"
        '<body style="font:16px/1.6 sans-serif;margin:2rem"><main role="alert" style="border:2px solid #a3161f;padding:1rem;'
        'background:#fde8e8;color:#7a1017;border-radius:10px">'
        f"<h1>{night.day} 的报告未能生成</h1><p>数据表已发布；报告失败。请运维重新运行 <code>zhenke report</code>。</p>"
        f'<p lang="en">The night is published; its report failed. Run <code>zhenke report</code> again.</p><ul>{told}</ul></main>'
    )
    half = folder / "index.html.half"
    half.write_text(text, encoding="utf-8")
    page = folder / "index.html"
    os.replace(half, page)
    return page

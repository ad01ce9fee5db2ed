"""Trailer files: what the sender says it delivered.

Formats, all with any blanks: a bare number; ``rows=123`` (or count, cnt, num, total, 行数 …, ``=`` or ``:``);
``count|date`` and the like in any order, with the file's name or other words beside them; JSON with a count. A date is
8 digits or has dashes, slashes or points.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from connectors.sources.encodings import MIXED, decode
from connectors.sources.feed import Feed
from connectors.sources.files import Unusable, exists, name_of, whole
from pipeline.settings import path_for

MOST_BYTES = 1 << 16

_COUNT_WORDS = {
    *("rows", "row", "row_count", "rowcount", "rows_count", "count", "cnt", "num", "number", "total", "records"),
    *("record_count", "recordcount", "lines", "line_count", "data_count", "total_count"),
    *("行数", "记录数", "总行数", "总数", "条数", "总条数", "笔数"),
}
_DATE_WORDS = {
    *("date", "business_date", "biz_date", "bizdate", "data_date", "datadate", "dt", "day"),
    *("日期", "业务日期", "数据日期"),
}
_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([-/.]?)([01]?[0-9])\2([0-3]?[0-9])(?![0-9])")
_PAIR = re.compile(r"^\s*[\"']?([^=:\"']+?)[\"']?\s*[=:：]\s*[\"']?(.*?)[\"']?\s*$")
_NUMBER = re.compile(r"^[0-9]{1,3}(?:,[0-9]{3})+$|^[0-9]{1,12}$")


class Trailer(NamedTuple):
    """``rows`` and ``business_date`` as told; None where nothing was told."""

    rows: int | None
    business_date: date | None


def trailer_path(path: str, feed: Feed) -> str:
    """Path of the trailer of the feed file at ``path``, the first of the possible ones that exists.

    ``{path}`` is the file's path, ``{stem}`` the same without its ending (and without ``.gz``). A trailer that names
    neither serves all files of the feed.
    """
    possible = list(dict.fromkeys(_possible(path, feed)))
    return next((candidate for candidate in possible if exists(candidate)), possible[0])


def read_trailer(path: str) -> Trailer:
    """What the trailer file at ``path`` tells. Raises :class:`Unusable` when it is missing or tells no count."""
    name = name_of(path)
    if not exists(path):
        raise Unusable(f"trailer file {name} is missing", "The delivery is not complete; wait, or ask the sender.")
    text = decode(whole(path, MOST_BYTES), MIXED).strip("\ufeff\0\x1a \t\r\n")
    if not text:
        return Trailer(None, None)
    told = _told(text)
    if told.rows is None:
        raise Unusable(
            f"trailer file {name} holds no row count", "It should hold a number, rows=<number>, or <number>|<date>."
        )
    return told


def _possible(path: str, feed: Feed) -> Iterator[str]:
    pattern = feed.settings.trailer
    plain = path[: -len(".gz")] if path.lower().endswith(".gz") else path
    beside = pattern.startswith(("{path}", "{stem}"))
    for stem in (_without_ending(plain), plain):
        names = (path, stem) if beside else (name_of(path), name_of(stem))
        filled = pattern.replace("{path}", _literal(names[0])).replace("{stem}", _literal(names[1]))
        yield path_for(filled, feed.folder, feed.night)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _without_ending(path: str) -> str:
    ending = Path(name_of(path)).suffix
    return path[: -len(ending)] if ending else path


def _told(text: str) -> Trailer:
    if text[0] in "{[":
        try:
            return _of_pairs(list(_pairs_of(json.loads(text))))
        except (ValueError, RecursionError):
            return Trailer(None, None)
    if _NUMBER.match(text):
        return Trailer(int(text.replace(",", "")), None)  # a lone number is a count, even one that looks like a date
    parts = [part.strip() for part in re.split(r"[|,;\t\n\x01^]", text) if part.strip()]
    told = _of_pairs([(match[1], match[2]) for match in map(_PAIR.match, parts) if match])
    words = [word for part in parts for word in (part, *part.split())]
    counts = [int(word.replace(",", "")) for word in words if _NUMBER.match(word) and not _date_of(word)]
    days = [day for word in words if (day := _date_of(word))]
    rows = told.rows if told.rows is not None or not counts else counts[0]
    return Trailer(rows, told.business_date or (days[0] if days else None))


def _of_pairs(pairs: list[tuple[str, str]]) -> Trailer:
    rows = business_date = None
    for name, value in pairs:
        plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
        if plain in _COUNT_WORDS and rows is None and _NUMBER.match(value.strip()):
            rows = int(value.strip().replace(",", ""))
        if plain in _DATE_WORDS and business_date is None:
            business_date = _date_of(value)
    return Trailer(rows, business_date)


def _pairs_of(told: Any) -> Iterator[tuple[str, str]]:
    """Names and values of a JSON document, its innermost included."""
    if isinstance(told, dict):
        for name, value in told.items():
            if isinstance(value, dict | list):
                yield from _pairs_of(value)
            else:
                yield str(name), str(value)
    elif isinstance(told, list):
        for value in told:
            yield from _pairs_of(value)
    elif isinstance(told, int):
        yield "count", str(told)


def _date_of(text: str) -> date | None:
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None

"""The appendix: every result of the night, from disk alone, in Chinese, with times of Beijing, of masked results."""

import re
from pathlib import Path

from connectors.archive import LocalArchive, LocalNight
from expectations.catalogue import expected
from expectations.data_docs import SUITES, offline
from expectations.reporting import report


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def test_every_result_stands_in_the_appendix(archive: LocalArchive, night: LocalNight) -> None:
    made = report(archive, night)
    assert made.whole
    found = pages(made.page.parent / "datadocs")
    assert set(found) == {"index.html", *(f"{name}.html" for name in SUITES)}
    whole = "".join(found.values())
    assert f"业务日期 {night.day}" in found["index.html"]
    assert [item.id for item in expected(0.93) if item.id not in whole] == []
    assert 'href="datadocs/index.html"' in made.page.read_text(encoding="utf-8")
    for text in found.values():
        assert not re.search(r'(?:src|href)="(?:https?:)?//|<script|<img|integrity=|\son\w+="', text)
        targets = [one for one in re.findall(r'href="([^"#]+)"', text) if not one.startswith("data:")]
        assert all((made.page.parent / "datadocs" / one).exists() for one in targets)
        shown = re.sub(r"<[^>]+>", " ", text.split("<body>")[1])
        english = set(re.findall(r"\b(?:Failed|Succeeded|Status|Observed|Overview|unexpected|total rows)\b", shown))
        assert english == set()


def test_times_are_those_of_beijing() -> None:
    told = offline("<html><body><td>2026-06-30T18:05:09.123456+00:00</td><td>2026-06-30T18:05:09Z</td></body></html>")
    assert told.count("2026-07-01 02:05:09") == 2


def test_the_appendix_of_another_attempt_does_not_stay(
    archive: LocalArchive, night: LocalNight, tmp_path: Path
) -> None:
    report(archive, night)
    made = report(archive, night, tmp_path / "no suites")
    assert not made.whole
    assert not (made.page.parent / "datadocs").exists()
    assert "datadocs" not in made.page.read_text(encoding="utf-8")

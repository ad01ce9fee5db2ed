"""The page in a real browser with the network off, as a steward uses it."""

import base64
import itertools
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import Select, WebDriverWait

from connectors.archive import LocalArchive
from expectations.reporting import report
from tests.expectations.scorecard.browser import SCREENSHOTS, chromium, need, requests, size, violations

pytestmark = pytest.mark.slow

DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def page(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a night with one before it."""
    output = tmp_path_factory.mktemp("pages") / "output"
    shutil.copytree(city.parent / "output", output, symlinks=True)
    shutil.copytree(output / "versions" / "2026-06-30.1", output / "versions" / "2026-06-29.1")
    (output / "runs" / "2026-06-29").symlink_to("../versions/2026-06-29.1")
    archive = LocalArchive(output)
    return [report(archive, night).page for night in archive.nights(date(2026, 6, 29), date(2026, 6, 30))][-1]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def opened(browser: WebDriver, page: Path) -> WebDriver:
    """The page as it is first seen: in Chinese, light, at a desk."""
    size(browser, *DESKTOP)
    browser.get("about:blank")
    requests(browser)
    browser.get_log("browser")
    browser.get(page.as_uri())
    browser.execute_script("localStorage.clear()")
    browser.get(page.as_uri())
    return browser


def shown(driver: WebDriver, table: str) -> list[str]:
    """Ids of the rows that are shown."""
    script = f"return [...document.querySelectorAll('#{table} tbody tr')].filter((r) => !r.hidden).map((r) => r.id)"
    return list(driver.execute_script(script))


def visible_text(driver: WebDriver) -> str:
    return str(driver.execute_script("return document.querySelector('main').innerText"))


def test_it_opens_from_disk_without_an_error_or_a_request_that_leaves(opened: WebDriver) -> None:
    assert [entry["message"] for entry in opened.get_log("browser")] == []
    asked = requests(opened)
    assert asked
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data", "about"}
    for chart in ("trend", "funnel", "reasons"):
        assert opened.find_elements(By.CSS_SELECTOR, f"#chart-{chart} canvas"), chart


def test_every_link_leads_somewhere(opened: WebDriver, page: Path) -> None:
    links = {one.get_attribute("href") for one in opened.find_elements(By.CSS_SELECTOR, "a[href]")}
    ids = set(opened.execute_script("return [...document.querySelectorAll('[id]')].map((one) => one.id)"))
    assert len(links) > 50
    for link in links:
        parts = urlsplit(link)
        target = Path(unquote(parts.path))
        assert parts.scheme == "file" and target.exists(), link
        if target == page:
            assert unquote(parts.fragment).split("?")[0] in ids, link


def test_the_chinese_page_has_no_bare_codes_and_the_other_is_english(opened: WebDriver) -> None:
    told = visible_text(opened)
    assert "今天先做什么" in told and "What to do first" not in told
    codes = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", told))
    assert codes == set()
    assert not re.search(r"\b(underwriting|claims|callbacks|dealer|direct|platform|policyholder|unverified)\b", told)
    opened.find_element(By.ID, "language").click()
    told = visible_text(opened)
    assert "What to do first" in told and "今天先做什么" not in told
    headings = opened.execute_script("return [...document.querySelectorAll('h1,h2,thead th')].map((h) => h.innerText)")
    assert not re.search("[\u4e00-\u9fff]", "".join(headings))
    assert opened.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    opened.refresh()
    assert "What to do first" in visible_text(opened)


def test_filters_search_and_deep_links(opened: WebDriver, page: Path) -> None:
    everything = shown(opened, "table-rules")
    Select(opened.find_element(By.CSS_SELECTOR, "#rules [data-filter=status]")).select_by_value("fail")
    failing = shown(opened, "table-rules")
    assert 0 < len(failing) < len(everything)
    assert opened.current_url.endswith("#rules?status=fail")
    opened.find_element(By.CSS_SELECTOR, "#rules [data-search]").send_keys("RATE")
    assert shown(opened, "table-rules") == [one for one in failing if "RATE" in one]
    opened.get("about:blank")
    opened.get(page.as_uri() + "#rules?status=fail")
    assert shown(opened, "table-rules") == failing
    passing = next(one for one in everything if one not in failing)
    opened.execute_script(f"location.hash = '{passing}'")
    WebDriverWait(opened, 5).until(lambda driver: passing in shown(driver, "table-rules"))
    assert opened.find_element(By.ID, passing).is_displayed()
    assert "meant" in str(opened.find_element(By.ID, passing).get_attribute("class"))


def test_the_league_shows_one_period_and_one_dimension(opened: WebDriver) -> None:
    told = set()
    for period, dimension in itertools.product(("month", "quarter", "year_to_date"), ("unit", "channel")):
        for name, value in (("period", period), ("dimension", dimension)):
            Select(opened.find_element(By.CSS_SELECTOR, f"#league [data-filter={name}]")).select_by_value(value)
        script = (
            "return [...document.querySelectorAll('#table-league tbody tr')].filter((r) => !r.hidden)"
            ".map((r) => r.dataset.period + ' ' + r.dataset.dimension)"
        )
        rows = set(opened.execute_script(script))
        assert rows <= {f"{period} {dimension}"}
        told |= rows
    assert len(told) >= 2


def test_tables_are_sorted_by_keyboard(opened: WebDriver) -> None:
    button = opened.find_elements(By.CSS_SELECTOR, "#table-rules thead th button")[4]
    numbers = (
        "return [...document.querySelectorAll('#table-rules tbody tr')].map((r) => Number(r.cells[4].dataset.value))"
    )
    for turn in ("ascending", "descending"):
        button.send_keys(Keys.ENTER)
        heading = opened.find_elements(By.CSS_SELECTOR, "#table-rules thead th")[4]
        assert heading.get_attribute("aria-sort") == turn
        told = opened.execute_script(numbers)
        assert told == sorted(told, reverse=turn == "descending")


def test_sparklines_are_drawn_when_they_come_into_sight(opened: WebDriver) -> None:
    first = opened.find_element(By.CSS_SELECTOR, "#table-rules .spark")
    opened.execute_script("arguments[0].scrollIntoView()", first)
    WebDriverWait(opened, 5).until(lambda _: first.find_elements(By.TAG_NAME, "canvas"))


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_nothing_overflows(opened: WebDriver, width: int) -> None:
    size(opened, width, 844)
    opened.refresh()
    wide = "return [document.documentElement.scrollWidth, innerWidth]"
    told, there = opened.execute_script(wide)
    assert told <= there == width


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_is_accessible_and_looks_as_pictured(
    opened: WebDriver, tmp_path: Path, screen: tuple[int, int], theme: str, language: str
) -> None:
    size(opened, *screen)
    opened.execute_script(f"localStorage['zhenke-theme'] = '{theme}'; localStorage['zhenke-language'] = '{language}'")
    opened.refresh()
    folder = Path(SCREENSHOTS) if SCREENSHOTS else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    picture = opened.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
    path = folder / f"{'phone' if screen == PHONE else 'desktop'}-{theme}-{language}.png"
    path.write_bytes(base64.b64decode(picture["data"]))
    assert path.stat().st_size > 20_000
    assert violations(opened) == []


def test_it_prints_to_a4(opened: WebDriver) -> None:
    told = opened.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    paper = base64.b64decode(told["data"])
    assert paper.startswith(b"%PDF")
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    assert "printed" not in str(opened.find_element(By.TAG_NAME, "html").get_attribute("class"))


def test_what_is_wrong_is_seen_without_scrolling(opened: WebDriver, page: Path, tmp_path: Path) -> None:
    night = tmp_path / "output" / "versions" / "2026-06-30.1"
    shutil.copytree(page.parents[3], tmp_path / "output", symlinks=True)
    shutil.rmtree(night / "parties")
    archive = LocalArchive(tmp_path / "output")
    found = archive.night()
    assert found is not None
    opened.get(report(archive, found).page.as_uri())
    alarm = opened.find_element(By.CSS_SELECTOR, "[role=alert]")
    assert alarm.is_displayed()
    assert alarm.rect["y"] < DESKTOP[1] / 2
    assert "表缺失或无法读取" in alarm.text
    assert alarm.value_of_css_property("border-top-color").startswith("rgb")
    assert alarm.find_element(By.TAG_NAME, "h2").value_of_css_property("color") == "rgba(163, 22, 31, 1)"


def test_a_machine_without_a_browser_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        need("Chromium", there=False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        need("Chromium", there=False)

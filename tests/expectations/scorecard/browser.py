"""A real Chromium that can reach nothing, and what it is asked with.

On a machine without Chromium, its driver or axe-core the tests are skipped and say so; in CI they fail.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
AXE = Path(os.environ.get("AXE_CORE", "axe.min.js"))
"""axe-core's single file, as ``npm pack axe-core`` gives it."""

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
"""Folder pictures are written to; a temporary one when not said."""

PATIENCE_S = 240
"""A machine that does other things beside takes long to look at every element."""

QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--lang=zh-CN",
)  # fmt: skip


def need(what: str, *, there: bool) -> None:
    """Skip the test where ``what`` is not there; in CI fail."""
    if not there and os.environ.get("CI") == "true":
        pytest.fail(f"CI has no {what}")
    if not there:
        pytest.skip(f"this machine has no {what}")


@contextmanager
def chromium(profile: Path) -> Iterator[WebDriver]:
    """A browser with an empty profile, its console and its requests logged, and no way out of the machine."""
    need("Chromium and chromedriver", there=bool(CHROMIUM and DRIVER))
    options = Options()
    options.binary_location = str(CHROMIUM)
    for argument in (*QUIET, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_script_timeout(PATIENCE_S)
    try:
        yield driver
    finally:
        driver.quit()


def size(driver: WebDriver, width: int, height: int) -> None:
    """What the page takes the screen for."""
    told = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)


def requests(driver: WebDriver) -> list[str]:
    """Addresses the page asked for since this was last asked."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def violations(driver: WebDriver) -> list[dict[str, Any]]:
    """What axe-core finds seriously wrong with the page for those who cannot see or point."""
    need("axe-core (set AXE_CORE to its axe.min.js)", there=AXE.is_file())
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    run = "const done = arguments[0]; axe.run(document).then((told) => done(told.violations), (e) => done(String(e)));"
    found = driver.execute_async_script(run)
    return [
        {
            "id": one["id"],
            "nodes": [node["html"][:200] + " | " + str(node.get("failureSummary"))[:300] for node in one["nodes"][:3]],
        }
        for one in found
        if one["impact"] in ("serious", "critical")
    ]

"""Every page in a real browser: nothing overflows, nothing is loaded, nothing is inaccessible."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def _missing() -> str:
    """What this machine lacks for a browser test; empty when it has all."""
    lacking = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    lacking += [] if AXE.is_file() else ["axe-core (npm ci in tests/browser)"]
    return ", ".join(lacking)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium with a profile of its own; in continuous integration its absence is a failure."""
    if lacking := _missing():
        if os.environ.get("CI"):
            pytest.fail(f"continuous integration must not skip the browser tests; missing: {lacking}")
        pytest.skip(f"needs {lacking}")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver") or "")
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def open_page(browser: Any, page: Path, size: tuple[int, int], scheme: str = "light") -> None:
    """Load a page at a size in a colour scheme, with empty logs."""
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme_feature]})
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(page.as_uri())


def overflowing(browser: Any) -> list[str]:
    """What makes the page wider than the screen."""
    return list(
        browser.execute_script(
            """
            const wide = document.documentElement.scrollWidth - window.innerWidth;
            if (wide <= 0) return [];
            const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement)
                if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
            const found = [...document.querySelectorAll('body *')].filter(
                e => e.getBoundingClientRect().right > window.innerWidth + 0.5 && !scrolls(e));
            return ['page is ' + wide + ' px too wide'].concat(found.slice(0, 5).map(
                e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 60)));
            """
        )
    )


def requests(browser: Any) -> list[str]:
    """Addresses that the page asked for, other than itself and what it carries."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith(("file:", "data:", "chrome:"))]


def violations(browser: Any) -> list[str]:
    """What axe-core finds, by all of its rules."""
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']})"
        ".then(r => done(r.violations), e => done([{id: String(e), nodes: [{html: ''}]}]));"
    )
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]} {one['nodes'][0].get('failureSummary', '')}"
        for one in found
    ]


def problems(browser: Any, pages: list[Path], size: tuple[int, int], scheme: str) -> dict[str, list[str]]:
    """Everything that is wrong with some pages, by page."""
    found: dict[str, list[str]] = {}
    for page in pages:
        open_page(browser, page, size, scheme)
        wrong = overflowing(browser) + violations(browser)
        wrong += [entry["message"] for entry in browser.get_log("browser")]
        wrong += requests(browser)
        if wrong:
            found[f"{page.parent.name}/{page.name}"] = wrong
    return found


Pages = Callable[[pytest.FixtureRequest], list[Path]]


@pytest.fixture(params=["sample", "published"])
def pages(request: pytest.FixtureRequest) -> list[Path]:
    """Every page of the sample, and of both real studies as the pipeline publishes them."""
    folder = request.getfixturevalue(request.param)
    root = folder / "reports" if request.param == "sample" else folder
    found = sorted(
        path for path in root.rglob("*.html") if not any(part[0] == "." for part in path.parts[-3:])
    )
    assert len(found) >= 6
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page(browser: Any, pages: list[Path], size: str, scheme: str) -> None:
    assert problems(browser, pages, SIZES[size], scheme) == {}


def test_very_narrow_screen(browser: Any, pages: list[Path]) -> None:
    for page in pages:
        open_page(browser, page, (320, 640))
        assert overflowing(browser) == [], page


def test_pages_work_by_keyboard(browser: Any, sample_wave: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    open_page(browser, sample_wave / "02_measurement.html", SIZES["phone"])
    ActionChains(browser).send_keys(Keys.TAB).perform()
    assert browser.switch_to.active_element.get_attribute("class") == "skip"
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.switch_to.active_element.get_attribute("id") == "report"
    summary = browser.find_element("css selector", "nav.narrow summary")
    assert not browser.find_element("css selector", "nav.narrow ol").is_displayed()
    summary.send_keys(Keys.ENTER)
    assert browser.find_element("css selector", "nav.narrow ol").is_displayed()


def test_the_browser_tests_would_notice(browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<html><body><p style='width:3000px'>wide</p><img src='http://127.0.0.1:9/x.png'>"
        "<p style='color:#bbb;background:#fff'>pale</p></body></html>"
    )
    (wrong,) = problems(browser, [page], SIZES["desktop"], "light").values()
    text = "\n".join(wrong)
    for sign in ("too wide", "html-has-lang", "image-alt", "color-contrast", "127.0.0.1:9"):
        assert sign in text

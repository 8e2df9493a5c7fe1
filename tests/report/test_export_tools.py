"""Exports in the tools themselves: ODK Validate, survey-core, and SurveyJS in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from csat.data.tools.formats import read_responses, write_responses
from csat.study import Study, load_study
from csat.study.export import export
from questionnaire_files import write_full_study
from random_answers import random_answers

pytestmark = [pytest.mark.slow]

NODE = Path(__file__).parents[1] / "browser"
MODULES = NODE / "node_modules"
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
    "--allow-file-access-from-files",
)


def _need(what: str, there: bool) -> None:
    """Skip without a tool; in continuous integration its absence is a failure."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"continuous integration must not skip this test; missing: {what}")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_full_study(tmp_path_factory.mktemp("full")))


@pytest.fixture(scope="module")
def service(root: Path) -> Study:
    return load_study(root / "studies" / "service_loyalty")


@pytest.mark.parametrize(
    ("name", "version"), [("full", "long"), ("full", "short"), ("service", "yearly"), ("service", "core")]
)
def test_odk_validate_accepts_the_form_without_a_warning(
    name: str, version: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    _need("Java, for ODK Validate", shutil.which("java") is not None)
    convert = pytest.importorskip("pyxform.xls2xform").convert if not os.environ.get("CI") else _pyxform()
    made = export(request.getfixturevalue(name), "xlsform", tmp_path, version)
    warnings: list[str] = []
    result = convert(str(made.path), validate=True, warnings=warnings)
    assert warnings == []
    for text in ('lang="English (en)"', 'lang="中文 (zh)"', "relevant=", "audit"):
        assert text in result.xform


def _pyxform() -> Any:
    """Converter of pyxform, which must be there."""
    from pyxform.xls2xform import convert

    return convert


def _node(*arguments: Path) -> dict[str, Any]:
    """Let the real survey-core look at a survey."""
    _need("Node and survey-core (npm ci in tests/browser)", (MODULES / "survey-core").is_dir())
    run = ["node", "check_surveyjs.cjs", *map(str, arguments)]
    shown = subprocess.run(run, cwd=NODE, capture_output=True, text=True, check=True, timeout=120)
    return dict(json.loads(shown.stdout))


@pytest.mark.parametrize(
    ("name", "version"), [("full", "long"), ("service", "yearly"), ("service", "internal")]
)
def test_survey_core_accepts_the_survey_and_its_answers(
    name: str, version: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    study = request.getfixturevalue(name)
    made = export(study, "surveyjs", tmp_path, version)
    answers = random_answers(study.questionnaire(version), 12)
    given = write_responses(study, answers, "surveyjs", tmp_path / "answers.json", version)
    found = _node(made.path, given)
    assert found["errors"] == []
    assert sorted(found["locales"]) == ["en", "zh-cn"]
    assert [one["errors"] for one in found["results"]] == [[]] * 12
    _same_routing(study, version, json.loads(given.read_text(encoding="utf-8")), found["results"])


def _same_routing(study: Study, version: str, records: list[Any], results: list[Any]) -> None:
    """Whoever answered saw the question; required questions that were seen were answered."""
    for record, result in zip(records, results, strict=True):
        assert set(record) <= set(result["visible"])


PAGE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>survey</title>
<link rel="stylesheet" href="{modules}/survey-core/survey-core.fontless.min.css">
<script src="{modules}/survey-core/survey.core.min.js"></script>
<script src="{modules}/survey-core/survey.i18n.min.js"></script>
<script src="{modules}/survey-js-ui/survey-js-ui.min.js"></script></head>
<body><div id="survey"></div><script>
const survey = new Survey.Model({survey});
survey.locale = "{locale}";
survey.onComplete.add(sender => {{ window.submitted = JSON.stringify(sender.data); }});
survey.render(document.getElementById("survey"));
</script></body></html>"""

# Answers whatever is on the page, as a person would with a mouse, and tells which text fields are left.
CLICK = """
const boxes = document.querySelectorAll("[data-name]");
for (const box of boxes) {
  if (box.offsetParent === null) continue;
  const want = arguments[0][box.dataset.name];
  if (want === undefined || want === null) continue;
  if (typeof want === "object" && !Array.isArray(want)) {
    const inputs = [...box.querySelectorAll("input[type=radio]")];
    for (const [row, value] of Object.entries(want)) {
      const hit = inputs.find(i => i.name.endsWith("_" + row) && i.value === String(value));
      if (hit && !hit.checked) hit.click();
    }
    continue;
  }
  for (const value of [want].flat()) {
    const hit = [...box.querySelectorAll("input[type=radio], input[type=checkbox]")].find(
      i => i.value === String(value));
    if (hit && !hit.checked) hit.click();
  }
}
return true;
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium with a profile of its own."""
    _need("chromium and chromedriver", all(shutil.which(n) for n in ("chromium", "chromedriver")))
    _need("survey-js-ui (npm ci in tests/browser)", (MODULES / "survey-js-ui").is_dir())
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(shutil.which("chromedriver") or "")
    )
    try:
        yield driver
    finally:
        driver.quit()


def _open(browser: Any, study: Study, lang: str, folder: Path) -> None:
    """Render the survey in a language."""
    made = export(study, "surveyjs", folder, "short", [lang, *(x for x in study.languages if x != lang)])
    page = folder / f"{lang}.html"
    locale = {"en": "en", "zh": "zh-cn"}[lang]
    survey = made.path.read_text(encoding="utf-8").replace("</", "<\\/")
    page.write_text(PAGE.format(lang=lang, locale=locale, modules=MODULES.as_uri(), survey=survey), "utf-8")
    browser.get_log("browser")
    browser.get(page.as_uri())


def _next(browser: Any) -> None:
    """Go on to the next page, or submit."""
    for css in ("input.sd-navigation__complete-btn", "input.sd-navigation__next-btn"):
        for button in browser.find_elements("css selector", css):
            if button.is_displayed():
                browser.execute_script("arguments[0].click()", button)
                return
    raise AssertionError("there is neither a button to go on nor one to submit")


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "title", "question"), [
    ("en", "Guests", "What are you?"),
    ("zh", "顾客", "您是？"),
])  # fmt: skip
def test_a_person_clicks_through_the_survey(
    browser: Any, full: Study, lang: str, title: str, question: str, tmp_path: Path
) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, full, lang, tmp_path)
    asked = full.questionnaire("short")
    ratings = {"Sat": {"s1": 3, "s2": 6, "s3": 2}, "Loy": {"l1": 7, "l2": 7, "l3": 5}}
    want = {"agree_to_start": "yes", "role": "buyer", **ratings, "trouble": "yes", "kinds": ["late", "other"]}
    words = {"kinds_other_text": "<b>=1+1</b>", "days": "12"}
    shown = ""
    for _ in range(12):
        if browser.execute_script("return window.submitted !== undefined"):
            break
        for _ in range(3):  # answers bring up further questions
            browser.execute_script(CLICK, want)
            time.sleep(0.2)
        shown += browser.find_element("tag name", "body").text
        for name, text in words.items():
            for box in browser.find_elements("css selector", f'[data-name="{name}"] input'):
                if box.is_displayed() and not box.get_attribute("value"):
                    box.send_keys(text, Keys.TAB)
        _next(browser)
    record = json.loads(browser.execute_script("return window.submitted"))
    assert title in shown and question in shown
    assert not [e for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([record]), encoding="utf-8")
    back = read_responses(full, "surveyjs", answers, "short").iloc[0].dropna().to_dict()
    assert set(back) <= {column.name for column in asked.columns}
    assert back["role"] == "buyer" and back["s1"] == 3 and back["l3"] == 5
    assert back["kinds_late"] == 1 and back["kinds_rude"] == 0
    assert back["kinds_other_text"] == "<b>=1+1</b>" and back["days"] == 12


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_who_does_not_agree_is_asked_nothing_more(
    browser: Any, full: Study, lang: str, tmp_path: Path
) -> None:
    _open(browser, full, lang, tmp_path)
    browser.execute_script(CLICK, {"agree_to_start": "no"})
    _next(browser)
    assert json.loads(browser.execute_script("return window.submitted")) == {"agree_to_start": "no"}

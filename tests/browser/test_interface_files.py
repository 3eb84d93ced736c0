"""The interface files that `make` installed are the ones a browser understands."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Enter, start

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "tracker/static/vendor"
WHOLE = ROOT / "node_modules/@tabler/core/dist/css/tabler.min.css"
pytestmark = pytest.mark.browser


def test_htmx_runs_at_the_pinned_version(desktop: Page) -> None:
    desktop.add_script_tag(path=VENDOR / "htmx.min.js")
    assert desktop.evaluate("htmx.version") == "4.0.1"


def test_a_phone_has_a_phones_window_and_touch(phone: Page) -> None:
    phone.set_content("<meta name=viewport content='width=device-width'>")
    assert phone.evaluate("[innerWidth, innerHeight, navigator.maxTouchPoints > 0]") == [390, 844, True]


def test_tablers_styles_apply(desktop: Page) -> None:
    desktop.set_content("<button class='btn btn-primary'>Start</button>")
    desktop.add_style_tag(path=VENDOR / "tabler.min.css")
    assert desktop.locator("button").evaluate("e => getComputedStyle(e).display") == "inline-flex"


def names(style: str) -> set[str]:
    """The classes that a style sheet speaks of."""
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)(?=[^{}]*\{)", style))


def test_no_class_that_a_template_uses_was_cut_out_of_tablers_styles() -> None:
    used = {
        name
        for file in (ROOT / "templates").rglob("*.html")
        if "site" not in file.relative_to(ROOT / "templates").parts
        for words in re.findall(r"class=(\"[^\"]*\"|'[^']*')", file.read_text())
        for name in re.findall(r"[\w-]+", words)
    }
    whole, cut = names(WHOLE.read_text()), names((VENDOR / "tabler.min.css").read_text())
    assert len(used & whole) > 30
    assert used & whole <= cut, "run `make` again: the styles are older than the templates"


APART = """(whole) => {
  const looks = () => [...document.querySelectorAll('body, body *')].map((element) => {
    const style = getComputedStyle(element);
    const names = [...style].filter((name) => !name.startsWith("--"));
    return names.map((name) => `${name}: ${style.getPropertyValue(name)}`);
  });
  const cut = looks();
  const all = new CSSStyleSheet();
  all.replaceSync(whole);
  const { sheet } = document.querySelector('link[href$="tabler.min.css"]');
  while (sheet.cssRules.length) sheet.deleteRule(0);
  const rules = [...all.cssRules].filter((rule) => !/^legend/.test(rule.selectorText)); // forms.css
  rules.forEach((rule, place) => sheet.insertRule(rule.cssText, place));
  const lines = looks().flatMap((lines, at) => lines.filter((line, n) => line !== cut[at][n]));
  return [...new Set(lines)].slice(0, 20);
}"""
SOME = ["/board", "/people/2", "/assign", "/search?q=parcel", "/overview", "/sops/pack", "/account", "/phone"]


def test_pages_look_as_with_all_of_tablers_styles(enter: Enter) -> None:
    page = enter("ada")
    page.emulate_media(reduced_motion="reduce")
    for path in (page.url, start(page, "opening", "C-1"), *SOME):
        page.goto(path)
        assert page.evaluate(APART, WHOLE.read_text()) == [], path


def test_the_scanner_is_the_one_that_its_script_was_made_for() -> None:
    script = (VENDOR / "scanner/zxing-exported.js").read_text()
    digest = sha256((VENDOR / "scanner/zxing_reader.wasm").read_bytes()).hexdigest()
    assert digest in script
    assert set(re.findall(r'from "(.+?)"', (VENDOR / "scanner/ponyfill.js").read_text())) == {
        "./zxing-exported.js"
    }

"""A translation is the same SOP on the site: same header, start and anchors; languages lead to each other."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.docs_plugin.conftest import PICK, Build
from tests.support.width import too_wide

POLISH = """\
# Zbierz zamówienie

Idź raz, zbierz dobrze.

1. Zeskanuj pojemnik {.critical input=scan takes=30s}
2. Zważ go {input=number unit=g min=20 max=30000 takes=90s}

    !!! recovery "Waga się nie zgadza"
        Policz ponownie.

3. Podpisz {.verify role=lead}
"""
FILES: dict[str, str | bytes] = {"fulfillment/pick.md": PICK, "fulfillment/pick.pl.md": POLISH}


def pages(site: Path) -> tuple[str, str]:
    return (site / "fulfillment/pick/index.html").read_text(), (
        site / "fulfillment/pick.pl/index.html"
    ).read_text()


def test_header_start_and_anchors_are_those_of_the_original(build: Build) -> None:
    english, polish = pages(build(FILES))
    for page in (english, polish):
        assert (
            'href="../../../start/pick"' in page and "picker, packer" in page and "<b>1</b> critical" in page
        )
        assert [page.count(f'id="sop:{key}"') for key in ("scan", "weigh", "sign")] == [1, 1, 1]
    assert 'lang="pl" dir="auto"' in polish and "Zważ go" in polish and "Zbierz zamówienie</h1>" in polish


def test_each_leads_to_the_other_and_lists_name_the_original_only(build: Build) -> None:
    site = build(FILES)
    english, polish = pages(site)
    assert re.search(r'<a href="\.\./pick\.pl/" lang="pl" hreflang="pl">polski</a>', english)
    assert re.search(r'<a href="\.\./pick/" lang="en" hreflang="en">English</a>', polish)
    assert '<b lang="pl" aria-current="page">polski</b>' in polish
    for page in (site / "index.html", site / "fulfillment/index.html"):
        assert "pick/" in page.read_text() and "pick.pl/" not in page.read_text()
    assert "pick.pl/" not in english.split('class="md-content"')[0]  # the navigation


def test_the_text_in_force_is_shown(build: Build) -> None:
    other = {
        "language": "pl",
        "path": "fulfillment/pick.pl.md",
        "source": POLISH,
        "keys": ["scan", "weigh", "sign"],
    }
    entry = {"path": "fulfillment/pick.md", "source": PICK, "keys": ["scan", "weigh", "sign"]}
    newer = {**FILES, "fulfillment/pick.pl.md": "1. Coś innego\n2. I jeszcze coś\n"}
    english, polish = pages(build(newer, {"pick": {**entry, "translations": [other]}}))
    assert "Zważ go" in polish and "Coś innego" not in polish
    assert "Revision 3" in polish and "Revision 3" in english and 'href="../../../start/pick"' in polish


def test_a_page_to_read_has_its_languages_too(build: Build) -> None:
    site = build({"team/words.md": "# Words\n\nText.\n", "team/words.de.md": "# Wörter\n\nText.\n"})
    assert "Deutsch</a>" in (site / "team/words/index.html").read_text()


def test_a_document_without_an_original_is_its_own(build: Build) -> None:
    page = (build({"fulfillment/pick.pl.md": POLISH}) / "fulfillment/pick.pl/index.html").read_text()
    assert 'href="../../../start/fulfillment-pick.pl"' in page and "hf-languages" not in page


def test_a_reader_goes_to_the_same_step_in_the_other_language(build: Build, phone: Page) -> None:
    site = build(FILES)
    phone.goto((site / "fulfillment/pick/index.html").as_uri())
    link = phone.get_by_role("navigation", name="Languages").get_by_role("link", name="polski")
    assert link.is_visible() and phone.locator("[id='sop:weigh']").is_visible()
    phone.goto((site / "fulfillment/pick.pl/index.html").as_uri() + "#sop:weigh")
    assert "Zważ go" in phone.locator(":target").inner_text()
    assert not too_wide(phone)

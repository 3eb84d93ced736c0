"""The site's own words are in its `theme.language`, from the catalogue that the tracker uses too."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tests.docs_plugin.conftest import PICK
from tracker.authoring.build import build_site
from tracker.docs_plugin import words
from tracker.share import share

GERMAN = {
    "Start this SOP": "Diese SOP starten",
    "Owner": "Verantwortlich",
    "Critical": "Kritisch",
    " – if this step fails": " – wenn das misslingt",
    ("<b>%(num)d</b> step", "<b>%(num)d</b> steps"): ("<b>%(num)d</b> Schritt", "<b>%(num)d</b> Schritte"),
}


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose site is in German, and a small German catalogue."""
    catalogue = Catalog("de")
    for text, german in GERMAN.items():
        catalogue.add(text, german)
    folder = tmp_path / "translations/de/LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(words, "CATALOGUE", tmp_path / "translations")
    place = tmp_path / "workspace"
    (place / "sops").mkdir(parents=True)
    (place / "sops/pick.md").write_text(PICK)
    settings = share("mkdocs.yml").read_text()
    (place / "mkdocs.yml").write_text(settings.replace("name: material", "name: material\n  language: de"))
    return place


def test_the_site_speaks_its_language(german: Path) -> None:
    page = (build_site(german).site / "pick/index.html").read_text()
    for text in ("Diese SOP starten", "<dt>Verantwortlich</dt>", "<b>3</b> Schritte", "Kritisch"):
        assert text in page, text
    assert '<span class="hf-hint"> – wenn das misslingt</span>' in page
    assert "Expected time" in page  # what nobody has translated stays English


def test_days_are_written_as_people_there_write_them() -> None:
    assert [words.Words(name).day(date(2027, 2, 3)) for name in ("en", "de", "pl", "xx")] == [
        "3 Feb 2027",
        "03.02.2027",
        "3 lut 2027",
        "2027-02-03",
    ]


def test_a_setting_names_the_language_of_the_site(german: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (german / "mkdocs.yml").read_text().replace("language: de", "language: en")
    (german / "mkdocs.yml").write_text(settings)
    monkeypatch.setenv("HOLDFAST_LANGUAGE", "de")
    page = (build_site(german).site / "pick/index.html").read_text()
    assert '<html lang="de"' in page and "Diese SOP starten" in page

"""The catalogues of the languages: what can’t be right in one is named, and they are kept in one form."""

from __future__ import annotations

import gettext
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tests.support import catalogues

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.extracted()


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_language_is_whole(language: str, template: Catalog) -> None:
    """Nothing is missing, fuzzy or stale; places, HTML and spaces at the ends are those of the source."""
    faults = catalogues.faults(language, template)
    assert not faults, f"{len(faults)} texts: `make texts`, then tools/texts take {language}\n" + "\n".join(
        faults
    )


def test_what_is_compiled_is_what_is_translated() -> None:
    for language in catalogues.LANGUAGES:
        texts = gettext.translation("messages", catalogues.FOLDER, [language])
        for message in catalogues.read(language):
            if message.id and catalogues.is_translated(message):
                one, many = message.id if message.pluralizable else (message.id, message.id)
                said = texts.ngettext(one, many, 1) if message.pluralizable else texts.gettext(one)
                assert said == (message.string[0] if message.pluralizable else message.string), (
                    "tools/texts compile"
                )


@pytest.mark.parametrize(
    ("language", "source", "translation", "why"),
    [
        ("de", "Save", "", "is not translated"),
        ("de", "%(n)s left", "noch %(num)s", "has other places: %(n)s, %(num)s"),
        ("de", "<b>%(n)s</b> left", "noch %(n)s", "has other HTML"),
        ("de", " and ", "und", "begins or ends with other spaces"),
        ("de", "100%% of %(n)s", "100% von %(n)s", "has a lone percent sign"),
        ("pl", ("%(num)d run", "%(num)d runs"), ("%(num)d przebieg", "%(num)d przebiegi"), "needs 3 forms"),
        ("pl", ("%(num)d run", "%(num)d runs"), ("%(num)d przebieg", "", "x"), "is not translated"),
        (
            "fr",
            ("%(num)d run", "%(num)d runs"),
            ("une exécution", "%(num)d exécutions"),
            "has other places: %(num)d",
        ),
        ("de", "%(n)s left", "noch %(n)s", ""),
    ],
)
def test_what_can_not_be_right_is_named(language: str, source: object, translation: object, why: str) -> None:
    assert catalogues.wrong_with(Message(source, translation), language) == why  # type: ignore[arg-type]


def test_a_language_is_kept_in_one_form(tmp_path: Path) -> None:
    """Writing a catalogue again changes nothing, so that a commit shows what was translated and no more."""
    for language in catalogues.LANGUAGES:
        before = catalogues.path(language).read_text()
        catalogues.write(language, catalogues.read(language))
        assert catalogues.path(language).read_text() == before


def test_the_tool_says_what_it_can() -> None:
    answer = subprocess.run([sys.executable, "tools/texts"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 1 and "take LANG" in answer.stderr

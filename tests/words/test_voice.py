"""Sentences can be had without an application, in any language and zone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from flask import Flask

from tracker.errors import InvalidError
from tracker.models import Event
from tracker.words import errors, events, figures, moments, outcomes, people, voice
from tracker.words.voice import Texts, Voice

NOW = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
ENGLISH = Voice("en", "UTC", NOW)
GERMAN = {
    "today %(time)s": "heute %(time)s",
    "tomorrow %(time)s": "morgen %(time)s",
    "skipped": "ausgelassen",
    "took the open run": "nahm den offenen Durchlauf",
    "set when the run is due: %(time)s": "legte fest, bis wann: %(time)s",
    "No %(thing)s here.": "Hier ist kein %(thing)s.",
    ("%(num)d run", "%(num)d runs"): ("%(num)d Durchlauf", "%(num)d Durchläufe"),
}


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Voice]:
    """A voice of Tokyo in German; a catalogue of some texts is at hand."""
    catalogue = Catalog(locale="de")
    for text, said in GERMAN.items():
        catalogue.add(text, said)
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(voice, "CATALOGUE", tmp_path)
    for known in (voice._translations, voice._markup):
        known.cache_clear()
    yield Voice("de", "Asia/Tokyo", NOW)
    for known in (voice._translations, voice._markup):
        known.cache_clear()


def test_the_same_sentence_in_another_language_and_zone(german: Voice) -> None:
    due = Event(kind="run.due", data={"before": None, "after": "2026-03-31T23:00:00+00:00"})
    assert events.sentence(ENGLISH, due, {}, {}) == "set when the run is due: 31 Mar 2026 23:00"
    assert events.sentence(german, due, {}, {}) == "legte fest, bis wann: 1. Apr 2026 08:00"
    claimed = Event(kind="run.claimed", data={})
    assert events.sentence(german, claimed, {}, {}) == "nahm den offenen Durchlauf"
    assert outcomes.outcome_name(german, "skipped") == "ausgelassen"
    assert (
        errors.error_text(german, InvalidError("No %(thing)s here.", thing="100 %")) == "Hier ist kein 100 %."
    )
    assert german.plural("%(num)d run", "%(num)d runs", 1) == "1 Durchlauf"
    assert german.plural("%(num)d run", "%(num)d runs", 2) == "2 Durchläufe"


def test_a_text_without_translation_is_english(german: Voice) -> None:
    assert people.level_description(german, "staff") == "staff: does runs"
    assert Texts("xx").gettext("done") == "done"


def test_moments_and_days_are_those_of_the_zone_and_the_language(german: Voice) -> None:
    at = datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
    assert moments.when(ENGLISH, at).striptags() == "today 15:00"
    assert moments.when(german, at).striptags() == "heute 00:00"  # in Tokyo it is tomorrow by now
    assert "2026-04-01 00:00:00+09:00 Asia/Tokyo = 2026-03-31 15:00:00 UTC" in moments.when(german, at)
    autumn = datetime(2026, 10, 1, 20, 0, tzinfo=UTC)
    assert moments.when(ENGLISH, autumn).striptags() == "1 Oct 2026"
    assert moments.when(german, autumn).striptags() == "2. Okt 2026"
    assert figures.day(german, date(2026, 5, 3)) == "3. Mai"
    assert figures.day(ENGLISH, date(2026, 5, 3)) == "3 May"


def test_only_the_sentence_that_is_asked_for_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def gettext(self: Texts, text: str, **details: object) -> str:
        asked.append(text)
        return text

    monkeypatch.setattr(Texts, "gettext", gettext)
    events.sentence(ENGLISH, Event(kind="run.paused", data={"reason": "lunch"}), {}, {})
    assert asked == ["paused the run: %(reason)s"]


def test_an_event_of_a_kind_that_is_gone_says_what_it_is_called() -> None:
    assert events.sentence(ENGLISH, Event(kind="run.teleported", data={}), {}, {}) == "run.teleported"


def test_a_page_marks_up_a_text_and_escapes_what_is_filled_in() -> None:
    assert ENGLISH.markup("<b>%(name)s</b>", name="<i>") == "<b>&lt;i&gt;</b>"
    assert ENGLISH.markup("100 %%") == "100 %"


def test_the_texts_can_be_extracted(tmp_path: Path) -> None:
    """`make texts` finds them though they are asked of a voice."""
    root = Path(voice.__file__).parent
    keywords = {"gettext": None, "ngettext": (1, 2), "N_": None}
    found = {
        text
        for file in root.glob("*.py")
        for _, text, _, _ in extract_from_file("python", file, keywords=keywords)  # type: ignore[arg-type]
    }
    assert {"took the open run", "yesterday %(time)s", "%(name)s: never %(kind)s in %(n)s instances"} <= found
    assert (
        "%(num)d reason makes up %(share)s of the skips",
        "%(num)d reasons make up %(share)s of the skips",
    ) in found


def test_words_load_without_flask() -> None:
    names = ", ".join(
        sorted(path.stem for path in Path(voice.__file__).parent.glob("*.py") if path.stem[0] != "_")
    )
    found = "print([name for name in sys.modules if 'flask' in name and 'babel' in name])"
    code = f"import sys; from tracker.words import {names}; {found}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_reader_has_one_voice_a_request(app: Flask) -> None:
    from tracker.web import reader, spoken

    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert reader.voice() is reader.voice() and reader.texts() is reader.texts()
        assert reader.voice().zone == app.config["HOLDFAST"].zone
        assert spoken.outcome_name("na") == "not applicable"


def test_days_are_written_as_each_language_writes_them() -> None:
    patterns = "EEE d MMM", "d MMM y", "EEEE d MMMM", "MMM y"
    said = {
        language: [Voice(language, "UTC", NOW).date(date(2026, 9, 1), pattern) for pattern in patterns]
        for language in ("en", "de", "es", "fr", "pl")
    }
    assert said == {
        "en": ["Tue 1 Sep", "1 Sep 2026", "Tuesday 1 September", "Sep 2026"],
        "de": ["Di. 1. Sep", "1. Sep 2026", "Dienstag 1. September", "Sep 2026"],
        "es": ["mar 1 sept", "1 sept 2026", "martes 1 de septiembre", "sept 2026"],
        "fr": ["mar. 1 septembre", "1 sept. 2026", "mardi 1 septembre", "sept. 2026"],
        "pl": ["wt. 1 wrz", "1 wrz 2026", "wtorek 1 września", "wrz 2026"],
    }

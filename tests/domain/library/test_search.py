"""One tolerant search for the library: whatever is typed finds the right SOP first, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from tracker.authoring.sync import publish
from tracker.db import db, write_in_chunks, writing
from tracker.domain.library import search, search_index
from tracker.models import SearchPage, SearchWord, Sop

HEAD = "---\nid: {id}\ntitle: {title}\n{more}---\n"
DOCUMENTS = {
    "apples.md": HEAD.format(id="apples", title="Äpfel prüfen", more="language: de\n")
    + "Jede Lieferung wird nach dem Öffnen der Kühlkette geprüft.\n\n"
    "1. Öffne die Kiste {#open}\n2. Zähle sie\n",
    "koeln.md": HEAD.format(id="koeln", title="Goetz in Koeln anrufen", more="language: de\n")
    + "- [ ] Rufe an\n",
    "cafe.md": HEAD.format(id="cafe", title="Préparer le café", more="language: fr\n")
    + "1. Chauffer l'eau\n",
    "pack-ja.md": HEAD.format(id="pack-ja", title="梱包手順", more="language: ja\n")
    + "梱包材の在庫を確認してから作業を始めてください。壊れ物は特別に扱います。 DHL comes at four.\n\n"
    "1. 箱を組み立てる。\n2. 伝票を貼る。\n",
    "box-ru.md": HEAD.format(id="box-ru", title="Коробки", more="language: ru\n") + "1. Взять Коробку\n",
    "mail.md": HEAD.format(id="mail", title="Correct an address", more="also: [RMA, 4711-B]\n")
    + "1. Open the order\n2. Pull the label off\n\n"
    '    !!! recovery "It is torn"\n        Ask the janitor for the yellow gluepot.\n\n3. Print another\n',
    "mail.pl.md": "# Popraw adres\n\n1. Otwórz zamówienie\n2. Zdejmij etykietę\n3. Wydrukuj inną\n",
    "refund.md": HEAD.format(id="refund", title="Pay a refund", more="")
    + "1. Enter the amount\n2. Pay it to the customer\n\nSee [Correct an address](mail.md).\n",
    "ship.md": HEAD.format(id="ship", title="Ship the goods", more="")
    + "1. Write the address, the whole address, and look at the address again\n2. Hand it to the carrier\n"
    "\nPut-away comes later. A refund is never promised here, and a refund takes time.\n",
    "bin.md": HEAD.format(id="bin", title="Look into a bin", more="")
    + "1. Find the goods with a use-by date\n2. Wipe the tabletop\n3. Open no purchase order\n",
    "guide/staff.md": HEAD.format(id="x", title="Pay a refund, and other refunds", more="steps: none\n")
    + "All about a refund: refund, refund, refund. Some call a parcel pocket, or a carrrier, or merchant.\n",
}


@pytest.fixture
def library(house: Flask) -> Iterator[Flask]:
    settings = house.config["HOLDFAST"]
    for path, content in DOCUMENTS.items():
        write(house, path, content)
    publish(house, settings)
    with house.app_context():
        yield house
        db.session.remove()


def write(house: Flask, path: str, content: str) -> None:
    file: Path = house.config["HOLDFAST"].sops / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


def ids(question: str) -> list[str | None]:
    db.session.rollback()  # to see what others have written
    return [hit.sop_id for hit in search.find(db.session(), question).sops]


QUESTIONS = {
    "capitals, accents and umlauts either way": {
        "äpfel": "apples", "Apfel": "apples", "aepfel": "apples", "PRUEFEN apfel": "apples",
        "köln": "koeln", "Köln Götz": "koeln", "koln": "koeln", "CAFE": "cafe", "café": "cafe",
        "preparer": "cafe", "коробку": "box-ru", "l’eau": "cafe",
    },
    "any order, any length, any ending": {
        "address correct": "mail", "refunds": "refund", "paying refunded": "refund", "DHL": "pack-ja",
        "wait": None,
    },
    "typing mistakes": {"adress": "mail", "corect adres": "mail", "refnud": "refund", "carrrier": "ship"},
    "parts of words and words in parts": {
        "kette": "apples", "kühl": "apples", "putaway": "ship", "put away": "ship", "gluepots": "mail",
        "glue pot": "mail", "refundamount": "refund",
    },
    "texts without blanks": {
        "在庫": "pack-ja", "壊れ物": "pack-ja", "梱包材": "pack-ja", "梱包": "pack-ja",
        "伝票はどこ": "pack-ja", "箱": "pack-ja",
    },
    "translations, recoveries, prose": {
        "etykietę": "mail", "popraw adresy": "mail", "gluepot": "mail", "kühlkette": "apples",
    },
    "plain questions in a user's words": {
        "the buyer": "refund", "how do I give a shopper the money back?": "refund",
        "sticker is ripped": "mail", "where do i find the janitor": "mail", "what about the courier": "ship",
    },
    "one word for a phrase of the page": {"expiry": "bin", "PO": "bin"},
    "words that the guide alone says": {"merchant": None},
    "other names": {"rma": "mail", "4711-b": "mail"},
}  # fmt: skip


def test_the_right_sop_comes_first(library: Flask) -> None:
    first = {kind: {asked: (ids(asked) or [None])[0] for asked in kinds} for kind, kinds in QUESTIONS.items()}
    assert first == QUESTIONS


def test_a_title_comes_before_mentions_and_sops_before_the_guide(library: Flask) -> None:
    assert ids("address")[:2] == ["mail", "ship"]
    found = search.find(db.session(), "refund")
    assert [hit.sop_id for hit in found.sops][:2] == ["refund", "ship"]
    assert [hit.path for hit in found.pages] == ["guide/staff.md"]


def test_the_place_is_told(library: Flask) -> None:
    hit = search.find(db.session(), "yellow gluepot").sops[0]
    assert hit.places[0] == ("recovery", "sop:pull-the-label-off", "Ask the janitor for the yellow gluepot.")


def test_whatever_is_asked_is_text(library: Flask) -> None:
    signs = ("", " ", "?!", "'", '"', "a'b\\c", "NEAR(", "{titles}:", "-", "🙂", "%_", "x" * 500, "ab " * 80)
    for question in (*signs, *(f"refund{sign}" for sign in signs)):
        search.find(db.session(), question)


def test_what_is_published_is_found_at_once_and_what_it_said_before_is_not(library: Flask) -> None:
    write(
        library,
        "refund.md",
        DOCUMENTS["refund.md"].replace("amount", "zebra").replace("Pay a refund", "Repay"),
    )
    publish(library, library.config["HOLDFAST"])
    assert ids("zebra") == ["refund"] and ids("repay")[:1] == ["refund"]
    known = dict(db.session.execute(select(SearchWord.word, SearchWord.pages)).all())
    assert known["amount"] == 0 and known["zebra"] == 1
    (library.config["HOLDFAST"].sops / "refund.md").unlink()
    (library.config["HOLDFAST"].sops / "guide/staff.md").unlink()
    publish(library, library.config["HOLDFAST"], retire=True)
    assert ids("zebra") == [] and search.find(db.session(), "refund").pages == []
    counted = dict.fromkeys(known, 0)
    for words in db.session.scalars(select(SearchPage.words)):
        for word in words.split(" "):
            counted[word] = counted.get(word, 0) + 1
    assert dict(db.session.execute(select(SearchWord.word, SearchWord.pages)).all()) == counted


def test_a_write_that_fails_leaves_the_index_as_it_was(library: Flask) -> None:
    def failing(session: Session) -> None:
        search_index.drop(session, ["sop:refund"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_in_chunks([failing])
    assert ids("refund")[:1] == ["refund"]


def test_what_was_published_before_there_was_an_index_is_indexed(library: Flask) -> None:
    before = {question: ids(question) for question in ("adress", "壊れ物", "etykietę", "gluepot", "rma")}
    with writing() as session:
        keys = list(session.scalars(select(SearchPage.key).where(SearchPage.sop_id.is_not(None))))
        search_index.drop(session, keys)
    assert ids("adress") == []
    publish(library, library.config["HOLDFAST"])
    assert {question: ids(question) for question in before} == before
    assert list(search_index.units(db.session())) == []


def test_another_way_of_indexing_is_caught_up_with(library: Flask) -> None:
    with writing() as session:
        session.execute(text("UPDATE search_pages SET state = '0.1'"))
    write_in_chunks(search_index.units(db.session()))
    sops = select(func.count()).select_from(Sop).where(Sop.retired_at.is_(None))
    indexed = (
        select(func.count())
        .select_from(SearchPage)
        .where(SearchPage.state.startswith(f"{search_index.WAY}."))
    )
    assert db.session.scalar(indexed) == db.session.scalar(sops)


def test_where_the_database_has_no_index_of_parts_the_same_is_found(library: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the server of the tests has none")
    with writing() as session:
        session.execute(text("DROP TABLE search_parts"))
    for kind in ("typing mistakes", "parts of words and words in parts"):
        assert {question: ids(question)[0] for question in QUESTIONS[kind]} == QUESTIONS[kind]
    with writing() as session:
        session.execute(delete(SearchWord))
    assert ids("adress") == []


def test_a_word_of_the_readers_language_is_no_little_word_of_another(library: Flask) -> None:
    found = search.find(db.session(), "bin", "en").sops
    assert [hit.sop_id for hit in found][:1] == ["bin"]
    assert "bin" in search.find(db.session(), "look bin", "en").terms


def test_a_mistake_in_the_guide_hides_no_sop(library: Flask) -> None:
    assert ids("carrrier")[:1] == ["ship"]


def test_one_that_was_moved_is_found_by_its_new_area_and_not_by_its_old_one(library: Flask) -> None:
    settings = library.config["HOLDFAST"]
    moved = DOCUMENTS["refund.md"]
    for path in ("refund.md", "cashdesk/refund.md", "backoffice/refund.md"):
        for before in settings.sops.rglob("refund.md"):
            before.unlink()
        write(library, path, moved)
        publish(library, settings)
    assert (ids("backoffice"), ids("cashdesk")) == (["refund"], [])
    page = db.session.execute(select(SearchPage).where(SearchPage.sop_id == "refund")).scalar_one()
    assert page.path == "backoffice/refund.md"


def test_nothing_to_index_is_nothing_to_do(library: Flask) -> None:
    with writing() as session:
        search_index.again(session, ["not-there"])

"""A forgotten password: a link by mail, from a real mail server, which tells strangers nothing."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import Cast, Visitor, token_in
from tests.support.passwords import choose, link_in
from tests.support.patience import PATIENCE
from tracker.config import load
from tracker.db import db
from tracker.domain.people import password_links
from tracker.errors import WorkspaceError
from tracker.models import SecurityEntry
from tracker.outbound import mail
from tracker.web.reader import now

ADDRESS = "https://floor.example"


class Box:
    """What a mail server has taken in."""

    def __init__(self) -> None:
        self.mails: Queue[EmailMessage] = Queue()
        self.recipients: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        self.mails.put(BytesParser(EmailMessage, policy=default).parsebytes(envelope.content))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    """A mail server on this machine, and its port."""
    box, port = Box(), _free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def mailing(session: Session, cast: Cast, box: tuple[Box, int], app_with: AppWith) -> Flask:
    """The installation with mail set up; Sam has an address."""
    cast.staff.email = "sam@example.org"
    session.commit()
    return app_with(
        {
            "HOLDFAST_MAIL": f"smtp://127.0.0.1:{box[1]}",
            "HOLDFAST_MAIL_FROM": "holdfast@floor.example",
            "HOLDFAST_ADDRESS": ADDRESS,
        }
    )


def ask(visitor: Visitor, who: str) -> Any:
    token = token_in(visitor.get("/forgotten").text)
    return visitor.post("/forgotten", {"login": who, "csrf_token": token})


@pytest.mark.parametrize("who", ["sam", " SAM ", "Sam@Example.org"])
def test_a_link_comes_by_mail_and_works_once(mailing: Flask, box: tuple[Box, int], who: str) -> None:
    assert Visitor(mailing, None, host="evil.example").get("/forgotten").status_code == 400
    sam = Visitor(mailing, None)
    assert "forgotten?" in sam.get("/login").text
    assert "a link is on its way" in ask(sam, who).text
    message = box[0].mails.get(timeout=PATIENCE)
    assert box[0].recipients == ["sam@example.org"] and message["To"] == "sam@example.org"
    text = message.get_content()
    assert f"{ADDRESS}/link/" in text
    answer = choose(Visitor(mailing, None), link_in(text))
    assert answer.status_code == 302
    assert "does not work any more" in Visitor(mailing, None).get(link_in(text)).text


def test_the_link_leads_below_the_path_at_which_people_reach_us(
    mailing: Flask, box: tuple[Box, int], app_with: AppWith
) -> None:
    settings = mailing.config["HOLDFAST"]
    below = {"HOLDFAST_MAIL": settings.mail, "HOLDFAST_MAIL_FROM": settings.mail_from}
    app = app_with({**below, "HOLDFAST_ADDRESS": ADDRESS, "HOLDFAST_PREFIX": "/ops/"})
    ask(Visitor(app, None), "sam")
    assert f"{ADDRESS}/ops/link/" in box[0].mails.get(timeout=PATIENCE).get_content()


def test_the_answer_is_the_same_and_as_quick_whoever_is_asked_for(
    mailing: Flask, box: tuple[Box, int]
) -> None:
    answers, took = [], []
    for who in (
        "sam",
        "lena",
        "nobody-here",
        "nobody@example.org",
        "sam@example.org\r\nBcc: eve@example.org",
    ):
        began = time.perf_counter()
        page = ask(Visitor(mailing, None), who)
        took.append(time.perf_counter() - began)
        answers.append((page.status_code, page.text.replace(token_in(page.text), "")))
    assert len(set(answers)) == 1
    box[0].mails.get(timeout=PATIENCE)
    with pytest.raises(Empty):
        box[0].mails.get(timeout=0.3)  # nobody else has an address, or is there
    assert box[0].recipients == ["sam@example.org"]


def test_nobody_fills_a_box_or_ends_the_link_of_an_admin(
    mailing: Flask, session: Session, cast: Cast
) -> None:
    token, _ = password_links.make(session, by(cast.admin), now(), cast.staff)
    assert password_links.make_for_mail(session, now(), "sam") is not None
    assert password_links.make_for_mail(session, now(), "sam") is None  # one was sent a moment ago
    assert password_links.find(session, token, now()) is cast.staff
    cast.lead.email = "sam@example.org"
    session.flush()
    later = now() + password_links.MAIL_PAUSE
    assert password_links.make_for_mail(session, later, "sam@example.org") is None  # of two, who is meant?


def test_one_address_asks_for_so_many_links_and_then_waits(mailing: Flask) -> None:
    visitor = Visitor(mailing, None)
    answers = [ask(visitor, f"somebody{n}").status_code for n in range(11)]
    assert answers == [200] * 10 + [429]
    ask(visitor, "another")
    with mailing.app_context():
        found = db.session().scalars(select(SecurityEntry).where(SecurityEntry.kind == "sign-in.throttled"))
        assert [(entry.address, entry.data) for entry in found] == [("127.0.0.1", {"of": "links"})]


def test_without_mail_nothing_is_offered(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app, None)
    assert "/forgotten" not in visitor.get("/login").text
    assert "sends no mail" in visitor.get("/forgotten").text
    half = {"HOLDFAST_MAIL": "smtp://127.0.0.1:25", "HOLDFAST_MAIL_FROM": "a@b.example"}
    assert not load(app.config["HOLDFAST"].workspace, half).sends_mail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOLDFAST_MAIL", "mail.example"),
        ("HOLDFAST_MAIL", "http://mail.example"),
        ("HOLDFAST_MAIL_FROM", "Holdfast"),
        ("HOLDFAST_MAIL_FROM", "a@b\nBcc: c@d"),
        ("HOLDFAST_ADDRESS", "floor.example"),
        ("HOLDFAST_ADDRESS", "https://floor.example/sops"),
        ("HOLDFAST_ADDRESS", "https://user@floor.example"),
        ("HOLDFAST_PREFIX", "ops"),
        ("HOLDFAST_PREFIX", "//evil.example"),
        ("HOLDFAST_PREFIX", "/ops/../x"),
        ("HOLDFAST_PREFIX", "/o ps"),
        ("HOLDFAST_PREFIX", "https://floor.example/ops"),
        ("HOLDFAST_SECOND_FACTOR", "everybody"),
    ],
)
def test_a_setting_that_can_not_be_used_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WorkspaceError, match=name):
        load(tmp_path, {name: value})


def test_no_line_break_gets_into_a_mail(box: tuple[Box, int]) -> None:
    server = f"smtp://127.0.0.1:{box[1]}"
    for to, subject in (("a@b.example\nBcc: c@d.example", "x"), ("a@b.example", "x\r\nBcc: c@d.example")):
        with pytest.raises(ValueError, match=r"line|newline|linefeed|CR|header"):
            mail.send(server, "h@floor.example", to, subject, "text")
    assert box[0].recipients == []


def test_a_server_elsewhere_must_encrypt(monkeypatch: pytest.MonkeyPatch, box: tuple[Box, int]) -> None:
    monkeypatch.setattr(mail, "_NEAR", ())  # as if it were elsewhere
    with pytest.raises(Exception, match="STARTTLS"):
        mail.send(f"smtp://127.0.0.1:{box[1]}", "h@floor.example", "a@b.example", "x", "text")
    assert box[0].recipients == []


def test_name_and_password_go_to_the_server_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    seen: list[tuple[bytes, bytes]] = []

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    box, port = Box(), _free_port()
    controller = Controller(
        box, hostname="localhost", port=port, tls_context=context, require_starttls=True,
        authenticator=known, auth_required=True,
    )  # fmt: skip
    controller.start()
    try:
        server = f"smtp://me%40floor:p%40ss@localhost:{port}"
        mail.send(server, "h@floor.example", "a@b.example", "Größe", "text ü")
    finally:
        controller.stop()
    assert seen == [(b"me@floor", b"p@ss")]
    assert box.mails.get(timeout=PATIENCE)["Subject"] == "Größe"

"""One's own password: chosen at first, changed, or forgotten and chosen anew by a link."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask_babel import force_locale, format_datetime, get_locale, gettext

from tracker.db import db, writing
from tracker.domain import security_log
from tracker.domain.entrance import passwords, tries
from tracker.domain.entrance.passwords import PasswordHash
from tracker.domain.people import accounts, password_links
from tracker.errors import N_, ForbiddenError, HoldfastError, InvalidError, ThrottledError
from tracker.models import Person
from tracker.outbound import mail
from tracker.web import hosts, versions
from tracker.web.actions import needs
from tracker.web.entrance import auth, proving, sessions, throttle
from tracker.web.reader import actor, language, now, person
from tracker.web.spoken import error_text
from tracker.web.versions import Shown
from tracker.words.voice import native

bp = Blueprint("passwords", __name__)

_sending = threading.BoundedSemaphore(8)
"""At most so many mails are being sent at once; what is asked for beyond that is dropped."""


def common_words() -> list[str]:
    """What nobody here may make a password of: names of places, teams, jobs, areas, and the host."""
    return [*passwords.words_of(db.session()), hosts.name_of(request.host)]


def chosen(person: Person) -> PasswordHash:
    """The new password of the form, checked and hashed. Slow on purpose. Raises InvalidError."""
    given = request.form.get("password", "")
    if given != request.form.get("again", ""):
        raise InvalidError(N_("The two new passwords are not the same."))
    if passwords.verify(person.password_hash, given):
        raise InvalidError(N_("That is the password that you have. Choose another one."))
    return accounts.new_password(given, person.login, [person.name, person.email or "", *common_words()])


@bp.get("/account/password")
@needs("account.change")
def own() -> Any:
    """The page on which one changes one's own password and address."""
    return _own_page("")


@bp.post("/account/password")
@needs("account.change")
def change_own() -> Any:
    """Change one's own password, which ends all other sessions. A first one was given a moment ago."""
    if person().first_until is None and (way := proving.ask_first(url_for("passwords.own"))):
        return way
    try:
        if accounts.first_is_over(person(), now()):
            raise ForbiddenError(
                N_("Your first password has ended. Ask an admin for a link to choose your own.")
            )
        if person().first_until is None and not auth.has_password(person(), "present"):
            raise InvalidError(N_("Your present password is wrong, so nothing was changed."))
        password = chosen(person())
        with writing() as transaction:
            accounts.set_password(transaction, actor(), now(), person(), password, how="own")
            sessions.renew(transaction)
    except HoldfastError as error:
        return _own_page(error_text(error)), error.status
    return redirect(url_for("passwords.own", saved=1), 303)


@bp.post("/account/email")
@needs("account.change")
@versions.changes
def change_email() -> Any:
    """Set the address to which a link goes if the password is forgotten. Asks for the password."""
    if way := proving.ask_first(url_for("passwords.own", _anchor="email")):
        return way
    try:
        if not auth.has_password(person()):
            raise InvalidError(N_("The password is wrong, so the address stayed as it was."))
        with writing() as transaction:
            own = accounts.load(transaction, person().id)
            versions.check(_fields(own), f"person:{own.id}")
            accounts.set_email(transaction, actor(), now(), own, request.form.get("email", ""))
    except versions.OutdatedError:
        raise
    except HoldfastError as error:
        return _own_page("", error_text(error)), error.status
    return redirect(url_for("passwords.own", saved="email", _anchor="email"), 303)


@bp.get("/link/<token>")
@needs("open")
def link(token: str) -> Any:
    """The page of a link. Looking at it uses nothing up: mail programs look at links too."""
    person = password_links.find(db.session(), token, now())
    return _link_page(person, "")


@bp.post("/link/<token>")
@needs("open")
def use_link(token: str) -> Any:
    """Choose the password; a second factor is asked for next, as always."""
    person = password_links.find(db.session(), token, now())
    if person is None:
        return _link_page(None, "")
    try:
        password = chosen(person)
        with writing() as transaction:
            person = password_links.use(transaction, now(), token, password)
    except InvalidError as error:
        return _link_page(person, error_text(error)), error.status
    session.clear()
    return auth.go_on(person, "")


@bp.get("/forgotten")
@needs("open")
def forgotten() -> Any:
    """Ask whose password was forgotten."""
    return _forgotten_page(False, "")


@bp.post("/forgotten")
@needs("open")
def send_link() -> Any:
    """Send a link, if there is somebody to send it to. The answer is the same, and no slower, if not."""
    settings, who = current_app.config["HOLDFAST"], request.form.get("login", "").strip()[:254]
    if not settings.sends_mail:
        return _forgotten_page(False, ""), 404
    try:
        throttle.take(tries.of_links(who, request.remote_addr or ""))
    except ThrottledError as error:
        with writing() as transaction:
            since = now() - timedelta(minutes=1)
            security_log.write_once(transaction, now(), since, security_log.THROTTLED, None, of="links")
        return _forgotten_page(False, error_text(error)), error.status
    origin, reading = security_log.origin_of(db.session()), language()
    application: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    _later(application, lambda: _send_link(who, origin, reading))
    return _forgotten_page(True, "")


def address_of(token: str) -> str:
    """The link as an admin hands it on: at the installation's address, or at the one that the admin uses."""
    return hosts.origin() + url_for("passwords.link", token=token)


def _send_link(who: str, origin: security_log.Origin, reading: str) -> None:
    settings = current_app.config["HOLDFAST"]
    security_log.come_from(db.session(), origin)
    with writing() as transaction:
        made = password_links.make_for_mail(transaction, now(), who)
    if made is None:
        return
    person, token = made
    address = settings.root + current_app.url_map.bind("").build("passwords.link", {"token": token})
    with force_locale(person.language or reading):
        subject, text = gettext("Choose a new password"), _text(person, address)
    mail.send(settings.mail, settings.mail_from, person.email or "", subject, text)


def _text(person: Person, address: str) -> str:
    return "\n\n".join(
        (
            gettext("Hello %(name)s,", name=person.name),
            gettext(
                "somebody, probably you, has forgotten the password of your Holdfast account “%(login)s”. "
                "Choose a new one here. The link works once, and for one hour:",
                login=person.login,
            ),
            address,
            gettext("If it was not you, do nothing: your password stays as it is."),
        )
    )


def _later(app: Flask, work: Callable[[], None]) -> None:
    """Do `work` after the answer is sent, so that the answer takes equally long for every name."""
    if not _sending.acquire(blocking=False):
        app.logger.warning("too many mails on their way; one was not sent")
        return

    def run() -> None:
        try:
            with app.app_context():
                try:
                    work()
                except Exception:
                    app.logger.exception("a link could not be sent by mail")
                finally:
                    db.session.remove()
        finally:
            _sending.release()

    threading.Thread(target=run, daemon=True).start()


def _fields(person: Person) -> list[Shown]:
    """The form of one's address as it stands."""
    return [Shown("email", gettext("E-mail address, or none"), person.email or "")]


def _own_page(error: str, error_of_email: str = "") -> str:
    return render_template(
        "entrance/password.html", error=error, error_of_email=error_of_email, saved=request.args.get("saved"),
        first=person().first_until is not None, mails=current_app.config["HOLDFAST"].sends_mail,
        made_from=_fields(person()),
    )  # fmt: skip


def _link_page(person: Person | None, error: str) -> Any:
    page = render_template("entrance/password_link.html", person=person, error=error)
    return page if person is not None else (page, 403)


def _forgotten_page(sent: bool, error: str) -> str:
    return render_template(
        "entrance/forgotten.html", sent=sent, error=error, mails=current_app.config["HOLDFAST"].sends_mail,
        login=request.values.get("login", "")[:64],
    )  # fmt: skip


def until(moment: Any) -> str:
    """A moment some days ahead as people say it: "Tuesday, 14:30"."""
    return format_datetime(moment, native("EEEE d MMMM, HH:mm", get_locale().language))

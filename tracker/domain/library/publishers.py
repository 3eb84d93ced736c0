"""Who published a document: the people here, as far as who wrote it is one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.models import Person, login_key
from tracker.sop.text import fold


class Author(NamedTuple):
    """Somebody as git or the system knows them. What is not known is empty."""

    name: str = ""
    email: str = ""
    login: str = ""


class Publisher(NamedTuple):
    """The row of the person, or where nobody here is known so, the name alone; None where there is none."""

    person_id: int | None = None
    name: str | None = None


NOBODY = Publisher()


def resolve(session: Session, authors: Mapping[str, Author]) -> dict[str, Publisher]:
    """Who the authors of documents are here, by the path of the document.

    One e-mail address or login of ours decides; a name alone is no proof, for two may have it.
    """
    each = set(authors.values())
    emails = {fold(author.email) for author in each if author.email}
    logins = {login_key(author.login) for author in each if author.login}
    known = or_(Person.email_key.in_(emails), Person.login_key.in_(logins))
    by_email: dict[str | None, int] = {}
    by_login: dict[str, int] = {}
    for id, email, login in session.execute(
        select(Person.id, Person.email_key, Person.login_key).where(known).order_by(Person.id.desc())
    ):
        by_email[email], by_login[login] = id, id
    return {path: _publisher(author, by_email, by_login) for path, author in authors.items()}


def _publisher(author: Author, by_email: Mapping[str | None, int], by_login: Mapping[str, int]) -> Publisher:
    person_id = by_email.get(fold(author.email)) if author.email else None
    if person_id is None and author.login:
        person_id = by_login.get(login_key(author.login))
    if person_id is not None:
        return Publisher(person_id)
    return Publisher(None, author.name or author.login or author.email or None)

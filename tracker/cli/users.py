"""Commands about accounts, for who runs an installation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tracker import config
from tracker.cli.frame import in_app, main
from tracker.domain.actor import SHELL
from tracker.words.terminal import level_name, say

if TYPE_CHECKING:
    from flask import Flask

    from tracker.domain.entrance.passwords import PasswordHash


@main.group()
def user() -> None:
    """Accounts."""


@user.command(name="add")
@click.argument("login")
@click.option("--name", default="", help="The name that others read.")
@click.option("--access", type=click.Choice(["staff", "lead", "owner", "admin"]), default="staff")
@click.option("--role", "roles", multiple=True, help="A job, such as picker; may be given again.")
@click.option("--location", help="Name of the location where they work.")
@click.option("--team", help="Name of their team.")
@click.option("--area", "areas", multiple=True, help="An area they answer for; may be given again.")
@click.option("--everywhere", is_flag=True, help="A lead or owner of all locations and SOPs.")
@click.option("--email", default="", help="Where a link goes if the password is forgotten.")
@click.option(
    "--password", help="A first password, to be changed within 7 days. Asked for if it is not given."
)
@click.option("--link", is_flag=True, help="Print a link instead, by which they choose their password.")
@in_app
def user_add(
    app: Flask,
    settings: config.Settings,
    login: str,
    name: str,
    access: str,
    roles: tuple[str, ...],
    location: str | None,
    team: str | None,
    areas: tuple[str, ...],
    everywhere: bool,
    email: str,
    password: str | None,
    link: bool,
) -> None:
    """Add an account, with a first password or a link to choose one."""
    from tracker.db import writing
    from tracker.domain.people import accounts, directory, password_links

    if not password and not link:
        password = click.prompt(say("First password"), hide_input=True, confirmation_prompt=True)
    hashed = _hash(password, login, name, email) if password else None
    now, made = datetime.now(UTC), None
    with writing() as session:
        place, of_team = directory.location_named(session, location), directory.team_named(session, team)
        person = accounts.add(
            session, SHELL, now, login=login, name=name, password=hashed, level=access, location=place,
            team=of_team, roles=roles, areas=areas, everywhere=everywhere, email=email,
        )  # fmt: skip
        if link:
            made = password_links.make(session, SHELL, now, person)
    if made:
        _show_link(settings, *made)
    else:
        words = say(
            "%(login)s can sign in as %(access)s, and must then choose their own password.",
            login=person.login,
            access=level_name(person.access),
        )
        click.echo(words)


def _hash(password: str, login: str, name: str, email: str) -> PasswordHash:
    """The password as it is stored. Slow on purpose, so it comes before the write. Raises InvalidError."""
    from tracker.db import db
    from tracker.domain.entrance import passwords
    from tracker.domain.people import accounts

    return accounts.new_password(password, login, [name, email, *passwords.words_of(db.session())])


@user.command(name="link")
@click.argument("login")
@in_app
def user_link(app: Flask, settings: config.Settings, login: str) -> None:
    """Print a link by which somebody chooses a new password; for an admin whom no other admin can help."""
    from tracker.db import writing
    from tracker.domain.people import directory, password_links

    with writing() as session:
        person = directory.person_named(session, login)
        made = password_links.make(session, SHELL, datetime.now(UTC), person)
    _show_link(settings, *made)


@user.command(name="remove-factor")
@click.argument("login")
@in_app
def user_remove_factor(app: Flask, settings: config.Settings, login: str) -> None:
    """Take away the second factor of somebody who has lost it; their password is asked as before."""
    from tracker.db import writing
    from tracker.domain.entrance import factors
    from tracker.domain.people import directory

    with writing() as session:
        person = directory.person_named(session, login)
        factors.lose(session, SHELL, datetime.now(UTC), person)
    click.echo(say("%(login)s signs in with their password alone.", login=person.login))


def _show_link(settings: config.Settings, token: str, ends: datetime) -> None:
    scheme = "https" if settings.tls else "http"
    root = settings.root or f"{scheme}://{settings.host}:{settings.port}{settings.prefix}"
    click.echo(f"{root}/link/{token}")
    words = say("It works once, until %(when)s, and is not shown again.", when=f"{ends:%Y-%m-%d %H:%M} UTC")
    click.echo(words, err=True)

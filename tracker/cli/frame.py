"""What all commands share: the group they belong to, the workspace they work on, how their errors look."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from tracker import __version__, config, workspace
from tracker.errors import HoldfastError
from tracker.words.terminal import error_text, say

workspace_option = click.option(
    "--workspace",
    "place",
    metavar="DIR",
    help="The folder with sops/; otherwise the one you are in or under.",
)


class Commands(click.Group):
    """Prints an error that a person can act on as one line, and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HoldfastError as error:
            click.echo(f"holdfast: {error_text(error)}", err=True)
        except Exception as error:
            from sqlalchemy.exc import SQLAlchemyError

            if not isinstance(error, (SQLAlchemyError, ModuleNotFoundError)):
                raise
            why = str(error).splitlines()[0]
            words = say("the database can’t be used: %(why)s. Check HOLDFAST_DATABASE_URL.", why=why)
            click.echo(f"holdfast: {words}", err=True)
        sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="holdfast")
def main() -> None:
    """SOPs as a searchable site and as checklists that show where steps are skipped or fail."""


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the workspace's settings and application, with its database up to date.

    The application is `tracker.base`: loading the web would take longer than most commands do.
    """

    @workspace_option
    @wraps(command)
    def wrapped(place: str | None, **given: Any) -> Any:
        from tracker import migrations
        from tracker.base import base_app
        from tracker.db import db

        settings = config.load(workspace.find(place))
        app = base_app(settings)
        with app.app_context():
            migrations.upgrade(db.engine)
            return command(app=app, settings=settings, **given)

    return wrapped

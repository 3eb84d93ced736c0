"""The command line: one command, one verb."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from tracker import __version__, config, documents, workspace
from tracker.errors import HoldfastError
from tracker.sop import lint, parse

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
            click.echo(f"holdfast: {error}", err=True)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            why = str(error).splitlines()[0]
            click.echo(f"holdfast: the database can’t be used: {why}. Check HOLDFAST_DATABASE_URL.", err=True)
        sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="holdfast")
def main() -> None:
    """SOPs as a searchable site and as checklists that show where steps are skipped or fail."""


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the workspace's settings and application, with its database up to date."""

    @workspace_option
    @wraps(command)
    def wrapped(place: str | None, **given: Any) -> Any:
        from tracker import migrations
        from tracker.app import create_app
        from tracker.db import db

        settings = config.load(workspace.find(place))
        app = create_app(settings)
        with app.app_context():
            migrations.upgrade(db.engine)
            return command(app=app, settings=settings, **given)

    return wrapped


@main.command()
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def init(target: Path) -> None:
    """Make a workspace in DIR with the starter SOPs. What is there already is never overwritten."""
    made = workspace.init(target)
    click.echo(f"{len(made)} files made in {target}." if made else f"{target} is a workspace already.")
    click.echo(f"Next: holdfast serve --workspace {target}")


@main.command()
@workspace_option
@click.option("--host", help="Address to listen on (HOLDFAST_HOST, 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 picks a free one (HOLDFAST_PORT, 8000).",
)
def serve(place: str | None, host: str | None, port: int | None) -> None:
    """Publish the documents and serve site and tracker at one address."""
    from tracker import server
    from tracker.app import create_app

    settings = config.load(workspace.find(place))
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    server.serve(create_app(settings), settings, lambda text: click.echo(text, err=text.startswith("error")))


@main.command()
@click.option("--retire", is_flag=True, help="Retire missing SOPs even if they are more than a tenth.")
@in_app
def sync(app: Flask, settings: config.Settings, retire: bool) -> None:
    """Bring the documents into force as revisions. Exits with 1 if some could not be."""
    from tracker import server

    found = server.publish(app, settings, retire=retire)
    server.tell_about(found, lambda text: click.echo(text, err=text.startswith(("error", "note"))))
    sys.exit(1 if found.errors else 0)


@main.command()
@workspace_option
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="Where to; site/ otherwise."
)
def build(place: str | None, out: Path | None) -> None:
    """Build the site from the documents in force."""
    from tracker.build import build_site

    report = build_site(workspace.find(place), out)
    click.echo(f"{report.pages} pages in {report.seconds:.1f} s: {report.site}")


@main.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def steps(paths: tuple[Path, ...], as_json: bool) -> None:
    """Show the steps that documents have. Exits with 1 if a document has errors."""
    found = list(documents.found(paths))
    if as_json:
        rows = [parse.as_json(document) | {"path": shown} for document, _, shown in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    for document, _, shown in found:
        for problem in document.errors:
            click.echo(str(replace(problem, path=shown)), err=True)
        if not as_json:
            click.echo(f"{shown}: {document.title}")
            for step in document.steps:
                click.echo(f"{step.line:6} {'    ' * (step.depth - 1)}{step.text}  [{step.key}]")
    sys.exit(1 if any(document.errors for document, *_ in found) else 0)


@main.command(name="lint")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@workspace_option
def lint_command(paths: tuple[Path, ...], place: str | None) -> None:
    """Say what is wrong in documents, with file, line and what to write. Exits with 1 if anything is."""
    given = paths or (workspace.find(place) / "sops",)
    found = list(documents.found(given))
    roots = {root for _, root, _ in found}
    names = {document.path: shown for document, _, shown in found}
    problems = lint.check(
        [document for document, *_ in found], lambda path: any((r / path).exists() for r in roots)
    )
    for problem in problems:
        click.echo(f"{replace(problem, path=names.get(problem.path, problem.path))} [{problem.rule}]")
    click.echo(f"{len(found)} documents, {len(problems)} problems", err=True)
    sys.exit(1 if problems else 0)


@main.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option("--area", help="The area, and so the folder below sops/; otherwise that of the folder given.")
@click.option("--owner", help="The owner of those that name none: a login name.")
def adopt(paths: tuple[Path, ...], place: str | None, area: str | None, owner: str | None) -> None:
    """Copy existing documents under sops/, with front matter and keys. Can be repeated.

    The originals are never touched. Exits with 1 if some could not be adopted.
    """
    from collections import Counter

    from tracker import adopt as adopting

    outcomes: Counter[str] = Counter()
    nobody = 0
    for result in adopting.adopt(paths, workspace.find(place), owner=owner, area=area):
        outcomes[result.outcome] += 1
        nobody += bool(result.steps and not result.owner)
        if result.outcome in ("adopted", "updated"):
            click.echo(f"sops/{result.target}: {result.outcome}, {result.steps} steps")
        elif result.outcome == "edited":
            click.echo(f"sops/{result.target}: edited since it was adopted, so it stays as it is")
        for line, note in result.notes:
            click.echo(f"{result.original}:{line}: {note}", err=result.outcome == "refused")
    if nobody:
        click.echo(f"{nobody} have no owner: give --owner NAME, or write “owner:” in each.")
    counts = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
    click.echo(counts or "No documents found.")
    sys.exit(1 if outcomes["refused"] or not outcomes else 0)


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
@click.password_option(help="Asked for if it is not given.")
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
    password: str,
) -> None:
    """Add an account."""
    from tracker.db import writing
    from tracker.domain import people

    hashed = people.new_password(password, login)
    with writing() as session:
        person = people.add(
            session,
            None,
            datetime.now(UTC),
            login=login,
            name=name,
            password=hashed,
            level=access,
            location=people.location_named(session, location),
            team=people.team_named(session, team),
            roles=roles,
        )
    click.echo(f"{person.login} can sign in as {person.access}.")


@main.command(name="import")
@click.argument("history", metavar="HISTORY.csv", type=click.Path(path_type=Path))
@click.option("--create", is_flag=True, help="Make SOPs and steps that are not known.")
@in_app
def import_command(app: Flask, settings: config.Settings, history: Path, create: bool) -> None:
    """Take in finished runs. Can be repeated: a run that is there is passed over."""
    from tracker.db import db, write_in_chunks
    from tracker.domain import history as histories

    job = histories.check(db.session(), histories.Import(history, settings.zone, create))
    if job.errors:
        for error, times in zip(job.errors, job.wrong.values(), strict=True):
            click.echo(error + (f" ({times} lines)" if times > 1 else ""), err=True)
        lines = sum(job.wrong.values())
        click.echo(f"{lines} of {job.lines} lines are wrong, so nothing was imported.", err=True)
        sys.exit(1)
    with Bar(job.runs, "Importing") as bar:
        write_in_chunks(bar(histories.units(job, datetime.now(UTC))))
    click.echo(f"{job.written} runs imported, {job.passed_over} were there already.")


@main.command(name="weak-points")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--sop", "sop_id", help="Only this SOP.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only runs closed since this day.")
@in_app
def weak_points(
    app: Flask, settings: config.Settings, as_json: bool, sop_id: str | None, since: datetime | None
) -> None:
    """Say how often each step was skipped, failed or omitted."""
    from zoneinfo import ZoneInfo

    from tracker.db import db
    from tracker.reports import data
    from tracker.stats.rates import percent

    start = since.replace(tzinfo=ZoneInfo(settings.zone)) if since else None
    rows = data.weak_points(db.session(), sop_id=sop_id, since=start)
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        if row["count"]:
            known = row["rate"] is not None
            span = f"; plausibly {percent(row['low'])} to {percent(row['high'])}" if known else ""
            click.echo(f"{row['sop']} / {row['step']}: {row['count']} of {row['n']} {row['kind']}{span}")


class Bar:
    """A progress bar on a terminal's standard error; nothing elsewhere."""

    def __init__(self, length: int, label: str) -> None:
        self._shown = (
            click.progressbar(length=length, label=label, file=sys.stderr) if sys.stderr.isatty() else None
        )

    def __enter__(self) -> Callable[[Iterable[Any]], Iterator[Any]]:
        if self._shown:
            self._shown.__enter__()
        return self._count

    def __exit__(self, *error: Any) -> None:
        if self._shown:
            self._shown.__exit__(*error)

    def _count(self, units: Iterable[Any]) -> Iterator[Any]:
        for unit in units:
            yield unit
            if self._shown:
                self._shown.update(1)


if __name__ == "__main__":
    main()

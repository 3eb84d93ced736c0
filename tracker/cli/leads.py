"""Commands for who hands work out."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import config, private
from tracker.cli.frame import in_app, main
from tracker.cli.progress import Bar
from tracker.domain.actor import signed_in
from tracker.words.terminal import error_text, say

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from tracker.models import Batch, Person, Team

TOLD = 100
"""Lines with errors that are told one by one."""


@main.command()
@click.argument("sop_id", metavar="SOP")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--by", "login", required=True, help="Login of the lead in whose name the runs are opened.")
@click.option("--to", "whom", default="", help="A login, team:NAME or role:NAME; otherwise everybody there.")
@click.option("--location", help="Name of the location; otherwise where they work.")
@click.option(
    "--due", default="", help="When they are due, such as 2026-03-31 14:30, in the location's time."
)
@click.option("--anyway", is_flag=True, help="Also open what has an open run already.")
@click.option("--skip-wrong", is_flag=True, help="Open the others where lines have errors.")
@in_app
def assign(
    app: Flask,
    settings: config.Settings,
    sop_id: str,
    file: Path,
    login: str,
    whom: str,
    location: str | None,
    due: str,
    anyway: bool,
    skip_wrong: bool,
) -> None:
    """Open a run of SOP for each line of a list: of all, or of none if lines have errors. Exits with 1 then.

    Can be repeated, also after it was cut off: no line opens a second run.
    """
    from tracker.db import db, writing
    from tracker.domain import walltime
    from tracker.domain.dispatch import batches
    from tracker.domain.people import directory
    from tracker.domain.transfer.sheets import encoding
    from tracker.worker import opening

    now, worker = datetime.now(UTC), opening.new_worker()
    text = encoding.decode(_bytes(file))
    with writing() as session:
        lead = directory.person_named(session, login)
        actor = signed_in(lead)
        person, team, role = _whom(session, whom)
        place = directory.location_named(session, location)
        at = place or (person and person.location) or (team and team.location) or lead.location
        batch = batches.prepare(
            session, actor, now, sop_id=sop_id, text=text, name=file.name, assignee=person, team=team,
            role=role, location=place, due=walltime.read(due, at.zone if at else settings.zone, now),
            zone=settings.zone,
        )  # fmt: skip
        preview = batches.preview(session, actor, now, batch) if batch.state == "draft" else None
        before = batch.state == "done"
        wrong = preview.wrong if preview else ()
        refused = bool(wrong) and not skip_wrong
        if refused:
            session.rollback()  # not even the list is kept
        else:
            batches.begin(session, actor, now, batch, anyway=anyway)
            mine = batches.claim(session, now, worker, batch.id)
    for line, error in wrong[:TOLD]:
        click.echo(f"{file.name}:{line.number}: {error_text(error)}", err=True)
    if len(wrong) > TOLD:
        click.echo(say("… and %(n)s more.", n=len(wrong) - TOLD), err=True)
    if refused and preview:
        words = say(
            "%(wrong)s of %(all)s lines have errors, so nothing is opened. Mend them, or open the others "
            "with "
            "--skip-wrong.",
            wrong=len(wrong),
            all=preview.lines,
        )
        click.echo(words, err=True)
        sys.exit(1)
    if mine:
        with Bar(batch.lines // batches.AT_ONCE, say("Opening")) as bar:
            opening.open_list(mine, worker, bar)
    db.session().refresh(batch)
    click.echo(_outcome(batch, before))
    sys.exit(1 if batch.wrong else 0)


def _outcome(batch: Batch, before: bool) -> str:
    """What has become of a list, in a sentence. `before`: it had been opened before this command."""
    if before:
        return say("This list was opened before: %(n)s runs. Nothing is opened twice.", n=batch.opened)
    if batch.state == "opening":
        return say("Another process is opening this list already.")
    return say(
        "%(opened)s runs opened, %(old)s had an open run, %(wrong)s lines have errors.",
        opened=batch.opened,
        old=batch.passed_over,
        wrong=batch.wrong,
    )


def _bytes(file: Path) -> bytes:
    from tracker.errors import N_, InvalidError

    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidError(N_("Can’t read %(file)s: %(why)s."), file=file, why=error.strerror) from error


def _whom(session: Session, text: str) -> tuple[Person | None, Team | None, str | None]:
    """Whom `--to` means. Raises NotFoundError."""
    from tracker.domain.people import directory

    kind, _, name = text.partition(":")
    if kind == "team" and name:
        return None, directory.team_named(session, name), None
    if kind == "role" and name:
        return None, None, name
    return (directory.person_named(session, text) if text else None), None, None


@main.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only runs closed since this day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only runs closed up to this day.")
@click.option("--sop", "sop_id", default="", help="Only this SOP.")
@click.option(
    "--as",
    "wanted",
    type=click.Choice(["comma", "semicolon", "semicolon-point", "tab", "jsonl"]),
    default="comma",
    show_default=True,
    help="CSV by what stands between the cells, or JSON lines.",
)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to; otherwise it is printed."
)
@in_app
def export(
    app: Flask,
    settings: config.Settings,
    since: datetime | None,
    until: datetime | None,
    sop_id: str,
    wanted: str,
    out: Path | None,
) -> None:
    """Write closed runs with all that was recorded, as `holdfast import` takes them in again."""
    from sqlalchemy import true

    from tracker.db import db, snapshots
    from tracker.domain.facts.closed import Which
    from tracker.domain.facts.periods import Period
    from tracker.errors import N_, InvalidError, NotFoundError
    from tracker.models import Sop
    from tracker.reports.render import runs as rendered
    from tracker.reports.whole_runs import whole_runs

    if sop_id and db.session().get(Sop, sop_id) is None:
        raise NotFoundError(N_("There is no SOP “%(sop)s”: holdfast steps shows their ids."), sop=sop_id)
    if since and until and since > until:
        raise InvalidError(N_("The first day lies after the last one. Change one of them."))
    days = Period("", since.date() if since else None, until.date() if until else None)
    runs = whole_runs(snapshots(), true(), Which(days=days, sop=sop_id), settings.zone)
    is_json = wanted == rendered.JSON_LINES
    pieces = rendered.as_json_lines(runs) if is_json else rendered.as_csv(runs, rendered.FORMATS[wanted])
    try:
        if out is None:
            sys.stdout.writelines(pieces)
        else:
            with open(out, "w", encoding="utf-8", newline="", opener=private.opener) as file:
                file.writelines(pieces)
    except OSError as error:
        raise InvalidError(N_("Can’t write %(file)s: %(why)s."), file=out, why=error.strerror) from error

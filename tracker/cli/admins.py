"""Commands for who runs an installation."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker import config, workspace
from tracker.cli.frame import in_app, main, workspace_option
from tracker.cli.progress import Bar
from tracker.errors import N_
from tracker.words.terminal import outcome_name, plural, say

if TYPE_CHECKING:
    from flask import Flask

MOST_SHOWN = 20


@main.command()
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def init(target: Path) -> None:
    """Make a workspace in DIR with the starter SOPs. What is there already is never overwritten."""
    made = workspace.init(target)
    if made:
        words = plural(
            "%(num)d file made in %(place)s.", "%(num)d files made in %(place)s.", len(made), place=target
        )
    else:
        words = say("%(place)s is a workspace already.", place=target)
    click.echo(words)
    click.echo(say("Next: %(command)s", command=f"holdfast serve --workspace {target}"))


@main.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
def demo(target: Path) -> None:
    """Make an example in DIR: people, places and half a year of records with weak points to find."""
    from tracker import demo

    made = demo.make(target, datetime.now(UTC), lambda text: click.echo(text, err=True))
    click.echo(
        say(
            "%(runs)s runs made in %(place)s. Sign in as one of these people; the passwords are shown once:",
            runs=made.runs,
            place=target,
        )
    )
    for login, (who, password) in made.accounts.items():
        click.echo(f"  {login:8} {password:22} {who}")
    click.echo(say("Next: %(command)s", command=f"holdfast serve --workspace {target}"))


@main.command()
@workspace_option
@click.option("--host", help="Address to listen on (HOLDFAST_HOST, 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 picks a free one (HOLDFAST_PORT, 8000).",
)
@click.option("--tls", is_flag=True, help="HTTPS with a certificate of its own (HOLDFAST_TLS).")
@click.option(
    "--tls-name",
    "tls_names",
    multiple=True,
    help="One more name or address in the certificate; may be given again (HOLDFAST_TLS_NAMES).",
)
def serve(
    place: str | None, host: str | None, port: int | None, tls: bool, tls_names: tuple[str, ...]
) -> None:
    """Publish the documents and serve site and tracker at one address."""
    from tracker.app import create_app
    from tracker.serving import server

    settings = config.load(workspace.find(place))
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        tls=tls or settings.tls,
        tls_names=(*settings.tls_names, *config.names(tls_names)),
    )
    server.serve(create_app(settings), settings, _tell)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due and end.")
@in_app
def work(app: Flask, settings: config.Settings, once: bool) -> None:
    """Do what is done beside the server: adding up, lists, sweeping. `serve` works too; any number may."""
    import signal
    import threading

    from tracker import private
    from tracker.worker import loop

    for problem in private.tighten(settings.instance):
        click.echo(f"note: {problem}", err=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # interrupted: the job that it is at is given back
    loop.prepare(app)
    if once:
        loop.look(app, tell=_tell)
    else:
        loop.keep_working(app, threading.Event(), _tell)


@main.command()
@in_app
def jobs(app: Flask, settings: config.Settings) -> None:
    """Show when each job of the workers was last done, and when it is due. Exits with 1 if one failed."""
    from sqlalchemy import select

    from tracker.db import db
    from tracker.models import JobState

    states = db.session.scalars(select(JobState).order_by(JobState.name)).all()
    heads = say("job"), say("begun (UTC)"), say("ended"), say("due")
    click.echo("{:12} {:20} {:20} {:20}".format(*heads).rstrip())
    for job in states:
        began, ended, due = (
            f"{at:%Y-%m-%d %H:%M:%S}" if at else "–" for at in (job.begun_at, job.ended_at, job.next_at)
        )
        state = say("under way") if job.claimed_by else f"error: {job.error}" if job.error else ""
        click.echo(f"{job.name:12} {began:20} {ended:20} {due:20} {state}".rstrip())
    sys.exit(1 if any(job.error for job in states) else 0)


def _tell(text: str) -> None:
    click.echo(text, err=text.startswith("error"))


@main.group(name="facts")
def facts_group() -> None:
    """What outcomes add up to, which reports read."""


@facts_group.command(name="rebuild")
@in_app
def facts_rebuild(app: Flask, settings: config.Settings) -> None:
    """Add all facts up anew. Exits with 1 if any differed; it is right from then on."""
    import gc

    from tracker.worker import counting

    gc.disable()  # collecting garbage would take half of the time

    def shown(runs: Iterable[Any], length: int) -> Iterator[Any]:
        with Bar(length, say("Adding up")) as bar:
            yield from bar(runs)

    differences = counting.rebuild(settings.zone, shown)
    for difference in differences[:MOST_SHOWN]:
        click.echo(str(difference), err=True)
    if len(differences) > MOST_SHOWN:
        click.echo(say("and %(n)s more", n=len(differences) - MOST_SHOWN), err=True)
    words = plural(
        "%(num)d row differed and was put right.",
        "%(num)d rows differed and were put right.",
        len(differences),
    )
    click.echo(words if differences else say("Nothing differed."))
    sys.exit(1 if differences else 0)


@main.command()
@click.option("--retire", is_flag=True, help="Retire missing SOPs even if they are more than a tenth.")
@in_app
def sync(app: Flask, settings: config.Settings, retire: bool) -> None:
    """Bring the documents into force as revisions. Exits with 1 if some could not be."""
    import gc

    from tracker.authoring.sync import publish, tell_about

    gc.disable()  # a command that ends soon; looking for garbage among thousands of steps takes a tenth of it
    result = publish(app, settings, retire=retire)
    tell_about(result, lambda text: click.echo(text, err=text.startswith(("error", "note"))))
    sys.exit(1 if result.errors else 0)


@main.command()
@workspace_option
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="Where to; site/ otherwise."
)
def build(place: str | None, out: Path | None) -> None:
    """Build the site from the documents in force."""
    from tracker.authoring.build import build_site

    report = build_site(workspace.find(place), out)
    words = plural(
        "%(num)d page in %(seconds)s s: %(place)s", "%(num)d pages in %(seconds)s s: %(place)s", report.pages,
        seconds=f"{report.seconds:.1f}", place=report.site,
    )  # fmt: skip
    click.echo(words)


@main.command(name="import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--create", is_flag=True, help="Make SOPs and steps that a table names and nobody knows.")
@click.option("--sop", "sop_id", help="The SOP whose runs an event log (.xes, .xes.gz) tells of.")
@in_app
def import_command(
    app: Flask, settings: config.Settings, file: Path, create: bool, sop_id: str | None
) -> None:
    """Take in finished runs: a table (HISTORY.csv), or an event log (LOG.xes.gz).

    Can be repeated: a run that is there is passed over.
    """
    from tracker.db import db, write_in_chunks
    from tracker.domain.transfer import history

    job = history.Import(file, settings.zone, create, sop_id)
    if job.is_log != bool(sop_id):
        raise click.UsageError(
            say("Say with --sop whose runs an event log tells of; a table says it itself.")
        )
    if job.is_log and create:
        raise click.UsageError(say("An event log needs an SOP that is published: --create is for tables."))
    history.check(db.session(), job)
    if job.errors:
        for error in job.errors:
            click.echo(error, err=True)
        if more := job.wrong - len(job.errors):
            click.echo(say("… and %(n)s more of the same kinds.", n=more), err=True)
        text = (
            N_("%(wrong)s of %(all)s events are wrong, so nothing was imported.")
            if job.is_log
            else N_("%(wrong)s of %(all)s lines are wrong, so nothing was imported.")
        )
        click.echo(say(text, wrong=job.wrong, all=job.lines), err=True)
        sys.exit(1)
    with Bar(job.runs, say("Importing"), lambda: job.written + job.passed_over) as bar:
        write_in_chunks(bar(history.units(job, datetime.now(UTC))))
    click.echo(
        say("%(new)s runs imported, %(old)s were there already.", new=job.written, old=job.passed_over)
    )
    for note in job.notes:
        click.echo(note)
    if job.last > datetime.now(UTC) + timedelta(days=1):
        words = say(
            "The last is of %(day)s, which is yet to come: is its clock right?", day=f"{job.last:%Y-%m-%d}"
        )
        click.echo(words, err=True)


@main.group()
def evidence() -> None:
    """Photos, files and signatures."""


@evidence.command(name="sweep")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--all", "everything", is_flag=True, help="Also if that is a tenth of all files.")
@in_app
def evidence_sweep(app: Flask, settings: config.Settings, dry_run: bool, everything: bool) -> None:
    """Delete what its SOP keeps no longer (keep-evidence), and files that no record names."""
    from tracker.worker import sweeping

    done = sweeping.sweep(app, dry_run=dry_run, everything=everything)
    click.echo(f"{say('Nothing is done.')} {done}" if dry_run else str(done))
    sys.exit(1 if done.doubtful else 0)


@main.command(name="weak-points")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--sop", "sop_id", help="Only this SOP.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only runs closed since this day.")
@in_app
def weak_points(
    app: Flask, settings: config.Settings, as_json: bool, sop_id: str | None, since: datetime | None
) -> None:
    """Say which steps are skipped, fail or are left out more often than their owners accept."""
    from tracker.db import snapshot
    from tracker.domain.weakpoints import refresh
    from tracker.errors import NotFoundError
    from tracker.models import Sop
    from tracker.reports import data

    with snapshot() as session:
        if sop_id is not None and session.get(Sop, sop_id) is None:
            raise NotFoundError(N_("There is no SOP “%(sop)s”: holdfast steps shows their ids."), sop=sop_id)
        tried = refresh.tried_now(session, datetime.now(UTC))
        rows = data.weak_points(session, sop_id=sop_id, since=since.date() if since else None, tried=tried)
    click.echo(_as_json(rows) if as_json else _in_words(rows, since.date() if since else None))


def _as_json(rows: list[dict[str, Any]]) -> str:
    """A row in a line: a large library has a hundred thousand."""
    return "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]" if rows else "[]"


def _in_words(rows: list[dict[str, Any]], since: date | None) -> str:
    """The weak points by band, those that are most probably above what is accepted first."""
    from tracker.stats.rates import percent

    titles = {"fix-first": say("Fix first"), "watch": say("Watch"), "tried": say("Being tried")}
    weak = [(row["band"], row) for row in rows if row["band"] in titles]
    shown = {(row["sop"], row["step"]) for _, row in weak}
    weak += [("tried", row) for row in rows if "tried" in row and (row["sop"], row["step"]) not in shown]
    lines, band = [], None
    for its_band, row in sorted(
        weak, key=lambda pair: ([*titles].index(pair[0]), -pair[1]["posterior"] * pair[1]["per_month"])
    ):
        if its_band != band:
            band = its_band
            lines.append(f"{titles[band]}:")
        words = say(
            "%(count)s of %(n)s %(kind)s; plausibly %(low)s to %(high)s", kind=outcome_name(row["kind"]),
            count=row["count"], n=row["n"], low=percent(row["low"]), high=percent(row["high"]),
        )  # fmt: skip
        lines.append(f"  {row['sop']} / {row['step']}: {words}")
        if "tried" in row:
            lines.append(f"    {_tried_in_words(row['tried'], row['kind'])}")
    early = len({(row["sop"], row["step"]) for row in rows if row["band"] == "too-early"})
    if early:
        lines.append(
            plural(
                "Too early to tell: %(num)d step with fewer than 10 runs.",
                "Too early to tell: %(num)d steps with fewer than 10 runs.",
                early,
            )
        )
    if lines:
        return "\n".join(
            [say("In runs closed since %(day)s:", day=since) if since else say("In all closed runs:"), *lines]
        )
    if since:
        return say("No weak point can be shown in runs closed since %(day)s.", day=since)
    return say("No weak point can be shown in all closed runs.")


def _tried_in_words(tried: dict[str, Any], kind: str) -> str:
    before, after, more = tried["before"], tried["after"], tried["more"]
    changed = " ".join(tried["changed"])
    first = say("being tried since revision %(n)s: %(changed)s", n=tried["revision"], changed=changed)
    so_far = (
        say("%(count)s of %(n)s so far", count=after["count"], n=after["n"])
        if after["n"]
        else say("no run so far")
    )
    second = plural(
        "%(count)s of %(n)s %(kind)s in the 90 days before, %(so_far)s; needs about %(num)d more run",
        "%(count)s of %(n)s %(kind)s in the 90 days before, %(so_far)s; needs about %(num)d more runs",
        more, kind=outcome_name(kind), count=before["count"], n=before["n"], so_far=so_far,
    )  # fmt: skip
    return f"{first}\n    {second}"

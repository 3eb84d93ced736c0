"""Commands for who writes SOPs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import config, workspace
from tracker.cli.frame import in_app, main, workspace_option
from tracker.errors import N_
from tracker.words.terminal import plural, problem_text, say

if TYPE_CHECKING:
    from flask import Flask

    from tracker.authoring import documents

OUTCOMES = {
    "adopted": N_("adopted"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "edited": N_("edited"),
    "refused": N_("refused"),
    "passed over": N_("passed over"),
}
"""What has become of a document that was to be adopted."""


@main.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def steps(paths: tuple[Path, ...], as_json: bool) -> None:
    """Show the steps that documents have. Exits with 1 if a document has errors."""
    from tracker.authoring import documents
    from tracker.sop import notices, parse
    from tracker.sop.model import Problem

    files = list(documents.find(paths))
    if as_json:
        rows = [parse.as_json(one.document, one.shown) for one in files]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    _name_overlooked(paths)
    for document, shown in ((one.document, one.shown) for one in files):
        for problem in document.errors:
            click.echo(problem_text(replace(problem, path=shown)), err=True)
        for line, rule, message, hint in notices.of_the_run(document):
            click.echo(f"note: {problem_text(Problem(shown, line, rule, message, hint))}", err=True)
        if not as_json:
            click.echo(f"{shown}: {document.title}")
            for step in document.steps:
                click.echo(f"{step.line:6} {'    ' * (step.depth - 1)}{step.text}  [{step.key}]")
    sys.exit(1 if any(one.document.errors for one in files) else 0)


def _name_overlooked(paths: Sequence[Path]) -> None:
    """Say on standard error what was passed over, though it looks like a document."""
    from tracker.authoring import documents

    for problem in documents.overlooked(paths):
        click.echo(f"note: {problem_text(problem)}", err=True)


@main.command(name="lint")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@workspace_option
@click.option("--fix", is_flag=True, help="Write missing keys into the files first, and nothing else.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github", "gitlab"]), default="text")
@click.option("--rules", is_flag=True, help="List the rules and why each is there.")
def lint_command(paths: tuple[Path, ...], place: str | None, fix: bool, form: str, rules: bool) -> None:
    """Say what is wrong in documents, with file, line and what to write. Exits with 1 if anything is."""
    from tracker.authoring import documents
    from tracker.cli import findings

    if rules:
        click.echo("\n".join(findings.table()))
        return
    given = paths or (_from_here(workspace.find(place) / "sops"),)
    files = list(documents.find(given))
    refused = _fix(files) if fix else 0
    if fix:
        files = list(documents.find(given))
    problems = documents.problems(files)
    if text := findings.FORMATS[form](problems):
        click.echo(text)
    _name_overlooked(given)
    if form == "text" and problems:
        click.echo("\n".join([say("Why:"), *findings.reasons(problems)]), err=True)
    counts = (
        plural("%(num)d document", "%(num)d documents", len(files)),
        plural("%(num)d problem", "%(num)d problems", len(problems)),
    )
    click.echo(", ".join(counts), err=True)
    sys.exit(1 if problems or refused else 0)


def _fix(files: Sequence[documents.FoundDocument]) -> int:
    """Write missing keys and say so; how many files could not be written."""
    from tracker.authoring import pinning

    refused = 0
    for one in files:
        outcome = pinning.pin(one)
        if outcome.written:
            click.echo(
                f"{one.shown}: {plural('%(num)d key written', '%(num)d keys written', outcome.written)}",
                err=True,
            )
        for note in outcome.notes:
            click.echo(f"{'error' if note.error else 'note'}: {problem_text(note)}", err=True)
            refused += note.error
    return refused


def _from_here(folder: Path) -> Path:
    """The folder as one would write it here: CI systems want paths below the repository’s top."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


@main.command()
@click.argument("sop")
@click.argument("revisions", metavar="[REV REV]", nargs=-1, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@in_app
def diff(app: Flask, settings: config.Settings, sop: str, revisions: tuple[int, ...], as_json: bool) -> None:
    """Show two revisions of an SOP side by side. SOP is an id or a document.

    Without numbers, what the document would change, or if it is in force, what its revision has changed.
    """
    from tracker.cli import differences
    from tracker.db import db

    if len(revisions) not in (0, 2):
        raise click.UsageError(say("Name two revisions, or none."))
    difference = differences.between(db.session(), settings.sops, sop, revisions)
    if as_json:
        click.echo(json.dumps(difference.as_json(), ensure_ascii=False, indent=1))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        click.echo("\n".join(difference.lines(width)))


@main.command()
@click.argument("sop")
@click.option("--as", "login", required=True, metavar="LOGIN", help="Who has read it: their login name.")
@in_app
def review(app: Flask, settings: config.Settings, sop: str, login: str) -> None:
    """Say that an SOP was read as a whole and holds. SOP is an id or a document.

    Its next review is due so much later as its front matter says. A revision that asks for something else to
    be done counts as a review too; a corrected typo does not.
    """
    from datetime import UTC, datetime

    from tracker.cli import differences
    from tracker.db import db, writing
    from tracker.domain.actor import signed_in
    from tracker.domain.library import in_force_file, reviews
    from tracker.domain.people import directory

    with writing() as session:
        reader = directory.person_named(session, login)
        row = differences.sop_named(session, settings.sops, sop)
        reviews.review(session, signed_in(reader), datetime.now(UTC), row)
        click.echo(say("%(title)s: reviewed by %(name)s.", title=row.title, name=reader.name))
    in_force_file.write(db.session(), settings.instance)


@main.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option("--area", help="The area, and so the folder below sops/; otherwise that of the folder given.")
@click.option("--owner", help="The owner of those that name none: a login name.")
@click.option(
    "--pages", is_flag=True, help="Write “steps: none” into those without steps: they are to be read."
)
@click.option("--split", is_flag=True, help="Make an SOP of each procedure in a document of several.")
def adopt(
    paths: tuple[Path, ...],
    place: str | None,
    area: str | None,
    owner: str | None,
    pages: bool,
    split: bool,
) -> None:
    """Copy existing documents under sops/, with front matter and keys. Can be repeated.

    The originals are never touched. Exits with 1 if some could not be adopted.
    """
    from collections import Counter

    from tracker.authoring import adopt as adopting

    outcomes: Counter[str] = Counter()
    nobody = empty = 0
    for result in adopting.adopt(
        paths, workspace.find(place), owner=owner, area=area, pages=pages, split=split
    ):
        outcomes[result.outcome] += 1
        nobody += bool(result.steps and not result.owner)
        empty += result.outcome in ("adopted", "updated") and not result.steps and not result.page
        if result.outcome in ("adopted", "updated"):
            steps = plural("%(num)d step", "%(num)d steps", result.steps)
            click.echo(f"sops/{result.target}: {say(OUTCOMES[result.outcome])}, {steps}")
        elif result.outcome == "edited":
            click.echo(f"sops/{result.target}: {say('edited since it was adopted, so it stays as it is')}")
        for line, note in result.notes:
            click.echo(f"{result.original}:{line}: {note}", err=result.outcome in ("refused", "passed over"))
    if nobody:
        words = say("%(n)s without an owner: give --owner NAME, or write “owner:” in each.", n=nobody)
        click.echo(words)
    if empty:
        words = say(
            "%(n)s without steps: write them as a list, or give --pages if all are only to be read.", n=empty
        )
        click.echo(words)
    counts = ", ".join(f"{number} {say(OUTCOMES[outcome])}" for outcome, number in outcomes.items())
    click.echo(counts or say("No documents found."))
    sys.exit(1 if outcomes["refused"] or outcomes.keys() <= {"passed over"} else 0)

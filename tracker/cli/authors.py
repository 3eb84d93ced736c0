"""Commands for who writes SOPs."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from tracker import documents, workspace
from tracker.cli.frame import main, workspace_option
from tracker.sop import lint, parse


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

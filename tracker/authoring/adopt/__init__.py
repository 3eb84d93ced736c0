"""Taking existing documents into a workspace: planned first, then copied; the originals are only read."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tracker.authoring.adopt import ledger as ledgers
from tracker.authoring.adopt import splitting
from tracker.authoring.adopt.ledger import Ledger, digest, inside, put
from tracker.authoring.adopt.links import Note, move_links
from tracker.authoring.adopt.plans import Plan, is_document, plans, text_of
from tracker.domain.library import overlooked
from tracker.sop import adopt as adopting
from tracker.sop import frontmatter, identity, parse, reading, translations
from tracker.sop.fix import READINGS, pin
from tracker.sop.model import Document
from tracker.sop.outline import Keys
from tracker.sop.reader import RefusedError, Unread
from tracker.sop.told import told


@dataclass(slots=True)
class Result:
    """What became of one file: adopted, updated, unchanged, edited, refused or passed over, and why.

    `notes` are lines of the original with what was unsure there. `steps` counts the steps; a `page` says that
    it is meant to have none.
    """

    original: Path
    target: str
    outcome: str
    notes: list[Note] = field(default_factory=list)
    steps: int = 0
    owner: str | None = None
    page: bool = False


@dataclass(slots=True)
class _Work:
    """What one adoption knows: where it writes, the originals by their place, what was written before."""

    sops: Path
    given: Mapping[str, str]
    places: dict[Path, str]
    ledger: Ledger
    ids: dict[str, str]
    originals: dict[str, str]  # of translations, by their places
    pages: bool = False  # documents without steps are meant to have none


def adopt(
    paths: Sequence[Path],
    workspace: Path,
    *,
    owner: str | None = None,
    area: str | None = None,
    pages: bool = False,
    split: bool = False,
) -> Iterator[Result]:
    """Copy the documents at or below `paths` into `sops/` of the workspace, one result each.

    With `pages` a document without steps says from now on that it is meant to have none. With `split` one of
    several procedures becomes an SOP for each of them, and a page that leads to them; it stays so later.

    A document that was adopted before and edited since stays as it is; what is there from elsewhere is
    never overwritten; a link that leads out of the given folder is refused.
    """
    sops = workspace / "sops"
    planned, refused = plans(paths, sops, area)
    yield from (_refused(file, why) for file, why in refused)
    for path in (path for path in paths if path.is_dir()):
        for problem in (one for one in overlooked.below(path) if not is_document(Path(one.path).name)):
            note = (1, f"{problem.message} {problem.hint}")
            yield Result(path / problem.path, "", "passed over", [note])
    given = {name: value for name, value in (("owner", owner), ("area", area)) if value}
    ledger = ledgers.load(workspace / "instance")
    planned = list(_taken_apart(planned, ledger, split))
    places = {splitting.place_in_links(plan): plan.target for plan in planned}
    of_translations = translations.originals([plan.target for plan in planned])
    originals = {path: original for path, (original, _) in of_translations.items()}
    work = _Work(sops, given, places, ledger, _ids(sops), originals, pages)
    try:
        for plan in sorted(planned, key=lambda plan: plan.target in originals):
            try:
                yield _one(plan, work)
            except OSError as error:
                yield _refused(
                    plan.original,
                    told("it can’t be copied: %(strerror)s. Check the permissions.", strerror=error.strerror),
                )
    finally:
        ledgers.keep(ledger, workspace / "instance")


def _taken_apart(planned: Sequence[Plan], ledger: Ledger, split: bool) -> Iterator[Plan]:
    taken = {plan.target.casefold() for plan in planned}
    for plan in planned:
        yield from splitting.apart(plan, taken) if split or splitting.was(plan, ledger) else [plan]


def _refused(path: Path, why: str) -> Result:
    return Result(path, "", "refused", [(1, why)])


def _one(plan: Plan, work: _Work) -> Result:
    """Adopt one document, or say why not."""
    target = work.sops / plan.target
    raw = plan.content
    text = parse.decode(raw, plan.target) if len(raw) <= parse.MAX_BYTES else ""
    if not isinstance(text, str):
        wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        hint = f"for example: iconv -f {'UTF-16' if wide else 'WINDOWS-1252'} -t UTF-8 OLD > NEW."
        how = text.hint if b"\0" in raw and not wide else f"Save it as UTF-8, {hint}"
        return Result(plan.original, plan.target, "refused", [(text.line, f"{text.message} {how}")])
    if len(raw) > parse.MAX_BYTES:
        return _refused(plan.original, told("it is larger than 2 MB. Split it."))
    if not inside(target, work.sops):
        return _refused(
            plan.original,
            told("sops/%(target)s leads out of sops/. Remove the link there.", target=plan.target),
        )
    was = work.ledger.get(plan.target)
    if target.exists() or target.is_symlink():
        if was is None or was["original"] != str(plan.original.resolve()):
            return _refused(
                plan.original,
                told("sops/%(target)s is there already. Rename one, or give --area.", target=plan.target),
            )
        if not target.is_file() or digest(_read(target)) != was["written"]:
            return Result(plan.original, plan.target, "edited")
        if was["source"] == digest(raw) and not (work.pages and _says_nothing_of_steps(target, plan)):
            return Result(plan.original, plan.target, "unchanged")
    for problem in reading.check(Unread(raw, plan.target)).errors:
        if problem.rule == "limits":
            note = f"{problem.message} {problem.hint}"
            return Result(plan.original, plan.target, "refused", [(plan.line(problem.line), note)])
    try:
        return _write(plan, work, raw, was is not None and target.exists())
    except RefusedError as error:
        return _refused(plan.original, error.why)


def _write(plan: Plan, work: _Work, raw: bytes, again: bool) -> Result:
    target = work.sops / plan.target
    text = text_of(raw)
    before = reading.check(Unread(_read(target), plan.target)) if again else None
    text, notes = move_links(text, plan, work.places, work.sops, work.ledger)
    rest = plan.piece is not None and not plan.piece.name
    made = adopting.adopt(text, plan.target, _given(plan, work, text, before), work.pages or rest)
    document = made.document
    source = made.text.encode("utf-8")
    pinning = partial(pin, source, plan.target, _keys(plan, work, before))
    pinned = reading.within_limits(pinning, source, plan.target, READINGS)
    notes += [
        (1, told("no key could be written to the step “%(text)s”.", text=step.text)) for step in pinned.left
    ]
    content = pinned.source
    put(target, content)
    work.ledger[plan.target] = {
        "original": str(plan.original.resolve()), "source": digest(raw), "written": digest(content),
    }  # fmt: skip
    work.ids[document.id] = plan.target
    outcome = "updated" if again else "adopted"
    all_notes = sorted({(plan.line(line), note) for line, note in (*made.notes, *notes)})
    owner, page = document.meta.owner, document.meta.steps is not None
    return Result(plan.original, plan.target, outcome, all_notes, len(document.steps), owner, page)


def _says_nothing_of_steps(copy: Path, plan: Plan) -> bool:
    """Whether a copy has no steps and does not say that it is meant to have none."""
    document = reading.check(Unread(_read(copy), plan.target, html=False))
    return not document.steps and not document.meta.steps and not document.errors


def _keys(plan: Plan, work: _Work, before: Document | None) -> Keys:
    """The keys to write: those of the original of a translation, those of the copy before, or new ones."""
    original = work.sops / work.originals.get(plan.target, "")
    if original.is_file():
        steps = reading.check(Unread(_read(original), work.originals[plan.target])).steps
        return partial(translations.keys, steps)
    if before is None:
        return None
    return partial(identity.keys_after, before.steps)


def _given(plan: Plan, work: _Work, text: str, before: Document | None) -> dict[str, str]:
    """What goes into the front matter: an id that no other document has, and what the command was given."""
    own = parse.read(text, plan.target)
    id = before.id if before else own.id
    number = 1
    while not own.meta.id and work.ids.get(id, plan.target) != plan.target:
        number += 1
        id = f"{own.id}-{number}"
    if plan.target in work.originals:
        return {}  # a translation shares its original's
    given = {"id": id, **work.given}
    if given.get("area") == own.area:
        del given["area"]
    return given


def _ids(sops: Path) -> dict[str, str]:
    """The ids that documents below `sops/` have, with their paths."""
    ids = {}
    for file in sorted(sops.rglob("*.md")) if sops.is_dir() else []:
        path = file.relative_to(sops).as_posix()
        text = parse.decode(_read(file), path) if file.is_file() else ""
        matter = frontmatter.split(text)[0] if isinstance(text, str) else ""
        ids[(matter and frontmatter.read(matter, path)[0].id) or parse.id_of(path)] = path
    return ids


def _read(file: Path) -> bytes:
    """At most a little more than a document may have: enough to see that it is too large."""
    with file.open("rb") as opened:
        return opened.read(parse.MAX_BYTES + 1)

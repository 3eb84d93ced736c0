"""Taking existing documents into a workspace: planned first, then copied; the originals are only read."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from tracker.domain.media import LARGEST, TYPES
from tracker.sop import adopt as adopting
from tracker.sop import frontmatter, identity, parse, translations
from tracker.sop.fix import pin
from tracker.sop.markdown import Keys
from tracker.sop.model import Document
from tracker.sop.text import slug

SUFFIXES = (".md", ".markdown", ".md.erb")
_SUFFIX = re.compile(r"(\.html?)?\.(md|markdown)(\.erb)?$", re.I)
_PASSED_OVER = ("node_modules",)

Note = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """One original, the folder that was given around it, and the places of both below `sops/`."""

    original: Path
    base: Path
    top: str
    target: str


@dataclass(slots=True)
class Result:
    """What became of one document: adopted, updated, unchanged, edited or refused, and what to look at.

    `notes` are lines of the original with what was unsure there. `steps` counts the steps.
    """

    original: Path
    target: str
    outcome: str
    notes: list[Note] = field(default_factory=list)
    steps: int = 0
    owner: str | None = None


@dataclass(slots=True)
class _Work:
    """What one adoption knows: where it writes, the originals by their place, what was written before."""

    sops: Path
    instance: Path
    given: Mapping[str, str]
    places: dict[Path, str]
    ledger: dict[str, dict[str, str]]
    ids: dict[str, str]
    originals: dict[str, str]  # of translations, by their places


def adopt(
    paths: Sequence[Path], workspace: Path, *, owner: str | None = None, area: str | None = None
) -> Iterator[Result]:
    """Copy the documents at or below `paths` into `sops/` of the workspace, one result each.

    A document that was adopted before and edited since stays as it is; what is there from elsewhere is
    never overwritten; a link that leads out of the given folder is refused.
    """
    sops = workspace / "sops"
    planned, refused = _plans(paths, sops, area)
    yield from refused
    places = {plan.original.resolve(): plan.target for plan in planned}
    given = {name: value for name, value in (("owner", owner), ("area", area)) if value}
    ledger = _ledger(workspace / "instance")
    found = translations.originals([plan.target for plan in planned])
    originals = {path: original for path, (original, _) in found.items()}
    work = _Work(sops, workspace / "instance", given, places, ledger, _ids(sops), originals)
    try:
        for plan in sorted(planned, key=lambda plan: plan.target in originals):
            yield _one(plan, work)
    finally:
        _keep(work)


def _plans(paths: Sequence[Path], sops: Path, area: str | None) -> tuple[list[Plan], list[Result]]:
    plans: list[Plan] = []
    refused: list[Result] = []
    taken: dict[str, Path] = {}
    for path in paths:
        real = path.resolve()
        if not path.exists():
            refused.append(_refused(path, "there is no such file or folder. Check the path."))
            continue
        if real.is_relative_to(sops.resolve()):
            refused.append(_refused(path, "it is below sops/ already. “holdfast lint” says what it lacks."))
            continue
        base = real if real.is_dir() else real.parent
        top = slug(area) if area else _safe(real.name) if real.is_dir() else ""
        for file in _files(path, refused):
            target = _place(top, file.relative_to(path) if real.is_dir() else Path(real.name))
            why = _why_not(file, base, target, taken)
            if why:
                refused.append(_refused(file, why))
            else:
                taken[target.casefold()] = file
                plans.append(Plan(file, base, top, target))
    return plans, refused


def _files(path: Path, refused: list[Result]) -> Iterator[Path]:
    """The documents at or below a path. Hidden folders are passed over: they belong to programs."""
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path, followlinks=False):
        place = Path(folder)
        for name in sorted(names):
            if (place / name).is_symlink():
                refused.append(_refused(place / name, "it is a link to a folder. Name the folder itself."))
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in _PASSED_OVER)
        yield from (place / name for name in sorted(files) if _is_document(name))


def _is_document(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _place(top: str, inside: Path) -> str:
    """The place below `sops/`: safe names, and the ending that a site of Markdown expects."""
    folders = [_safe(part) for part in inside.parts[:-1]]
    name = inside.name
    name = f"{_safe(_SUFFIX.sub('', name))}.md" if _SUFFIX.search(name) else _safe(name)
    return "/".join(part for part in (top, *folders, name) if part)


def _safe(name: str) -> str:
    """A name without control characters and without dots before it, which would hide it."""
    plain = "".join(c if parse.has_plain_name(c) and c not in '\\/:*?"<>|' else "-" for c in name)
    return plain.strip().lstrip(".") or "document"


def _why_not(file: Path, base: Path, target: str, taken: Mapping[str, Path]) -> str:
    """Why a file can't be adopted, or ""."""
    if not file.resolve().is_relative_to(base):
        return "this link leads out of the folder. Name the document itself."
    if not file.is_file():
        return "this is no file with text in it."
    if not _is_document(file.name):
        return "this is no Markdown document: its name does not end in .md or .markdown."
    if target.partition("/")[0] == "guide":
        return "pages below sops/guide/ are never run. Give another folder with --area."
    if target.casefold() in taken:
        return f"{taken[target.casefold()]} goes to the same place, sops/{target}. Rename one of them."
    return ""


def _refused(path: Path, why: str) -> Result:
    return Result(path, "", "refused", [(1, why)])


def _one(plan: Plan, work: _Work) -> Result:
    """Adopt one document, or say why not."""
    target = work.sops / plan.target
    raw = _read(plan.original)
    text = parse.decode(raw, plan.target) if len(raw) <= parse.MAX_BYTES else ""
    if not isinstance(text, str):
        hint = "Save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW."
        return Result(plan.original, plan.target, "refused", [(text.line, f"{text.message} {hint}")])
    if len(raw) > parse.MAX_BYTES:
        return _refused(plan.original, "it is larger than 2 MB. Split it.")
    if not _inside(target, work.sops):
        return _refused(plan.original, f"sops/{plan.target} leads out of sops/. Remove the link there.")
    was = work.ledger.get(plan.target)
    if target.exists() or target.is_symlink():
        if was is None or was["original"] != str(plan.original.resolve()):
            return _refused(
                plan.original, f"sops/{plan.target} is there already. Rename one, or give --area."
            )
        if not target.is_file() or _digest(_read(target)) != was["written"]:
            return Result(plan.original, plan.target, "edited")
        if was["source"] == _digest(raw):
            return Result(plan.original, plan.target, "unchanged")
    return _write(plan, work, raw, was is not None and target.exists())


def _write(plan: Plan, work: _Work, raw: bytes, again: bool) -> Result:
    target = work.sops / plan.target
    text = re.sub("\r(?!\n)", "\n", raw.decode("utf-8").removeprefix("\ufeff"))
    before = parse.read(_read(target), plan.target) if again else None
    text, notes = _links(text, plan, work)
    made = adopting.adopt(text, plan.target, _given(plan, work, text, before))
    document = made.document
    pinned = pin(made.text.encode("utf-8"), plan.target, _keys(plan, work, before))
    notes += [(1, f"no key could be written to the step “{step.text}”.") for step in pinned.left]
    content = pinned.source
    _put(target, content)
    work.ledger[plan.target] = {
        "original": str(plan.original.resolve()), "source": _digest(raw), "written": _digest(content),
    }  # fmt: skip
    work.ids[document.id] = plan.target
    outcome = "updated" if again else "adopted"
    found = sorted({*made.notes, *notes})
    return Result(plan.original, plan.target, outcome, found, len(document.steps), document.meta.owner)


def _keys(plan: Plan, work: _Work, before: Document | None) -> Keys:
    """The keys to write: those of the original of a translation, those of the copy before, or new ones."""
    original = work.sops / work.originals.get(plan.target, "")
    if original.is_file():
        steps = parse.read(_read(original), work.originals[plan.target]).steps
        return partial(translations.keys, steps)
    if before is None:
        return None
    old = before.steps
    return lambda steps: [step.key for step in identity.carry(old, steps)]


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


def _links(text: str, plan: Plan, work: _Work) -> tuple[str, list[Note]]:
    """`text` with its links leading to the same documents at their new places; its images are copied."""
    document = parse.read(text, plan.target)
    notes: list[Note] = []
    lines = text.split("\n")
    wrong: dict[str, list[Note]] = {}
    for line, target in document.images:
        moved, why = _image(target, plan, work)
        wrong.setdefault(why, []).append((line, target))
        _replace(lines, line, target, moved)
    for why, images in wrong.items():
        names = ", ".join(dict.fromkeys(target for _, target in images))
        notes += [(images[0][0], f"{why}: {names}.")] if why else []
    elsewhere = []
    for line, target in document.links:
        file = _local(target, plan)
        if file is None:
            continue
        place = work.places.get(file)
        if place is not None:
            _replace(lines, line, target, _relative(target, place, plan))
        elif not file.is_dir():
            elsewhere.append((line, target))
    if elsewhere:
        names = ", ".join(dict.fromkeys(target for _, target in elsewhere))
        notes.append((elsewhere[0][0], f"links to what was not adopted with it: {names}."))
    return "\n".join(lines), notes


def _local(target: str, plan: Plan) -> Path | None:
    """The file that a relative link in the original means, or None where it leads elsewhere."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith(("/", "{", "<")):
        return None
    if "\0" in unquote(parts.path):
        return None
    return Path(os.path.normpath(plan.original.resolve().parent / unquote(parts.path)))


def _relative(target: str, place: str, plan: Plan) -> str:
    """`target` as it has to be written at the new place; as it was where that leads there too."""
    path = urlsplit(target).path
    here = posixpath.dirname(plan.target)
    if posixpath.normpath(posixpath.join(here, unquote(path))) == place:
        return target
    return quote(posixpath.relpath(place, here or "."), safe="/-_.~()") + target[len(path) :]


def _replace(lines: list[str], line: int, old: str, new: str) -> None:
    """Write `new` for the link target `old` on one line, and nowhere else in it."""
    if old == new or not 0 < line <= len(lines):
        return
    pattern = re.compile(rf"(\]\(\s*<?|\]:\s*<?|(?:href|src)\s*=\s*[\"']){re.escape(old)}(?=[\s)>\"']|$)")
    lines[line - 1] = pattern.sub(lambda found: found[1] + new, lines[line - 1])


def _image(target: str, plan: Plan, work: _Work) -> tuple[str, str]:
    """Copy an image to where the adopted document looks for it: its target there, and what is wrong."""
    file = _local(target, plan)
    if file is None:
        return target, ""
    if not file.is_file() or file.suffix.lower() not in TYPES or file.stat().st_size > LARGEST:
        return target, "images that are missing, above 10 MB or no images"
    if not (file.is_relative_to(plan.base) and file.resolve().is_relative_to(plan.base)):
        return target, "images outside of what was given (adopt the folder around both)"
    inside = "/".join(_safe(part) for part in file.relative_to(plan.base).parts)
    place = f"{plan.top}/{inside}".lstrip("/")
    copy, content = work.sops / place, file.read_bytes()
    if not _inside(copy, work.sops):
        return target, "images whose place leads out of sops/"
    was = work.ledger.get(place, {}).get("written")
    if copy.exists() and _digest(copy.read_bytes()) not in (_digest(content), was):
        return target, "images whose place in sops/ another one has already"
    if not copy.exists() or copy.read_bytes() != content:
        _put(copy, content)
        digest = _digest(content)
        work.ledger[place] = {"original": str(file), "source": digest, "written": digest}
    return _relative(target, place, plan), ""


def _inside(file: Path, sops: Path) -> bool:
    return file.parent.resolve().is_relative_to(sops.resolve())


def _read(file: Path) -> bytes:
    """At most a little more than a document may have: enough to see that it is too large."""
    with file.open("rb") as opened:
        return opened.read(parse.MAX_BYTES + 1)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _put(file: Path, content: bytes) -> None:
    """Write a file whole: whoever looks sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{os.getpid()}.adopting")
    draft.write_bytes(content)
    draft.replace(file)


def _ids(sops: Path) -> dict[str, str]:
    """The ids that documents below `sops/` have, with their paths."""
    ids = {}
    for file in sorted(sops.rglob("*.md")) if sops.is_dir() else []:
        path = file.relative_to(sops).as_posix()
        text = parse.decode(_read(file), path) if file.is_file() else ""
        matter = frontmatter.split(text)[0] if isinstance(text, str) else ""
        ids[(matter and frontmatter.read(matter, path)[0].id) or parse.id_of(path)] = path
    return ids


def _ledger(instance: Path) -> dict[str, dict[str, str]]:
    """What was adopted before, by place: from where, its digest then, and that of what was written."""
    try:
        known: dict[str, dict[str, str]] = json.loads((instance / "adopted.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known


def _keep(work: _Work) -> None:
    if work.ledger:
        text = json.dumps(work.ledger, ensure_ascii=False, indent=1, sort_keys=True)
        _put(work.instance / "adopted.json", text.encode())

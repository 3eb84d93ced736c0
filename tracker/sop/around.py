"""What differs between two texts of an SOP beside its steps: its prose, its front matter, its pictures.

It is told from the texts alone, both read in the same way, so that it holds for every revision there is.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from tracker.sop import attributes, frontmatter, outline
from tracker.sop.badges import duration
from tracker.sop.blocks import Block
from tracker.sop.changes import N_, Sentence, plain, unended
from tracker.sop.excerpts import excerpt
from tracker.sop.likeness import words
from tracker.sop.limits import TooMuchError
from tracker.sop.meaning import same_meaning
from tracker.sop.model import Meta, Step
from tracker.sop.text import visible

PROSE, LINK, FACT, FILE = "prose", "link", "fact", "file"

LIKE = 45.0
"""How alike two paragraphs are, of 100, to be one that was reworded."""

UNSAID = frozenset({"id", "lint", "extra", "steps", "retired"})
"""What a front matter says to programs and not to readers, or what shows in the steps themselves."""

INFORMATIVE = frozenset(
    {"title", "area", "owner", "tags", "description", "takes", "review", "tolerance", "close"}
)
"""What may change in a front matter without anything else to be done."""

_SECONDS, _DAYS = ("due", "takes"), ("review", "keep_evidence")
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(\s*<?([^)\s>]+)")
_MARKER = re.compile(r"^\s*(?:(?:>|#{1,6}|\d{1,9}[.)]|[-*+])\s+|\[[ xX]\]\s+|(?:!!!|\?\?\?\+?)\s*\w*)*")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is different. `name` is a key of the front matter, the text of a link, the language of a
    translation; "" for prose and for pictures.

    `before` is "" for what is new, `after` for what is gone.
    """

    kind: str
    name: str
    before: str
    after: str


def compare(
    before: str, after: str, previous: Sequence[Step], current: Sequence[Step]
) -> tuple[Difference, ...]:
    """What differs between two sources beside their steps, which are `previous` and `current`, with HTML."""
    if not before or before == after:
        return ()
    (matter, body), (other_matter, other_body) = _halves(before), _halves(after)
    facts = () if matter == other_matter else tuple(_facts(_meta(matter), _meta(other_matter)))
    if body == other_body:
        return facts
    others = tuple(_links(body, other_body))
    if _says_more(body, other_body, previous, current):
        others = (*_passages(passages(before), passages(after)), *others)
    return (*facts, *others)


def files(
    before: Mapping[str, str], after: Mapping[str, str], languages: Mapping[str, str], now: Mapping[str, str]
) -> tuple[Difference, ...]:
    """The pictures and the translations that are others, by their digests."""
    pictures = () if before == after else (Difference(FILE, "", "", ""),)
    changed = sorted(code for code in {*languages, *now} if languages.get(code) != now.get(code))
    return (*pictures, *(Difference(FILE, code, "", "") for code in changed))


def matters(difference: Difference) -> bool:
    """Whether it asks for something else to be done; a person may decide otherwise."""
    if difference.kind == FACT:
        return difference.name not in INFORMATIVE
    if difference.kind == PROSE:
        return not same_meaning(difference.before, difference.after)
    return difference.kind == LINK


def is_material(differences: Iterable[Difference]) -> bool:
    """Whether any of them asks for something else to be done."""
    return any(map(matters, differences))


def sentence(difference: Difference) -> Sentence:
    """What it says in words."""
    before, after = difference.before, difference.after
    if difference.kind == PROSE:
        before, after = unended(*excerpt(before, after))
    which = "change" if before and after else "new" if after else "gone"
    given = {"name": difference.name, "before": before, "after": after}
    if difference.kind == FILE:
        return Sentence(_SENTENCES[FILE, "language" if difference.name else "picture"], given)
    return Sentence(_SENTENCES[difference.kind, which], given)


_SENTENCES = {
    (PROSE, "change"): N_("Beside the steps: “%(before)s” now reads “%(after)s”."),
    (PROSE, "new"): N_("Beside the steps is new: “%(after)s”."),
    (PROSE, "gone"): N_("Beside the steps is gone: “%(before)s”."),
    (LINK, "change"): N_("The link “%(name)s” now leads to %(after)s; it led to %(before)s."),
    (FACT, "change"): N_("“%(name)s” is now %(after)s; it was %(before)s."),
    (FACT, "new"): N_("“%(name)s” is now %(after)s; there was none."),
    (FACT, "gone"): N_("“%(name)s” is gone; it was %(before)s."),
    (FILE, "picture"): N_("Its pictures have changed."),
    (FILE, "language"): N_("The translation “%(name)s” has changed."),
}


def same_facts(before: str, after: Meta) -> bool:
    """Whether the front matter of a source says the same to readers as `after`."""
    return not any(_facts(_meta(_halves(before)[0]), after))


def _halves(source: str) -> tuple[str, str]:
    matter, height = frontmatter.split(source)
    return (matter, "\n".join(source.split("\n")[height:])) if height else ("", source)


def _meta(matter: str) -> Meta:
    return frontmatter.read(matter, "")[0] if matter.strip() else Meta()


def _facts(before: Meta, after: Meta) -> Iterator[Difference]:
    for name in (field.name for field in fields(Meta) if field.name not in UNSAID):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(FACT, name.replace("_", "-"), _shown(name, was), _shown(name, now))


def _shown(name: str, value: Any) -> str:
    if value is None or value == ():
        return ""
    if name in _SECONDS:
        return duration(value)
    if name in _DAYS:
        return f"{value}d"
    if isinstance(value, float):
        return f"{100 * value:.10g}%"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) or "–"


def _links(before: str, after: str) -> Iterator[Difference]:
    """The links under the same words that lead elsewhere; a document that was moved finds its way anew."""
    targets: dict[str, str] = dict(_LINK.findall(before))
    others: dict[str, str] = dict(_LINK.findall(after))
    for text, target in others.items():
        was = targets.get(text, target)
        if was != target and posixpath.basename(was) != posixpath.basename(target):
            yield Difference(LINK, visible(text), was, target)


def _says_more(before: str, after: str, previous: Sequence[Step], current: Sequence[Step]) -> bool:
    """Whether a line came or went that no step says. Cheap: most changes are in the steps alone."""
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    return _beyond(old - new, previous) or _beyond(new - old, current)


def _beyond(lines: Iterable[str], steps: Sequence[Step]) -> bool:
    plain_texts = {step.text for step in steps}
    bare = {_MARKER.sub("", line) for line in lines}
    left = {text for text in bare if text.rpartition(" {")[0] not in plain_texts} - plain_texts
    own = {_in_words(visible(attributes.split(text)[0])) for text in left} - {_in_words("")}
    own -= {_in_words(text) for text in plain_texts} if own else own
    texts = [_in_words(f"{plain(step.html)} {plain(step.recovery)}") for step in steps] if own else []
    return any(not any(line in text for text in texts) for line in own)


def _in_words(text: str) -> str:
    return f" {' '.join(words(text))} "


@lru_cache(maxsize=256)
def passages(source: str) -> tuple[str, ...]:
    """What a reader sees beside the steps: each heading, paragraph and row of a table, in order."""
    matter, height = frontmatter.split(source)
    body = "\n".join(source.split("\n")[height:])
    heading = _meta(matter).steps if height else None
    try:
        return tuple(_beside(outline.of(body, height + 1, heading).blocks))
    except TooMuchError:  # a text from before there were limits
        return ()


def _beside(tree: Sequence[Block]) -> Iterator[str]:
    level = 0  # of the heading that is a step, up to the next one of its level or above
    for block in tree:
        if block.kind == "heading":
            if block.step is not None or block.level <= level:
                level = block.level if block.step is not None else 0
            if not level:
                yield from _texts(block)
        elif not level and block.step is None:
            yield from _texts(block)
            yield from _beside(block.children)


def _texts(block: Block) -> Iterator[str]:
    """The block's own text in pieces; code as it stands."""
    if block.title:
        yield visible(block.title)
    rows = block.text.split("\n") if "|" in block.text.split("\n", 1)[0] else [block.text]
    if block.kind in ("code", "fence"):
        rows = block.text.split("\n")
    for row in rows:
        text = plain(row) if block.kind == "html" else visible(row)
        if any(sign.isalnum() for sign in text):
            yield text


def _passages(before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    for kind, i, to, j, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _paired(before[i:to], after[j:until])


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[Difference]:
    """Passages that took each other's place, in their order: the likest are one that was reworded."""
    waiting = list(old)
    for text in new:
        scores = [fuzz.ratio(text, was) for was in waiting]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        if best is None or scores[best] < LIKE:
            yield Difference(PROSE, "", "", text)
            continue
        yield from (Difference(PROSE, "", was, "") for was in waiting[:best])
        yield Difference(PROSE, "", waiting[best], text)
        waiting = waiting[best + 1 :]
    yield from (Difference(PROSE, "", was, "") for was in waiting)

"""A document in another language beside its original: the same steps, found by structure and never by text.

`pick.pl.md` beside `pick.md` is the same SOP in Polish. Where the two are built differently a step is left
without its translation rather than shown with another step's words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from tracker.sop.model import Document, Problem, Step
from tracker.sop.told import told

_NAME = re.compile(
    r"(?P<stem>.+)\.(?P<code>[a-z]{2,3})(?P<more>[-_][A-Za-z]{2,4})?(?P<end>\.(?:md|markdown))"
)
# ISO 639-1, and from 639-3 what Europe and Asia read in warehouses and has no code of two letters.
_CODES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
    ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
    lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
    rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
    ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ast ceb ckb cmn csb dsb fil fur gsw hsb kab
    kmr lld nds rom szl yue
    """.split()  # noqa: SIM905
)
_LOOSE = ("unit", "options", "when", "meaning")  # words of a language: there is one, or there is none


def original_of(path: str, exists: Callable[[str], bool]) -> tuple[str, str] | None:
    """The path of the original and the language, as in ("pick.md", "pl"); None for an original.

    >>> original_of("a/pick.pt_BR.md", lambda path: path == "a/pick.md")
    ('a/pick.md', 'pt-BR')
    """
    name = _NAME.fullmatch(path)
    if name is None or name["code"] not in _CODES or name["stem"].endswith("/"):
        return None
    original = name["stem"] + name["end"]
    if not exists(original) or original_of(original, exists):
        return None
    return original, name["code"] + (name["more"] or "").replace("_", "-")


def originals(paths: Collection[str]) -> dict[str, tuple[str, str]]:
    """The translations among `paths`, each with the path of its original and its language."""
    given = set(paths)
    original_paths = {path: original_of(path, given.__contains__) for path in paths}
    return {path: whose for path, whose in original_paths.items() if whose}


def beside(original: str, path: str) -> str:
    """Where the translation at `path` lies once its original lies at `original`: a move takes both along.

    >>> beside("b/take.md", "a/pick.pt_BR.md")
    'b/take.pt_BR.md'
    """
    name = _NAME.fullmatch(path)
    return re.sub(r"\.(md|markdown)$", "", original) + path[len(name["stem"]) :] if name else path


def pairs(original: Sequence[Step], other: Sequence[Step]) -> dict[int, int]:
    """Which step of the original each step of `other` translates, by their places.

    First the keys that both have; then, among the steps below the same step, those between two pairs where
    there are as many on both sides, and those that alone have their shape (checkbox, attributes, nested
    steps). What is left could be any of several, and stays without a pair.
    """
    places = {step.key: i for i, step in enumerate(original)}
    partners = {j: places[step.key] for j, step in enumerate(other) if step.pinned and step.key in places}
    ours, theirs = _children(original), _children(other)

    def below(i: int | None, j: int | None) -> None:
        _siblings(
            ours.get(i, []), theirs.get(j, []), _shapes(original, ours), _shapes(other, theirs), partners
        )
        for child in theirs.get(j, []):
            if child in partners:
                below(partners[child], child)

    below(None, None)
    return partners


def keys(original: Sequence[Step], other: Sequence[Step]) -> list[str]:
    """The keys of the steps of `other`: those of the steps that they translate, else keys of their own."""
    partners = pairs(original, other)
    taken = {step.key for step in original} | {step.key for step in other if step.pinned}
    made = []
    for j, step in enumerate(other):
        key, number = step.key, 1
        while j not in partners and not step.pinned and key in taken:
            number += 1
            key = f"{step.key}-{number}"
        taken.add(key)
        made.append(original[partners[j]].key if j in partners else key)
    return made


def _children(steps: Sequence[Step]) -> dict[int | None, list[int]]:
    places = {step.key: i for i, step in enumerate(steps)}
    children: dict[int | None, list[int]] = {}
    for i, step in enumerate(steps):
        children.setdefault(places.get(step.parent) if step.parent else None, []).append(i)
    return children


def _shapes(steps: Sequence[Step], children: Mapping[int | None, list[int]]) -> Callable[[int], Any]:
    def shape(i: int) -> Any:
        step = steps[i]
        return step.checkbox, str(sorted(comparable(step).items())), len(children.get(i, ()))

    return shape


def comparable(step: Step) -> dict[str, Any]:
    """The attributes of a step as they have to be in every language."""
    return {
        name: (len(value) if name == "options" else True) if name in _LOOSE else value
        for name, value in step.attributes.items()
    }


def _siblings(
    ours: Sequence[int],
    theirs: Sequence[int],
    our_shape: Callable[[int], Any],
    their_shape: Callable[[int], Any],
    partners: dict[int, int],
) -> None:
    """Pair the steps below one step: between those that are paired already, then those of a shape alone."""
    known = [(i, j) for j in theirs if (i := partners.get(j)) is not None and i in ours]
    elsewhere = set(partners.values()) - {i for i, _ in known}
    ours = [i for i in ours if i not in elsewhere]
    theirs = [j for j in theirs if j not in partners or partners[j] in ours]
    if [i for i, _ in known] != sorted(i for i, _ in known):  # moved: they separate nothing
        ours = [i for i in ours if i not in {i for i, _ in known}]
        theirs = [j for j in theirs if j not in partners]
        known = []
    for mine, yours in _between(ours, theirs, known):
        if len(mine) == len(yours):
            partners.update(zip(yours, mine, strict=True))
            continue
        alone = _alone(mine, yours, our_shape, their_shape)
        partners.update({j: i for i, j in alone})
        if alone:
            for rest, others in _between(mine, yours, alone):
                if len(rest) == len(others):
                    partners.update(zip(others, rest, strict=True))


def _between(
    ours: Sequence[int], theirs: Sequence[int], known: Sequence[tuple[int, int]]
) -> Iterator[tuple[list[int], list[int]]]:
    """The runs of steps between pairs that are known."""
    a = b = -1
    for i, j in [*known, (1 << 30, 1 << 30)]:
        yield [n for n in ours if a < n < i], [n for n in theirs if b < n < j]
        a, b = i, j


def _alone(
    ours: Sequence[int],
    theirs: Sequence[int],
    our_shape: Callable[[int], Any],
    their_shape: Callable[[int], Any],
) -> list[tuple[int, int]]:
    """Pairs of steps that alone have their shape on both sides; none where they stand in another order."""
    mine, yours = {i: our_shape(i) for i in ours}, {j: their_shape(j) for j in theirs}
    once = {shape for shape, n in Counter(mine.values()).items() if n == 1}
    once &= {shape for shape, n in Counter(yours.values()).items() if n == 1}
    by_shape = {shape: j for j, shape in yours.items()}
    pair_list = [(i, by_shape[shape]) for i, shape in mine.items() if shape in once]
    return pair_list if [j for _, j in pair_list] == sorted(j for _, j in pair_list) else []


def alone(documents: Sequence[Document], exists: Callable[[str], bool]) -> list[Document]:
    """The documents that translate no other: those that need an id, an owner and steps of their own."""
    given = {document.path for document in documents}
    there: Callable[[str], bool] = lambda path: path in given or exists(path)  # noqa: E731
    return [document for document in documents if not original_of(document.path, there)]


def check(documents: Sequence[Document], exists: Callable[[str], bool]) -> Iterator[Problem]:
    """Where translations differ from their originals, as a rule of lint.

    Only where the original is among `documents`, because its steps have to be known.
    """
    given = {document.path: document for document in documents}
    for path, (original, _) in originals(given).items():
        yield from differences(given[original], given[path])


def differences(original: Document, other: Document) -> Iterator[Problem]:
    """Where a translation is built differently from its original: steps, nesting, attributes, recovery."""
    if original.errors or other.errors:
        return
    if other.meta.id and other.meta.id != original.id:
        message = told("The id “%(id)s” is not that of %(path)s.", id=other.meta.id, path=original.path)
        yield _problem(other, 1, message, f"Write “id: {original.id}”, or leave it out.")
    if original.steps and not other.steps:
        message = told(
            "No steps are found here, and %(path)s has %(n)s.", path=original.path, n=len(original.steps)
        )
        hint = told("Give the steps their keys, such as {#weigh}, or name their heading with “steps:”.")
        yield _problem(other, 1, message, hint)
        return
    partners = pairs(original.steps, other.steps)
    if original.steps and not partners:
        here, there = len(other.steps), len(original.steps)
        message = told(
            "Here are %(here)s steps, in %(path)s %(there)s: which is which can’t be told.",
            here=here,
            path=original.path,
            there=there,
        )
        hint = told("Write the same steps in the same order, or give both the same keys, such as {#weigh}.")
        yield _problem(other, other.steps[0].line, message, hint)
        return
    for j, step in enumerate(other.steps):
        if j in partners:
            yield from _step(original, original.steps[partners[j]], other, step)
        else:
            message = told(
                "Which step of %(path)s “%(text)s” translates can’t be told.",
                path=original.path,
                text=step.text,
            )
            hint = told("Keep the same steps in the same order, or give both the same key, such as {#weigh}.")
            yield _problem(other, step.line, message, hint)
    yield from _untranslated(original, other, {i: other.steps[j].line for j, i in partners.items()})


def _untranslated(original: Document, other: Document, lines: Mapping[int, int]) -> Iterator[Problem]:
    """The steps that only the original has, each at the line of the translated step before it."""
    line = 1
    for i, step in enumerate(original.steps):
        line = lines.get(i, line)
        if i not in lines:
            message = told(
                "The step “%(text)s” (%(path)s:%(line)s) is not translated.",
                text=step.text,
                path=original.path,
                line=step.line,
            )
            hint = told("Add it here; until then people read it in the language of the original.")
            yield _problem(other, line, message, hint)


def _step(original: Document, ours: Step, other: Document, theirs: Step) -> Iterator[Problem]:
    mine, yours = comparable(ours), comparable(theirs)
    names = sorted(name for name in {*mine, *yours} if mine.get(name) != yours.get(name))
    where = f"{original.path}:{ours.line}"
    if names:
        message = told(
            "The step has other attributes than in %(where)s: %(names)s.", where=where, names=", ".join(names)
        )
        hint = told("Write them as in the original; a run uses the original’s.")
        yield _problem(other, theirs.line, message, hint)
    if theirs.pinned and theirs.key != ours.key:
        message = told(
            "The key “%(key)s” is “%(key2)s” in %(where)s.", key=theirs.key, key2=ours.key, where=where
        )
        yield _problem(other, theirs.line, message, f"Write {{#{ours.key}}}.")
    if ours.depth != theirs.depth:
        yield _problem(other, theirs.line, f"The step is nested differently in {where}.", "Nest it as there.")
    if bool(ours.recovery) != bool(theirs.recovery):
        which, act = ("no", "Translate") if ours.recovery else ("a", "Take out, or add to the original,")
        message = told("The step has %(which)s recovery block, unlike %(where)s.", which=which, where=where)
        yield _problem(other, theirs.line, message, f"{act} its “!!! recovery” block.")


def _problem(document: Document, line: int, message: str, hint: str) -> Problem:
    return Problem(document.path, line, "translation", message, hint)

"""The rules of lint over several documents."""

from __future__ import annotations

from tests.sop.conftest import document
from tracker.sop.lint import check


def found(*documents: tuple[str, str], there: tuple[str, ...] = ()) -> list[tuple[str, int, str, bool]]:
    problems = check([document(text, path) for path, text in documents], lambda path: path in there)
    return [(p.path, p.line, p.rule, p.error) for p in problems]


GOOD = "---\nowner: maria\nreview: 90d\n---\n1. Open it\n"


def test_a_good_document_has_no_problem() -> None:
    assert found(("a.md", GOOD)) == []


def test_duplicate_ids_name_both_files() -> None:
    text = "---\nowner: maria\nreview: 90d\nid: x\n---\n1. Open it\n"
    problems = check([document(text, "b.md"), document(text, "a.md")])
    assert [(p.path, p.line, p.error) for p in problems] == [("b.md", 4, True)]
    assert "a.md" in problems[0].message


def test_missing_owner_and_no_steps_are_advice() -> None:
    assert found(("a.md", "1. Open it\n")) == [("a.md", 1, "owner", False), ("a.md", 1, "review", False)]
    assert found(("a.md", "Text.\n")) == [("a.md", 1, "no-steps", False)]
    assert found(("guide/a.md", "Text.\n"), ("b.md", "---\nsteps: none\n---\nText.\n")) == []


def test_misspelt_keys() -> None:
    assert found(
        ("a.md", "---\nowner: maria\nreview: 90d\nscedule: daily\ncover: x.png\n---\n1. Open it\n")
    ) == [("a.md", 4, "misspelt-key", False)]


def test_broken_links() -> None:
    text = (
        GOOD
        + "\nSee [b](../b.md#x), [c](c.md), ![the door](d.png), [e](https://e.org), `[f](f.md)`, [g](#g).\n"
    )
    got = found(("x/a.md", text), ("b.md", GOOD), there=("x/d.png",))
    assert got == [("x/a.md", 7, "broken-link", False)]


def test_problems_of_reading_are_included() -> None:
    assert found(("a.md", "---\nowner: maria\nreview: 90d\n---\n1. Open {#a}\n2. Close {#a .x}\n")) == [
        ("a.md", 6, "attributes", True), ("a.md", 6, "duplicate-key", True),
    ]  # fmt: skip

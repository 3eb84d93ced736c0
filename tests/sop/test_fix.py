"""`lint --fix` writes keys into a document, and changes no other byte and no step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sop.conftest import whole
from tracker.sop.fix import pin
from tracker.sop.parse import read

WRITTEN = {
    "plain": ("1. Open it\n2. Close it\n", "1. Open it {#open-it}\n2. Close it {#close-it}\n"),
    "windows": ("1. Open it\r\n2. Close it\r\n", "1. Open it {#open-it}\r\n2. Close it {#close-it}\r\n"),
    "old mac": ("1. Open it\r2. Close it", "1. Open it {#open-it}\r2. Close it {#close-it}"),
    "no final newline": ("1. Open it", "1. Open it {#open-it}"),
    "byte order mark": ("\ufeff1. Open it\n", "\ufeff1. Open it {#open-it}\n"),
    "trailing blanks": ("1. Open it  \n2. Close\t\n", "1. Open it {#open-it}  \n2. Close {#close}\t\n"),
    "attributes": (
        "1. Weigh it {.critical input=number}\n2. Ask { .optional }\n",
        "1. Weigh it {#weigh-it .critical input=number}\n2. Ask { #ask .optional }\n",
    ),
    "a key already": (
        "1. Open it {#a .critical}\n2. Close it\n",
        "1. Open it {#a .critical}\n2. Close it {#close-it}\n",
    ),
    "two of a text": ("1. Open it\n2. Open it\n", "1. Open it {#open-it}\n2. Open it {#open-it-2}\n"),
    "tasks": ("- [ ] Open it\n- [x] Close it\n", "- [ ] Open it {#open-it}\n- [x] Close it {#close-it}\n"),
    "nested, tabs": (
        "1. Open it\n\t1. Turn the key\n\t\t- a detail\n",
        "1. Open it {#open-it}\n\t1. Turn the key {#turn-the-key}\n\t\t- a detail\n",
    ),
    "several lines": (
        "1. Open the box\n   and [look\n   in](b.md)\n\n   Another paragraph.\n",
        "1. Open the box\n   and [look\n   in](b.md) {#open-the-box-and-look-in}\n\n   Another paragraph.\n",
    ),
    "attributes on an earlier line": (
        "1. Open the box {.critical}\n   and look\n",
        "1. Open the box {#open-the-box-and-look .critical}\n   and look\n",
    ),
    "code and places": (
        "1. Run `a {b}`\n2. Install {version}\n",
        "1. Run `a {b}` {#run-a-b}\n2. Install {version} {#install-version}\n",
    ),
    "comments": (
        "1. Open it <!-- why -->\n2. Close it <!-- a\n   b -->\n3. Write `<!--`\n",
        "1. Open it {#open-it} <!-- why -->\n2. Close it {#close-it} <!-- a\n   b -->\n"
        "3. Write `<!--` {#write}\n",
    ),
    "headings": (
        "## Step 1: Open it ##\n\nText.\n\nStep 2: Close it\n----------------\n",
        "## Step 1: Open it {#step-1-open-it} ##\n\nText.\n\n"
        "Step 2: Close it {#step-2-close-it}\n----------------\n",
    ),
    "quotes": ("> 1. Open it\n> 2. Close it\n", "> 1. Open it {#open-it}\n> 2. Close it {#close-it}\n"),
    "other scripts": (
        "- [ ] 打开 盒子\n- [ ] Öffne\n",
        "- [ ] 打开 盒子 {#打开-盒子}\n- [ ] Öffne {#öffne}\n",
    ),
    "front matter": ("---\nsteps: Do\n---\n# Do\n1. It\n", "---\nsteps: Do\n---\n# Do\n1. It {#it}\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_keys_are_written_and_nothing_else(name: str) -> None:
    before, after = WRITTEN[name]
    done = pin(before.encode(), "a.md")
    assert done.source.decode() == after
    assert done.left == () and done.written > 0
    assert pin(done.source, "a.md").written == 0


def test_the_keys_in_force_are_written_not_those_of_the_text() -> None:
    done = pin(b"1. Open the box\n2. Close it {.critical}\n", "a.md", ["old-one", "old-two"])
    assert done.source == b"1. Open the box {#old-one}\n2. Close it {#old-two .critical}\n"


@pytest.mark.parametrize(
    "source", [b"1. Open it {#a}\n2. Close it {#a}\n3. Go\n", b"1. Open \xff it\n", b"\0", b""]
)
def test_a_document_with_errors_is_not_touched(source: bytes) -> None:
    assert pin(source, "a.md").source == source


def test_a_step_without_a_line_of_text_is_left_and_named() -> None:
    done = pin(b"- [ ] ```\n      make\n      ```\n- [ ] Look\n", "a.md")
    assert done.source == b"- [ ] ```\n      make\n      ```\n- [ ] Look {#look}\n"
    assert [step.line for step in done.left] == [1]


def test_real_documents_keep_their_steps_and_their_bytes(corpus: Path) -> None:
    """That a second time changes nothing is tried on them in `tests/cli/test_lint.py`."""
    documents = [
        p for p in sorted(corpus.rglob("*.md*")) if p.suffix in (".md", ".erb") and p.parent != corpus
    ]
    written = 0
    for path in documents:
        source, name = path.read_bytes(), path.relative_to(corpus).as_posix()
        before, done = whole(path, name), pin(source, name)
        after = read(done.source, name)
        assert [(s.key, s.text, s.line, s.depth, s.parent, s.html) for s in before.steps] == [
            (s.key, s.text, s.line, s.depth, s.parent, s.html) for s in after.steps
        ], name
        assert done.left == () and all(step.pinned for step in after.steps), name
        keys = "|".join(re.escape(step.key) for step in before.steps if not step.pinned)
        insertion = rf" \{{#(?:{keys})\}}|(?<=[{{ ])#(?:{keys}) "
        assert (re.sub(insertion, "", done.source.decode()) if keys else done.source.decode()) == re.sub(
            insertion if keys else "(?!)", "", source.decode()
        ), name
        written += done.written
    assert len(documents) >= 136 and written > 1500

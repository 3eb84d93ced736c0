"""`holdfast lint`: what it knows of the workspace, the forms it prints, and what `--fix` writes."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.installation import PACK
from tracker.authoring import documents
from tracker.cli import main
from tracker.sop.lint import RULES

Run = Callable[..., Result]


@pytest.fixture
def holdfast(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(workspace)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def rules(holdfast: Run) -> Callable[..., list[tuple[str, int, str]]]:
    """Path, line and rule of everything that lint finds."""

    def found(*words: object) -> list[tuple[str, int, str]]:
        rows = json.loads(holdfast("lint", "--format", "json", *words).stdout)
        return [(row["path"], row["line"], row["rule"]) for row in rows]

    return found


def pack(workspace: Path, *changes: tuple[str, str]) -> Path:
    """The document `pack` with these texts replaced, and nothing that lint would find of itself."""
    text = PACK.replace("due: 4h", "due: 4h\nreview: 90d").replace("{#scan .critical", "{#scan")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (workspace / "sops/fulfillment/pack.md").write_text(text)
    return workspace / "sops/fulfillment/pack.md"


def test_lost_and_changed_keys_are_found(workspace: Path, rules: Callable[..., list[object]]) -> None:
    pack(workspace, ("{#weigh ", "{#weight "), ("4. Add a flyer {#flyer .optional}\n", ""))
    assert rules("sops/fulfillment") == [
        ("sops/fulfillment/pack.md", 1, "lost-key"),
        ("sops/fulfillment/pack.md", 14, "changed-key"),
    ]


def test_a_key_on_quite_another_step_is_found(workspace: Path, rules: Callable[..., list[object]]) -> None:
    pack(workspace, ("Hand it over {#hand}", "Lock up the yard at midnight {#hand}"))
    assert rules("sops/fulfillment") == [("sops/fulfillment/pack.md", 21, "reused-key")]


def test_changed_ids_and_moved_files_are_found(
    workspace: Path, rules: Callable[..., list[tuple[str, int, str]]]
) -> None:
    pack(workspace, ("id: pack", "id: packing"))
    (workspace / "sops/opening.md").rename(workspace / "sops/inventory/open.md")
    assert ("sops/fulfillment/pack.md", 2, "changed-id") in rules()
    assert ("sops/inventory/open.md", 1, "moved-file") in rules("sops/inventory/open.md")


def test_an_id_is_compared_with_those_of_files_that_were_not_named(
    workspace: Path, rules: Callable[..., list[tuple[str, int, str]]]
) -> None:
    copy = workspace / "sops/a-copy.md"
    copy.write_text(pack(workspace).read_text())
    assert rules(copy) == [(str(copy), 2, "duplicate-id")]
    assert rules("sops/fulfillment/pack.md") == []  # what is in force keeps its id


def test_an_owner_is_somebody_here(workspace: Path, holdfast: Run) -> None:
    holdfast("sync")
    pack(workspace, ("owner: olga", "owner: Olha"))
    result = holdfast("lint", "sops/fulfillment")
    assert "pack.md:5: The owner “Olha” is nobody here. Did you mean “olga”? [unknown-owner]" in result.stdout
    pack(workspace, ("owner: olga", "owner: Olga"))
    assert holdfast("lint", "sops/fulfillment").exit_code == 0


def test_without_a_workspace_nobody_asks_who_the_owner_is(
    tmp_path: Path, rules: Callable[..., list[object]]
) -> None:
    (tmp_path / "x.md").write_text("---\nowner: nemo\nreview: 90d\n---\n1. Open it\n")
    assert rules(tmp_path / "x.md") == []


def test_a_rule_is_switched_off_with_a_reason_only(workspace: Path, holdfast: Run) -> None:
    pack(workspace, ("review: 90d", "lint:\n  review: read at every shift"))
    assert holdfast("lint", "sops/fulfillment").exit_code == 0
    pack(workspace, ("review: 90d", "lint: [review]"))
    result = holdfast("lint", "sops/fulfillment")
    assert "[review]" in result.stdout and "[switched-off]" in result.stdout
    pack(workspace, ("review: 90d", "review: 90d\nlint: {revue: no}"))
    assert "Did you mean “review”?" in holdfast("lint", "sops/fulfillment").stdout


def test_the_text_says_where_what_and_which_rule_and_why_once(workspace: Path, holdfast: Run) -> None:
    (workspace / "sops/a.md").write_text("1. Open it\n")
    (workspace / "sops/b.md").write_text("1. Close it\n")
    result = holdfast("lint", "sops/a.md", "sops/b.md")
    assert result.exit_code == 1
    assert (
        "sops/a.md:1: The SOP has no owner. Add “owner: name” to the front matter. [owner]" in result.stdout
    )
    assert result.stderr.count("what is nobody’s is not put right") == 1
    assert "2 documents, 4 problems" in result.stderr


def test_a_clean_library_is_silent_and_exits_with_0(workspace: Path, holdfast: Run) -> None:
    pack(workspace)
    result = holdfast("lint", "sops/fulfillment")
    assert result.exit_code == 0 and not result.stdout and "1 document, 0 problems" in result.stderr
    assert json.loads(holdfast("lint", "sops/fulfillment", "--format", "json").stdout) == []
    assert json.loads(holdfast("lint", "sops/fulfillment", "--format", "gitlab").stdout) == []
    assert holdfast("lint", "sops/fulfillment", "--format", "github").stdout == ""


def test_annotations_for_github_are_escaped(workspace: Path, holdfast: Run) -> None:
    (workspace / "sops/50%, a:b.md").write_text("1. Open it 100% {#a}\n1. Close {#a}\n")
    lines = holdfast("lint", "sops/50%, a:b.md", "--format", "github").stdout.splitlines()
    assert lines[0].startswith(
        "::warning file=sops/50%25%2C a%3Ab.md,line=1,title=holdfast%3A owner::The SOP has no owner."
    )
    assert [line.split(" ")[0] for line in lines] == ["::warning", "::warning", "::error"]


def test_a_report_for_gitlab_keeps_its_fingerprints(workspace: Path, holdfast: Run) -> None:
    file = workspace / "sops/a.md"

    def report() -> list[dict[str, object]]:
        rows: list[dict[str, object]] = json.loads(holdfast("lint", "sops/a.md", "--format", "gitlab").stdout)
        return rows

    steps = "1. Open it as needed\n2. Close it as needed\n"
    file.write_text(steps)
    before = report()
    file.write_text("Two lines more.\n\n" + steps)
    after = report()
    assert [row["fingerprint"] for row in before] == [row["fingerprint"] for row in after]
    assert len({str(row["fingerprint"]) for row in before}) == len(before) == 4
    assert before[-1] | {"fingerprint": ""} == {
        "description": "“as needed” means something else to everybody. "
        "Write when, how much or how often, so that two people do the same.",
        "check_name": "holdfast/vague-words",
        "fingerprint": "",
        "severity": "minor",
        "location": {"path": "sops/a.md", "lines": {"begin": 2}},
    }


def test_the_rules_are_listed_with_their_groups(holdfast: Run) -> None:
    result = holdfast("lint", "--rules")
    assert result.exit_code == 0
    for name, rule in RULES.items():
        assert f"  {name} " in result.stdout and rule.why in result.stdout
        assert rule.group.capitalize() in result.stdout.splitlines()


def test_what_can_not_be_read_is_named_and_stops_nothing(
    workspace: Path, rules: Callable[..., list[tuple[str, int, str]]]
) -> None:
    (workspace / "sops/latin.md").write_bytes(b"1. Caf\xe9\n")
    (workspace / "out.md").write_text("---\nowner: olga\nreview: 90d\n---\n1. Open it\n")
    os.symlink(workspace / "out.md", workspace / "sops/link.md")
    os.symlink(workspace / "nowhere.md", workspace / "sops/nowhere.md")
    found = [(path, rule) for path, _, rule in rules()]
    for name, rule in (("latin", "encoding"), ("link", "link-out"), ("nowhere", "unreadable")):
        assert (f"sops/{name}.md", rule) in found
    assert ("sops/opening.md", "owner") in found
    assert rules("missing.md") == [("missing.md", 1, "missing")]


def test_a_file_is_judged_once_however_often_it_is_named(
    rules: Callable[..., list[tuple[str, int, str]]],
) -> None:
    assert rules("sops", "sops/opening.md", "sops/./opening.md") == rules("sops")


WRITTEN = {
    "windows": (b"\xef\xbb\xbf1. Open it\r\n2. Close it  \r\n", b"\xef\xbb\xbf1. Open it {#open-it}\r\n"
                b"2. Close it {#close-it}  \r\n"),
    "no final newline": (b"# A\n\n1.\tOpen it\n2.\tClose it",
                         b"# A\n\n1.\tOpen it {#open-it}\n2.\tClose it {#close-it}"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_fix_writes_keys_and_no_other_byte(workspace: Path, holdfast: Run, name: str) -> None:
    before, after = WRITTEN[name]
    file = workspace / "sops/a.md"
    file.write_bytes(before)
    file.chmod(0o640)
    result = holdfast("lint", "--fix", "sops/a.md")
    assert result.exit_code == 1 and "sops/a.md: 2 keys written" in result.stderr  # no owner
    assert file.read_bytes() == after and file.stat().st_mode & 0o777 == 0o640
    written = file.stat().st_mtime_ns
    again = holdfast("lint", "--fix", "sops/a.md")
    assert "written" not in again.stderr and file.stat().st_mtime_ns == written
    assert [f.name for f in file.parent.iterdir() if f.name.startswith(".")] == []


def test_fix_writes_the_keys_in_force(workspace: Path, holdfast: Run) -> None:
    file = workspace / "sops/opening.md"
    file.write_text("# Open the shop\n\n1. Unlock the door\n2. Switch on all the lights\n3. Start the till\n")
    holdfast("lint", "--fix", "sops/opening.md")
    assert file.read_text() == (
        "# Open the shop\n\n1. Unlock the door {#unlock-the-door}\n"
        "2. Switch on all the lights {#switch-on-the-light}\n3. Start the till {#start-the-till}\n"
    )


def test_fix_gives_a_translation_the_keys_of_its_original(workspace: Path, holdfast: Run) -> None:
    file = workspace / "sops/opening.de.md"
    file.write_text("# Laden öffnen\n\n- [ ] Licht an\n- [ ] Tür auf\n- [ ] Kasse an\n- [ ] Kaffee kochen\n")
    result = holdfast("lint", "--fix", "sops/opening.de.md")
    assert "{#" not in file.read_text()  # four steps for three: which is which can't be told
    assert "which step of opening.md it translates can’t be told" in result.stderr
    file.write_text("# Laden öffnen\n\n- [ ] Licht an\n- [ ] Tür auf\n- [ ] Kasse an\n")
    holdfast("lint", "--fix", "sops/opening.de.md")
    assert "- [ ] Licht an {#switch-on-the-light}\n- [ ] Tür auf {#unlock-the-door}\n" in file.read_text()


def test_fix_says_what_it_could_not_write_and_goes_on(workspace: Path, holdfast: Run) -> None:
    files = {name: workspace / f"sops/{name}.md" for name in ("a-locked", "b-latin", "c-link", "d-code", "e")}
    outside = workspace / "out.md"
    for name in ("a-locked", "e"):
        files[name].write_text("1. Open it\n")
    outside.write_text("1. Open it\n")
    files["a-locked"].chmod(0o444)
    files["b-latin"].write_bytes(b"1. Caf\xe9\n")
    os.symlink(outside, files["c-link"])
    files["d-code"].write_text("- [ ] ```\n      make\n      ```\n- [ ] Look\n")
    result = holdfast("lint", "--fix")
    assert result.exit_code == 1
    assert "a-locked.md:1: The file is read-only" in result.stderr
    assert "c-link.md:1: This link leads out of the folder" in result.stderr
    assert "note: sops/d-code.md:1: No key was written for" in result.stderr
    assert "d-code.md: 1 key written" in result.stderr and "e.md: 1 key written" in result.stderr
    assert files["a-locked"].read_text() == outside.read_text() == "1. Open it\n"
    assert files["b-latin"].read_bytes() == b"1. Caf\xe9\n" and "{#look}" in files["d-code"].read_text()


def test_fix_leaves_the_guide_and_broken_documents_alone(workspace: Path, holdfast: Run) -> None:
    for path, text in {
        "guide/a.md": "1. Open it\n",
        "b.md": "1. Open it {#a}\n2. Close {#a}\n3. Go\n",
    }.items():
        (workspace / "sops" / path).parent.mkdir(exist_ok=True)
        (workspace / "sops" / path).write_text(text)
        holdfast("lint", "--fix", f"sops/{path}")
        assert (workspace / "sops" / path).read_text() == text


def test_fix_on_real_documents_changes_no_step_and_no_other_byte(
    tmp_path: Path, holdfast: Run, material: Callable[[str], Path]
) -> None:
    place = tmp_path / "corpus"
    shutil.copytree(
        material("corpus"),
        place,
        copy_function=shutil.copyfile,
        ignore=lambda _, names: [n for n in names if n.startswith(".")],
    )
    before = {one.file: (one.file.read_bytes(), one.document) for one in documents.find([place])}
    holdfast("lint", "--fix", place)
    after = {one.file: (one.file.read_bytes(), one.document) for one in documents.find([place])}
    written = 0
    for file, (source, document) in before.items():
        now, again = after[file]
        assert [replace(s, pinned=True) for s in document.steps] == list(again.steps), file
        keys = sorted({s.key for s in document.steps if not s.pinned}, key=len, reverse=True)
        inserted = rf" \{{#(?:{'|'.join(map(re.escape, keys))})\}}" if keys else "(?!)"
        assert re.sub(inserted, "", now.decode()) == re.sub(inserted, "", source.decode()), file
        written += now != source
    assert written > 80
    holdfast("lint", "--fix", place)
    assert {file: file.read_bytes() for file in after} == {file: now for file, (now, _) in after.items()}

"""`holdfast adopt`: copies with their images and links, repeatable, and nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from unicodedata import normalize

import pytest
from click.testing import CliRunner, Result

from tests.sop.conftest import corpus  # noqa: F401  (a fixture)
from tracker.authoring import adopt as adopting
from tracker.cli import main
from tracker.sop import parse
from tracker.sop.adopt import outline

Adopt = Callable[..., Result]

PICK = """\
# Pick an order

![The tote](img/tote.png)

1. Take the slip
2. Fetch the pieces, see [Pack](pack.md#box)
3. Scan them
"""
PACK = "# Pack\n\n1. Fold the box\n2. Fill it, as in [Pick](../warehouse/pick.md)\n"
PNG = b"\x89PNG\r\n\x1a\nnot much of one"


@pytest.fixture
def handbook(tmp_path: Path) -> Path:
    place = tmp_path / "handbook" / "warehouse"
    (place / "img").mkdir(parents=True)
    (place / "pick.md").write_text(PICK)
    (place / "pack.md").write_text(PACK)
    (place / "img/tote.png").write_bytes(PNG)
    return place


@pytest.fixture
def sops(tmp_path: Path) -> Path:
    place = tmp_path / "workspace" / "sops"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def adopt(sops: Path) -> Adopt:
    return lambda *words: CliRunner().invoke(
        main, ["adopt", "--workspace", str(sops.parent), *[str(word) for word in words]]
    )


def test_documents_come_with_front_matter_images_and_links(adopt: Adopt, sops: Path, handbook: Path) -> None:
    originals = {file: file.read_bytes() for file in handbook.rglob("*") if file.is_file()}
    result = adopt(handbook, "--owner", "maria")
    assert result.exit_code == 0, result.output
    pick = parse.read((sops / "warehouse/pick.md").read_bytes(), "warehouse/pick.md")
    assert (pick.id, pick.title, pick.meta.owner) == ("warehouse-pick", "Pick an order", "maria")
    assert [target for _, target in pick.links] == ["pack.md#box"]
    assert (sops / "warehouse/img/tote.png").read_bytes() == PNG
    assert {file: file.read_bytes() for file in originals} == originals
    assert "2 adopted" in result.output


def test_every_step_has_its_key_and_keeps_it(adopt: Adopt, sops: Path, handbook: Path) -> None:
    adopt(handbook)
    copy = sops / "warehouse/pick.md"
    assert "1. Take the slip {#take-the-slip}\n" in copy.read_text()
    changed = PICK.replace("1. Take the slip", "1. Take the slip and a tote").replace("3. Scan them\n", "")
    (handbook / "pick.md").write_text(changed + "3. Sign the slip\n4. Scan them\n")
    assert "1 updated" in adopt(handbook).output
    steps = parse.read(copy.read_bytes(), "warehouse/pick.md").steps
    assert [step.key for step in steps] == [
        "take-the-slip", "fetch-the-pieces-see-pack", "sign-the-slip", "scan-them",
    ]  # fmt: skip
    assert all(step.pinned for step in steps)


def test_a_translation_comes_with_the_keys_of_its_original(adopt: Adopt, sops: Path, handbook: Path) -> None:
    (handbook / "pack.de.md").write_text("# Packen\n\n- [ ] Karton falten\n- [ ] Karton füllen\n")
    (handbook / "pack.md").write_text("# Pack\n\n- [ ] Fold the box\n- [ ] Fill it\n")
    adopt(handbook, "--owner", "maria")
    german = parse.read((sops / "warehouse/pack.de.md").read_bytes(), "warehouse/pack.de.md")
    assert [step.key for step in german.steps] == ["fold-the-box", "fill-it"]
    assert german.meta.id is None and german.meta.owner is None
    result = CliRunner().invoke(main, ["sync", "--workspace", str(sops.parent)])
    assert result.exit_code == 0 and "2 published" in result.stdout


def test_an_area_is_its_folder_and_links_follow(adopt: Adopt, sops: Path, handbook: Path) -> None:
    adopt(handbook / "pick.md", handbook / "pack.md", "--area", "Order fulfilment (EU)")
    pack = parse.read((sops / "order-fulfilment-eu/pack.md").read_bytes(), "order-fulfilment-eu/pack.md")
    assert pack.area == "Order fulfilment (EU)"
    assert [target for _, target in pack.links] == ["pick.md"]


def test_endings_and_hidden_names_become_plain_ones(adopt: Adopt, sops: Path, handbook: Path) -> None:
    hidden = handbook / ".forms"
    hidden.mkdir()
    (hidden / "check out.html.md.erb").write_text(
        "# Out\n\n1. Open the till, as in [Pick](../pick.md)\n2. Count\n"
    )
    (handbook / "pick.md").write_text(PICK + "\n[Out](<.forms/check out.html.md.erb>)\n")
    assert "2 adopted" in adopt(handbook).output
    assert "1 adopted" in adopt(hidden).output
    assert parse.read((sops / "forms/check out.md").read_bytes(), "forms/check out.md").title == "Out"
    assert [path.name for path in sops.rglob("*.erb")] == []


def test_a_second_run_changes_nothing(adopt: Adopt, sops: Path, handbook: Path) -> None:
    adopt(handbook)
    before = {file: file.read_bytes() for file in sops.rglob("*") if file.is_file()}
    result = adopt(handbook)
    assert result.exit_code == 0 and result.output == "2 unchanged\n"
    assert {file: file.read_bytes() for file in sops.rglob("*") if file.is_file()} == before


def test_what_was_edited_meanwhile_stays(adopt: Adopt, sops: Path, handbook: Path) -> None:
    adopt(handbook)
    (sops / "warehouse/pick.md").write_text("mine")
    (handbook / "pick.md").write_text(PICK + "4. Sign it\n")
    (handbook / "pack.md").write_text(PACK + "3. Close it\n")
    result = adopt(handbook)
    assert "pick.md: edited since it was adopted" in result.output and "1 updated, 1 edited" in result.output
    assert (sops / "warehouse/pick.md").read_text() == "mine"
    assert len(parse.read((sops / "warehouse/pack.md").read_bytes(), "warehouse/pack.md").steps) == 3


def test_what_is_there_from_elsewhere_is_never_overwritten(adopt: Adopt, sops: Path, handbook: Path) -> None:
    (sops / "warehouse/img").mkdir(parents=True)
    (sops / "warehouse/pick.md").write_text("mine")
    (sops / "warehouse/img/tote.png").write_bytes(b"mine")
    result = adopt(handbook)
    assert result.exit_code == 1 and "is there already" in result.stderr
    assert (sops / "warehouse/pick.md").read_text() == "mine"
    assert (sops / "warehouse/img/tote.png").read_bytes() == b"mine"
    assert "1 adopted" in result.stdout


def test_an_id_that_is_taken_gets_a_number(adopt: Adopt, sops: Path, handbook: Path) -> None:
    (sops / "old.md").write_text("---\nid: warehouse-pick\n---\n1. Open it\n2. Close it\n")
    adopt(handbook)
    assert parse.read((sops / "warehouse/pick.md").read_bytes(), "warehouse/pick.md").id == "warehouse-pick-2"


def test_links_out_of_the_folder_are_refused(
    adopt: Adopt, sops: Path, handbook: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("1. Open the safe\n2. Close it\n")
    (tmp_path / "secret.png").write_bytes(PNG)
    (handbook / "secret.md").symlink_to(tmp_path / "secret.md")
    (handbook / "img/secret.png").symlink_to(tmp_path / "secret.png")
    (handbook / "more").symlink_to(tmp_path)
    (handbook / "pick.md").write_text(PICK + "![](img/secret.png) ![](../../secret.png)\n")
    result = adopt(handbook)
    assert (
        result.exit_code == 1
        and "leads out of the folder" in result.stderr
        and "link to a folder" in result.stderr
    )
    assert (
        "outside of what was given (adopt the folder around both): “img/secret.png”, “../../secret.png”."
        in result.stdout
    )
    assert list(sops.parent.rglob("*secret*")) == []


def test_nothing_is_written_through_a_link_in_the_workspace(
    adopt: Adopt, sops: Path, handbook: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (sops / "warehouse").symlink_to(tmp_path / "elsewhere")
    result = adopt(handbook)
    assert result.exit_code == 1 and "leads out of sops/" in result.stderr
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_no_text_is_refused_with_what_to_do(adopt: Adopt, handbook: Path) -> None:
    (handbook / "old.md").write_bytes("1. Öffnen".encode("latin-1"))
    result = adopt(handbook)
    assert result.exit_code == 1 and "old.md:1: The file is not UTF-8 text. Save it as UTF-8" in result.stderr
    assert "2 adopted" in result.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("1. Öffne".encode("cp1252"), "iconv -f WINDOWS-1252"),
        ("1. Öffne".encode("utf-16"), "iconv -f UTF-16"),
        (b"1. \0pen", "Put a Markdown text in its place"),
    ],
)
def test_how_to_save_it_fits_what_it_is(adopt: Adopt, handbook: Path, content: bytes, told: str) -> None:
    (handbook / "odd.md").write_bytes(content)
    assert told in adopt(handbook / "odd.md").output


def test_two_that_go_to_one_place_are_told(adopt: Adopt, handbook: Path) -> None:
    (handbook / "pick.html.md").write_text(PICK)
    result = adopt(handbook)
    assert result.exit_code == 1 and "goes to the same place, sops/warehouse/pick.md" in result.stderr


def test_no_such_path_the_guide_and_sops_itself_are_refused(adopt: Adopt, sops: Path, tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide/a.md").write_text("1. Open it\n2. Close it\n")
    (sops / "mine.md").write_text("1. Open it\n2. Close it\n")
    for path, why in [("nothing", "no such file"), ("guide", "never run"), (sops, "below sops/ already")]:
        result = adopt(tmp_path / path)
        assert result.exit_code == 1 and why in result.stderr


def test_a_folder_around_the_workspace_does_not_adopt_the_workspace(adopt: Adopt, sops: Path) -> None:
    (sops / "mine.md").write_text("1. Open it\n2. Close it\n")
    (sops.parent / "notes.md").write_text("1. Open it\n2. Close it\n")
    result = adopt(sops.parent, sops.parent / "notes.md", "--area", "notes")
    assert result.exit_code == 0 and "1 adopted" in result.output
    assert sorted(file.name for file in sops.rglob("*.md")) == ["mine.md", "notes.md"]


def test_what_it_was_unsure_of_is_told(adopt: Adopt, handbook: Path) -> None:
    (handbook / "pick.md").write_text(
        PICK.replace("tote.png", "gone.png").replace("pack.md", "gone.md")
        + "\n## Words\n\n1. Tote: a box on wheels\n2. Slip: the list in it\n"
    )
    result = adopt(handbook / "pick.md")
    for said in (
        "images that are not there: “img/gone.png”.",
        "not adopted with it: “gone.md",
        "not taken for steps",
        "1 without an owner",
    ):
        assert said in result.output


def test_adopted_documents_can_be_published(adopt: Adopt, sops: Path, handbook: Path) -> None:
    adopt(handbook, "--owner", "maria")
    result = CliRunner().invoke(main, ["sync", "--workspace", str(sops.parent)])
    assert result.exit_code == 0 and "2 published" in result.stdout
    assert adopt(handbook).output == "2 unchanged\n"


def test_real_documents_have_the_same_steps_when_adopted(sops: Path, corpus: Path) -> None:  # noqa: F811
    folders = [
        folder for folder in sorted(corpus.iterdir()) if folder.is_dir() and folder.name[0] not in "_."
    ]
    done = list(adopting.adopt([*folders, *corpus.glob("*/.[a-z]*")], sops.parent, owner="maria"))
    done = [result for result in done if result.outcome != "passed over"]  # hidden folders of a folder given
    assert len(done) >= 136 and {result.outcome for result in done} == {"adopted"}
    for result in done:
        original = parse.read(result.original.read_bytes(), result.target, html=False)
        copy = parse.read((sops / result.target).read_bytes(), result.target, html=False)
        assert outline(copy.steps) == outline(original.steps) and not copy.errors, result.target
        left = [note for _, note in result.notes if note.startswith("no key could be written")]
        assert sum(not step.pinned for step in copy.steps) == len(left) <= len(copy.steps) / 2, result.target


def test_files_from_a_mac_find_each_other(adopt: Adopt, sops: Path, tmp_path: Path) -> None:
    """Names on its disks have letters and accents apart, links have them together: the copies agree."""
    apart = partial(normalize, "NFD")
    place = tmp_path / "mac" / apart("Prüfung")
    place.mkdir(parents=True)
    (place / apart("Äpfel.md")).write_text(
        "# Äpfel\n\n1. Weigh the apples\n2. See [Größe](Größe.md)\n3. Note it\n\n![Bild](Bild-größe.png)\n"
    )
    (place / apart("Größe.md")).write_text("# Größe\n\n1. Take the rule\n2. Measure it\n")
    (place / apart("Bild-größe.png")).write_bytes(PNG)
    result = adopt(tmp_path / "mac", "--owner", "maria")
    assert "not there" not in result.output and "not adopted" not in result.output
    written = sorted(file.relative_to(sops).as_posix() for file in sops.rglob("*") if file.is_file())
    assert {f"mac/Prüfung/{name}" for name in ("Bild-größe.png", "Größe.md", "Äpfel.md")} <= set(written)
    text = (sops / "mac/Prüfung/Äpfel.md").read_text()
    assert "](Größe.md)" in text and "](Bild-größe.png)" in text


DESK = """\
# Desk

## Add a member

1. Open the list, see ![It](img/tote.png)
2. Type the name

## Change an address

1. Search for the member, see [Pack](pack.md)
2. Type the address

## Close an account

1. Search for the member
2. Print the letter
"""


def test_a_document_of_several_procedures_is_taken_apart_when_asked(
    adopt: Adopt, sops: Path, handbook: Path
) -> None:
    original = DESK
    (handbook / "desk.md").write_text(original)
    result = adopt(handbook)
    assert "desk.md:3: 3 procedures share one checklist" in result.output and "--split" in result.output
    result = adopt(handbook, "--split")
    assert "sops/warehouse/desk/close-an-account.md: adopted, 2 steps" in result.output
    assert (
        "sops/warehouse/desk.md: updated, 0 steps" in result.output and "without steps" not in result.output
    )
    rest = parse.read((sops / "warehouse/desk.md").read_bytes(), "warehouse/desk.md")
    assert rest.meta.steps == "none" and rest.links[0][1] == "desk/add-a-member.md"
    change = (sops / "warehouse/desk/change-an-address.md").read_text()
    assert (
        "[Pack](../pack.md)" in change
        and "![It](../img/tote.png)" in (sops / "warehouse/desk/add-a-member.md").read_text()
    )
    assert (handbook / "desk.md").read_text() == original


def test_a_document_that_was_taken_apart_stays_so(adopt: Adopt, sops: Path, handbook: Path) -> None:
    (handbook / "desk.md").write_text(DESK)
    adopt(handbook, "--split")
    assert "6 unchanged" in adopt(handbook).output
    (handbook / "desk.md").write_text(DESK.replace("Print", "Sign"))
    result = adopt(handbook)
    assert "desk/close-an-account.md: updated, 2 steps" in result.output and "5 unchanged" in result.output


def test_what_is_told_of_a_part_has_the_line_of_the_original(adopt: Adopt, handbook: Path) -> None:
    text = DESK.replace("pack.md", "gone.md")
    (handbook / "desk.md").write_text(text)
    output = adopt(handbook, "--split").output
    assert "desk.md:10: links to what was not adopted with it: “gone.md”" in output
    assert "desk.md:3:" not in output  # a list of links is no list of steps

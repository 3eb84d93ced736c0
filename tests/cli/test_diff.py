"""`holdfast diff`: two revisions of an SOP, or its document before it is published, as on the page."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PACK, Cast, Visitor
from tracker.cli import differences, main
from tracker.domain.library import reviews
from tracker.models import Person, Sop

SECOND = (
    PACK.replace("max=30000", "max=25000").replace("5. Hand it over {#hand}\n", "")
    + "5. Wave goodby {#wave}\n"
)
THIRD = SECOND.replace("goodby", "goodbye")


def holdfast(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


@pytest.fixture
def file(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The document of an SOP with three revisions in force."""
    monkeypatch.chdir(workspace)
    file = workspace / "sops/fulfillment/pack.md"
    for text in (SECOND, THIRD):
        file.write_text(text)
        assert holdfast("sync").exit_code == 0
    return file


def test_the_revision_in_force_is_compared_with_the_one_before(file: Path) -> None:
    for name in ("pack", "sops/fulfillment/pack.md", str(file)):
        result = holdfast("diff", name)
        assert result.exit_code == 0 and not result.stderr
        assert result.stdout == (
            "Pack an order: revision 2 → revision 3\n"
            "1 step differs: editorial (proposed).\n\n"
            "  1. Scan the tote\n  2. Weigh the parcel\n  3. Choose the box\n  4. Add a flyer\n"
            "- 5. Wave goodby\n+ 5. Wave goodbye\n\n"
            "“Wave goodby” now reads “Wave goodbye”.\n"
        )


def test_two_revisions_are_named_by_number(file: Path) -> None:
    result = holdfast("diff", "pack", "1", "3")
    assert "revision 1 → revision 3\n3 steps differ: material (proposed)." in result.stdout
    assert "“Weigh the parcel”: max is now 25000; it was 30000." in result.stdout
    assert "“Hand it over” is gone." in result.stdout and "“Wave goodbye” is new." in result.stdout


def test_a_document_that_is_not_published_yet_is_compared_with_the_one_in_force(file: Path) -> None:
    file.write_text(THIRD.replace("3. Choose the box {#box", "3. Choose a box {"))  # its key is carried on
    result = holdfast("diff", "pack")
    assert "revision 3 → fulfillment/pack.md" in result.stdout
    assert "“Choose the box” now reads “Choose a box”." in result.stdout
    file.write_text("\ufeff" + THIRD.replace("\n", "\r\n"))  # says the same
    assert "revision 2 → revision 3" in holdfast("diff", "pack").stdout


def test_the_owner_s_decision_is_said(file: Path, session: Session, cast: Cast) -> None:
    reviews.judge(session, by(cast.owner), NOW, session.get_one(Sop, "pack"), 3, "material")
    session.commit()
    assert "1 step differs: material.\n" in holdfast("diff", "pack").stdout


def test_the_page_says_the_same(file: Path, cast: Cast, visit: Callable[[Person | None], Visitor]) -> None:
    row = json.loads(holdfast("diff", "pack", "1", "2", "--json").stdout)
    page = html.unescape(visit(cast.owner).get("/sops/pack/diff?from=1&to=2").text)
    assert f"{row['differing']} steps differ." in page and f"{row['judgement']} (proposed)" in page
    for step in row["steps"]:
        for side in (step["before"], step["after"]):
            assert side is None or side["text"] in page
        for kind, sentence in zip(step["kinds"], step["changes"], strict=True):
            assert f"</svg> {differences.NAMES[kind]}</span>" in page
            assert sentence in page or kind in ("added", "removed", "reworded")  # both texts are there


def test_as_json(file: Path) -> None:
    row = json.loads(holdfast("diff", "pack", "2", "3", "--json").stdout)
    assert [row[name] for name in ("sop", "before", "after", "judgement", "decided", "differing")] == [
        "pack", "revision 2", "revision 3", "editorial", False, 1,
    ]  # fmt: skip
    assert row["steps"][-1]["kinds"] == ["reworded"] and row["steps"][0]["kinds"] == []
    assert row["steps"][-1]["after"] == {"key": "wave", "text": "Wave goodbye", "line": 20, "attributes": {}}


def test_side_by_side_where_the_terminal_is_wide(file: Path, session: Session, workspace: Path) -> None:
    found = differences.between(session, workspace / "sops", "pack", (1, 3))
    lines = list(found.lines(100))
    assert max(map(len, lines)) <= 100
    (weigh,) = [line for line in lines if line.count("2. Weigh the parcel") == 2]
    assert weigh.endswith("  limits") and lines[3].split() == ["revision", "1", "revision", "3"]
    (gone,) = [line for line in lines if line.startswith("5. Hand it over ")]
    assert gone.split()[-2:] == ["–", "gone"]
    assert any(line.startswith("- 5. Hand it over") for line in found.lines(99))


def test_long_texts_wrap_below_their_own_text(file: Path, session: Session, workspace: Path) -> None:
    file.write_text(THIRD.replace("Wave goodbye", "Wave goodbye to everybody " + "and to the driver " * 6))
    lines = list(differences.between(session, workspace / "sops", "pack", ()).lines(120))
    start = next(n for n, line in enumerate(lines) if "5. Wave goodbye to" in line)
    at = lines[start].index("5. Wave goodbye to")
    assert lines[start + 1][: at + 3].strip() == "" and lines[start + 1][at + 3] != " "


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no SOP “nothing”."),
        (["../out.md"], "There is no SOP “../out.md”."),
        (["pack", "1", "9"], "“Pack an order” has no revision 9."),
    ],
)
def test_what_is_not_there_is_one_line(file: Path, words: list[str], said: str) -> None:
    result = holdfast("diff", *words)
    assert result.exit_code == 1 and not result.stdout
    assert said in result.stderr and len(result.stderr.splitlines()) == 1


def test_one_number_is_wrong_usage(file: Path) -> None:
    assert holdfast("diff", "pack", "1").exit_code == 2


def test_a_document_with_an_error_is_named(file: Path) -> None:
    file.write_text(THIRD.replace(".critical", ".crtical"))
    result = holdfast("diff", "pack")
    assert result.exit_code == 1 and "pack.md:12: Unknown attribute “.crtical”" in result.stderr
    assert holdfast("diff", "pack", "1", "2").exit_code == 0

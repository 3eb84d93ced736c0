"""An author's first week: real documents adopted, run, changed three times, and one step's history read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Enter, open_head, start
from tests.sop.conftest import corpus  # noqa: F401  (a fixture)
from tests.support.patience import until
from tests.support.serving import House, serving
from tracker.cli import main

pytestmark = pytest.mark.browser

GPS = (
    "9. (Recommended) Write down GPS coordinates of sampling location "
    "{#recommended-write-down-gps-coordinates-of}\n"
)
MIX = (
    "7. (Recommended) Mix the soil by massaging with your hands through the bag "
    "{#recommended-mix-the-soil-by-massaging-with-your}\n"
)


@pytest.fixture(scope="module")
def house(built: Path, tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[House]:  # noqa: F811
    """Two documents of a laboratory beside the three SOPs: one with its keys, one without any."""
    place = shutil.copytree(built, tmp_path_factory.mktemp("author") / "workspace")
    protocols = corpus / "buckley-lab-protocols"
    papers = [protocols / "fieldwork/field_soil_sampling.md", protocols / "lab_equipment/speed_vac.md"]
    result = _holdfast(place, "adopt", "--area", "Lab", "--owner", "olga", *papers)
    assert "10 steps" in result and "11 steps" in result and "2 adopted" in result
    for file in (place / "sops/lab").iterdir():
        file.write_text(re.sub(r" \{#[^}]*\}", "", file.read_text()))
    soil = place / "sops/lab/field_soil_sampling.md"
    said = _holdfast(place, "lint", soil)
    assert "“ASAP” means something else to everybody" in said and "[vague-words]" in said
    soil.write_text(soil.read_text().replace("on dry ice ASAP if", "on dry ice within 5 minutes if"))
    assert "10 keys written" in (said := _holdfast(place, "lint", "--fix", soil)) and "ASAP" not in said
    with serving(place) as house:
        yield house


def _holdfast(workspace: Path, command: str, *words: object) -> str:
    """What a command says about the workspace."""
    return CliRunner().invoke(main, [command, "--workspace", str(workspace), *map(str, words)]).output


def _revise(house: House, name: str, *changes: tuple[str, str]) -> None:
    """Save a document with other words and wait until it is in force."""
    _save(house, name, *changes)
    house.wait_for("1 published")


def _save(house: House, name: str, *changes: tuple[str, str]) -> None:
    file = house.workspace / "sops/lab" / name
    text = file.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text)


def test_an_author_changes_an_sop_under_open_runs(enter: Enter, house: House) -> None:
    sam = enter("sam")
    runs = [start(sam, "lab-field_soil_sampling", f"plot {n}") for n in (1, 2)]
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#step-0.hf-is-done")).to_be_visible()

    soil = "field_soil_sampling.md"
    _revise(
        house,
        soil,
        ("Sterilize all tools that will come into contact with", "Wipe all tools that will touch"),
    )
    _revise(
        house,
        soil,
        (GPS, ""),
        ("4. Take a soil core:", f"{GPS}4. Take a soil core:"),
        ("Rinse and clean the corer and spatula using DI water", "Rinse the corer with DI water"),
        (
            "11. Repeat from",
            "11. Rinse the spatula {#spatula input=number unit=times min=1 max=5}\n11. Repeat from",
        ),
    )
    _revise(house, soil, (MIX, ""))

    lena = enter("lena", device=DESKTOP)
    lena.goto(runs[1])
    lena.get_by_role("link", name="See what is new and move it").click()
    for title in ("1 step is gone", "1 step is new", "2 steps are reworded"):
        expect(lena.get_by_role("heading", name=title)).to_be_visible()
    lena.get_by_role("button", name="Move this run to revision 4").click()
    lena.goto("/board")
    lena.get_by_role("link", name="See what is new and move them").click()
    lena.get_by_role("button", name="Move 1 run to revision 4").click()
    expect(lena.get_by_role("heading", name=re.compile("Every open run"))).to_be_visible()

    sam.locator(".hf-current").get_by_role("button", name="Done").click()  # on the page from before
    expect(sam.locator(".hf-is-done")).to_have_count(2)
    expect(sam.locator(".hf-current")).to_contain_text("Write down GPS")
    open_head(sam)
    sam.get_by_role("link", name="History").click()
    wiped = sam.get_by_role("listitem").filter(has_text="Wipe all tools")
    expect(wiped).to_contain_text("it said then: “Sterilize all tools")
    expect(sam.get_by_text("moved the run from revision 1 to revision 4")).to_be_visible()

    olga = enter("olga", device=DESKTOP)
    olga.goto("/sops/lab-field_soil_sampling")
    olga.get_by_role("link", name=re.compile("Rinse the corer")).click()
    revisions = olga.locator("tbody tr")
    expect(revisions).to_have_text(
        [
            re.compile(r"^\s*4\s+in force.*as before:\s+Rinse the corer", re.S),
            re.compile(r"^\s*3.*Rinse the corer", re.S),
            re.compile(r"^\s*2.*as before:\s+Rinse and clean", re.S),
            re.compile(r"^\s*1.*Rinse and clean", re.S),
        ]
    )
    olga.goto("/sops/lab-field_soil_sampling/diff?from=1&to=4")
    expect(olga.get_by_text("5 steps differ.")).to_be_visible()
    assert "5 steps differ" in _holdfast(house.workspace, "diff", "lab-field_soil_sampling", 1, 4)


def test_what_only_the_author_knows_is_asked_and_answered(enter: Enter, house: House) -> None:
    was, now = (
        "Hold down __Start__ and __Stop__ keys to restart the vacuum pump.",
        "Press __Start__ and __Stop__ together until the pump starts again.",
    )
    _revise(house, "speed_vac.md", (was, now))
    olga = enter("olga", device=DESKTOP)
    olga.goto("/library")
    question = olga.locator(".hf-row").filter(has_text="Is “Press Start and Stop together")
    expect(question).to_contain_text("It goes on under that one’s key")
    key = re.search(r"If so, write (\{#[^}]+\})", question.inner_text())
    assert key
    _save(house, "speed_vac.md", (now, f"{now} {key[1]}"))  # readers see no key, so it makes no revision
    until(lambda: olga.reload() and not question.count())
    olga.goto("/sops/lab-speed_vac/revisions")
    expect(olga.get_by_text("Revision 2", exact=False).first).to_be_visible()
    expect(olga.get_by_text("Revision 3", exact=False)).to_have_count(0)

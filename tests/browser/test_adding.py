"""Photos and files are added to any step and to a failure, one by one; what was typed outlives the camera."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter, House, open_head, start
from tests.support.accessibility import objections
from tests.support.evidence import encoded, photo, scene
from tests.support.inputs import INPUTS

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module", autouse=True)
def inputs(house: House) -> None:
    """An SOP with every kind of input is in force."""
    (house.workspace / "sops/inputs.md").write_text(INPUTS)
    house.publish()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two photos and a document."""
    for name, content in (("a.jpg", photo()), ("b.jpg", scene(2)), ("list.pdf", b"%PDF-1.7\n1 0 obj\n")):
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in ("a.jpg", "b.jpg", "list.pdf")]


def add(form: Locator, *given: Path) -> None:
    form.locator("[name=file][multiple]").set_input_files(list(given))


def in_history(page: Page) -> Locator:
    """What the run's history shows as evidence, once all is sent."""
    expect(page.locator(".hf-step .hf-proof")).not_to_have_count(0)
    open_head(page)
    page.get_by_role("link", name="History").click()
    return page.locator(".hf-history .hf-proof")


def test_several_are_added_to_a_step_and_one_is_taken_out_again(enter: Enter, files: list[Path]) -> None:
    page = enter("sam", device=SMALL, steps="one", bypass_csp=True, reduced_motion="reduce")
    start(page, "inputs", "adding")
    step = page.locator("#step-0")
    form = step.locator(".hf-do")
    add(form, files[0])
    add(form, files[1], files[2])
    pieces = form.locator(".hf-piece")
    expect(pieces).to_have_count(3)
    expect(form.get_by_role("img", name="The photo as it will be sent")).to_have_count(2)
    assert objections(page) == []
    pieces.nth(1).get_by_role("button", name="Take it out: b.jpg").click()
    expect(pieces).to_have_count(2)
    names = form.locator("[name=file]").evaluate("field => [...field.files].map(file => file.name)")
    assert names == ["a.jpg", "list.pdf"]
    step.get_by_role("button", name="Done").click()
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    proofs = in_history(page)
    expect(proofs).to_have_count(2)
    expect(proofs.last).to_contain_text("list.pdf")


def test_a_failure_carries_photos_too(enter: Enter, files: list[Path]) -> None:
    page = enter("sam", device=SMALL, steps="one", reduced_motion="reduce")
    start(page, "inputs", "a failure")
    step = page.locator("#step-0")
    step.get_by_text("Failed", exact=True).click()
    why = step.locator(".hf-why[open] form")
    add(why, files[0])
    add(why, files[0])  # the same twice is two
    expect(why.locator(".hf-piece")).to_have_count(2)
    why.get_by_role("button", name="Damaged").click()
    expect(page.locator("#step-0.hf-is-failed")).to_have_count(1)
    expect(in_history(page)).to_have_count(2)


def test_more_than_a_record_takes_are_not_sent(enter: Enter, files: list[Path], tmp_path: Path) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "inputs", "too many")
    form = page.locator("#step-0 .hf-do")
    add(form, *[files[2]] * 9)
    field = form.locator("[name=file]")
    assert "At most 8" in field.evaluate("field => field.validationMessage")
    form.get_by_role("button", name="Done").click()
    expect(page.locator("#step-0.hf-shown.hf-current")).to_be_visible()
    form.get_by_role("button", name="Take it out").first.click()
    assert field.evaluate("field => field.validationMessage") == ""


def test_a_photo_is_sent_small_beside_another_that_is_asked_for(
    enter: Enter, files: list[Path], tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(encoded(Image.effect_noise((3000, 2000), 90), "JPEG", quality=95))
    page = enter("sam", device=SMALL, steps="one")
    start(page, "inputs", "small")
    page.evaluate("location.hash = '#step-5'")
    page.reload()
    form = page.locator("#step-5 .hf-do")
    form.locator("[name=photo]").set_input_files(files[0])
    add(form, large)
    page.wait_for_function(
        "size => document.querySelector('#step-5 [name=file]').files[0].size < size / 2",
        arg=large.stat().st_size,
    )
    expect(form.locator(".hf-piece")).to_have_count(2)


def test_what_was_typed_is_there_again_after_the_camera_has_taken_the_page_away(enter: Enter) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "inputs", "camera")
    for _ in range(2):
        page.locator("[data-turn='1']").click()
    step = page.locator("#step-2")
    step.get_by_role("textbox").first.fill("Dented at the left")
    step.locator(".hf-do").get_by_text("Add a note").click()
    step.locator("#note-done-2").fill("Ask the driver")
    with page.expect_file_chooser():
        step.locator(".hf-do").get_by_text("Add a photo or file").click()
    page.reload()
    expect(page.locator("#step-2.hf-shown")).to_be_visible()
    expect(step.get_by_role("textbox").first).to_have_value("Dented at the left")
    expect(step.locator("#note-done-2")).to_have_value("Ask the driver")
    expect(step.locator("#note-done-2")).to_be_visible()
    step.get_by_role("button", name="Done").click()
    expect(page.locator("#step-2.hf-is-done")).to_have_count(1)
    assert page.evaluate("sessionStorage.getItem('holdfast.typed')") is None


def test_a_note_goes_along_with_whichever_button_is_pressed_in_the_end(enter: Enter) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "inputs", "goes-along")
    step = page.locator(".hf-shown")
    step.locator(".hf-do").get_by_text("Add a note").tap()
    step.locator("#note-done-0").fill("The box is wet")
    step.locator(".hf-else summary", has_text="Failed").tap()
    expect(step.get_by_role("textbox", name="Note")).to_have_value("The box is wet")
    step.locator(".hf-else summary", has_text="Skip").tap()
    expect(step.get_by_role("textbox", name="Note")).to_have_value("The box is wet")
    step.get_by_role("button", name="No time").tap()
    expect(page.locator("#step-0")).to_contain_text("The box is wet")

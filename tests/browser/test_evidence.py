"""A photo is taken, a file chosen and a signature drawn in a browser, and all of them are seen in the run."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House, next_sending, saved, start
from tests.support.accessibility import objections
from tests.support.evidence import DELIVERY, kept, located, photo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def delivery(house: House) -> None:
    """The SOPs are in force."""
    damage = DELIVERY.replace("id: delivery", "id: damage\nsubject: order")
    damage = damage.replace(".critical", ".verify .keep-location")
    (house.workspace / "sops/delivery.md").write_text(DELIVERY)
    (house.workspace / "sops/damage.md").write_text(damage)
    house.publish()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A photo of several megabytes, as cameras make them."""
    out = io.BytesIO()
    Image.frombytes("RGB", (2400, 1800), os.urandom(12_960_000)).save(out, "JPEG", quality=90)
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(out.getvalue())
    assert 3_000_000 < file.stat().st_size < 10_000_000
    return file


def done(step: Locator) -> None:
    step.get_by_role("button", name="Done").click()


def sign(page: Page, canvas: Locator) -> None:
    """Draw a stroke across the box."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2)
    page.mouse.down()
    for n in range(1, 12):
        page.mouse.move(box["x"] + 30 + 12 * n, box["y"] + box["height"] * (0.3 if n % 2 else 0.7))
    page.mouse.up()


def loaded(image: Locator) -> tuple[int, int]:
    """The size of an image once the browser has it."""
    image.scroll_into_view_if_needed()
    size: list[int] = image.evaluate("i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])")
    return size[0], size[1]


def test_photo_file_and_signature_from_end_to_end(enter: Enter, large: Path, tmp_path: Path) -> None:
    page = enter("sam")
    address = start(page, "delivery", "phone")
    first, second, third = (page.locator(f"#step-{n}") for n in range(3))
    done(first)
    expect(first).to_have_class(re.compile("hf-current"))  # the browser asks for the photo
    field = first.locator("[name=photo]")
    assert field.get_attribute("capture") == "environment"
    field.set_input_files(large)
    expect(first.get_by_role("img", name="The photo as it will be sent")).to_be_visible()
    expect(first).to_have_js_property("isConnected", True)
    page.wait_for_function("() => document.querySelector('#step-0 [name=photo]').files[0].size < 3e6")
    done(first)
    saved(page)
    note = tmp_path / "Delivery note 7.pdf"
    note.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    second.locator(".hf-bring [name=file]").set_input_files(note)
    done(second)
    box = third.get_by_role("img", name="Box to sign in")
    sign(page, box)
    third.get_by_role("button", name="Clear").click()
    done(third)
    expect(third).to_have_class(re.compile("hf-current"))  # cleared: the browser asks for a name
    sign(page, box)
    done(third)
    expect(page.locator("#progress")).to_contain_text("3 of 4 done")
    for step in (first, second, third):
        step.locator("summary").first.click()
    seen = first.get_by_role("img", name="Photo: Photograph the damaged carton")
    assert loaded(seen) == (320, 240)
    whole = page.request.get(str(seen.locator("..").get_attribute("href")))
    assert Image.open(io.BytesIO(whole.body())).size == (1600, 1200)
    width, height = loaded(third.get_by_role("img", name="Signature: The driver signs"))
    assert 100 < width < 700 and 20 < height < 340
    with page.expect_download() as told:
        second.get_by_role("link", name="Delivery note 7.pdf").click()
    assert told.value.suggested_filename == "Delivery note 7.pdf"
    page.goto(f"{address.split('#')[0]}/history")
    assert loaded(page.get_by_role("img", name=re.compile("Signature"))) == (width, height)


def test_a_photo_that_did_not_arrive_is_sent_again_as_it_was(enter: Enter, large: Path, house: House) -> None:
    page = enter("sam", watched=False)
    start(page, "delivery", "wifi")
    before = len(kept(house.workspace))
    page.locator("#step-0 [name=photo]").set_input_files(large)
    page.wait_for_function("() => document.querySelector('#step-0 [name=photo]').files[0].size < 3e6")
    arrived = []

    def lose_the_answer(route: Route) -> None:
        arrived.append(route.fetch().status)
        route.abort()

    next_sending(page, lose_the_answer)
    done(page.locator("#step-0"))
    expect(page.locator("#saved")).to_contain_text("1 waiting")
    saved(page)
    assert arrived == [200] and len(kept(house.workspace)) == before + 2  # with its thumbnail


def test_a_file_that_is_too_large_is_not_sent(enter: Enter, tmp_path: Path) -> None:
    page = enter("sam")
    start(page, "delivery", "large")
    file = tmp_path / "video.jpg"
    file.write_bytes(b"\xff\xd8\xff" + bytes(10_000_001))
    field = page.locator("#step-0 [name=photo]")
    field.set_input_files(file)
    page.wait_for_function("() => document.querySelector('#step-0 [name=photo]').validity.customError")
    field.set_input_files([])
    assert field.evaluate("e => e.validity.customError") is False


def test_a_name_is_typed_instead_and_the_box_follows_the_theme(enter: Enter, tmp_path: Path) -> None:
    page = enter("sam", device=DESKTOP, color_scheme="dark")
    start(page, "delivery", "typed")
    file = tmp_path / "a.jpg"
    file.write_bytes(photo())
    page.locator("#step-0 [name=photo]").set_input_files(file)
    done(page.locator("#step-0"))
    page.locator("#step-2 summary").first.click()
    assert "invert" in page.locator("#step-2 canvas").evaluate("e => getComputedStyle(e).filter")
    page.locator("#step-2").get_by_label("Type your name to sign").fill("Dana Driver")
    done(page.locator("#step-2"))
    expect(page.locator("#step-2.hf-is-done")).to_contain_text("Dana Driver")


def test_without_javascript(enter: Enter, large: Path) -> None:
    page = enter("sam", java_script_enabled=False)
    start(page, "delivery", "plain")
    page.locator("#step-0 [name=photo]").set_input_files(large)
    done(page.locator("#step-0"))
    expect(page).to_have_url(re.compile("#step-1$"))
    page.locator("#step-1 .hf-bring [name=file]").set_input_files(large)
    done(page.locator("#step-1"))
    expect(page.locator("#step-2 canvas")).to_have_count(0)
    page.locator("#step-2").get_by_label("Type your name to sign").fill("Dana Driver")
    done(page.locator("#step-2"))
    expect(page.locator("#progress")).to_contain_text("3 of 4 done")
    page.locator("#step-0 summary").first.click()
    expect(
        page.locator("#step-0").get_by_role("img", name="Photo: Photograph the damaged carton")
    ).to_be_visible()
    page.locator("#step-2 summary").first.click()
    expect(page.locator("#step-2")).to_contain_text("Dana Driver")


@pytest.mark.parametrize(("device", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")])
def test_place_and_time_and_a_photo_used_before_stand_beside_it(
    enter: Enter, house: House, tmp_path: Path, device: dict[str, Any], scheme: str
) -> None:
    look = {"device": device, "color_scheme": scheme, "bypass_csp": True, "reduced_motion": "reduce"}
    page, found = enter("sam", **look), []
    file = tmp_path / "a.jpg"
    file.write_bytes(located())
    for subject in (f"1040 {scheme}", f"1041 {scheme}"):
        start(page, "damage", subject)
        expect(page.locator("#step-0")).to_contain_text("Where and when your camera says it was taken")
        found += objections(page)
        page.locator("#step-0 [name=photo]").set_input_files(file)
        done(page.locator("#step-0"))
        saved(page)
    address = page.url.split("#")[0]
    lead = enter("lena", **look)
    for place in (address, f"{address}/history", "/signoffs"):
        lead.goto(place)
        told = lead.locator(".hf-proof-note:visible", has_text="This photo was also used in").last
        if place == address and not told.count():
            lead.locator("#step-0 summary").first.click()
        expect(told).to_contain_text(f"(order 1040 {scheme}), today")
        expect(
            lead.locator(".hf-proof-note:visible", has_text="taken at 52.52000, 13.40500").last
        ).to_be_visible()
        assert loaded(lead.locator(".hf-proof img:visible").last) == (320, 240)
        found += objections(lead)
    told.get_by_role("link").click()
    expect(lead).to_have_title(re.compile("History of run"))
    assert not found, "\n".join(found)

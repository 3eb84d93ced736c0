"""The room that the browser gives runs out, is none from the start, or was used by another version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Come, House, opening, session_cookie
from tests.conftest import PHONE, QUIET
from tests.support.chromium import executable
from tests.support.evidence import shot
from tests.support.phones import STEPS, Phone, kept
from tests.support.workers import all_kept, answers, cached

pytestmark = pytest.mark.browser
PHOTO = """\
# Photograph the pallet

1. Look at the film {#film}
2. Photograph it {#photo input=photo}
3. Photograph the label {#label input=photo}
4. Push it aside {#push}
"""
ROOM = "--enable-features=StorageQuotaSettings:PoolSizeBytes/16000000"
"""The browser's own quota, of which one site gets a part: what a phone gives that has nearly no room left."""

FILL = """async () => {
  const request = indexedDB.open("of somebody else's", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("all");
  const db = await new Promise((then) => { request.onsuccess = () => then(request.result); });
  const put = (size) => new Promise((then) => {
    const transaction = db.transaction("all", "readwrite");
    const some = new Uint8Array(size);
    for (let n = 0; n < size; n += 65536) crypto.getRandomValues(some.subarray(n, Math.min(n + 65536, size)));
    transaction.objectStore("all").put(some, Math.random());
    transaction.oncomplete = () => then(true);
    transaction.onabort = () => then(false);
  });
  for (const size of [2_000_000, 500_000, 100_000, 30_000]) while (await put(size));
  db.close();
}"""
NEWER = """() => new Promise((then, fail) => {
  const request = indexedDB.open("holdfast/", 7);
  request.onupgradeneeded = () => request.result.createObjectStore("of a later version");
  request.onsuccess = () => { request.result.close(); then(request.result.version); };
  request.onerror = () => fail(request.error);
})"""


@pytest.fixture(scope="module", autouse=True)
def pallet(house: House) -> None:
    """An SOP that asks for photos is in force."""
    (house.workspace / "sops/pallet.md").write_text(PHOTO)
    house.publish()


@pytest.fixture
def narrow(chromium: Browser, house: House, tmp_path: Path) -> Iterator[Page]:
    """Sam's phone, whose browser has room for some megabytes; all is kept that belongs on it."""
    settings = {**PHONE, "executable_path": executable(), "args": [*QUIET, ROOM], "base_url": house.url}
    with chromium.browser_type.launch_persistent_context(tmp_path, **settings) as context:
        context.add_cookies([session_cookie(house, "sam")])
        page = context.new_page()
        page.goto("/")
        answers(page)
        all_kept(page)
        yield page


def ready(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-phone", "ready")


def done(page: Page) -> None:
    page.locator(".hf-shown").get_by_role("button", name="Done").click()


def test_a_full_phone_keeps_what_was_there_and_what_is_small(narrow: Page, house: House) -> None:
    """Without network a photo that has no room is not done, and said so; one that has room once pages of the
    site have given way is kept. The run and what is small go on."""
    run = opening(house, sop="pallet")
    narrow.reload()
    all_kept(narrow)
    narrow.context.set_offline(True)
    narrow.goto(f"/runs/{run}")
    ready(narrow)
    done(narrow)
    expect(narrow.locator("#so-far")).to_contain_text("1 of 4")
    narrow.evaluate(FILL)
    before = set(cached(narrow))
    assert Phone(narrow).tick(run, "label", shot(150_000)) not in ("full", "refused")
    gone = before - set(cached(narrow))
    assert gone and not [address for address in gone if "/runs/" in address or "/static/" in address]
    expect(narrow.locator("#so-far")).to_contain_text("2 of 4")
    narrow.locator(".hf-shown input[type=file]").first.set_input_files(
        {"name": "pallet.jpg", "mimeType": "image/jpeg", "buffer": shot(8_000_000)}
    )
    done(narrow)
    Phone(narrow).says("Not kept on this phone: it has no room left.")
    expect(narrow.locator("#message")).to_contain_text("Not saved")
    expect(narrow.locator("#so-far")).to_contain_text("2 of 4")
    narrow.reload()
    ready(narrow)
    expect(narrow.locator("#so-far")).to_contain_text("2 of 4")
    assert Phone(narrow).tick(run, "push") not in ("full", "refused")
    expect(narrow.locator("#saved")).not_to_contain_text("Not kept on this phone")
    narrow.context.set_offline(False)
    Phone(narrow).rests()
    assert [step for step, _ in kept(house, run)] == ["film", "label", "push"]


REFUSES = """
  Object.defineProperty(globalThis, 'caches', { value: undefined });
  IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };
"""


def test_a_browser_that_keeps_nothing_sends_directly_and_says_so(come: Come, house: House) -> None:
    run = opening(house)
    sam = come("sam")
    sam.add_init_script(REFUSES)
    sam.goto(f"/runs/{run}")
    ready(sam)
    Phone(sam).says("Not kept on this phone")
    for n in range(2):
        sam.locator(".hf-current").get_by_role("button", name="Done").click()
        expect(sam.locator(f"#step-{n}")).to_have_class(re.compile("hf-is-done"))
    assert [step for step, _ in kept(house, run)] == STEPS[:2]
    sam.context.set_offline(True)
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#message")).to_contain_text("Not saved")
    expect(sam.locator("#step-2")).not_to_have_class(re.compile("hf-is-done"))
    sam.context.set_offline(False)


def test_a_store_that_a_later_version_has_used_is_gone_on_with(come: Come, house: House) -> None:
    """The server was rolled back: what waits is not lost, with the store open in another tab meanwhile."""
    run = opening(house)
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    Phone(sam).tick(run, STEPS[0])
    other = sam.context.new_page()
    other.goto("/")
    assert other.evaluate(NEWER) == 7
    Phone(sam).tick(run, STEPS[1])
    sam.reload()
    Phone(sam).says("2 waiting since")
    sam.context.set_offline(False)
    Phone(sam).rests()
    assert kept(house, run) == list(zip(STEPS[:2], (1, 2), strict=True))

"""Codes are read by the phone's camera: a real Chromium whose camera shows a film that the test has drawn."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Enter, House, start
from tests.conftest import QUIET
from tests.support.chromium import executable

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 640, 480
WRITER = Path(__file__).parents[2] / "node_modules/zxing-wasm/dist"
ALLOWED, REFUSED = "--use-fake-ui-for-media-stream", "--use-fake-ui-for-media-stream=deny"
EAN = "4006381333931"

# What a browser does when its page is left; a headless one never hides a page.
HIDDEN = """
Object.defineProperty(document, "hidden", { value: true });
document.dispatchEvent(new Event("visibilitychange"));
"""

LEFT = [
    "0001101", "0011001", "0010011", "0111101", "0100011",
    "0110001", "0101111", "0111011", "0110111", "0001011",
]  # fmt: skip
SIDES = [
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
]  # fmt: skip

Rows = list[str]  # of "1" for a dark module and "0" for a light one
Camera = Callable[..., Any]


def ean_13(digits: str) -> Rows:
    """The bars of an EAN-13, as GS1's General Specifications draw them."""
    right = [code.translate(str.maketrans("01", "10")) for code in LEFT]
    bars = "101"
    for side, digit in zip(SIDES[int(digits[0])], digits[1:7], strict=True):
        bars += LEFT[int(digit)] if side == "L" else right[int(digit)][::-1]
    bars += "01010" + "".join(right[int(digit)] for digit in digits[7:]) + "101"
    return [bars] * 40


def film(place: Path, rows: Rows) -> Path:
    """Two frames of the code in the middle of a light grey page, as Y4M; Chromium repeats them."""
    size = min((WIDTH - 120) // len(rows[0]), (HEIGHT - 120) // len(rows))
    page = [bytearray([200]) * WIDTH for _ in range(HEIGHT)]
    x, y = (WIDTH - size * len(rows[0])) // 2, (HEIGHT - size * len(rows)) // 2
    for n in range(size * len(rows)):
        row = rows[n // size]
        page[y + n][x : x + size * len(row)] = b"".join(
            bytes([30 if dark == "1" else 200]) * size for dark in row
        )
    frame = b"FRAME\n" + b"".join(page) + b"\x80" * (WIDTH * HEIGHT // 2)
    path = place / "camera.y4m"
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode() + frame * 2)
    return path


@pytest.fixture
def camera(chromium: Browser, house: House, sessions: Callable[[str], Any], tmp_path: Path) -> Camera:
    """A phone whose camera sees the code; `answer` is what its owner says when asked for the camera."""

    @contextmanager
    def phone(rows: Rows, answer: str = ALLOWED) -> Iterator[Page]:
        seen = f"--use-file-for-fake-video-capture={film(tmp_path, rows)}"
        flags = [*QUIET, "--use-fake-device-for-media-stream", seen, answer]
        cookies = sessions("sam")
        browser = chromium.browser_type.launch(executable_path=executable(), args=flags)
        page = browser.new_context(**PHONE, base_url=house.url, storage_state=cookies).new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
        assert complaints == []

    return phone


@pytest.fixture
def drawn(desktop: Page) -> Callable[[str, str], Rows]:
    """A code as the scanner's own library writes it, for those that are long to draw by hand."""

    def draw(text: str, kind: str) -> Rows:
        desktop.goto("about:blank")
        desktop.add_script_tag(path=WRITER / "iife/writer/index.js")
        wasm = base64.b64encode((WRITER / "writer/zxing_writer.wasm").read_bytes()).decode()
        rows: Rows = desktop.evaluate(
            """async ([text, format, wasm]) => {
                const wasmBinary = Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)).buffer;
                ZXingWASM.prepareZXingModule({ overrides: { wasmBinary } });
                const { symbol } = await ZXingWASM.writeBarcode(text, { format, addQuietZones: false });
                const dark = Array.from(symbol.data, (light) => (light ? "0" : "1")).join("");
                return dark.match(new RegExp(`.{${symbol.width}}`, "g"));
            }""",
            [text, kind, wasm],
        )
        return rows * 40 if len(rows) == 1 else rows

    return draw


def scan(page: Page, subject: str) -> str:
    """Start a run, open the camera at its first step; the run's address."""
    address = start(page, "pack", subject)
    page.get_by_role("button", name="Scan with the camera").locator("visible=true").first.click()
    return address


def test_a_code_before_the_camera_comes_into_the_field_and_done_saves_it(camera: Camera) -> None:
    with camera(ean_13(EAN)) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        start(page, "pack", "by camera")
        field = page.locator("#step-0").get_by_label("Scan or type it")
        button = page.locator("#step-0").get_by_role("button", name="Scan with the camera")
        expect(button).to_be_visible()
        assert "scan.js" in asked
        assert not {"ponyfill.js", "zxing_reader.wasm"} & set(asked), "loaded before it is needed"
        button.click()
        expect(field).to_have_value(EAN)
        assert "zxing_reader.wasm" in asked
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator("#step-0").get_by_role("button", name="Done")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#step-0")).to_contain_text(EAN)
        expect(page.locator("#step-1.hf-current")).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("QRCode", "TOTE-7 Größe M"),
        ("DataMatrix", "LOT 2026-03/17"),
        ("Code128", "Box-0042"),
    ],
)
def test_it_reads(kind: str, text: str, drawn: Callable[[str, str], Rows], camera: Camera) -> None:
    with camera(drawn(text, kind)) as page:
        scan(page, kind)
        expect(page.locator("#step-0").get_by_label("Scan or type it")).to_have_value(text)


def modules(svg: str) -> Rows:
    """The dark and light modules of a QR code, from the lines that its image draws them with."""
    [path] = re.findall(r'stroke="#000" d="([^"]+)"', svg)
    dark, x, y = set(), 0.0, 0.0
    for order, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        steps = [float(number) for number in numbers.split()]
        if order == "h":
            dark |= {(round(x) + n, int(y)) for n in range(int(steps[0]))}
            x += steps[0]
        else:
            x, y = (steps[0], steps[1]) if order == "M" else (x + steps[0], y + steps[1])
    side = max(n for n, _ in dark) + 5
    return ["".join("1" if (n, m) in dark else "0" for n in range(side)) for m in range(side)]


def test_a_printed_code_is_scanned_on_today_and_opens_what_it_stands_for(
    camera: Camera, enter: Enter
) -> None:
    page = enter("sam")
    run = start(page, "pack", "printed").partition("#")[0]
    codes = {path: modules(page.request.get(f"{path}/qr").text()) for path in ("/start/pack", run)}
    for path, rows in codes.items():
        with camera(rows) as phone:
            phone.goto("/")
            phone.get_by_role("button", name="Scan with the camera").click()
            expect(phone).to_have_url(re.compile(f"{path}$"))


@pytest.mark.parametrize("leave", ["Escape", "the button", "another app"])
def test_the_camera_stops_when_it_is_closed(leave: str, camera: Camera) -> None:
    with camera(["0"]) as page:  # nothing to read
        scan(page, leave)
        expect(page.get_by_role("dialog")).to_contain_text("Hold the code in front of the camera.")
        track = page.locator("#scanner video").evaluate_handle("video => video.srcObject.getTracks()[0]")
        assert track.evaluate("track => track.readyState") == "live"
        if leave == "Escape":
            page.keyboard.press("Escape")
        elif leave == "the button":
            page.get_by_role("button", name="Close the scanner").click()
        else:
            page.evaluate(HIDDEN)
        expect(page.get_by_role("dialog")).to_be_hidden()
        assert track.evaluate("""track => new Promise((done) => {
            const look = () => track.readyState === "ended" ? done(true) : setTimeout(look, 20);
            look();
        })""")


def test_without_permission_it_says_what_to_do_and_the_field_takes_what_is_typed(camera: Camera) -> None:
    with camera(ean_13(EAN), REFUSED) as page:
        scan(page, "refused")
        words = "The camera is not allowed. Type the code, or allow it in the browser’s settings."
        expect(page.get_by_role("status").locator("visible=true").first).to_be_visible()
        expect(page.get_by_role("dialog")).to_contain_text(words)
        expect(page.locator("#scanner video")).to_be_hidden()
        page.get_by_role("button", name="Close the scanner").click()
        page.locator("#step-0").get_by_label("Scan or type it").fill("TOTE-8")
        page.locator("#step-0").get_by_role("button", name="Done").click()
        expect(page.locator("#step-0")).to_contain_text("TOTE-8")


@pytest.mark.parametrize("script", [True, False])
def test_without_camera_or_script_there_is_a_field_and_no_button(script: bool, enter: Enter) -> None:
    page = enter("sam", java_script_enabled=script)
    start(page, "pack", f"typed {script}")
    expect(page.locator("[data-scan]").first).to_be_hidden()
    page.locator("#step-0").get_by_label("Scan or type it").fill("TOTE-9")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page.locator("#step-0")).to_contain_text("TOTE-9")
    expect(page.locator("#step-1.hf-current")).to_be_visible()


def test_only_pages_that_scan_load_the_scanner_and_may_compile_it(enter: Enter) -> None:
    page = enter("sam")
    scans, ticks = start(page, "pack", "policy"), start(page, "opening", "policy")
    for address, expected in ((scans, True), (ticks, False), ("/", True), ("/search", False)):
        answer = page.goto(address)
        assert answer and ("wasm-unsafe-eval" in answer.headers["content-security-policy"]) is expected
        assert (page.locator("script[src$='scan.js'], #scanner").count() == 2) is expected


def test_the_scanner_comes_small_and_as_what_it_is(enter: Enter) -> None:
    page = enter("sam")
    answer = page.request.get("/static/vendor/scanner/zxing_reader.wasm", headers={"Accept-Encoding": "br"})
    assert answer.headers["content-type"] == "application/wasm"
    assert answer.headers["content-encoding"] == "br"
    assert "max-age" in answer.headers["cache-control"]

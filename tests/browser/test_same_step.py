"""A step looks the same on its page and in a run: its elements, the look of each part, its badges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import sign_in, start
from tests.conftest import DESKTOP, PHONE
from tests.support import installation
from tests.support.houses import House, answering
from tracker.db import db

pytestmark = pytest.mark.browser

KINDS = re.compile("hf-badge--(number|text|choice|photo|file|scan|signature|date)")

RICH = """\
---
id: rich
title: Everything in a step
subject: order
steps: Procedure
---
## Procedure

1. Read the **whole** card, *then* begin with `make ready`, see [the other page](plain.md). {#read}

    | Part  | Weight | Shelf   |
    | ----- | -----: | ------- |
    | Bolt  |     12 | A `1`   |
    | Plate |  1 200 | **B** 2 |

    ```python
    def weigh(parcel):  # in grams
        return "%d g" % (parcel.mass * 1000)
    ```

        plain code without a language

    ![A drawing of the shelf](shelf.png)

    !!! warning "Mind the edge"
        It is *sharp*. Wear `gloves`.

    !!! note
        Said by the way, with [a link](plain.md).

    ??? tip "Folded away"
        Opened by hand.

    > Quoted from the maker.
    >
    > > And again.

    - a detail
        - and its own
    - another

    Text that follows, with H2O in it and a note.[^1]

    ***

    Term that ends.

2. Weigh it {#weigh .critical input=number unit=g min=20 max=30000 takes=20s at-least=5s activity=weighing}
3. Choose the box {#box .optional input=choice options="S, M, L" when="weigh > 100" role=picker}
4. Look at it all {#look .verify role=lead}

    1. The front {#front}
    2. The back {#back input=date}

        !!! danger "Hot"
            Let it cool.

5. Pack it {#pack input=photo}

    !!! recovery "No box left"
        Take the next larger one.

- [ ] Sweep the `floor` {#sweep input=text}
- [x] Lock the door {#lock input=signature}

*[H2O]: water
[^1]: The note itself.
"""

HEADED = """\
---
id: headed
title: Steps with headings
subject: order
---
## Step 1: Open the `valve` {#open .critical takes=2m}

Turn it to the left.

| Turn | Flow |
| ---- | ---- |
| one  | 10   |

!!! success
    It hisses.

## Step 2: Close it {#close}

1. Turn it back {#turn}
2. Read the gauge {#gauge input=number max=2.5 unit=bar}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    place: Path = tmp_path_factory.mktemp("same") / "workspace"
    with installation.build(place).app_context():
        db.engine.dispose()
    (place / "sops/index.md").write_text("# Our way of working\n")
    (place / "sops/plain.md").write_text("# Plain\n\nNothing to do here.\n")
    (place / "sops/rich.md").write_text(RICH)
    (place / "sops/headed.md").write_text(HEADED)
    Image.new("RGB", (1800, 400), "#0f766e").save(place / "sops/shelf.png")
    with answering(place) as house:
        assert house.publish().errors == []
        house.build()
        yield house


READ = (Path(__file__).parent / "same_step.js").read_text()


def on_page(page: Page, number: int) -> Any:
    return page.locator(".md-content .step").nth(number).evaluate(READ)


def in_run(row: Locator) -> Any:
    return row.locator(".hf-step-text, .hf-inside > .md-typeset").first.evaluate(READ)


def compare(page: Page, sop: str, subject: str) -> str:
    """Open the page of an SOP and a run of it, and compare all steps; the run's address."""
    page.goto(f"/docs/{sop}/")
    page.wait_for_load_state("networkidle")
    there = [on_page(page, number) for number in range(page.locator(".md-content .step").count())]
    address = start(page, sop, subject)
    rows = page.locator(".hf-step")
    assert rows.count() == len(there) > 3
    for number, wanted in enumerate(there):
        same(rows.nth(number), wanted, sop, number)
    if sop == "rich":  # what is done is folded, and opened it still looks as its author meant it
        rows.first.get_by_role("button", name="Done").click()
        expect(rows.nth(1)).to_have_class(re.compile("hf-current"))
        same(rows.first, there[0], sop, 0)
    return address


def same(row: Locator, wanted: Any, sop: str, number: int) -> None:
    if row.locator("> details:not([open])").count():
        row.locator("> details > summary").click()
    where = f"{sop}, step {number + 1}"
    shown = row.locator(".hf-step-text")
    found = in_run(row) if row.locator(".hf-step-text, .hf-badges").count() else {"badges": [], "before": []}
    if shown.count():
        assert found["html"] == wanted["html"], where
        assert found["looks"].keys() == wanted["looks"].keys(), where
        otherwise = different(found["looks"], wanted["looks"])
        assert not otherwise, f"{where}: {otherwise}"
        assert found["before"] == wanted["before"], f"{where}: the place of the badges"
    else:  # a line of words only
        line = row.locator(".hf-line").evaluate(READ)
        assert re.sub("<small>.*", "", line["html"]) == re.sub("</?p>", "", wanted["html"]), where
        assert not different(line["looks"], wanted["looks"]), where
    field = row.locator(".hf-do [name=value]:not([type=hidden]), .hf-do [type=file]").count() > 0
    badges = [badge for badge in wanted["badges"] if not (field and KINDS.search(badge[1]))]
    assert [badge[:2] for badge in found["badges"]] == [badge[:2] for badge in badges], where
    otherwise = [
        (one[0], *differing)
        for one, other in zip(badges, found["badges"], strict=True)
        for differing in different({"": other[2]}, {"": one[2]})
    ]
    assert not otherwise, f"{where}: {otherwise}"


def different(found: dict[Any, Any], wanted: dict[Any, Any]) -> list[Any]:
    """What looks otherwise: the part, the property, how it is in the run, how on the page."""
    return [
        (part, trait, found[part][trait], look[trait])
        for part, look in wanted.items()
        for trait in (look if isinstance(look, dict) else range(len(look)))
        if found[part][trait] != look[trait]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_same_on_its_page_and_in_a_run(
    chromium: Browser, house: House, device: dict[str, Any], scheme: Any
) -> None:
    with chromium.new_context(**device, base_url=house.url, color_scheme=scheme) as context:
        context.add_init_script("localStorage.setItem('holdfast.steps', 'list')")
        page = context.new_page()
        sign_in(page, "ada")
        for sop in ("rich", "headed"):
            compare(page, sop, f"{scheme} {device['viewport']['width']}")

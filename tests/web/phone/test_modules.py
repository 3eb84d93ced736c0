"""The modules of the phone find each other: a browser says nothing to anybody of one that does not load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

import tracker
from tracker.web.library.site_parts import OURS
from tracker.web.phone import kept, worker

STATIC = Path(tracker.__file__).parent / "static"
IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*["'](\.[^"']+)["']""")
MODULES = [*sorted(STATIC.glob("*.js")), *sorted((STATIC / "phone").rglob("*.js"))]


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.relative_to(STATIC).as_posix())
def test_all_that_a_module_imports_is_there(module: Path) -> None:
    beside = {Path(place).name: STATIC / name for place, name in OURS.items()}  # on the site
    wanted = [module.parent / name for name in IMPORT.findall(module.read_text())]
    if module.name == "glance.js":
        wanted = [beside.get(file.name, file) for file in wanted]
    assert [file.name for file in wanted if not file.is_file()] == []


def test_all_that_pages_of_the_site_import_is_on_the_site() -> None:
    places = {Path(place).name for place in OURS}
    texts = [(STATIC / file).read_text() for file in OURS.values()]
    assert {Path(name).name for text in texts for name in IMPORT.findall(text)} - places == set()


def test_every_name_that_a_module_imports_is_exported() -> None:
    named = re.compile(r"""^import \{([^}]*)\} from ["'](\./[^"']+)["']""", re.MULTILINE)
    exported = re.compile(r"^export (?:async )?(?:const|let|function\*?|class) (\w+)", re.MULTILINE)
    missing = []
    for module in MODULES:
        for names, place in named.findall(module.read_text()):
            text = (module.parent / place).read_text()
            there = set(exported.findall(text))
            for more in re.findall(r"^export \{([^}]*)\}", text, re.MULTILINE):
                there |= {name.split(" as ")[-1].strip() for name in more.split(",")}
            asked = {name.split(" as ")[0].strip() for name in names.split(",")} - {""}
            missing += [f"{module.name}: {name} of {place}" for name in sorted(asked - there)]
    assert missing == []


def test_every_module_that_a_page_may_load_is_kept_on_the_phone(app: Flask) -> None:
    """Also those that are loaded later, and those that they load: without network nothing is missing."""
    with app.test_request_context():
        beforehand = set(worker.files())
        later = {name for name in beforehand | _everything() if name.startswith(kept.LATER[0])}
    loaded = {"phone/service_worker.js"} | set(re.findall(r"filename='([\w/.]+\.js)'", _templates()))
    loaded |= {f"phone/{name}.js" for name in re.findall(r'"(\w+)"', PRELOADED.findall(_templates())[0])}
    waiting = list(loaded)
    while waiting:
        name = waiting.pop()
        text = (STATIC / name).read_text()
        assert "import(`" not in text and not re.search(r"\bimport\(\w", text), f"{name} hides what it loads"
        for place in IMPORT.findall(text):
            found = (STATIC / name).parent.joinpath(place).resolve().relative_to(STATIC.resolve()).as_posix()
            if found not in loaded:
                loaded.add(found)
                waiting.append(found)
    assert {"phone/keep.js", "phone/today.js", "vendor/idb.js"} <= loaded
    assert sorted(loaded - beforehand - later) == []


def test_what_every_page_needs_is_asked_for_at_once_and_not_one_after_the_other() -> None:
    named = re.findall(r'"(\w+)"', PRELOADED.findall(_templates())[0])
    needed = {name for one in named for name in IMPORT.findall((STATIC / f"phone/{one}.js").read_text())}
    assert needed - {f"./{name}.js" for name in named} == {"../vendor/idb.js", "./shelves.js"}


PRELOADED = re.compile(r'for name in \(\s*("queue".*?)\)', re.DOTALL)


def _everything() -> set[str]:
    return {file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file()}


def _templates() -> str:
    pages = Path(tracker.__file__).parent.parent / "templates"
    return "".join(file.read_text() for file in pages.rglob("*.html") if "site" not in file.parts)

"""The modules of the phone find each other: a browser says nothing to anybody of one that does not load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tracker
from tracker.web.library.site_parts import OURS

STATIC = Path(tracker.__file__).parent / "static"
IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*["'](\.[^"']+)["']""")
MODULES = [file for folder in (STATIC, STATIC / "phone") for file in sorted(folder.glob("*.js"))]


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

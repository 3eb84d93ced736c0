# ruff: noqa: E501  (an attack is one line)
"""Beside the documents, pictures and linked attachments are published, and nothing that could act."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs_plugin.conftest import Build
from tracker.sop.attachments import is_picture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x"><path id="a" d="M0 0"/><use href="#a"/></svg>'
)
GOOD = "# Pack\n\n1. Read the [plan](plan.pdf), [this](../list%20of%20all.csv) and ![a](a.png)\n2. Do it\n\n[t]: t.zip\n"
ACTS = ("evil.js", "evil.mjs", "evil.css", "evil.wasm", "evil.html", "evil.xhtml", "evil.xml", "evil.json", "evil.htm",
        "app.webmanifest", "evil.svgz", "evil.shtml", "evil.txt.js", "evil.JS", "csp.json", "evil", "evil.rdf", "evil.mht")  # fmt: skip


def published(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def test_pictures_and_linked_attachments_are_published(build: Build) -> None:
    beside = {
        "a/plan.pdf": b"%PDF-",
        "list of all.csv": "x",
        "a/t.zip": b"PK",
        "a/a.png": PNG,
        "assets/b.svg": DRAWING,
    }
    found = published(build({"a/pack.md": GOOD, "a/other.pdf": b"%PDF-", "a/notes.txt": "x", **beside}))
    assert found >= set(beside)
    assert not found & {"a/other.pdf", "a/notes.txt"}


def test_nothing_else_is(build: Build) -> None:
    links = "".join(f"\n[x]({name}) ![x]({name})" for name in ACTS)
    files = {f"{folder}{name}": "x" for name in ACTS for folder in ("a/", "assets/", "assets/javascripts/")}
    found = published(build({"a/pack.md": GOOD + links, **files}))
    assert not [path for path in found if "evil" in path or "webmanifest" in path]
    assert not found & {path for path in files if "csp" in path}


@pytest.mark.parametrize(
    "content",
    [
        DRAWING.replace("<path", "<a-b:script xmlns:a-b='http://www.w3.org/2000/svg'>x()</a-b:script><path"),
        DRAWING.replace("<path", "<é:script xmlns:é='http://www.w3.org/2000/svg'>x()</é:script><path"),
        DRAWING.replace(
            "<path", "<a.b:script xmlns:a.b='http://www.w3.org/1999/xhtml'>x()</a.b:script><path"
        ),
        DRAWING.replace(
            "<path", "<a-b:set xmlns:a-b='http://www.w3.org/2000/svg' attributeName='x' to='y'/><path"
        ),
        DRAWING.replace(
            "<path", "<x:meta xmlns:x='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0'/><path"
        ),
        DRAWING.replace("<path", "<x:form xmlns:x='http://www.w3.org/1999/xhtml'><x:input/></x:form><path"),
        "<?xml version='1.0' encoding='iso-2022-jp'?>"
        + DRAWING.replace("<path", "<scr\x1b(Bipt>x()</scr\x1b(Bipt><path"),
        "<?xml version='1.0' encoding='iso-2022-jp'?>" + DRAWING.replace("<svg", "<svg o\x1b(Bnload='x()'"),
        "<?xml version='1.0' encoding='utf-7'?>" + DRAWING.replace("<path", "+ADw-script+AD4-<path"),
        DRAWING.replace("</svg>", "<path>"),
    ],
)
def test_a_prefix_or_an_encoding_hides_nothing_in_a_drawing(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_bytes(content.encode())
    assert not is_picture(tmp_path / "a.svg")


def test_what_drawing_programs_write_is_a_picture(tmp_path: Path) -> None:
    drawn = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape -->
<svg width="9" viewBox="0 0 9 9" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns="http://www.w3.org/2000/svg"
   xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cc="http://creativecommons.org/ns#">
  <sodipodi:namedview id="v" inkscape:zoom="1"/><style>.a { fill: #fff }</style>
  <metadata><rdf:RDF><cc:Work rdf:about=""/></rdf:RDF></metadata><text font-size="3">Grüße</text></svg>"""
    (tmp_path / "a.svg").write_text(drawn, encoding="utf-8")
    assert is_picture(tmp_path / "a.svg")


def test_a_picture_is_one_by_its_content(build: Build, tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    for name, content in {
        "a.png": script, "b.svg": script, "c.svg": DRAWING.replace("<path", f"{script}<path"), "d.gif": "GIF89",
        "e.svg": DRAWING.replace("<svg", "<svg onload='x'"), "f.svg": DRAWING.replace("#a", "javascript:x"),
        "g.svg": DRAWING.replace("<path", "<foreignObject/><path"), "h.svg": "<!DOCTYPE svg [<!ENTITY a 'x'>]>" + DRAWING,
        "i.svg": DRAWING.replace("<path", "<image href='https://evil.example/x.png'/><path"),
        "j.svg": DRAWING.replace("<path", "<style>@import 'x'</style><path"), "k.svg": DRAWING.encode("utf-16"),
        "l.svg": "<?xml-stylesheet href='x.xsl'?>" + DRAWING, "m.svg": DRAWING.replace("<path", "<x:script/><path"),
        "n.svg": DRAWING.replace("<path", "<a xlink:href='data:text/html,x'/><path"), "o.webp": "RIFF", "p.avif": "x",
        "q.svg": DRAWING.replace("<path", "<set attributeName='href' to='x'/><path"), "r.jpg": PNG,
        "s.svg": DRAWING.replace("<path", "<path style='fill:url(https://evil.example)'/><path"),
    }.items():  # fmt: skip
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert not is_picture(file), name
    (tmp_path / "fine.svg").write_text('<?xml version="1.0"?>\n<!-- drawn by hand -->\n' + DRAWING)
    assert is_picture(tmp_path / "fine.svg")


def test_no_file_takes_the_place_of_the_theme(build: Build) -> None:
    plain = build({"a/pack.md": GOOD})
    theirs = {path: (plain / path).read_bytes() for path in published(plain) if path.startswith("assets/")}
    script = next(path for path in theirs if path.endswith(".js"))
    files = {
        "assets/images/favicon.png": PNG,
        "assets/logo.svg": DRAWING,
        f"{script}.md": "# X\n",
        script: "x",
        "assets/holdfast.css": "x",
        "a.png.md": "# X\n",
    }
    site = build({**files, "a.png": PNG})
    assert {path: (site / path).read_bytes() for path in theirs} == theirs
    assert (site / "a.png/index.html").exists()


def test_mkdocs_alone_does_the_same(build: Build, tmp_path: Path) -> None:
    build({"a/pack.md": GOOD, "a/evil.js": "x", "a/evil.svg": DRAWING.replace("<path", "<script/><path")})
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", "theirs"]
    subprocess.run(command, cwd=tmp_path, check=True, env=environ)
    assert not [path for path in published(tmp_path / "theirs") if "evil" in path]


@pytest.mark.parametrize("name", ["assets/x.css", "x.js"])
def test_a_style_or_script_of_the_installation_is_asked_for_elsewhere(
    build: Build, tmp_path: Path, name: str
) -> None:
    build({"a/pack.md": GOOD, name: "x"})
    config = tmp_path / "mkdocs.yml"
    config.write_text(
        config.read_text() + f"\nextra_{'css' if name.endswith('css') else 'javascript'}: [{name}]\n"
    )
    said = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-d", "theirs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert f"{name} is not published" in said and not (tmp_path / "theirs" / name).exists()

"""Scripts and sheets come without comments, and say the same: no line moves, no text is cut."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracker
from tests.support.installation import Visitor
from tracker.web import interface, lean

STATIC = Path(tracker.__file__).parent / "static"
SCRIPTS = [*STATIC.glob("*.js"), *STATIC.glob("phone/**/*.js"), STATIC / "vendor/idb.js"]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("// why\nlet a = 1; // an item\nlet b;", "\nlet a = 1;\nlet b;"),
        ('go("https://a.example"); // there', 'go("https://a.example");'),
        ('say("no // comment"); // it’s one', 'say("no // comment");'),
        ("say('a // b')", "say('a // b')"),
        (
            "let a = `one\n// two\n  three // four\n`; // five",
            "let a = `one\n// two\n  three // four\n`;",
        ),
        ("// `fn` hears\nlet a = `x // y`;", "\nlet a = `x // y`;"),
        ("text.replace(/\\//g, '_') // all", "text.replace(/\\//g, '_')"),
        ("let it = /'/; // one", "let it = /'/;"),
        ("it = a /'/; // not sure: it stays", "it = a /'/; // not sure: it stays"),
        ("  /**\n   * What\n   */\nlet a; /* b */", "\n\n\nlet a; /* b */"),
        ("/* a */ let b;\ngo();\n/* c */", "/* a */ let b;\ngo();\n"),
        ("say('it\\'s // a');", "say('it\\'s // a');"),
        ("say(\"it's\" + ' // a');", "say(\"it's\" + ' // a');"),
        ('say("`");\nlet a = `\n // b\n`;', 'say("`");\nlet a = `\n // b\n`;'),
        ('let a = `${b ? `c // d` : ""}\n // e`; // f', 'let a = `${b ? `c // d` : ""}\n // e`;'),
        ("let a = `${b(`c ${`d`}`)} // e`; // f", "let a = `${b(`c ${`d`}`)} // e`;"),
        ("a = `${{ b: { c } }} // d`; // unclear", "a = `${{ b: { c } }} // d`; // unclear"),
        ("let a = `\n/* b */\n`;", "let a = `\n/* b */\n`;"),
        ('a = b.replace(/"/g, " // c"); // d', 'a = b.replace(/"/g, " // c");'),
    ],
)
def test_comments_of_scripts_go_and_texts_stay(given: str, left: str) -> None:
    assert lean.script(given) == left


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_loses_comments_alone_and_keeps_its_lines(file: Path) -> None:
    before, after = file.read_text().split("\n"), lean.script(file.read_text()).split("\n")
    assert len(before) == len(after)
    for line, left in zip(before, after, strict=True):
        gone = line.removeprefix(left).strip()
        assert line.startswith(left) and (not gone or gone.startswith(("//", "/*", "*")))
    assert not any(line.lstrip().startswith("//") for line in after)


def test_comments_of_sheets_go() -> None:
    assert lean.sheet("/* a\n b */\n.c {\n  color: red; /* d */\n}\n") == "\n\n.c {\ncolor: red;\n}\n"
    assert lean.sheet('.a::before { content: "/* b */"; }') == '.a::before { content: "/* b */"; }'


def test_a_versioned_file_is_lean_for_every_browser_and_others_are_as_written(visit: Visitor) -> None:
    nobody, name = visit(None), "phone/taps.js"
    lean_one = nobody.get(f"/static/{interface.digest()}/{name}")
    assert lean_one.text == lean.script((STATIC / name).read_text()) and "//" not in lean_one.text
    assert nobody.get(f"/static/{name}").text == (STATIC / name).read_text()
    vendor = "vendor/htmx.min.js"
    assert nobody.get(f"/static/{interface.digest()}/{vendor}").text == (STATIC / vendor).read_text()

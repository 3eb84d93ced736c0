"""Bad and hostile input: a clear answer, never an exception, never a hang."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sop.conftest import Page, document
from tracker.sop.parse import MAX_BYTES, as_json, read


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("1. Open\n2. Öffnen\n".encode("latin-1"), 2, "not UTF-8"),
        ("1. Open\n".encode("utf-16"), 1, "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "not UTF-8"),
        (b"1. Open\n\x00\x00", 2, "binary"),
        (b"1. Open\n" * (MAX_BYTES // 8 + 1), 1, "larger than 2 MB"),
    ],
)
def test_what_is_not_a_text(source: bytes, line: int, message: str) -> None:
    doc = read(source, "a/b.md")
    assert doc.steps == () and doc.id == "a-b"
    assert doc.errors[0].line == line and message in doc.errors[0].message and doc.errors[0].hint


@pytest.mark.parametrize(
    "step", ["2.", "2. {#fill}", "2. ![](box.png)", "2. ```\n   fill\n   ```", "- [ ] "], ids=repr
)
def test_a_step_without_a_word_is_an_error(step: str) -> None:
    first = "- [ ] Open it" if step[0] == "-" else "1. Open it"
    last = "- [ ] Close it" if step[0] == "-" else "3. Close it"
    (problem,) = read(f"{first}\n{step}\n{last}\n", "a.md").errors
    assert (problem.line, problem.rule) == (2, "empty-step") and problem.hint
    assert read(f"{first}\n{last}\n", "a.md").errors == ()


def test_a_byte_order_mark_and_crlf() -> None:
    doc = read("\ufeff---\r\nowner: maria\r\n---\r\n1. Open it\r\n2. Close it\r\n".encode(), "a.md")
    assert [step.line for step in doc.steps] == [4, 5] and doc.meta.owner == "maria"


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        '<img src="x.png" onerror="alert(1)">',
        "[x](javascript:alert(1))",
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="//evil.example"></iframe>',
        "<svg/onload=alert(1)>",
        '<div onclick="alert(1)">\n\nx\n\n</div>',
        '<details ontoggle="alert(1)" open><summary>x</summary></details>',
        '```"><script>alert(1)</script>\nx\n```',
        '!!! note "<script>alert(1)</script>"\n    x',
    ],
)
def test_nothing_runs(payload: str) -> None:
    doc = document(f"# X\n\n{payload}\n\n1. Open {payload}\n")
    for html in [doc.html, *(step.html + step.recovery for step in doc.steps)]:
        for word in ("<script", "onerror=", "onclick=", "onload=", "ontoggle=", "javascript:", "<iframe"):
            assert word not in html


HOSTILE = {
    "deep list": "\n".join("  " * i + "1. Open it" for i in range(100)),
    "bullets in a line": "- " * 100_000,
    "one long line": "1. Open " + "x" * 1_900_000,
    "brackets": "[" * 500_000,
    "open links": "[a](b " * 3_000,
    "stars": "*" * 500_000,
    "quotes": "> " * 100_000,
    "open fences": "\n".join("`" * (3 + i % 40) + "x" for i in range(10_000)),
    "open comments": "<!-- \n" * 50_000,
    "open elements": "<div>\n" * 5_000,
    "braces": "1. Open {" + ".a " * 300 + "!}",
    "yaml": "---\n" + "[" * 3_000 + "\n---\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_read(name: str) -> None:
    doc = read(HOSTILE[name], "a.md")
    assert len(Page(doc.html).steps) == len(doc.steps)


SWALLOWING = [
    *("details", "div", "table", "p", "address", "select", "svg", "math", "object", "form"),
    *("script", "style", "template", "textarea", "title", "iframe", "noembed", "noframes", "noscript", "xmp"),
    "plaintext",
]
SHAPES = [
    "# <{}>\n- [ ] a\n- [ ] b\n",
    "Text <{}>\n\n- [ ] a\n- [ ] b\n",
    "<{}>\n\n- [ ] a\n- [ ] b\n",
    "- [ ] a <{}>\n- [ ] b\n",
    "## 1. Open <{}>\n\ntext\n\n## 2. Close it\n",
    "<table><tr><td><{}>\n</table>\n\n- [ ] a\n- [ ] b\n",
    "<p><!-- <{}>\n\n- [ ] a\n- [ ] b\n",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tag", SWALLOWING)
def test_an_element_left_open_swallows_no_step(tag: str, shape: str) -> None:
    doc = read(shape.replace("{}", tag), "a.md")
    assert len(doc.steps) == 2
    assert [key for key, _ in Page(doc.html).steps] == [step.key for step in doc.steps]


def test_a_thousand_steps() -> None:
    doc = read("\n".join(f"{i}. Check item {i}" for i in range(1, 1001)), "a.md")
    assert len(doc.steps) == 1000 and len({step.key for step in doc.steps}) == 1000


PIECES = (
    *(
        "1. ",
        "10) ",
        "- [ ] ",
        "* ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "```",
        "~~~",
        "# ",
        "## 1. ",
        "> ",
        "---\n",
        "===\n",
    ),
    *(
        "<!--",
        "-->",
        "<details>",
        "</details>",
        "<div>",
        "</div>",
        "<table>",
        "<script>",
        "<p>",
        "&lt;",
        "\\",
        "`",
        "***",
        "![",
    ),
    *(
        "{#a}",
        "{.x",
        "min=1}",
        "{",
        "}",
        "!!! recovery",
        "[a](b)",
        "[^1]: x",
        "|a|b|\n|-|-|",
        "Open it",
        "word ",
    ),
    "\u00a0",
)
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MARKDOWN)
def test_page_and_checklist_agree_on_any_markdown(text: str) -> None:
    doc = read(text, "a.md")
    assert [key for key, _ in Page(doc.html).steps] == [step.key for step in doc.steps]
    as_json(doc, "a.md")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_any_text_or_bytes(source: str | bytes) -> None:
    as_json(read(source, "a.md"), "a.md")

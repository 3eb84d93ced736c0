"""The extension as a site uses it: one instance, a new converter for every page."""

from __future__ import annotations

import markdown
import pytest

from tests.sop.conftest import Page
from tracker.sop.markdown import EXTENSION_CONFIGS, EXTENSIONS, StepsExtension
from tracker.sop.model import Meta
from tracker.sop.parse import read

TEXT = "# Pack\n\n## Way\n\n1. Open the box {#open}\n  1. Cut the tape\n\n## Notes\n\n1. Keep the tape\n"


def convert(extension: StepsExtension, text: str) -> str:
    return markdown.Markdown(
        extensions=[*EXTENSIONS, extension], extension_configs=EXTENSION_CONFIGS
    ).convert(text)


def test_one_instance_serves_page_after_page() -> None:
    extension = StepsExtension()
    for text in (TEXT, "No steps.\n", TEXT):
        html = convert(extension, text)
        expected = [step.key for step in read(text, "a.md").steps]
        assert [step.key for step in extension.steps] == expected == [key for key, _ in Page(html).steps]


def test_meta_and_published_keys_are_set_before_a_page() -> None:
    extension = StepsExtension()
    extension.meta, extension.keys = Meta(steps="Way"), ["open", "cut"]
    assert Page(convert(extension, TEXT)).steps == [("open", 1), ("cut", 2)]


def test_beside_the_extensions_a_site_always_has() -> None:
    extension = StepsExtension()
    fenced = "1. Open\n\n```py\n# x\n```\n\n2. Close\n"
    names = [*EXTENSIONS, "fenced_code", extension]
    html = markdown.Markdown(extensions=names, extension_configs=EXTENSION_CONFIGS).convert(fenced)
    assert html.count("<ol") == 1 and len(Page(html).steps) == 2 and "<code>" in html


def test_marks_of_other_extensions_are_seen() -> None:
    for name, text, html in (
        ("pymdownx.magiclink", "Look at www.example.com now", 'href="http://www.example.com"'),
        ("pymdownx.magiclink", "Look at https://example.com now", 'href="https://example.com"'),
        ("smarty", "Wait -- then go", "&ndash;"),
        ("pymdownx.keys", "Press ++ctrl+s++ now", "<kbd"),
        ("pymdownx.mark", "Press ==Start== now", "<mark>Start</mark>"),
    ):
        converter = markdown.Markdown(
            extensions=[*EXTENSIONS, name, StepsExtension()], extension_configs=EXTENSION_CONFIGS
        )
        assert html in converter.convert(f"1. {text}\n2. Close\n"), name


def test_an_abbreviation_is_explained_in_text_without_any_mark() -> None:
    text = "1. Open the HTML page\n\nThe HTML rules\n\n*[HTML]: Hypertext\n"
    document = read(text, "a.md")
    assert document.html.count('<abbr title="Hypertext">HTML</abbr>') == 2
    assert '<abbr title="Hypertext">' in document.steps[0].html


@pytest.mark.parametrize(
    ("box", "name", "title"),
    [
        ("> [!NOTE]\n> Slowly.\n", "note", "Note"),
        ("> [!warning] Hot\n> Slowly.\n", "warning", "Hot"),
        (":::tip\nSlowly.\n:::\n", "tip", "Tip"),
        ("::: warning Hot\n\nSlowly.\n\n:::\n", "warning", "Hot"),
        (":::{note}\n:class: wide\n\nSlowly.\n:::\n", "note", "Note"),
    ],
)
def test_boxes_of_other_programs_are_notes(box: str, name: str, title: str) -> None:
    doc = read(f"1. Open it\n\n{box}\n2. Close it\n", "a.md")
    assert [step.text for step in doc.steps] == ["Open it", "Close it"]
    assert f'class="admonition {name}"' in doc.steps[0].html and f">{title}</p>" in doc.steps[0].html
    assert "Slowly." in doc.steps[0].html and ":::" not in doc.html and "[!" not in doc.html


def test_a_list_in_a_box_is_no_part_of_the_list_around_it() -> None:
    doc = read("1. Open it\n:::note\n1. Take the knife\n2. Cut the tape\n:::\n2. Close it\n", "a.md")
    assert [(step.text, step.depth) for step in doc.steps if step.depth == 1] == [
        ("Open it", 1), ("Close it", 1),
    ]  # fmt: skip


def test_a_note_at_the_left_edge_keeps_its_text() -> None:
    text = '1. Weigh it\n\n!!! recovery "It is off"\n    Count again.\n\n2. Close it\n'
    assert "Count again." in read(text, "a.md").steps[0].recovery


@pytest.mark.parametrize(
    "blank", ["____", "____/____/____", "____-____", "__:__", "_____x_____", "____.____"]
)
def test_a_blank_to_fill_in_stays(blank: str) -> None:
    assert f"<td>{blank}</td>" in read(f"| Name | On |\n| --- | --- |\n| Jo | {blank} |\n", "a.md").html
    assert "<strong>b</strong>" in read("a __b__ c\n", "a.md").html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to:  \nGreen Street 4   \nBerlin  \n", "Write to:<br>\nGreen Street 4<br>\nBerlin"),
        (
            "1. Say this  \n   and that {#say .critical}  \n   slowly  \n",
            "Say this<br>\nand that<br>\nslowly",
        ),
        ("> One  \n> two\n", "One<br>\ntwo"),
        ("One \ntwo\n", "One\ntwo"),
    ],
)
def test_two_blanks_at_the_end_break_the_line(text: str, shown: str) -> None:
    document = read(text, "a.md")
    assert shown in document.html
    assert all(
        step.html.endswith(shown) and step.text == "Say this and that slowly" for step in document.steps
    )

"""The extension as a site uses it: one instance, a new converter for every page."""

from __future__ import annotations

import markdown

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

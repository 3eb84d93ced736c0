"""One page of the site: the revision in force where there is one, else the file; never a failed build."""

from __future__ import annotations

import html
import logging
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from tracker.docs_plugin.overdue import PAGE_SECONDS, within
from tracker.docs_plugin.published import Published
from tracker.sop import frontmatter, reading, translations
from tracker.sop.badges import Say, duration, english
from tracker.sop.cleaning import anchor, sanitise
from tracker.sop.markdown import StepsExtension
from tracker.sop.model import Meta, Problem, Step
from tracker.sop.outline import Keys
from tracker.sop.parse import MAX_BYTES, decode, id_of
from tracker.sop.reader import Unread
from tracker.sop.subjects import kind_name
from tracker.sop.told import told

log = logging.getLogger("mkdocs.plugins.holdfast")

_HEADING = re.compile(r"\s*<h1[^>]*>.*?</h1>", re.S)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)
_OURS = re.compile(r'(<\w+(?:\s[\w-]+(?:="[^"]*")?)*?\s(?:href|src)=")/(docs/|media/|start/)')
"""An address of ours in the HTML of a document, up to the first part of its path."""

_LONGEST = 180  # characters of a description on a card


@dataclass(frozen=True, slots=True)
class Facts:
    """What the header of an SOP says.

    `state` is "in force", "not published" or "retired"; "" where there was no sync. `signer` is the role that
    signs each run, "" for any second person, None for nobody.
    """

    id: str
    start: str
    state: str
    owner: str | None
    roles: tuple[str, ...]
    subject: str | None
    takes: str
    revision: int | None
    published: date | None
    review: date | None
    steps: int
    critical: int
    verified: int
    signer: str | None


class SopPage(Page):
    """A page whose text, steps and facts come from tracker.sop, so that they are those of the checklist."""

    def __init__(
        self, file: File, config: MkDocsConfig, extension: StepsExtension, published: Published | None
    ) -> None:
        super().__init__(None, file, config)
        self.extension = extension
        self.published = published
        self.problems: list[Problem] = []
        self.steps: tuple[Step, ...] = ()
        self.language = ""  # of a translation
        self.original: SopPage | None = None
        self.translations: list[SopPage] = []
        self.known, self.body, self.first_line = self._read()

    def _read(self) -> tuple[Meta, str, int]:
        text = self._text()
        if isinstance(text, Problem):
            self.problems.append(text)
            return Meta(), "", 1
        matter, height = frontmatter.split(text)
        known, problems = frontmatter.read(matter, self.file.src_uri) if height else (Meta(), [])
        self.problems += [problem for problem in problems if problem.error]
        return known, text.split("\n", height)[-1] if height else text, height + 1

    def _text(self) -> str | Problem:
        path = self.file.src_uri
        if self.published:
            return self.published.source
        if self.file.abs_src_path is None:
            return self.file.content_string
        source = Path(self.file.abs_src_path)
        try:
            if source.stat().st_size > MAX_BYTES:
                return Problem(
                    path, 1, "size", told("The file is too large to show."), told("Split it."), True
                )
            return decode(source.read_bytes(), path)
        except OSError as error:
            return Problem(
                path,
                1,
                "unreadable",
                told("The file can't be read: %(strerror)s.", strerror=error.strerror),
                "",
                True,
            )

    def read_source(self, config: MkDocsConfig) -> None:
        """What MkDocs may know of the front matter: nothing in it can change how the page is built.

        The theme writes these out as they are, so they are escaped here.
        """
        self.markdown = self.body
        self.meta = {"tags": [html.escape(tag) for tag in self.known.tags]} if self.known.tags else {}
        if self.known.description:
            self.meta["description"] = html.escape(self.known.description)
        if self.known.title:
            self._name(self.known.title)

    def _name(self, title: str) -> None:
        self.title = self.meta["title"] = html.escape(html.unescape(title), quote=False)

    def render(self, config: MkDocsConfig, files: Files) -> None:
        own = self.extension
        own.meta, own.first_line = self.known, self.first_line
        own.keys = self._keys()
        if too_much := self._too_much():
            self._give_up(too_much)
            return
        try:
            with within(PAGE_SECONDS):
                super().render(config, files)
        except Exception as error:  # one document never stops the others
            self._give_up(
                Problem(
                    self.file.src_uri,
                    1,
                    "unreadable",
                    told("It can't be shown: %(error)s.", error=error),
                    "",
                    True,
                )
            )
            return
        self.steps = own.steps
        self.problems += [Problem(self.file.src_uri, *fault, error=True) for fault in own.faults]
        if self.file.generated_by is None or self.file.src_uri != "tags.md":
            self.content = self._beside(sanitise(self.content or ""))
            _anchored(self.toc.items)
        if not self.known.title:
            self._name(self.toc.items[0].title if self.toc.items else str(self.title))

    def _beside(self, content: str) -> str:
        """The content with addresses of ours as seen from this page: the host may have others beside us."""
        up = "../" * self.url.count("/")
        return _OURS.sub(
            lambda match: f"{match[1]}{up or './' if match[2] == 'docs/' else f'../{up}{match[2]}'}", content
        )

    def _too_much(self) -> Problem | None:
        """What of a document that is no simple text goes beyond the limits: it is tried apart first."""
        text = self._text() if self.file.generated_by is None else ""
        if not isinstance(text, str):
            return None
        tried = reading.check(Unread(text, self.file.src_uri))
        return next((problem for problem in tried.errors if problem.rule == "limits"), None)

    def _give_up(self, problem: Problem) -> None:
        """Show what is wrong in place of the page."""
        log.warning("%s", problem)
        self.problems.append(problem)
        self.content, self.toc = "", get_toc([])
        self._name(self.known.title or str(self.title))

    def _keys(self) -> Keys:
        """The keys in force; a translation that is not published yet has those of its original."""
        if self.published:
            return self.published.keys
        if self.original is None:
            return None
        original = self.original
        source = original._text()
        keys = original.published.keys if original.published else None
        if not isinstance(source, str):
            return partial(translations.keys, ())
        document = reading.check(Unread(source, original.file.src_uri, keys=keys, html=False))
        return partial(translations.keys, document.steps)

    def translates(self, original: SopPage, language: str) -> None:
        """Be `original` in another language: reached from it, and in no list of its own."""
        self.original, self.language = original, language
        original.translations.append(self)
        self.file.inclusion = InclusionLevel.NOT_IN_NAV

    def take_title(self) -> None:
        """The title of its original, where a translation has none of its own."""
        if self.original and not self.known.title and not self.toc.items:
            self._name(str(self.original.title))

    def languages(self) -> list[tuple[str, SopPage]]:
        """The languages it can be read in, the original's first, with their codes; [] if there is one."""
        original = self.original or self
        others = [(page.language, page) for page in original.translations]
        return [(original.known.language or "en", original), *others] if others else []

    @property
    def folder(self) -> str:
        """The folder of its area, or "" at the top."""
        return self.file.src_uri.partition("/")[0] if "/" in self.file.src_uri else ""

    @property
    def listed(self) -> bool:
        """Whether it is offered on cards."""
        return not (
            self.original
            or self.is_index
            or self.known.retired
            or (self.published and self.published.retired)
        )

    def summary(self) -> str:
        """One line on what it is for: as written, else from its first paragraph."""
        if self.known.description:
            return self.known.description
        match = _PARAGRAPH.search(self.content or "")
        text = html.unescape(re.sub(r"<[^>]+>", "", match[1])) if match else ""
        text = " ".join(text.split())
        return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"

    def without_heading(self) -> str:
        """The body without its first heading, which the header shows.

        One with text above it is taken out where it says what the header says.
        """
        content = self.content or ""
        first = _HEADING.search(content)
        if first is None:
            return content
        said = self.toc.items[0].title if self.toc.items else ""
        above = content[: first.start()].strip()
        twice = not above or ("<h" not in above and html.unescape(said) == html.unescape(str(self.title)))
        return content[: first.start()] + content[first.end() :] if twice else content

    def facts(self, tracker_url: str, synced: bool, say: Say = english) -> Facts | None:
        """The header of an SOP; None for a page without steps."""
        if self.original:
            return self.original.facts(tracker_url, synced, say)
        if not self.steps:
            return None
        known, published = self.known, self.published
        id = published.id if published else known.id or id_of(self.file.src_uri)
        retired = published.retired if published else known.retired
        state = "retired" if retired else "in force" if published else "not published" if synced else ""
        seconds = known.takes or sum(step.attributes.get("takes", 0) for step in self.steps)
        return Facts(
            id=id,
            start=f"{tracker_url}/start/{quote(id)}" if state in ("in force", "") else "",
            state=state,
            owner=(published and published.owner) or known.owner,
            roles=known.roles,
            subject=kind_name(known.subject, say) if known.subject else None,
            takes=duration(seconds, say) if seconds else "",
            revision=published.revision if published else None,
            published=published.on if published else None,
            review=_due(published, known),
            steps=sum(step.parent is None for step in self.steps),  # as a run counts them
            critical=sum(bool(step.attributes.get("critical")) for step in self.steps),
            verified=sum(bool(step.attributes.get("verify")) for step in self.steps),
            signer=known.verify,
        )


def _due(published: Published | None, known: Meta) -> date | None:
    """When the SOP is to be read again."""
    if published is None or known.review is None:
        return None
    return (published.reviewed or published.on) + timedelta(days=known.review)


def _anchored(items: list[AnchorLink]) -> None:
    """Give the entries of a table of contents the ids that their headings have on the page."""
    for item in items:
        item.id = anchor(item.id)
        _anchored(item.children)

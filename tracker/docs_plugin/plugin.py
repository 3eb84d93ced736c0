"""The MkDocs plugin: pages by area, a header on every SOP, and the theme's own parts."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

import tracker
from tracker.docs_plugin.badges import BadgesExtension
from tracker.docs_plugin.config import HoldfastConfig
from tracker.docs_plugin.earlier import Earlier, read
from tracker.docs_plugin.files import keep_linked, keep_plain
from tracker.docs_plugin.page import SopPage
from tracker.docs_plugin.published import load
from tracker.docs_plugin.words import Words
from tracker.share import share
from tracker.sop.badges import N_
from tracker.sop.html import has_diagram
from tracker.sop.markdown import EXTENSION_CONFIGS, EXTENSIONS, StepsExtension
from tracker.sop.ordering import order_key
from tracker.sop.told import translated
from tracker.sop.translations import originals

_STATIC = Path(tracker.__file__).parent / "static"
_DRAWS = "vendor/mermaid.tiny.js"  # large, so only a site with diagrams has it
_SCRIPTS = ("search", "live", "anchors", "paper")
_TOGGLES = (N_("Switch to light"), N_("Switch to dark"), N_("Follow the device"))
"""What the starter site calls its switch; words of one's own stay as they are."""

_TAGS = "---\ntitle: Tags\n---\n\n<!-- material/tags -->\n"


class HoldfastPlugin(BasePlugin[HoldfastConfig]):  # type: ignore[no-untyped-call]
    """Everything that the site needs beyond its options is set here, so that mkdocs.yml stays short."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        language = os.environ.get("HOLDFAST_LANGUAGE") or config.theme.get("language") or "en"
        config.theme["language"] = language
        self.steps, self.words = StepsExtension(), Words(language)
        published = Path(config.config_file_path).parent / self.config.published
        self.published, self.earlier = load(published), published.parent / "earlier"
        others = [name for name in config.markdown_extensions if name not in EXTENSIONS]
        config.markdown_extensions = [
            *EXTENSIONS,
            *others,
            self.steps,  # type: ignore[list-item]  # MkDocs hands extensions themselves on, too
            BadgesExtension(self.steps, self.words.say),  # type: ignore[list-item]
        ]
        config.mdx_configs = {**EXTENSION_CONFIGS, **(config.mdx_configs or {})}
        config.theme.dirs.insert(0, str(share("templates") / "site"))
        config.theme["favicon"] = "assets/favicon.svg"
        config.extra_css[:0] = ["assets/document.css", "assets/holdfast.css"]
        config.extra_javascript[:0] = [_script(f"assets/{name}.js") for name in _SCRIPTS]
        # One place in the browser for the choice of light or dark, which the tracker reads too.
        config.extra.setdefault("scope", "/")
        config.extra.setdefault("generator", False)
        for option in config.theme.get("palette") or []:
            option.update(primary="custom", accent="custom")
            if toggle := option.get("toggle"):
                toggle["name"] = (
                    self.words.say(toggle["name"]) if toggle["name"] in _TOGGLES else toggle["name"]
                )
        return config

    @event_priority(-50)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Read every document once, and bring the style that the tracker shares. Of the other files only
        pictures and what a document links to belong to the site."""
        keep_plain(files, config)
        pages = [self._page(file, config) for file in files.documentation_pages()]
        keep_linked(files, config, [(page.file.src_uri, page.body) for page in pages])
        by_path = {page.file.src_uri: page for page in pages}
        for path, (original, language) in originals(by_path).items():
            by_path[path].translates(by_path[original], language)
        missing = {"", *(page.folder for page in pages)} - {page.folder for page in pages if _is_front(page)}
        for folder in sorted(missing):
            title = html.escape(folder.replace("-", " ").replace("_", " ").capitalize()) or config.site_name
            self._generate(files, config, f"{folder}/index.md".lstrip("/"), f"# {title}\n")
        if any(page.known.tags for page in pages) and "tags.md" not in files.src_uris:
            self._generate(files, config, "tags.md", _TAGS)
        self._bring(files, config, "document.css", _STATIC / "document.css")
        if any(has_diagram(page.body) for page in pages) and (_STATIC / _DRAWS).is_file():
            for name in ("diagram.html", "diagram.js", _DRAWS):
                self._bring(files, config, Path(name).name, _STATIC / name)
        return files

    def _bring(self, files: Files, config: MkDocsConfig, name: str, source: Path) -> None:
        files.append(File.generated(config, f"assets/{name}", abs_src_path=str(source)))

    def _generate(self, files: Files, config: MkDocsConfig, path: str, content: str) -> None:
        file = File.generated(config, path, content=content)
        files.append(file)
        self._page(file, config)

    def _page(self, file: File, config: MkDocsConfig) -> SopPage:
        return SopPage(file, config, self.steps, (self.published or {}).get(file.src_uri))

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Areas in the order of the options, the guide last; a `nav` in mkdocs.yml stays as it is."""
        self.nav = nav
        if config.nav is None:
            _escape(nav.items)
            nav.items.sort(key=lambda item: self._place(_folder(item), item.is_page and item.is_homepage))
        return nav

    def _place(self, folder: str, home: bool = False) -> tuple[int, str]:
        areas = self.config.areas
        known = areas.index(folder) if folder in areas else len(areas)
        return (-1 if home else len(areas) + 1 if folder in ("guide", "") else known), folder

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """All pages are read now: name the areas by their front pages and sort out the cards."""
        for page in (file.page for file in files.documentation_pages()):
            if isinstance(page, SopPage):
                page.take_title()
        self.areas: dict[str, tuple[SopPage, list[SopPage]]] = {}
        pages = [file.page for file in files.documentation_pages() if isinstance(file.page, SopPage)]
        for page in sorted(
            (page for page in pages if _is_front(page)), key=lambda page: self._place(page.folder)
        ):
            listed = [other for other in pages if other.folder == page.folder and other.listed]
            self.areas[page.folder] = page, sorted(listed, key=lambda other: order_key(str(other.title)))
        for item in self.nav.items:
            if isinstance(item, Section) and config.nav is None and (front := self.areas.get(_folder(item))):
                item.title = str(front[0].title)
        env.filters["day"] = self.words.day
        env.filters["told"] = lambda text: translated(self.words.say, text)
        env.install_gettext_translations(self.words.texts, newstyle=True)  # type: ignore[attr-defined]
        return env

    def on_page_context(self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation) -> Any:
        """What the templates show around the text of the page."""
        context["tracker_url"] = self._tracker_from(page)
        if isinstance(page, SopPage):
            context["area"] = self.areas.get(page.folder, (None,))[0] if page.folder else None
            context["sop"] = self.facts(page)
            context["facts_of"] = self.facts
            context["cards"] = self._cards(page)
            context["history"] = self._history(page)
            context["languages"] = [(code, own_name(code), other) for code, other in page.languages()]
            if context["cards"]:
                page.meta["hide"] = ["toc"]
        return context

    def _history(self, page: SopPage) -> list[Earlier]:
        if page.published is None or not page.steps or page.published.language:
            return []
        return read(page.published, self.earlier, self.words.say)

    def _cards(self, page: SopPage) -> list[tuple[SopPage, list[SopPage]]]:
        if page.is_homepage:
            return [cards for folder, cards in self.areas.items() if folder and cards[1]]
        return [self.areas[page.folder]] if _is_front(page) and page.folder in self.areas else []

    def _tracker_from(self, page: Page) -> str:
        """Where the tracker is, seen from a page: this host, wherever it and the site are there together."""
        return self.config.tracker_url or "/".join([".."] * (page.url.count("/") + 1))

    def facts(self, page: SopPage) -> Any:
        return page.facts(self._tracker_from(page), self.published is not None, self.words.say)


def own_name(language: str) -> str:
    """What a language calls itself: "polski"; its code where nobody knows."""
    from babel import Locale, UnknownLocaleError  # only where there are translations

    try:
        return Locale.parse(language, sep="-").get_display_name() or language
    except (ValueError, UnknownLocaleError):
        return language


def _script(path: str) -> ExtraScriptValue:
    script = ExtraScriptValue(path)
    script.type = "module"
    return script


def _escape(items: list[Any]) -> None:
    """The theme writes the names of sections as they are, and folders may have any name."""
    for item in items:
        if isinstance(item, Section):
            item.title = html.escape(item.title)
            _escape(item.children)


def _is_front(page: SopPage) -> bool:
    """Whether it is the front page of the site or of an area."""
    return page.is_index and page.file.src_uri.count("/") <= 1


def _folder(item: Any) -> str:
    """The top folder of a page or of a section in the navigation."""
    while item.children:
        item = item.children[0]
    return item.folder if isinstance(item, SopPage) else ""

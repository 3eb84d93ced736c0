"""Which of the files that people put beside their documents the site takes in."""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from tracker.sop.attachments import ATTACHMENTS, is_picture, linked_paths
from tracker.sop.cleaning import PICTURES
from tracker.sop.parse import has_plain_name

log = logging.getLogger("mkdocs.plugins.holdfast")


def keep_plain(files: Files, config: MkDocsConfig) -> None:
    """Leave out what is no document, picture or attachment, and what would stand in the place of the theme's
    own files. Scripts and styles of the installation lie in the theme's `custom_dir`."""
    root = Path(config.docs_dir).resolve()
    for file in _own(files, config):
        if theirs := _of_theme(file.src_uri, config):  # MkDocs has left that out
            files.remove(file)
            files.append(theirs)
        elif not _lies_in(file, root) or _of_theme(posixpath.splitext(file.src_uri)[0], config):
            files.remove(file)  # a document `a.js.md` would be a folder in the place of the theme's `a.js`
        elif not file.is_documentation_page() and not _is_plain(file):
            files.remove(file)
            if file.src_uri.lower().endswith(PICTURES):
                log.warning("%s is not published: it is not the picture that its name says.", file.src_uri)
    for path in [*config.extra_css, *map(str, config.extra_javascript)]:
        if (root / path).is_file():
            log.warning("%s is not published: put it into a folder that theme.custom_dir names.", path)


def keep_linked(files: Files, config: MkDocsConfig, documents: Iterable[tuple[str, str]]) -> None:
    """Leave out the attachments that none of the `documents`, (path, text), links to, and every file whose
    place is a document's folder."""
    others = [file for file in _own(files, config) if not file.is_documentation_page()]
    if not others:
        return
    taken = {posixpath.dirname(file.dest_uri) for file in files.documentation_pages()}
    wanted = {target for path, text in documents for target in linked_paths(path, text)}
    for file in others:
        attached = file.src_uri.lower().endswith(ATTACHMENTS)
        if file.dest_uri in taken or (attached and file.src_uri not in wanted):
            files.remove(file)


def _own(files: Files, config: MkDocsConfig) -> list[File]:
    return [file for file in files if file.abs_src_path and file.src_dir == config.docs_dir]


def _lies_in(file: File, root: Path) -> bool:
    """Whether a file is regular and lies where its path says: nothing linked from elsewhere."""
    place, path = root / file.src_uri, Path(str(file.abs_src_path))
    return (
        path.is_file()
        and path.parent.resolve() == place.parent
        and path.resolve().is_relative_to(root)
        and has_plain_name(file.src_uri)
    )


def _of_theme(path: str, config: MkDocsConfig) -> File | None:
    """The theme's own file at that path."""
    for folder in config.theme.dirs:
        if Path(folder, path).is_file():
            return File(path, folder, config.site_dir, config.use_directory_urls)
    return None


def _is_plain(file: File) -> bool:
    path = Path(str(file.abs_src_path))
    return path.suffix.lower() in ATTACHMENTS or is_picture(path)

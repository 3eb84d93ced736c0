"""Old addresses of pages lead on, for good: they stand in links, in bookmarks and on paper."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.library import media
from tracker.models import FormerPath, Sop, Translation
from tracker.sop import translations


def moved(session: Session, place: str) -> str | None:
    """Where the page lies now, below the site, that lay at `place`; None where nothing is known of one.

    The latest to leave a path counts. A retired SOP has its page still, as long as its document is there.
    """
    for path, language in _paths(place.strip("/").removesuffix("/index.html").removesuffix(".html")):
        query = select(Sop).join(FormerPath).where(FormerPath.path == path, Sop.path.is_not(None))
        query = query.order_by(Sop.retired_at.is_not(None), FormerPath.left_at.desc()).limit(1)
        sop = session.scalar(query)
        if sop is not None and sop.path != path:
            return media.address(_translated(session, sop, language)).removeprefix(media.DOCS)
    return None


def former(session: Session) -> dict[str, str]:
    """The SOPs that can be started, by the addresses that their pages had, in any language."""
    query = select(FormerPath.path, Sop.id, Sop.in_force_id).join(Sop, Sop.id == FormerPath.sop_id)
    rows = session.execute(query.where(Sop.retired_at.is_(None)).order_by(FormerPath.left_at)).all()
    own = {media.address(path): id for path, id, _ in rows}
    languages: dict[int | None, list[str]] = {}
    in_force = {number for _, _, number in rows if number is not None}
    others = select(Translation.revision_id, Translation.path).where(Translation.revision_id.in_(in_force))
    for number, path in session.execute(others) if in_force else ():
        languages.setdefault(number, []).append(path)
    beside = {
        media.address(translations.beside(path, other)): id
        for path, id, number in rows
        for other in languages.get(number, ())
    }
    return own | beside


def _paths(stem: str) -> Iterator[tuple[str, str]]:
    """The paths that a document with this address may have had, and the language of a translation."""
    for path in (f"{stem}.md", f"{stem}.markdown", f"{stem}/index.md", f"{stem}/README.md"):
        yield path, ""
        if original := translations.original_of(path, lambda _: True):
            yield original


def _translated(session: Session, sop: Sop, language: str) -> str:
    """The path of the SOP's document in a language; in its own where it has not been translated into it."""
    own = sop.path or ""
    query = select(Translation.path).where(
        Translation.revision_id == sop.in_force_id, Translation.language == language
    )
    path = session.scalar(query) if language else None
    return translations.beside(own, path) if path else own

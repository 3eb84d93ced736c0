"""The path below which people reach this installation, where it has no host name of its own."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tracker.config import PREFIX, Settings

HEADER = "HTTP_X_FORWARDED_PREFIX"


def below(path: str, prefix: str) -> str:
    """A path as it is within the installation. A reverse proxy may have taken the prefix off already.

    >>> [below(path, "/ops") for path in ("/ops/board", "/ops", "/opsboard", "/board")]
    ['/board', '/', '/opsboard', '/board']
    """
    rest = path.removeprefix(prefix)
    return rest or "/" if rest[:1] in ("", "/") else path


def placed(app: WSGIApplication, settings: Settings) -> WSGIApplication:
    """The application, told below which path it was asked (SCRIPT_NAME), so that its addresses begin there.

    That is the prefix of the settings, or else what the trusted reverse proxy says. It has to be asked before
    anything puts the browser's address in the place of the proxy's.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given, peer = environ.get(HEADER, ""), environ.get("REMOTE_ADDR", "")
        prefix = settings.prefix or forwarded(given, peer, settings.trusted_proxy)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = prefix, below(environ["PATH_INFO"], prefix)
        return app(environ, start_response)

    return answer


def forwarded(given: str, peer: str, trusted_proxy: str | None) -> str:
    """The prefix that a peer gives in X-Forwarded-Prefix, if it is one and the peer our trusted proxy."""
    prefix = given.strip().removesuffix("/")
    is_trusted = trusted_proxy and trusted_proxy in ("*", peer)
    return prefix if is_trusted and PREFIX.fullmatch(prefix) else ""

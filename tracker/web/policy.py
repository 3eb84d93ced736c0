"""The content security policies in one place: of the application, the site, and what came from people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from flask import Response, g, request

WEBASSEMBLY = "'wasm-unsafe-eval'"
"""What a page with the scanner allows: browsers compile WebAssembly only where the policy says so."""

SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; sandbox"
)
"""For what came from people: whatever it is, it runs nothing and is framed by nothing."""

DRAWING = "assets/diagram.html"
"""The page of the site in which diagrams are drawn."""

_FIRM = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
# The hosts that a policy can name: of addresses in numbers this machine's alone, and otherwise plain names.
_HOST = re.compile(r"(?:127\.0\.0\.1|(?![\d.]+(?::|$))[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::\d{1,5})?")


def application() -> str:
    """Scripts from the folder of the interface files only: no document, picture or evidence is one."""
    return _application(_here(), g.get("also_allowed"))


@lru_cache(maxsize=64)
def _application(here: tuple[str, str], also: str | None) -> str:
    files = _folder(here, "/static/")
    scripts, worker = " ".join(filter(None, [files, also])), f"{_folder(here, '/service_worker.js')} {files}"
    return (
        f"default-src 'self'; script-src {scripts}; worker-src {worker}; "  # with what it imports
        f"frame-src 'none'; img-src 'self' data:; {_FIRM}"
    )


def site(hashes: Iterable[str]) -> str:
    """The theme's scripts by their folder and, where they stand in the page, by their `hashes`."""
    here = _here()
    scripts = " ".join([_folder(here, "/docs/assets/"), *hashes])
    return (
        f"default-src 'self'; script-src {scripts}; worker-src {_folder(here, '/docs/assets/javascripts/')}; "
        f"frame-src {_folder(here, f'/docs/{DRAWING}')}; img-src 'self' data:; {_FIRM}"
    )


def drawing() -> str:
    """The page in which diagrams are drawn, in a frame: what a diagram styles stays in there."""
    scripts = _folder(_here(), "/docs/assets/")
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def from_people(response: Response) -> Response:
    """An answer with a file that somebody has placed here: no script, style or frame of any page."""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _here() -> tuple[str, str]:
    """The host that the browser asked, and the path below which we are there."""
    return request.host, request.script_root


def _folder(here: tuple[str, str], path: str) -> str:
    """A folder or file of ours as a source, where a policy can name the host that the browser asked; else all
    of this host, of which nothing that people have placed is served as a script."""
    host, root = here
    return host + root + path if _HOST.fullmatch(host) else "'self'"

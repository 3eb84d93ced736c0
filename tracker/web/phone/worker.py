"""The service worker, which answers where the network does not, and the page for what is not kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, make_response, render_template, request, url_for

from tracker.web import interface
from tracker.web.actions import needs

bp = Blueprint("worker", __name__)

LATER = ("vendor/scanner/", "vendor/mermaid", "diagram")
"""Files that are not needed to work: large ones, which come after the pages, and those of the site alone."""

_SCRIPT = """\
import {{ work }} from {module};
work({settings});
"""


@bp.get("/service_worker.js")
@needs("open")
def script() -> Any:
    """The worker of this version: another version has another text, by which browsers notice a new one."""
    settings = {"version": interface.version(), "files": [_address(name) for name in files()]}
    module = json.dumps(_address("phone/service_worker.js"))
    answer = make_response(_SCRIPT.format(module=module, settings=json.dumps(settings, indent=1)))
    answer.content_type = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = f"{request.script_root}/"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/offline")
@needs("open")
def offline() -> Any:
    """What is shown in the place of a page that is not on this phone; kept beforehand."""
    return render_template("phone/offline.html")


def files() -> list[str]:
    """The interface files that the application needs to work, by their names below `static/`."""
    place = Path(current_app.static_folder or "")
    names = sorted(file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file())
    wanted = [name for name in names if not name.startswith((*LATER, "styles/")) and "/." not in f"/{name}"]
    return [*wanted, *interface.MADE]


def _address(name: str) -> str:
    return url_for("static", filename=name)

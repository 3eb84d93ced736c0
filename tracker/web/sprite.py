"""The icons that pages of runs show, in one file, which phones load once: a page only names them.

Written into each page they were a third of what a phone loads whenever it comes back to a run. All others
stay in their page (`icons.icon`): they would make everybody's first load larger.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

SPRITE = "icons.svg"

_NAMES = """\
account-circle-outline account-clock-outline account-group-outline account-off-outline
account-outline account-switch-outline alert-circle-outline alert-octagon-outline alert-outline
barcode-scan book-open-variant calendar-check-outline camera-plus-outline chart-bar-stacked check
check-bold check-circle chevron-down chevron-left chevron-right clock-alert-outline clock-outline
close close-circle cloud-upload-outline comment-text-multiple-outline comment-text-outline draw-pen
eye-check-outline file-document-check-outline flag-checkered flashlight format-list-checks lifebuoy
lock-outline minus note-plus-outline note-text-outline paperclip redo-variant source-branch
subdirectory-arrow-right sync tag-outline undo-variant update view-dashboard-outline wifi-alert
wifi-off wrench-check-outline
"""
SHARED = frozenset(_NAMES.split())
"""What every page of an open run shows or holds ready."""


def drawing(name: str) -> str:
    """The SVG of an icon of the site's theme."""
    return (files("material") / "templates" / ".icons" / "material" / f"{name}.svg").read_text("utf-8")


@cache
def text() -> str:
    """The file: a symbol for each shared icon, by its name."""
    symbols = [
        re.sub(
            r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>(.*)</svg>",
            rf'<symbol id="{name}" \1>\2</symbol>',
            drawing(name),
        )
        for name in sorted(SHARED)
    ]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"])

"""The Chromium that the browser tests drive: `python -m tests.support.chromium` prints it, or fails."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""On the PATH, in this order: the shell without windows takes a quarter of the time."""


def executable() -> str | None:
    """The named one, else one on the PATH, else Playwright's own; None where there is none."""
    named = os.environ.get("HOLDFAST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if named:
        return named
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    sys.exit(print(path) if (path := executable()) else "no Chromium")

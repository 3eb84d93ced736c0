"""Where the files live that are not Python: templates, the starter SOPs and mkdocs.yml."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def share(name: str) -> Path:
    """The path of `name` ("templates", "sops" or "mkdocs.yml") in a wheel, else in the checkout."""
    packed = _PACKAGE / "_share"
    return (packed if packed.is_dir() else _PACKAGE.parent) / name

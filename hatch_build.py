"""What building adds to the package: the languages, compiled. An editable installation gets them too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Languages(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it collects the files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_texts(Path(self.root))


def compile_texts(root: Path) -> None:
    """Write the `messages.mo` beside each `messages.po`, which `gettext` reads."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((root / "tracker/translations").glob("*/LC_MESSAGES/messages.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        compiled = source.with_suffix(".new")
        with compiled.open("wb") as file:
            write_mo(file, catalogue)
        compiled.replace(source.with_suffix(".mo"))

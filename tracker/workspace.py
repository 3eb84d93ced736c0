"""A workspace: a folder with `sops/`, and everything else made beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tracker.errors import N_, WorkspaceError
from tracker.share import share


def find(given: str | None = None, start: Path | None = None) -> Path:
    """The workspace that is named, else the one that `start` (the current folder) stands in or under.

    Raises WorkspaceError, saying how to make one, if there is none.
    """
    place = Path(given).resolve() if given else (start or Path.cwd()).resolve()
    for folder in [place] if given else [place, *place.parents]:
        if (folder / "sops").is_dir():
            return folder
    raise WorkspaceError(
        N_("There is no folder “sops” in %(place)s. Make a workspace with “holdfast init DIR”."), place=place
    )


def init(target: Path) -> list[Path]:
    """Make a workspace with the starter SOPs; whatever is there already stays as it is.

    Returns the files that were made. Raises WorkspaceError where it can't write.
    """
    made = []
    wanted = {target / "mkdocs.yml": share("mkdocs.yml")}
    if not (target / "sops").exists():
        starter = share("sops")
        wanted |= {target / "sops" / f.relative_to(starter): f for f in starter.rglob("*") if f.is_file()}
    try:
        for file, source in wanted.items():
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, file)
                made.append(file)
    except OSError as error:
        raise WorkspaceError(
            N_("Can’t write to %(place)s: %(why)s."), place=target, why=error.strerror
        ) from error
    return made

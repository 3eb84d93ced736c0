"""Building the site: whole or not at all, and with the hashes that its content security policy needs."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import N_, WorkspaceError

_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.S | re.I)
_DATA = re.compile(rb"\btype=[\"']?application/(?:ld\+)?json", re.I)
_STALE = 3600  # seconds after which the folder of a build that died is swept away


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: where the site is, how many pages, in how many seconds, and what MkDocs warned of."""

    site: Path
    pages: int
    seconds: float
    warnings: tuple[str, ...] = ()


def build_site(root: Path, out: Path | None = None) -> BuildReport:
    """Build the site of the workspace `root` into `out` (default: its folder `site`), swapped in whole.

    Two builds at once each use a folder of their own; the one that ends last is kept.
    Raises WorkspaceError, saying what is wrong, and leaves the site as it was.
    """
    started = time.monotonic()
    if not (root / "mkdocs.yml").is_file():
        raise WorkspaceError(
            N_("There is no mkdocs.yml in %(place)s. Run “holdfast init %(place)s”."), place=root
        )
    out = (out or root / "site").resolve()
    fresh = out.with_name(f".{out.name}-{secrets.token_hex(4)}")
    _sweep(out)
    try:
        with _warnings() as warnings:
            _mkdocs(root / "mkdocs.yml", fresh, warnings)
        pages = _policy(fresh)
        if (out / ".gitignore").is_file():
            shutil.copy2(out / ".gitignore", fresh)
        _swap(fresh, out)
    except OSError as error:
        raise WorkspaceError(N_("The site can't be written: %(why)s."), why=error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return BuildReport(out, pages, time.monotonic() - started, tuple(warnings))


def _mkdocs(config_file: Path, site_dir: Path, logged: list[str]) -> None:
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    try:
        config = load_config(str(config_file), site_dir=str(site_dir))
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except OSError:
        raise
    except (SystemExit, Exception) as error:
        why = " ".join([*logged[-3:], str(error) or repr(error)])
        raise WorkspaceError(N_("The site can't be built: %(why)s"), why=why) from error


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """The warnings and errors of MkDocs, instead of lines on standard error."""
    warnings: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield warnings
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _policy(site: Path) -> int:
    """Write csp.json, the hashes of the theme's inline scripts; returns the number of pages.

    They are taken from the one page that shows no document: a script that is in a document's page only is not
    the theme's, and stays forbidden.
    """
    plain = site / "404.html"
    scripts = _SCRIPT.findall(plain.read_bytes()) if plain.is_file() else []
    hashes = {_hash(code) for tag, code in scripts if not _DATA.search(tag)}
    (site / "csp.json").write_text(json.dumps({"script-src": sorted(hashes)}, indent=1) + "\n")
    return sum(1 for _ in site.rglob("*.html"))


def _hash(code: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code).digest()).decode()}'"


def _swap(fresh: Path, out: Path) -> None:
    """Put `fresh` in the place of `out`: in one step where the system can, else by two renames."""
    if out.exists() and _exchange(fresh, out):
        return
    old = out.with_name(f"{fresh.name}-old")
    for _ in range(100):
        with suppress(FileNotFoundError):
            out.rename(old)
        try:
            fresh.rename(out)
        except OSError:
            if not out.exists():  # unless another build has put its own there: put back the old site
                old.rename(out)
                raise
        else:
            return
        finally:
            shutil.rmtree(old, ignore_errors=True)
    raise WorkspaceError(N_("Other builds keep replacing the site in %(place)s."), place=out)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step (Linux, most file systems); whether it was done."""
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


def _sweep(out: Path) -> None:
    """Remove what builds that were killed have left behind."""
    for left in out.parent.glob(f".{out.name}-*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)

"""Keeping documents and site up to date while a server runs: watch, publish, build in a child process."""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

import tracker
from tracker import private
from tracker.authoring.sync import publish, tell_about
from tracker.config import Settings
from tracker.serving.family import pause
from tracker.share import share
from tracker.sop.limits import bound_memory
from tracker.words.terminal import say

CALM_SECONDS = 0.4
"""An editor writes a file in several goes; a sync starts once nothing has changed for this long."""

BUILD_SECONDS = 900
"""A build that takes longer has lost itself in a document; a thousand SOPs take a minute."""

BUILD_BYTES = 4_000_000_000
"""Of memory for a build, where the system can hold it to that; a thousand SOPs take a tenth of it."""

DIED, OVERDUE = -1, 124
"""Codes of builds that ended in other ways than by themselves: what kills one may be over the next time."""

AGAIN_SECONDS = 300
"""After which a build that failed is tried again, for what failed may have been the disk, not a document."""

Tell = Callable[[str], None]


def keep_up(
    app: Flask,
    settings: Settings,
    tell: Tell,
    stop: threading.Event,
    stale: threading.Event,
    look: Callable[[], None],
    before: Mapping[str, int],
) -> None:
    """Publish after every change below sops/, however long the site takes to follow (`keep_built`).

    `stale` is set for that. `look` is called about once a second. `before` is what `written_below` gave when
    the last publishing began.
    """
    changed = threading.Event()
    observer = Observer()
    observer.start()
    watched = _watch(observer, changed, settings.sops)
    if written_below(settings.sops) != before:  # somebody wrote before the folder was watched
        changed.set()
    wrong = False
    try:
        while not stop.is_set():
            while not changed.wait(1):
                if stop.is_set():
                    return
                look()
                if _folder(settings.sops) != watched:  # gone, back, or another one mounted there
                    watched = _watch(observer, changed, settings.sops)
                    changed.set()
            _wait_for_calm(changed, stop)
            wrong = _publish(app, settings, tell, wrong)
            stale.set()
            gc.collect()
    finally:
        observer.stop()


def _wait_for_calm(changed: threading.Event, stop: threading.Event) -> None:
    """Wait until nothing has changed for CALM_SECONDS."""
    while changed.is_set() and not stop.is_set():
        changed.clear()
        stop.wait(CALM_SECONDS)


def _publish(app: Flask, settings: Settings, tell: Tell, wrong: bool) -> bool:
    """Publish the documents; returns whether some have errors. `wrong`: whether some had the last time."""
    try:
        result = publish(app, settings)
    except Exception as error:  # the server goes on with what is in force
        app.logger.exception("sync")
        tell(f"error: {say('the documents could not be published: %(why)s', why=error)}")
        return wrong
    # That all is well again is told, too.
    if result.changed or result.moved or result.retiring or result.errors or wrong:
        tell_about(result, tell)
    return bool(result.errors)


def keep_built(
    app: Flask,
    settings: Settings,
    tell: Tell,
    stop: threading.Event,
    stale: threading.Event,
    died: Callable[[int, int], None] = lambda deaths, code: None,
) -> None:
    """Build the site whenever it is not up to date; what is published meanwhile, once more after that.

    A build that dies, or can't begin, is tried again after a pause that grows, one that fails some minutes
    later. `died` is told how often in a row that was, and the exit code.
    """
    published = settings.instance / "published.json"
    deaths = 0
    while not stop.is_set():
        stale.clear()
        built_at = _written(published)
        try:
            code = _build_if_needed(settings, tell)
        except Exception as error:  # the server goes on with the site as it was
            app.logger.exception("build")
            tell(f"error: {say('the site could not be built: %(why)s', why=error)}")
            code = DIED
        deaths = deaths + 1 if code else 0
        died(deaths, code)
        after = pause(deaths) if code < 0 else AGAIN_SECONDS if code not in (0, OVERDUE) else float("inf")
        again = time.monotonic() + after
        while not stale.wait(min(1, max(0, again - time.monotonic()))) and _written(published) == built_at:
            if stop.is_set():  # (another process publishes too)
                return
            if time.monotonic() >= again:
                break


def _watch(observer: BaseObserver, changed: threading.Event, folder: Path) -> tuple[int, int] | None:
    """Watch the folder that is there now, if any; which one that is."""
    observer.unschedule_all()
    folder_now = _folder(folder)
    if folder_now:
        observer.schedule(_Watch(changed), str(folder), recursive=True)
    return folder_now


def _folder(folder: Path) -> tuple[int, int] | None:
    """What tells this folder from another one in its place."""
    try:
        about = folder.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def _written(file: Path) -> int:
    """When a file was last written; watching its folder would tell of every commit to the database too."""
    try:
        return file.stat().st_mtime_ns
    except OSError:  # not there, or gone meanwhile
        return 0


def written_below(folder: Path) -> dict[str, int]:
    """When each file below a folder was last written, by its path."""
    files = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return {str(file): _written(file) for file in files}


class _Watch(FileSystemEventHandler):
    """Sets an event when a document changes."""

    def __init__(self, changed: threading.Event) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in ("opened", "closed_no_write"):
            self._changed.set()


def _build_if_needed(settings: Settings, tell: Tell) -> int:
    """The exit code of the build, below 0 where it was killed; 0 where none was needed."""
    stamp = settings.instance / "site.stamp"
    wanted = _fingerprint(settings)
    if stamp.exists() and stamp.read_text() == wanted and (settings.site / "index.html").exists():
        return 0
    try:
        code, output = _build(settings.workspace)
    except subprocess.TimeoutExpired:
        words = say(
            "the site was not built within %(n)s seconds and stays as it was. Something in the last change "
            "keeps "
            "MkDocs busy: take it back, or find it with “holdfast build”. The next change starts a new "
            "build.",
            n=BUILD_SECONDS,
        )
        tell(f"error: {words}")
        return OVERDUE
    if code:
        why = output.strip() or say("its process ended (%(code)s)", code=code)
        tell(f"error: {say('the site could not be built:')}\n{why}")
        return code
    private.write(stamp, wanted.encode())
    tell(say("The site is up to date."))
    return 0


def _build(workspace: Path) -> tuple[int, str]:
    """The exit code of a build and what it said. Raises subprocess.TimeoutExpired."""
    command = [sys.executable, "-m", "tracker.cli", "build", "--workspace", str(workspace)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        try:
            bound_memory(BUILD_BYTES, child.pid)
            _, output = child.communicate(timeout=BUILD_SECONDS)
        finally:
            child.kill()
    return child.returncode, output


def _fingerprint(settings: Settings) -> str:
    """A digest of everything that the site is made of, wherever the workspace lies."""
    total = hashlib.sha256(settings.language.encode())
    bases = settings.workspace, share("templates"), Path(tracker.__file__).parent
    files = [settings.workspace / "mkdocs.yml", settings.instance / "published.json"]
    folders = (
        settings.sops,
        bases[1] / "site",
        *(bases[2] / part for part in ("docs_plugin", "sop", "translations")),
    )
    for folder in folders:
        files += sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix != ".pyc")
    for file in files:
        if file.is_file():
            name = next((file.relative_to(base) for base in bases if file.is_relative_to(base)), file)
            total.update(os.fsencode(name) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()

"""Serving a workspace: publish what changed, build the site in a child process, answer at one address."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from werkzeug.wsgi import ClosingIterator

import tracker
from tracker import certificates, private
from tracker.authoring.sync import publish, tell_about
from tracker.config import Settings
from tracker.db import db, doubts
from tracker.errors import WorkspaceError
from tracker.serving import toolarge
from tracker.serving.door import Door
from tracker.serving.limits import Limits, connections
from tracker.serving.tls import Context, SecureChannel, https_only
from tracker.share import share
from tracker.sop.limits import bound_memory
from tracker.worker import loop

CALM_SECONDS = 0.4
"""An editor writes a file in several goes; a sync starts once nothing has changed for this long."""

BUILD_SECONDS = 900
"""A build that takes longer has lost itself in a document; a thousand SOPs take a minute."""

BUILD_BYTES = 4_000_000_000
"""Of memory for a build, where the system can hold it to that; a thousand SOPs take a tenth of it."""

SWITCH_SECONDS = 0.002
"""How long a busy thread may keep the others waiting. Whoever holds the write lock gives Python's own lock up
at every call to the database, and with Python's 5 ms would wait that long each time to go on."""

GARBAGE = 20_000
"""Objects that make a collection worth its while; it takes some milliseconds."""

Tell = Callable[[str], None]


def serve(app: Flask, settings: Settings, tell: Tell) -> None:
    """Serve until interrupted. The site follows the documents without a restart.

    One Python process uses one core, so `settings.processes` of them answer at the same address; this
    one keeps documents and site up to date besides.
    """
    tell = whatever_happens(tell)
    for problem in private.tighten(settings.instance):
        tell(f"note: {problem}")
    door = _door(settings)
    if settings.tls:
        certificates.keep(settings, datetime.now(UTC))
    before = _written_below(settings.sops)
    tell_about(publish(app, settings), tell)
    with app.app_context():
        for doubt in doubts(db.engine):
            tell(f"error: {doubt}")
        db.engine.dispose()  # a connection to SQLite must not be carried into another process
    compiled = settings.instance / "templates"
    private.folder(compiled)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))  # the next start is a second sooner
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("site/")):
        app.jinja_env.get_template(name)  # compiled now, for every process, so that no first request waits
    alive, held = os.pipe()
    others = {
        _fork(alive, held, lambda: _server(app, settings, door).run()) for _ in range(settings.processes - 1)
    }
    stop = threading.Event()
    if hasattr(os, "fork"):
        worker = _fork(alive, held, lambda: _work(app, stop, tell), stop)
        others.add(worker)
    else:
        worker = None
        threading.Thread(target=loop.keep_working, args=(app, stop, tell), daemon=True).start()
    stale = threading.Event()
    known = (app, settings, tell, stop, stale)
    keeper = threading.Thread(target=_keep_up, args=(*known, others, before), daemon=True)
    keeper.start()
    threading.Thread(target=_keep_built, args=known, daemon=True).start()
    if settings.tls:
        threading.Thread(target=_renew, args=(app, settings, stop), daemon=True).start()
        shown = certificates.fingerprint(certificates.authority(settings))
        tell(f"Devices come to trust it on its page /trust; the certificate’s fingerprint is {shown}")
    if settings.mail and not settings.sends_mail:
        tell("note: no links are sent by mail: that needs HOLDFAST_MAIL_FROM and HOLDFAST_ADDRESS too")
    scheme = "https" if settings.tls else "http"
    tell(f"Holdfast is at {scheme}://{settings.host}:{door.getsockname()[1]}/ (Ctrl+C ends it)")
    try:
        _server(app, settings, door).run()
    finally:
        stop.set()
        os.close(held)  # what the other processes wait for
        keeper.join(timeout=5)
        if worker in others:
            with suppress(ChildProcessError):  # it has ended, and the keeper has seen it
                os.waitpid(worker, 0)  # it gives back what it is at


def whatever_happens(tell: Tell) -> Tell:
    """The same, on a full disk too: a thread that can't say something goes on with its work."""

    def told(text: str) -> None:
        with suppress(OSError):
            tell(text)

    return told


def _door(settings: Settings) -> socket.socket:
    """The socket at the installation's address. Raises WorkspaceError where that can't be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        raise WorkspaceError(
            "Can’t listen on %(host)s port %(port)s: %(why)s. Choose another --host or --port.",
            host=settings.host,
            port=settings.port,
            why=getattr(error, "strerror", None) or str(error),
        ) from error


def _renew(app: Flask, settings: Settings, stop: threading.Event) -> None:
    """Look once a day whether the certificate ends soon; new connections take a new one up."""
    while not stop.wait(24 * 3600):
        try:
            certificates.keep(settings, datetime.now(UTC))
        except Exception:  # the old one holds for some weeks yet
            app.logger.exception("certificate")


def _fork(alive: int, held: int, act: Callable[[], object], stop: threading.Event | None = None) -> int:
    """Start a process that acts until its parent ends, in whatever way that ends; its number.

    With `stop`, that is set then, and the process has `loop.END_SECONDS` to end what it is at.
    """
    if process := os.fork():
        return process
    os.close(held)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    threading.Thread(target=_end_with, args=(alive, stop), daemon=True).start()
    with suppress(SystemExit):
        act()
    os._exit(1)


def _end_with(alive: int, stop: threading.Event | None) -> None:
    """End this process once its parent has ended."""
    os.read(alive, 1)
    if stop is not None:
        stop.set()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(loop.END_SECONDS)
    os._exit(0)


def _work(app: Flask, stop: threading.Event, tell: Tell) -> None:
    os.nice(10)  # the floor comes first
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    loop.prepare(app)
    loop.keep_working(app, stop, tell)


def _server(app: Flask, settings: Settings, door: socket.socket) -> Door:
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # two requests at once are no warning
    gc.collect()
    gc.freeze()  # what is loaded by now stays; no collection needs to look at it
    gc.disable()
    server = Door(
        https_only(_tidied(app), settings) if settings.tls else _tidied(app),
        door,
        Limits(connections=connections(settings.connections)),
        threads=settings.threads,
        ident="holdfast",
        max_request_body_size=toolarge.largest(app) + 1,  # most routes take less (`app.measure`)
        clear_untrusted_proxy_headers=True,
        **_proxy(settings),
    )
    if settings.tls:
        server.channel_class = partial(SecureChannel, Context(certificates.place(settings)))
    return server


def _tidied(app: WSGIApplication) -> WSGIApplication:
    """The application, its garbage collected once an answer is sent, and at no other time.

    Python 3.11 starts a collection amid any allocation. What SQLAlchemy does when its objects go can then
    change the dictionary that is just growing, and a busy server of several threads crashes within seconds.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return ClosingIterator(app(environ, start_response), _tidy)

    return answer


def _tidy() -> None:
    if gc.get_count()[0] > GARBAGE:
        gc.collect()


def _proxy(settings: Settings) -> dict[str, object]:
    """Believe the reverse proxy that the installation names about who asks, and nobody else."""
    if not settings.trusted_proxy:
        return {}
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
    }


def _keep_up(
    app: Flask,
    settings: Settings,
    tell: Tell,
    stop: threading.Event,
    stale: threading.Event,
    others: set[int],
    before: Mapping[str, int],
) -> None:
    """Publish after every change below sops/, however long the site takes to follow (`_keep_built`).

    `stale` is set for that. `before` is what was written there when the last publishing began.
    """
    changed = threading.Event()
    observer = Observer()
    observer.start()
    watched = _watch(observer, changed, settings.sops)
    if _written_below(settings.sops) != before:  # since then, while nobody watched
        changed.set()
    wrong = False
    try:
        while not stop.is_set():
            while not changed.wait(1):
                if stop.is_set():
                    return
                _miss(others, tell)
                if _folder(settings.sops) != watched:  # gone, back, or another one mounted there
                    watched = _watch(observer, changed, settings.sops)
                    changed.set()
            while changed.is_set() and not stop.is_set():
                changed.clear()
                stop.wait(CALM_SECONDS)
            try:
                result = publish(app, settings)
                if result.changed or result.retiring or result.errors or wrong:  # that all is well again, too
                    tell_about(result, tell)
                wrong = bool(result.errors)
            except Exception as error:  # the server goes on with what is in force
                app.logger.exception("sync")
                tell(f"error: the documents could not be published: {error}")
            stale.set()
            gc.collect()
    finally:
        observer.stop()


def _keep_built(
    app: Flask, settings: Settings, tell: Tell, stop: threading.Event, stale: threading.Event
) -> None:
    """Build the site whenever it is not up to date; what is published meanwhile, once more after that."""
    published = settings.instance / "published.json"
    while not stop.is_set():
        stale.clear()
        built_at = _written(published)
        try:
            _build_if_needed(settings, tell)
        except Exception as error:  # the server goes on with the site as it was
            app.logger.exception("build")
            tell(f"error: the site could not be built: {error}")
        while not stale.wait(1) and _written(published) == built_at:  # another process publishes too
            if stop.is_set():
                return


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


def _miss(others: set[int], tell: Tell) -> None:
    """Say so when a process has ended; the rest go on answering."""
    for process in list(others):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            others.remove(process)
            code = os.waitstatus_to_exitcode(status)
            tell(f"error: a process of it ended ({code}); the others go on. Restart to have it back.")


def _written(file: Path) -> int:
    """When a file was last written; watching its folder would tell of every commit to the database too."""
    try:
        return file.stat().st_mtime_ns
    except OSError:  # not there, or gone meanwhile
        return 0


def _written_below(folder: Path) -> dict[str, int]:
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


def _build_if_needed(settings: Settings, tell: Tell) -> None:
    stamp = settings.instance / "site.stamp"
    wanted = _fingerprint(settings)
    if stamp.exists() and stamp.read_text() == wanted and (settings.site / "index.html").exists():
        return
    try:
        code, output = _build(settings.workspace)
    except subprocess.TimeoutExpired:
        tell(
            f"error: the site was not built within {BUILD_SECONDS} seconds and stays as it was. Something in "
            "the last change keeps MkDocs busy: take it back, or find it with “holdfast build”. The next "
            "change starts a new build."
        )
        return
    if code:
        tell(f"error: the site could not be built:\n{output.strip()}")
        return
    private.write(stamp, wanted.encode())
    tell("The site is up to date.")


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
    total = hashlib.sha256()
    bases = settings.workspace, share("templates"), Path(tracker.__file__).parent
    files = [settings.workspace / "mkdocs.yml", settings.instance / "published.json"]
    folders = settings.sops, bases[1] / "site", bases[2] / "docs_plugin", bases[2] / "sop"
    for folder in folders:
        files += sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix != ".pyc")
    for file in files:
        if file.is_file():
            name = next((file.relative_to(base) for base in bases if file.is_relative_to(base)), file)
            total.update(os.fsencode(name) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()

"""Serving a workspace: processes that answer at one address.

`serving.site` keeps documents and site up to date.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.wsgi import ClosingIterator

from tracker import certificates, private
from tracker.authoring.sync import publish, tell_about
from tracker.config import Settings
from tracker.db import db, doubts
from tracker.errors import N_, WorkspaceError
from tracker.serving import family, site, toolarge
from tracker.serving.door import Door
from tracker.serving.limits import Limits, connections
from tracker.serving.place import placed
from tracker.serving.tls import Context, SecureChannel, https_only
from tracker.words.terminal import say
from tracker.worker import loop

SWITCH_SECONDS = 0.002
"""How long a busy thread may keep the others waiting. Whoever holds the write lock gives Python's own lock up
at every call to the database, and with Python's 5 ms would wait that long each time to go on."""

GARBAGE = 20_000
"""Objects that make a collection worth its while; it takes some milliseconds."""

WORKER, FAMILY, KEEPERS = "worker", "restarts", ("documents", "site")
"""The parts of a server beside those that answer, as they are called where their state is shown."""

Tell = Callable[[str], None]


def serve(app: Flask, settings: Settings, tell: Tell) -> None:
    """Serve until interrupted. The site follows the documents without a restart.

    One Python process uses one core, so `settings.processes` of them answer at the same address; this
    one keeps documents and site up to date besides.
    """
    tell = whatever_happens(tell)
    for problem in private.tighten(settings.instance):
        tell(f"note: {problem}")
    with _door(settings) as door:
        _serve(app, settings, tell, door)


def _serve(app: Flask, settings: Settings, tell: Tell, door: socket.socket) -> None:
    if settings.tls:
        certificates.keep(settings, datetime.now(UTC))
    before = site.written_below(settings.sops)
    tell_about(publish(app, settings), tell)
    with app.app_context():
        for doubt in doubts(db.engine):
            tell(f"error: {doubt}")
        db.engine.dispose()  # a connection to SQLite must not be carried into another process
    _compile_templates(app, settings)
    alive, held = os.pipe()
    stop = threading.Event()
    servers = [f"server {number}" for number in range(2, settings.processes + 1)]
    board = family.Board([*servers, WORKER, *KEEPERS, FAMILY])
    app.config["PROCESSES"] = lambda: _states(board)
    parent = _start_family(app, settings, door, (alive, held), servers, board, stop, tell)
    keepers = _start_keepers(app, settings, tell, stop, parent, board, before)
    _greet(settings, door, tell)
    try:
        _server(app, settings, door).run()
    finally:
        stop.set()
        os.close(held)  # the other processes end when they see this closed
        for keeper in keepers:
            keeper.join(timeout=5)
        if parent:
            with suppress(ChildProcessError):  # it has ended, and a keeper has seen it
                os.waitpid(parent, 0)  # the job that the worker is at is given back


def _states(board: family.Board) -> dict[str, str]:
    """How the parts of the server are, in words."""
    down = board.down()
    return {
        name: f"ended {down[name][0]} times in a row ({down[name][1]}), and is started again"
        if name in down
        else "ok"
        for name in board.names
    }


def _start_family(
    app: Flask,
    settings: Settings,
    door: socket.socket,
    ends: tuple[int, int],
    servers: Sequence[str],
    board: family.Board,
    stop: threading.Event,
    tell: Tell,
) -> int:
    """Start what starts the other servers and the worker, and starts them again; its number. Where nothing
    can fork, the worker is a thread, and the number 0."""
    alive, held = ends
    if not hasattr(os, "fork"):
        threading.Thread(
            target=_persist, args=(WORKER, board, stop, app, lambda: loop.keep_working(app, stop, tell)),
            daemon=True,
        ).start()  # fmt: skip
        return 0
    begins, begun = os.pipe()
    if parent := os.fork():
        os.close(begun)
        os.read(begins, 1)
        os.close(begins)
        return parent
    os.close(held)
    os.close(begins)
    members = [
        family.Member(name, _child(alive, lambda: _server(app, settings, door).run())) for name in servers
    ]
    members.append(family.Member(WORKER, _child(alive, lambda: _work(app, stop, tell), stop)))
    family.keep(members, board, alive, begun, tell)
    os._exit(0)


def _compile_templates(app: Flask, settings: Settings) -> None:
    """Compile every template now, for all processes and the next start, so that no first request waits."""
    compiled = settings.instance / "templates"
    private.folder(compiled)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("site/")):
        app.jinja_env.get_template(name)


def _start_keepers(
    app: Flask,
    settings: Settings,
    tell: Tell,
    stop: threading.Event,
    parent: int,
    board: family.Board,
    before: Mapping[str, int],
) -> list[threading.Thread]:
    """Start the threads that keep documents, site and certificate up to date, and go on with them whatever
    fails; those that end with the server."""
    stale = threading.Event()
    known = (app, settings, tell, stop, stale)
    look = partial(_miss, [parent] if parent else [], board, tell)
    acts = {
        "documents": lambda: site.keep_up(*known, look, before),
        "site": lambda: site.keep_built(*known, died=partial(board.set, "site")),
    }
    keepers = [
        threading.Thread(target=_persist, args=(name, board, stop, app, act), daemon=True)
        for name, act in acts.items()
    ]
    for keeper in keepers:
        keeper.start()
    if settings.tls:
        threading.Thread(target=_renew, args=(app, settings, stop), daemon=True).start()
    return keepers[:1]


def _persist(
    name: str, board: family.Board, stop: threading.Event, app: Flask, act: Callable[[], object]
) -> None:
    """Do it again, after a pause that grows, whenever it fails before the server ends."""
    deaths = 0
    while not stop.is_set():
        began = time.monotonic()
        try:
            act()
        except Exception:
            app.logger.exception("a part of the server: %s", name)
        if stop.is_set():
            return
        deaths = 1 if time.monotonic() - began > family.STEADY_SECONDS else deaths + 1
        board.set(name, deaths, 1)
        stop.wait(family.pause(deaths))
        board.set(name, 0)


def _greet(settings: Settings, door: socket.socket, tell: Tell) -> None:
    """Say on the terminal at which address Holdfast is, and what is missing in its settings."""
    if settings.tls:
        shown = certificates.fingerprint(certificates.authority(settings))
        words = say(
            "Devices come to trust it on its page /trust; the certificate’s fingerprint is %(shown)s",
            shown=shown,
        )
        tell(words)
    if settings.mail and not settings.sends_mail:
        words = say("no links are sent by mail: that needs HOLDFAST_MAIL_FROM and HOLDFAST_ADDRESS too")
        tell(f"note: {words}")
    scheme = "https" if settings.tls else "http"
    port = door.getsockname()[1]
    address = f"{scheme}://{settings.host}:{port}{settings.prefix}/"
    tell(say("Holdfast is at %(address)s (Ctrl+C ends it)", address=address))


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
            N_("Can’t listen on %(host)s port %(port)s: %(why)s. Choose another --host or --port."),
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


def _child(
    alive: int, act: Callable[[], object], stop: threading.Event | None = None
) -> Callable[[], object]:
    """What a process does that acts until the server ends, in whatever way that ends.

    With `stop`, that is set then, and the process has `loop.END_SECONDS` to end what it is at.
    """

    def acting() -> None:
        threading.Thread(target=_end_with, args=(alive, stop), daemon=True).start()
        act()

    return acting


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
        prefix=settings.prefix,
        **_proxy(settings),
    )
    server.application = placed(server.application, settings)
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


def _miss(parents: list[int], board: family.Board, tell: Tell) -> None:
    """Say so when the process has ended that starts the others; they go on, but none is started again."""
    for process in list(parents):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            parents.remove(process)
            code = os.waitstatus_to_exitcode(status)
            board.set(FAMILY, 1, code)
            words = say("the process that starts the others ended (%(code)s). Restart Holdfast.", code=code)
            tell(f"error: {words}")

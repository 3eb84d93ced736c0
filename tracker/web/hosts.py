"""By what names people reach this installation; nothing leads to one that a request made up."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from flask import current_app, request

from tracker import certificates
from tracker.config import Settings
from tracker.errors import N_, InvalidError

YEAR = 365 * 24 * 3600

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_.])?)(:[0-9]{1,5})?", re.A)


class UnknownHostError(InvalidError):
    """The request asks for a name that is not this installation's."""

    status = 400


def check() -> None:
    """Refuse a request for a name that is not ours, where we know what our names are.

    Whether the process is well may be asked by any name: a load balancer has none for it.
    """
    settings = _settings()
    if request.endpoint in ("readiness.health", "readiness.ready") or is_known(
        settings, request.environ.get("HTTP_HOST", "")
    ):
        return
    if settings.address:
        raise UnknownHostError(
            N_("Holdfast has another address: %(address)s. Open it there."), address=settings.address
        )
    raise UnknownHostError(
        N_(
            "Holdfast has no such address. Open it by a name in its certificate; an admin adds more with "
            "HOLDFAST_TLS_NAMES."
        )
    )


def is_known(settings: Settings, host: str) -> bool:
    """Whether a Host header names this installation; any does where neither a public address nor a
    certificate of our own says what its names are.
    """
    if not settings.address and not settings.tls:
        return True
    name = name_of(host)
    return is_loopback(name) or _is_among(name, _names(settings, _minute()))


def name_of(host: str) -> str:
    """The name or address in a Host header, in small letters; "" where it holds something else.

    >>> name_of("Floor.example.:8443"), name_of("[::1]:8000"), name_of("evil@floor.example")
    ('floor.example', '::1', '')
    """
    match = _HOST.fullmatch(host.lower())
    return match["name"].rstrip(".").strip("[]") if match else ""


def is_ip(name: str) -> bool:
    """Whether a name is an address in numbers."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether the name means another machine on every other one."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def origin() -> str:
    """The beginning of addresses that are printed or sent, without a slash: `https://floor.example`.

    It is the public address if there is one. Otherwise the name that was asked for, as far as that is a
    name of this machine or the trusted proxy has let it through; and an address of this machine if not.
    """
    settings = _settings()
    if settings.address:
        return settings.address
    name, host = name_of(request.host), request.host
    ours = settings.trusted_proxy or is_loopback(name) or _is_among(name, _of_machine(settings, _minute()))
    if not name or not ours:
        host = next(iter(certificates.addresses(settings)), "localhost")
        host = f"[{host}]" if ":" in host else host
        port = str(request.environ.get("SERVER_PORT", settings.port))
        host += "" if port == {"http": "80", "https": "443"}[request.scheme] else f":{port}"
    return f"{request.scheme}://{host}"


def is_ours(name: str | None) -> bool:
    """Whether a scanned address with this host is one of ours: that of the page, or what we print."""
    return name in (name_of(request.host), urlsplit(origin()).hostname)


def inside(target: str, root: str = "") -> str:
    """The target of a redirect if it is a page of ours, else ""; `root` is the path below which we are.

    Browsers take a backslash for a slash and leave tabs and line ends out, so that "/\\t/host" is a host.

    >>> inside("/start/pack?subject=7"), inside("//evil.example"), inside("/\\\\evil.example")
    ('/start/pack?subject=7', '', '')
    >>> inside("/ops/board", "/ops"), inside("/wiki", "/ops"), inside("/ops/%2e%2e/wiki", "/ops")
    ('/ops/board', '', '')
    """
    safe = target.startswith("/") and not target.startswith("//") and target.isprintable()
    path = unquote(re.split("[?#]", target)[0])
    ours = not root or (f"{path}/".startswith(f"{root}/") and ".." not in path.split("/"))
    return target if safe and ours and "\\" not in target else ""


def asked_for() -> str:
    """The address of this request without its host, but with the path below which we are."""
    return str(request.script_root + request.full_path.removesuffix("?"))


def page_before() -> str:
    """The page of ours that the reader has come from, or ""."""
    came = request.referrer or ""
    return inside(path_of(came), request.script_root) if urlsplit(came).netloc == request.host else ""


def path_of(address: str) -> str:
    """An address without its host."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def strict_transport() -> str | None:
    """What tells browsers to come over HTTPS only from now on; None where that would be no good.

    Subdomains are not ours to speak for. For this machine by itself other programs may answer, over HTTP.
    """
    if not request.is_secure or is_loopback(name_of(request.host)):
        return None
    return f"max-age={YEAR}"


def _is_among(name: str, names: frozenset[str]) -> bool:
    return bool(name) and (name in names or f"*.{name.partition('.')[2]}" in names)


@lru_cache(maxsize=8)
def _names(settings: Settings, minute: int) -> frozenset[str]:
    """All names by which people may come. They change now and then, so they are looked up again."""
    given = {name.lower() for name in settings.tls_names}
    if settings.address:
        given.add(urlsplit(settings.address).hostname or "")
    return frozenset(given | (_of_machine(settings, minute) if settings.tls else set()))


@lru_cache(maxsize=8)
def _of_machine(settings: Settings, _: int) -> frozenset[str]:
    return frozenset(name.lower() for name in certificates.names(settings))


def _minute() -> int:
    return int(time.monotonic() // 60)


def _settings() -> Settings:
    settings: Settings = current_app.config["HOLDFAST"]
    return settings

"""The environment, read once into frozen settings."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker import private
from tracker.errors import N_, WorkspaceError

SHORTEST_KEY = 32
"""Characters: in hexadecimal digits that is 128 bits."""

PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""A path below which people may reach this installation: plain words, none of them empty or hidden."""

_CATALOGUES = Path(__file__).parent / "translations"
_NAME = r"[0-9A-Za-z]([0-9A-Za-z.-]{0,250}[0-9A-Za-z])?"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation has decided; each field but the first has its variable, `HOLDFAST_…`."""

    workspace: Path
    database_url: str
    secret_key: str
    zone: str = "UTC"
    language: str = "en"
    public_site: bool = False
    trusted_proxy: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 2
    processes: int = 1
    connections: int = 4000
    evidence: str = ""
    s3_endpoint: str = ""
    tls: bool = False
    tls_names: tuple[str, ...] = ()
    address: str = ""
    prefix: str = ""
    session_idle: timedelta = timedelta(days=14)
    session_longest: timedelta = timedelta(days=30)
    second_factor: str = ""
    mail: str = ""
    mail_from: str = ""

    @property
    def root(self) -> str:
        """Where addresses that are sent or shown begin, without a slash; "" where nobody has said it."""
        return self.address + self.prefix if self.address else ""

    @property
    def sends_mail(self) -> bool:
        """Whether links can be sent by mail: that needs a server, a sender, and an address to lead to."""
        return bool(self.mail and self.mail_from and self.address)

    @property
    def https(self) -> bool:
        """Whether people come over HTTPS: ours, or that of the reverse proxy, which is there for it."""
        return self.tls or bool(self.trusted_proxy) or self.address.startswith("https:")

    @property
    def sops(self) -> Path:
        return self.workspace / "sops"

    @property
    def site(self) -> Path:
        return self.workspace / "site"

    @property
    def instance(self) -> Path:
        return self.workspace / "instance"


def load(workspace: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings of `workspace`; makes `instance/` and its secret key on first use.

    Raises WorkspaceError, naming the variable, for a value that can't be used.
    """
    instance = workspace / "instance"
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        private.close(private.folder(instance).resolve())
    except OSError as error:
        raise WorkspaceError(
            N_("Can't write to %(place)s: %(why)s. Give this user write access to the workspace."),
            place=instance,
            why=error.strerror,
        ) from error
    return Settings(
        workspace=workspace,
        database_url=environ.get("HOLDFAST_DATABASE_URL") or f"sqlite:///{instance / 'holdfast.sqlite3'}",
        secret_key=_given_key(environ) or _own_key(instance / "secret.key"),
        zone=_zone(environ.get("HOLDFAST_ZONE", "UTC")),
        language=_language(environ.get("HOLDFAST_LANGUAGE") or "en"),
        public_site=_yes(environ, "HOLDFAST_PUBLIC_SITE"),
        trusted_proxy=environ.get("HOLDFAST_TRUSTED_PROXY", ""),
        host=environ.get("HOLDFAST_HOST", "127.0.0.1"),
        port=_number(environ, "HOLDFAST_PORT", 8000, range(65536)),
        threads=_number(environ, "HOLDFAST_THREADS", 2, range(1, 1001)),
        processes=_number(environ, "HOLDFAST_PROCESSES", _cores(), range(1, 65)),
        connections=_number(environ, "HOLDFAST_CONNECTIONS", 4000, range(16, 100_001)),
        evidence=environ.get("HOLDFAST_EVIDENCE", ""),
        s3_endpoint=environ.get("HOLDFAST_S3_ENDPOINT", ""),
        tls=_yes(environ, "HOLDFAST_TLS"),
        tls_names=names(environ.get("HOLDFAST_TLS_NAMES", "").replace(",", " ").split()),
        address=_address(environ.get("HOLDFAST_ADDRESS", "")),
        prefix=_prefix(environ.get("HOLDFAST_PREFIX", "")),
        session_idle=_span(environ, "HOLDFAST_SESSION_IDLE", "14d"),
        session_longest=_span(environ, "HOLDFAST_SESSION_LONGEST", "30d"),
        second_factor=_level(environ.get("HOLDFAST_SECOND_FACTOR", "")),
        mail=_mail(environ.get("HOLDFAST_MAIL", "")),
        mail_from=_mail_from(environ.get("HOLDFAST_MAIL_FROM", "")),
    )


def names(given: Sequence[str]) -> tuple[str, ...]:
    """Names and addresses for the certificate. Raises WorkspaceError for what is none."""
    for name in given:
        if not re.fullmatch(rf"(\*\.)?{_NAME}|[0-9A-Fa-f:]+", name):
            raise WorkspaceError(
                N_("“%(name)s” is no name for a certificate. Write one like floor.example or 192.168.1.20."),
                name=name,
            )
    return tuple(given)


def _address(given: str) -> str:
    """Where people reach this installation, as `https://floor.example:8443`, without a slash at its end."""
    text = given.strip().removesuffix("/")
    try:
        parts = urlsplit(text)
        usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
        name, port = parts.hostname or "", "" if usual else f":{parts.port}"
    except ValueError:
        parts, name, port = urlsplit(""), "", ""
    host = f"[{name}]" if ":" in name else name
    right = parts.scheme in ("http", "https") and re.fullmatch(rf"{_NAME}|\[[0-9a-f:.]+\]", host)
    if text and not (right and text.isprintable() and re.fullmatch(r"[^/?#@]+", text.partition("://")[2])):
        raise WorkspaceError(
            N_(
                "HOLDFAST_ADDRESS is “%(text)s”. Write where people reach Holdfast, like "
                "https://floor.example, "
                "without a path: that goes into HOLDFAST_PREFIX."
            ),
            text=given,
        )
    return f"{parts.scheme}://{host}{port}" if text else ""


def _prefix(given: str) -> str:
    """The path below which people reach this installation, as `/ops`; "" for a host of its own."""
    text = given.strip().removesuffix("/")
    if text and not PREFIX.fullmatch(text):
        raise WorkspaceError(
            N_(
                "HOLDFAST_PREFIX is “%(text)s”. Write the path below which people reach Holdfast, like "
                "/ops: a "
                "slash, then letters, digits, - and _."
            ),
            text=given,
        )
    return text


def _yes(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _cores() -> int:
    """Processes by default: as many as cores, at most four; one where processes can't be forked."""
    return min(os.cpu_count() or 1, 4) if hasattr(os, "fork") else 1


def _given_key(environ: Mapping[str, str]) -> str:
    """The secret of the environment, "" if there is none. What can be guessed protects nothing."""
    key = environ.get("HOLDFAST_SECRET_KEY", "")
    if key and len(key.strip()) < SHORTEST_KEY:
        raise WorkspaceError(
            N_(
                "HOLDFAST_SECRET_KEY has fewer than %(n)s characters. Make one by chance, such as with "
                "“openssl rand -hex 32”, or leave it out: then one is made."
            ),
            n=SHORTEST_KEY,
        )  # its value is a secret, so it is not shown
    return key


def _own_key(path: Path) -> str:
    """The installation's secret, made on first use: there is no default that anybody could know."""
    if not path.exists():
        private.write(path, secrets.token_urlsafe(48).encode(), anew=False)
    return path.read_text().strip()


def _language(code: str) -> str:
    there = ["en", *sorted(each.parent.name for each in _CATALOGUES.glob("*/LC_MESSAGES"))]
    if code not in there:
        raise WorkspaceError(
            N_("HOLDFAST_LANGUAGE is “%(code)s”. Write one of: %(there)s."), code=code, there=", ".join(there)
        )
    return code


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WorkspaceError(
            N_("HOLDFAST_ZONE is “%(name)s”, which is no time zone. Write one like Europe/Berlin."), name=name
        ) from error


def _span(environ: Mapping[str, str], name: str, default: str) -> timedelta:
    """Minutes, hours or days: "90m", "12h", "14d"; five minutes to a year."""
    text = environ.get(name) or default
    match = re.fullmatch(r"([0-9]{1,6})([mhd])", text)
    span = timedelta(minutes=int(match[1]) * {"m": 1, "h": 60, "d": 1440}[match[2]]) if match else timedelta()
    if not timedelta(minutes=5) <= span <= timedelta(days=366):
        raise WorkspaceError(
            N_("%(name)s is “%(text)s”. Write 90m, 12h or 14d: five minutes to 366 days."),
            name=name,
            text=text,
        )
    return span


def _level(text: str) -> str:
    if text.strip().lower() in ("", "none"):
        return ""
    if text not in ("staff", "lead", "owner", "admin"):
        raise WorkspaceError(
            N_(
                "HOLDFAST_SECOND_FACTOR is “%(text)s”. Write the lowest level that needs one: "
                "admin, owner, lead or staff."
            ),
            text=text,
        )
    return text


def _mail(text: str) -> str:
    parts = urlsplit(text.strip())
    if text and not (parts.scheme in ("smtp", "smtps") and parts.hostname):
        raise WorkspaceError(
            N_(
                "HOLDFAST_MAIL is no mail server. Write one like smtp://user:password@mail.example:587 "
                "or smtps://user:password@mail.example:465."
            )
        )  # its value holds a password, so it is not shown
    return text.strip()


def _mail_from(text: str) -> str:
    if text and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text.strip()):
        raise WorkspaceError(
            N_("HOLDFAST_MAIL_FROM is “%(text)s”. Write an address like holdfast@floor.example."), text=text
        )
    return text.strip()


def _number(environ: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        raise WorkspaceError(
            N_("%(name)s is “%(text)s”. Write a whole number from %(low)s to %(high)s."),
            name=name,
            text=text,
            low=allowed[0],
            high=allowed[-1],
        )
    return int(text)

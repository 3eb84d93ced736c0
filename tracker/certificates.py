"""HTTPS without anybody else: an authority of our own, and the certificate that it gives the server.

A device comes to trust the authority once (`/trust`); certificates change under it unnoticed.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from tracker import private
from tracker.config import Settings
from tracker.errors import N_, WorkspaceError

VALID = timedelta(days=397)
"""Longer than 398 days no phone takes; the authority itself stays."""

RENEWED_BEFORE = timedelta(days=30)

_BEGIN = "-----BEGIN CERTIFICATE-----"
_SIOCGIFADDR = 0x8915  # Linux: the IPv4 address of an interface


def place(settings: Settings) -> Path:
    """The server's key and certificate."""
    return settings.instance / "tls" / "server.pem"


def authority(settings: Settings) -> bytes:
    """The authority's certificate (DER), which devices come to trust. It holds no secret."""
    text = (settings.instance / "tls" / "ca.pem").read_text()
    return ssl.PEM_cert_to_DER_cert(_BEGIN + text.partition(_BEGIN)[2])


def fingerprint(certificate: bytes) -> str:
    """What devices show of a certificate (DER), to be compared: AB:CD:…"""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def keep(settings: Settings, now: datetime) -> bool:
    """Make what is missing, and a new certificate where the last one ends soon or lacks a name.

    Whether one was made. Raises WorkspaceError.
    """
    try:
        return _keep(settings, now)
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            N_(
                "The certificates in %(place)s can’t be used: %(why)s. If they are broken, delete the "
                "folder: "
                "new ones are made, and each device must come to trust them anew."
            ),
            place=place(settings).parent,
            why=error,
        ) from error


def _keep(settings: Settings, now: datetime) -> bool:
    from cryptography import x509
    from trustme import CA  # late: most commands need no certificate

    folder, wanted = place(settings).parent, names(settings)
    private.folder(folder)
    if not (folder / "ca.pem").exists():
        made = CA(organization_name="Holdfast", organization_unit_name=f"Holdfast on {socket.gethostname()}")
        private.write(folder / "ca.pem", made.private_key_pem.bytes() + made.cert_pem.bytes(), anew=False)
    with suppress(FileNotFoundError):
        certificate = x509.load_pem_x509_certificate(_certificate(place(settings)))
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {
            *named.get_values_for_type(x509.DNSName),
            *map(str, named.get_values_for_type(x509.IPAddress)),
        }
        signed = certificate.issuer == x509.load_pem_x509_certificate(_certificate(folder / "ca.pem")).subject
        if signed and known.issuperset(wanted) and certificate.not_valid_after_utc > now + RENEWED_BEFORE:
            return False
    key = (folder / "ca.pem").read_text().partition(_BEGIN)[0].encode()
    ca = CA.from_pem(_certificate(folder / "ca.pem"), key)
    leaf = ca.issue_cert(
        *wanted,
        organization_name="Holdfast",
        organization_unit_name=socket.gethostname(),
        not_before=now - timedelta(days=1),  # a device's clock may be behind
        not_after=now + VALID - timedelta(days=1),
    )
    private.write(place(settings), leaf.private_key_and_cert_chain_pem.bytes())
    return True


def _certificate(file: Path) -> bytes:
    """The certificate in a file that holds its key too."""
    return (_BEGIN + file.read_text().partition(_BEGIN)[2]).encode()


def names(settings: Settings) -> list[str]:
    """By what the machine can be reached: what `--tls-name` says, its name, its addresses, localhost."""
    host = socket.gethostname()
    own = [*settings.tls_names, host, f"{host.partition('.')[0]}.local", *addresses(settings)]
    return list(dict.fromkeys([*own, "localhost", "127.0.0.1", "::1"]))


def addresses(settings: Settings) -> list[str]:
    """The machine's addresses in its networks; the one it is most likely asked for first."""
    names = dict.fromkeys([*_given(settings), *_on_the_way(), *_of_interfaces()])
    return [a for a in names if not (ip_address(a).is_loopback or ip_address(a).is_link_local)]


def _given(settings: Settings) -> Iterator[str]:
    with suppress(ValueError):
        if not ip_address(settings.host).is_unspecified:
            yield settings.host


def _on_the_way() -> Iterator[str]:
    """From where this machine would reach others. Nothing is sent: it only chooses the way."""
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as end:
            end.connect((elsewhere, 9))
            yield end.getsockname()[0]


def _of_interfaces() -> Iterator[str]:
    try:
        from fcntl import ioctl
    except ImportError:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        for _, name in socket.if_nameindex():
            with suppress(OSError):
                answer = ioctl(end.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                yield socket.inet_ntoa(answer[20:24])

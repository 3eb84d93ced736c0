"""`holdfast serve --tls`: a certificate of its own, made once, renewed in time; real handshakes."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from cryptography import x509

from tests.support.installation import PASSWORD
from tests.support.patience import PATIENCE
from tests.support.serving import House, serving
from tests.support.settled import settled
from tracker import certificates, config
from tracker.config import Settings
from tracker.errors import WorkspaceError

NOW = datetime.now(UTC)
STATIC = Path(certificates.__file__).parent / "static"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(config.load(tmp_path, {}), tls=True)


def served(settings: Settings) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificates._certificate(certificates.place(settings)))


def test_made_once_for_every_name_and_secret(settings: Settings) -> None:
    assert certificates.keep(settings, NOW) and not certificates.keep(settings, NOW)
    names = served(settings).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {socket.gethostname(), "localhost"} <= set(names.get_values_for_type(x509.DNSName))
    assert {"127.0.0.1", "::1"} <= {str(a) for a in names.get_values_for_type(x509.IPAddress)}
    folder = certificates.place(settings).parent
    assert {f.name: stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {
        "ca.pem": 0o600,
        "server.pem": 0o600,
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"PRIVATE" not in certificates.authority(settings)
    life = served(settings).not_valid_after_utc - served(settings).not_valid_before_utc
    assert life <= timedelta(days=398)


def test_renewed_before_it_ends_under_the_same_authority(settings: Settings) -> None:
    certificates.keep(settings, NOW)
    first, trusted = served(settings), certificates.authority(settings)
    assert not certificates.keep(settings, NOW + timedelta(days=360))
    assert certificates.keep(settings, NOW + timedelta(days=370))
    assert served(settings).not_valid_after_utc > first.not_valid_after_utc
    assert certificates.authority(settings) == trusted


def test_a_new_name_is_a_new_certificate(settings: Settings) -> None:
    certificates.keep(settings, NOW)
    more = replace(settings, tls_names=("floor.example", "192.168.1.20"))
    assert certificates.keep(more, NOW) and not certificates.keep(more, NOW)
    assert not certificates.keep(settings, NOW)  # one name more does no harm


@pytest.mark.parametrize("broken", ["ca.pem", "server.pem"])
def test_a_broken_file_is_said_and_never_replaced(settings: Settings, broken: str) -> None:
    certificates.keep(settings, NOW)
    file = certificates.place(settings).parent / broken
    file.write_text("-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n")
    with pytest.raises(WorkspaceError, match="trust them anew"):
        certificates.keep(settings, NOW)
    assert "nothing" in file.read_text()


@pytest.mark.parametrize("name", ["", "a b", "-x", "https://x", "x/y", "ü.example", "x" * 300, "a,b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(WorkspaceError, match="no name for a certificate"):
        config.names([name])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, _built: Path) -> Iterator[House]:
    import shutil

    place = shutil.copytree(_built, tmp_path_factory.mktemp("tls") / "workspace")
    with serving(
        settled(place), HOLDFAST_TLS="1", HOLDFAST_PROCESSES="2", HOLDFAST_TLS_NAMES="floor.example"
    ) as house:
        yield house


def trusting(house: House) -> ssl.SSLContext:
    """What a device believes once it has taken the authority's certificate up."""
    context = ssl.create_default_context()
    settings = config.load(house.workspace, {})
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(certificates.authority(settings)))
    return context


def ask(
    house: House, method: str, path: str, body: str | None = None, **headers: str
) -> http.client.HTTPResponse:
    at = urlsplit(house.url)
    line = http.client.HTTPSConnection("127.0.0.1", at.port, context=trusting(house), timeout=PATIENCE)
    line.request(method, path, body, headers)
    return line.getresponse()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "floor.example"])
def test_a_device_that_trusts_us_shakes_hands(house: House, name: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", urlsplit(house.url).port or 0), timeout=PATIENCE) as line,
        trusting(house).wrap_socket(line, server_hostname=name) as safe,
    ):
        assert safe.version() in ("TLSv1.2", "TLSv1.3")


def test_others_do_not(house: House) -> None:
    port = urlsplit(house.url).port or 0
    strangers = ((ssl.create_default_context(), "localhost"), (trusting(house), "elsewhere.example"))
    for context, name in strangers:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            context.wrap_socket(line, server_hostname=name)


def test_cookies_are_of_this_host_and_secure(house: House) -> None:
    assert house.url.startswith("https://")
    form = ask(house, "GET", "/login")
    (cookie,) = form.headers.get_all("Set-Cookie") or []
    assert cookie.startswith("__Host-holdfast=") and "Secure" in cookie and "HttpOnly" in cookie
    assert "Strict-Transport-Security" not in form.headers
    token = re.search(rb'name="csrf_token" value="([^"]+)"', form.read())
    assert token
    fields = urlencode({"login": "sam", "password": PASSWORD, "csrf_token": token[1].decode()})
    more = {"Cookie": cookie.partition(";")[0], "Content-Type": "application/x-www-form-urlencoded"}
    answer = ask(house, "POST", "/login", fields, Referer=f"{house.url}/login", **more)
    assert answer.status == 302
    given = answer.headers.get_all("Set-Cookie") or []
    inside = {"Cookie": "; ".join(cookie.partition(";")[0] for cookie in given)}
    assert b"Sam" in ask(house, "GET", "/", **inside).read()


def test_much_comes_and_goes_whole(house: House) -> None:
    """More than a TLS record holds, in both directions."""
    script = ask(house, "GET", "/static/vendor/mermaid.tiny.js").read()
    assert len(script) > 100_000 and script == (STATIC / "vendor/mermaid.tiny.js").read_bytes()
    answer = ask(
        house, "POST", "/login", "x=" + "y" * 500_000, **{"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status == 400  # read whole, and refused for want of a token


def plain(house: House, path: str, host: str | None = "floor.example:8443") -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", urlsplit(house.url).port, timeout=PATIENCE)
    line.putrequest("GET", path, skip_host=True)
    if host is not None:
        line.putheader("Host", host)
    line.endheaders()
    return line.getresponse()


def test_plain_http_is_sent_to_https(house: House) -> None:
    answer = plain(house, "/start/pack?subject=7&x=%20")
    assert answer.status == 307 and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Location"] == "https://floor.example:8443/start/pack?subject=7&x=%20"
    for host in (None, "", "a b", "x/y", "evil@x", "evil.example", "floor.example.evil.example"):
        answer = plain(house, "/", host)
        assert answer.status == 400 and b"HTTPS only" in answer.read()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_device_needs_to_trust_us_comes_over_plain_http_too(house: House) -> None:
    page = plain(house, "/trust")
    text = page.read().decode()
    settings = config.load(house.workspace, {})
    assert page.status == 200 and certificates.fingerprint(certificates.authority(settings)) in text
    assert all(device in text for device in ("Android", "iPhone", "Windows", "Mac"))
    file = plain(house, "/trust/holdfast.crt")
    assert file.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert file.read() == certificates.authority(settings)
    assert "Secure" in (plain(house, "/trust").headers["Set-Cookie"] or "Secure")
    assert plain(house, "/login").status == 307


def test_phones_that_fall_silent_hold_nobody_up(house: House) -> None:
    port = urlsplit(house.url).port or 0
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(12)]
    for number, line in enumerate(silent):
        line.sendall([b"", b"\x16", b"\x16\x03\x01\x02\x00\x01", b"G"][number % 4])
    for rubbish in (b"\x16" + b"\0" * 600, b"\xff" * 600, b"\x16\x03\x01\x00\x05hello"):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(rubbish)
    assert [ask(house, "GET", "/healthz").status for _ in range(8)] == [200] * 8
    for line in silent:
        line.close()
    assert ask(house, "GET", "/healthz").status == 200


def test_without_it_there_is_nothing_to_trust(visit: object) -> None:
    for path in ("/trust", "/trust/holdfast.crt"):
        answer = visit(None).get(path)  # type: ignore[operator]
        assert answer.status_code == 404 and "nothing to trust" in answer.text

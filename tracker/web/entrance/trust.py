"""How a device comes to trust the certificate of this installation; for everybody, also over plain HTTP."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, current_app, make_response, render_template, request

from tracker import certificates
from tracker.config import Settings
from tracker.errors import N_, NotFoundError
from tracker.web import hosts
from tracker.web.actions import needs
from tracker.web.answers import to_be_saved_as

bp = Blueprint("trust", __name__)


@bp.get("/trust")
@needs("open")
def page() -> Any:
    """Say for each kind of device what to do, and show its address to be scanned."""
    settings = _own()
    safe, unsafe = (f"{scheme}://{_host(settings)}" for scheme in ("https", "http"))
    code = segno.make(f"{unsafe}/trust", error="m").svg_data_uri(scale=6, light="white")
    shown = certificates.fingerprint(certificates.authority(settings))
    return render_template("entrance/trust.html", code=code, safe=safe, unsafe=unsafe, fingerprint=shown)


@bp.get("/trust/holdfast.crt")
@needs("open")
def certificate() -> Any:
    """The authority's certificate, in the form that phones and computers take up."""
    response = make_response(certificates.authority(_own()))
    response.headers["Content-Type"] = "application/x-x509-ca-cert"
    response.headers["Content-Disposition"] = to_be_saved_as("holdfast.crt")
    return response


def _own() -> Settings:
    settings: Settings = current_app.config["HOLDFAST"]
    if not settings.tls:
        raise NotFoundError(N_("This Holdfast has no certificate of its own, so there is nothing to trust."))
    return settings


def _host(settings: Settings) -> str:
    """The host by which other devices reach us: the one asked for, unless it means this machine only."""
    host = request.host
    if not hosts.is_loopback(hosts.name_of(host)):
        return host  # `hosts.check` has let the name through
    name = next(iter(certificates.addresses(settings)), "localhost")
    name, port = f"[{name}]" if ":" in name else name, host.rpartition("]")[2].partition(":")[2]
    return f"{name}:{port}" if port else name

"""One mail, sent now: encrypted on its way, within a time, and with nothing but text in it."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

SECONDS = 20
_NEAR = ("localhost", "127.0.0.1", "::1")


def send(server: str, sender: str, to: str, subject: str, text: str) -> None:
    """Send a mail by the server of the settings ("smtp://…" or "smtps://…").

    Raises OSError or smtplib.SMTPException, also where a server elsewhere does not offer encryption, and
    ValueError for an address or subject with a line break.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    parts = urlsplit(server)
    host = parts.hostname or ""
    with _connected(host, parts.port, parts.scheme == "smtps") as connection:
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        connection.send_message(message)


def _connected(host: str, port: int | None, encrypted: bool) -> smtplib.SMTP:
    if encrypted:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
    connection = smtplib.SMTP(host, port or 587, timeout=SECONDS)
    try:
        connection.ehlo()
        if host not in _NEAR or connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())  # raises where it is not offered
            connection.ehlo()
    except BaseException:
        connection.close()
        raise
    return connection

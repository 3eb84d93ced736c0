"""Tokens: random texts that prove who holds them, in cookies and links. The database keeps their digests."""

from __future__ import annotations

import hashlib
import secrets


def new() -> str:
    """A token that nobody can guess, of 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The SHA-256 under which a token is kept. Tokens are long and random, so no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

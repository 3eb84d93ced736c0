"""Tokens: random texts that prove who holds them, in cookies and links. The database keeps their digests."""

from __future__ import annotations

import hashlib
import secrets


def new() -> str:
    """A token that nobody can guess, of 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """A token as it is kept. A token is long and random, so that a plain digest of it tells nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

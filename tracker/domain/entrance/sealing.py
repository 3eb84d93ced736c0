"""Secrets in the database that a copy of the database alone does not open.

The key is derived from the installation's secret key, which lies elsewhere (RFC 5869).
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def key_for(purpose: str, secret_key: str) -> bytes:
    """32 bytes for this purpose, always the same in one installation."""
    info = f"holdfast {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())


def seal(text: str, key: bytes) -> str:
    """The text encrypted and signed, as it is stored."""
    return _fernet(key).encrypt(text.encode()).decode()


def unseal(sealed: str, key: bytes) -> str | None:
    """The text that was sealed; None if it was sealed with another secret key."""
    try:
        return _fernet(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))

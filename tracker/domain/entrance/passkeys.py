"""Passkeys (WebAuthn): keys in people's phones and computers that sign what we ask, for our address only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tracker.domain.actor import Actor
from tracker.domain.entrance import factors
from tracker.errors import N_, ConflictError, InvalidError, NotFoundError
from tracker.models import Passkey, Person

MOST = 20
_NO_PASSKEY = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Site(NamedTuple):
    """For whom keys are made: the host (relying party id), and the address as browsers write it (origin)."""

    host: str
    origin: str


def of(session: Session, person: Person) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)).all()


def any_at_all(session: Session) -> bool:
    """Whether anybody has a passkey."""
    return session.scalar(select(Passkey.id).limit(1)) is not None


def options_for_new(session: Session, actor: Actor, site: Site, challenge: bytes) -> str:
    """What the browser needs to make a key, as JSON; not on a device that holds one already."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name="Holdfast",
            user_name=actor.holder.login,
            user_id=hashlib.sha256(f"holdfast person {actor.id}".encode()).digest(),
            user_display_name=actor.holder.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_known(session, actor.holder),
        )
    )


def add(
    session: Session, actor: Actor, now: datetime, site: Site, challenge: bytes, credential: str, name: str
) -> Passkey:
    """Add a key that the browser has made for this challenge. Raises InvalidError, ConflictError."""
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except _NO_PASSKEY as error:
        raise InvalidError(N_("The browser gave no passkey that can be used. Try again.")) from error
    if len(of(session, actor.holder)) >= MOST or _with(session, made.credential_id) is not None:
        raise ConflictError(N_("This passkey is known already, or you have too many. Remove one first."))
    name = " ".join(name.split())[:60]
    key = Passkey(
        person_id=actor.id, credential=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, name=name or "Passkey", added_at=now,
    )  # fmt: skip
    session.add(key)
    factors.tell(session, actor, now, actor.holder, "added", "passkey", name=key.name)
    return key


def options_for_use(session: Session, person: Person | None, site: Site, challenge: bytes) -> str:
    """What the browser needs to use a key of the person, or, if that is None, of whoever has one for us."""
    verification = UserVerificationRequirement.PREFERRED if person else UserVerificationRequirement.REQUIRED
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            allow_credentials=_known(session, person) if person else [],
            user_verification=verification,
        )
    )


def accept(
    session: Session,
    now: datetime,
    site: Site,
    challenge: bytes,
    credential: str,
    *,
    person: Person | None = None,
) -> Person | None:
    """Whose key has signed the challenge; None if it has not, or is not the `person`'s.

    Without a person the key stands for both factors, so it must have verified who holds it (finger, face, PIN
    of the phone). Call it under the write lock: the key's counter must have grown, so that a copy of the key
    is found out.
    """
    try:
        given = parse_authentication_credential_json(credential)
        key = _with(session, given.raw_id)
        if key is None or (person is not None and key.person_id != person.id):
            return None
        used = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=person is None,
        )
    except _NO_PASSKEY:
        return None
    key.sign_count, key.used_at = used.new_sign_count, now
    owner = session.get(Person, key.person_id, populate_existing=True)
    return owner if owner is not None and owner.disabled_at is None else None


def remove(session: Session, actor: Actor, now: datetime, key_id: int) -> None:
    """Remove one of the actor's own passkeys; the edge has just asked for password and factor.

    Raises NotFoundError.
    """
    key = session.get(Passkey, key_id, populate_existing=True)
    if key is None or key.person_id != actor.id:
        raise NotFoundError(N_("You have no such passkey."))
    session.delete(key)
    factors.tell(session, actor, now, actor.holder, "removed", "passkey", name=key.name)


def _with(session: Session, credential: bytes) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential == credential)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _known(session: Session, person: Person) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential) for key in of(session, person)]

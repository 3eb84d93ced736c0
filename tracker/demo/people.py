"""Who works in the demo, where and as what."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.domain.actor import SHELL, signed_in
from tracker.domain.entrance.passwords import PasswordHash
from tracker.domain.people import accounts, owner_names, places
from tracker.models import Location, Person, Team

ZONES = {"Berlin": "Europe/Berlin", "Manchester": "Europe/London", "Austin": "America/Chicago"}
TEAMS = {"Berlin early": "Berlin", "Berlin returns": "Berlin", "Manchester": "Manchester", "Austin": "Austin"}


class Worker(NamedTuple):
    """One of the demo's people: on how many days they are `there`, and then their `share` of the work."""

    login: str
    name: str
    location: str
    roles: tuple[str, ...]
    level: str = "staff"
    team: str = ""
    share: float = 1.0
    there: float = 0.85


OWNER, LEAD, STAFF, ADMIN = "clara", "lukas", "sara", "max"

WORKERS = (
    Worker(ADMIN, "Max Sommer", "Berlin", (), "admin"),
    Worker(OWNER, "Clara Hoffmann", "Berlin", (), "owner"),
    Worker(LEAD, "Lukas Brandt", "Berlin", ("shift-lead",), "lead"),
    Worker("anna", "Anna Vogel", "Berlin", ("shift-lead",), "lead", share=0.8),
    Worker(STAFF, "Sara Lindqvist", "Berlin", ("picker", "packer"), team="Berlin early", share=1.2),
    Worker("emre", "Emre Yildiz", "Berlin", ("picker", "packer"), team="Berlin early"),
    Worker("jonas", "Jonas Weber", "Berlin", ("picker", "packer"), team="Berlin early", share=0.9),
    Worker("mai", "Mai Tran", "Berlin", ("picker", "packer"), team="Berlin early", share=1.1),
    Worker("piotr", "Piotr Nowak", "Berlin", ("picker", "receiver"), team="Berlin early", share=0.7),
    Worker("karim", "Karim Haddad", "Berlin", ("stock-controller", "receiver")),
    Worker("greta", "Greta Thalbach", "Berlin", ("stock-controller", "receiver")),
    Worker("selin", "Selin Kaya", "Berlin", ("stock-controller", "returns-clerk"), share=0.8),
    Worker("tomasz", "Tomasz Zielinski", "Berlin", ("returns-clerk",), team="Berlin returns"),
    Worker("chiara", "Chiara Greco", "Berlin", ("customer-support",), team="Berlin returns"),
    Worker("david", "David Okoro", "Berlin", ("customer-support",), team="Berlin returns", share=0.9),
    Worker("nadia", "Nadia Petrova", "Berlin", ("buyer",), share=20.0, there=0.95),
    Worker("ben", "Ben Adler", "Berlin", ("buyer", "vendor-manager")),
    Worker("ines", "Ines Costa", "Berlin", ("vendor-manager",)),
    Worker("priya", "Priya Shah", "Manchester", ("shift-lead",), "lead"),
    Worker("owen", "Owen Hughes", "Manchester", ("shift-lead",), "lead", share=0.8),
    Worker("grace", "Grace Bell", "Manchester", ("picker", "packer"), team="Manchester"),
    Worker("sam", "Sam Okafor", "Manchester", ("picker", "packer"), team="Manchester", share=1.1),
    Worker("zoe", "Zoe Walsh", "Manchester", ("picker", "packer", "receiver"), team="Manchester", share=0.8),
    Worker("callum", "Callum Reid", "Manchester", ("stock-controller", "receiver"), team="Manchester"),
    Worker("meera", "Meera Joshi", "Manchester", ("stock-controller", "returns-clerk"), team="Manchester"),
    Worker("hannah", "Hannah Price", "Manchester", ("returns-clerk", "customer-support"), team="Manchester"),
    Worker("luca", "Luca Moretti", "Manchester", ("customer-support",), team="Manchester", share=0.9),
    Worker("rosa", "Rosa Torres", "Austin", ("shift-lead",), "lead"),
    Worker("james", "James Lee", "Austin", ("shift-lead",), "lead", share=0.7),
    Worker("carlos", "Carlos Ruiz", "Austin", ("picker", "packer"), team="Austin"),
    Worker("emily", "Emily Clark", "Austin", ("picker", "packer"), team="Austin", share=0.9),
    Worker("tyler", "Tyler Brooks", "Austin", ("picker", "packer", "receiver"), team="Austin", share=0.8),
    Worker("diana", "Diana Flores", "Austin", ("stock-controller", "receiver"), team="Austin"),
    Worker("ethan", "Ethan Hall", "Austin", ("stock-controller", "returns-clerk"), team="Austin", share=0.8),
    Worker("kim", "Kim Nguyen", "Austin", ("returns-clerk", "customer-support"), team="Austin"),
    Worker("jack", "Jack Miller", "Austin", ("customer-support",), team="Austin", share=0.8),
)

ANSWER_FOR = {
    "warehouse-lead": LEAD,
    "inventory-lead": "anna",
    "returns-lead": "priya",
    "support-lead": "owen",
    "operations-lead": OWNER,
    "purchasing-lead": OWNER,
}
"""The login of the person whom each owner's name in the starter SOPs means."""


def about(login: str) -> str:
    """Who somebody is, in a few words."""
    worker = next(worker for worker in WORKERS if worker.login == login)
    what = {OWNER: "owner of everything: begin here, with Overview", ADMIN: "admin"}
    return f"{worker.name}, {what.get(login, f'{worker.level} in {worker.location}')}"


def new_passwords() -> dict[str, str]:
    """A password for each who signs in: made by chance, and easy to type on a phone."""
    return {login: _password() for login in (OWNER, LEAD, STAFF, ADMIN)}


def add(session: Session, now: datetime, hashes: dict[str, PasswordHash]) -> dict[str, Person]:
    """Add places, teams and accounts; who has no password can't sign in. Returns people by login."""
    there: dict[str, Person] = {}
    locations: dict[str, Location] = {}
    for name, zone in ZONES.items():
        locations[name] = places.add_location(session, SHELL, now, name=name, zone=zone)
    teams: dict[str, Team] = {}
    for worker in WORKERS:
        there[worker.login] = accounts.add(
            session,
            signed_in(there[ADMIN]) if ADMIN in there else SHELL,
            now,
            login=worker.login,
            name=worker.name,
            password=hashes.get(worker.login),
            own=True,
            level=worker.level,
            location=locations[worker.location],
            team=teams.get(worker.team),
            roles=worker.roles,
            everywhere=worker.login == OWNER,
        )
        if worker.login == ADMIN:
            teams = {
                name: places.add_team(
                    session, signed_in(there[ADMIN]), now, name=name, location=locations[place]
                )
                for name, place in TEAMS.items()
            }
    return there


def say_who_is_meant(session: Session, now: datetime, there: dict[str, Person]) -> None:
    """Name the people whom the SOPs call by their job; the SOPs are in force by then."""
    for name, login in ANSWER_FOR.items():
        owner_names.name_owner(session, signed_in(there[ADMIN]), now, name, there[login])


def _password() -> str:
    def syllable() -> str:
        return secrets.choice("bdfghklmnprstvz") + secrets.choice("aeiou")

    return "-".join(syllable() + syllable() for _ in range(4))

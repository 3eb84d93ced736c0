"""Sessions are rows, tries are counted in the database, and the security log keeps what happened."""

import unicodedata

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime
from tracker.migrations.append_only import refuse_changes

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    one_login_however_written()
    sessions()
    op.create_table(
        "known_browsers",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        moment("used_at"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_known_browsers_person_id")),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_known_browsers")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        moment("tried_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_tried_at"), "tries", ["tried_at"])
    for column in ("wrong", "tried_at"):  # tries of PINs are counted with the others
        op.execute(f"ALTER TABLE device_people DROP COLUMN {column}")
    security_log()


def one_login_however_written() -> None:
    """Everybody's login as it is looked up, and no token of theirs any more: each session has its own."""
    op.add_column("people", sa.Column("login_key", sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_people_login_key"), "people", ["login_key"])
    connection = op.get_bind()
    for number, login in connection.execute(sa.text("SELECT id, login FROM people")).all():
        key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).strip().casefold())
        connection.execute(
            sa.text("UPDATE people SET login_key = :key WHERE id = :id"), {"key": key, "id": number}
        )
    op.execute("ALTER TABLE people DROP COLUMN session_token")


def sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        moment("begun_at"),
        moment("used_at"),
        moment("ended_at", nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("known_browser", sa.String(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_sessions_location_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_sessions_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
    )
    for columns in (["person_id", "ended_at"], ["network", "begun_at"], ["device_id"]):
        op.create_index(op.f("ix_sessions_" + "_".join(columns)), "sessions", columns)


def security_log() -> None:
    op.create_table(
        "security_log",
        sa.Column("id", sa.Integer(), nullable=False),
        moment("at"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_security_log_person_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_security_log_actor_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_security_log_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_log")),
    )
    for columns in (["at"], ["kind", "at"], ["person_id", "at"]):
        op.create_index(op.f("ix_security_log_" + "_".join(columns)), "security_log", columns)
    refuse_changes("security_log")


def moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)

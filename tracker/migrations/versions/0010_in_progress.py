"""What Today asks: what somebody recorded last, and what is there about a subject of whatever kind."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index(op.f("ix_records_person_id_received_at"), "records", ["person_id", "received_at"])
    op.create_index(op.f("ix_subject_aliases_ref"), "subject_aliases", ["ref"])

"""An index of the records that have a flag: leads are told of those that came late and are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    flagged = sa.text("flag IS NOT NULL")
    op.create_index(
        "ix_records_flagged", "records", ["received_at"], sqlite_where=flagged, postgresql_where=flagged
    )

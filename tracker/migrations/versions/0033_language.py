"""People may choose the language of the interface; null is as their browser says."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("people", sa.Column("language", sa.String(), nullable=True))

"""What is judged keeps of which runs it is, so that a page can lead to exactly these."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    for table in ("weak_points", "verdicts"):
        op.add_column(table, sa.Column("behind", sa.JSON(), nullable=True))

"""Leads reach their location and owners the SOPs they answer for, unless they are given everything.

Who reached everything before, still does: owners, and leads without a location.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("people", sa.Column("areas", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("people", sa.Column("everywhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    people = sa.table("people", *map(sa.column, ("access", "location_id", "everywhere")))
    all_of_them = sa.or_(
        people.c.access == "owner", sa.and_(people.c.access == "lead", people.c.location_id.is_(None))
    )
    op.execute(people.update().where(all_of_them).values(everywhere=sa.true()))

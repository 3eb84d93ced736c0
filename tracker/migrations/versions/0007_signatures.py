"""A signature says what it means and is bound to what it covers; a whole run is signed too."""

import sqlalchemy as sa
from alembic import op

from tracker.migrations.append_only import refuse_changes

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("sign_offs") as table:
        table.alter_column("step_key", existing_type=sa.String(), nullable=True)
        table.alter_column("record_id", existing_type=sa.Uuid(), nullable=True)
        table.add_column(sa.Column("verdict", sa.String(), nullable=False, server_default="signed"))
        table.add_column(sa.Column("meaning", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("covers", sa.JSON(), nullable=True))
        table.add_column(sa.Column("digest", sa.String(), nullable=False, server_default=""))
        table.create_check_constraint(op.f("ck_sign_offs_verdict"), "verdict IN ('signed', 'rejected')")
    if op.get_bind().dialect.name == "sqlite":  # which has made the table anew, without its triggers
        refuse_changes("sign_offs")
    op.add_column("revisions", sa.Column("verify", sa.String(), nullable=True))
    op.create_index(op.f("ix_revisions_verify"), "revisions", ["verify"])

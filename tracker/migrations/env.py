"""Alembic's entry point: runs in the connection and transaction that `upgrade` opened."""

from alembic import context

import tracker.models  # noqa: F401  (fills the metadata)
from tracker.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()

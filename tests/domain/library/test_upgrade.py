"""An upgrade publishes nothing, and keeps what it can know of reviews and of former addresses."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from tracker import migrations

MOVED = '{"before": "old/pack.md", "after": "new/pack.md"}'


def test_reviews_count_from_what_is_in_force_and_former_paths_from_their_events(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0022")
        for row in (
            "sops (id, title, area, path) VALUES ('pack', 'Pack', '', 'new/pack.md')",
            "revisions (id, sop_id, number, label, title, source, html, meta, published_at) "
            "VALUES (1, 'pack', 1, '1', 'Pack', '', '', '{}', '2026-01-01 00:00:00')",
            f"events (at, kind, subject, data) VALUES ('2026-02-01', 'sop.moved', 'sop:pack', '{MOVED}')",
            f"events (at, kind, subject, data) VALUES ('2026-03-01', 'sop.moved', 'sop:pack', '{MOVED}')",
        ):
            connection.execute(text(f"INSERT INTO {row}"))
        connection.execute(text("UPDATE sops SET in_force_id = 1"))
        command.upgrade(config, "head")
        (reviewed,) = connection.execute(text("SELECT reviewed_at FROM sops")).scalars()
        assert str(reviewed).startswith("2026-01-01")
        rows = connection.execute(text("SELECT path, sop_id, left_at FROM former_paths")).all()
        assert [(path, sop_id) for path, sop_id, _ in rows] == [("old/pack.md", "pack")]
        assert str(rows[0].left_at).startswith("2026-03-01")
        assert connection.execute(text("SELECT published_by, published_by_id FROM revisions")).one() == (
            None,
            None,
        )
    engine.dispose()

"""The PostgreSQL of the tests is a real, empty one that keeps every commit."""

import pytest
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.postgres


def test_a_commit_is_synchronous_and_seen_by_others(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
        connection.execute(text("CREATE SCHEMA probe CREATE TABLE kept (n int)"))
        connection.execute(text("INSERT INTO probe.kept VALUES (42)"))
    with engine.begin() as other:
        assert other.scalar(text("SELECT n FROM probe.kept")) == 42
        other.execute(text("DROP SCHEMA probe CASCADE"))
    engine.dispose()

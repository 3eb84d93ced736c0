"""Several processes that bring one new database to its shape, played by threads with an engine each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine

from tests.support.patience import PATIENCE
from tracker import migrations


@contextmanager
def engines(url: str, count: int) -> Iterator[list[Engine]]:
    """So many engines on one database, disposed of at the end."""
    made = [create_engine(url) for _ in range(count)]
    yield made
    for engine in made:
        engine.dispose()


def together(made: Sequence[Engine]) -> None:
    """Upgrade from all of them at once; whatever one raises is raised here."""
    gate = threading.Barrier(len(made))

    def upgrade(engine: Engine) -> None:
        gate.wait(PATIENCE)
        migrations.upgrade(engine)

    with ThreadPoolExecutor(len(made)) as pool:
        list(pool.map(upgrade, made))
    for engine in made:
        with engine.connect() as connection:
            assert migrations.current(connection) == migrations.head()

"""Whose phone sends its queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone
from tracker.models import Person


@pytest.fixture
def sam(visit: Callable[[Person | None], Visitor], cast: Cast) -> Phone:
    return Phone(visit(cast.staff), cast.staff)

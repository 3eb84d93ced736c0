"""What people are told when something fails that is not their doing."""

from __future__ import annotations

import re

from tests.faults.clients import Answer

FULL = "The server’s disk is full, so nothing was saved. Tell an admin."
UNCERTAIN = "so it may be saved or not. Try again: no step is recorded twice."
BROKEN = "Something broke on our side, and nothing was saved. Try again."
NO_DATABASE = "The database does not answer, so nothing was saved. Try again in a minute."
LEAKS = re.compile(r"Traceback|sqlite|\.py\b|Errno|OperationalError|INSERT INTO")


def refused(answer: Answer, status: int, words: str) -> bool:
    """A clear message to people, and nothing of what is inside."""
    return answer.status == status and words in answer.text and not LEAKS.search(answer.text)

"""The command line: one command, one verb. Each loads what it needs when it is called."""

from tracker.cli import admins, authors, leads, users
from tracker.cli.frame import main

__all__ = ["admins", "authors", "leads", "main", "users"]

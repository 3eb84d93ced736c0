"""The command line: one command, one verb. Each loads what it needs when it is called."""

from tracker.cli import admins, authors, leads
from tracker.cli.frame import main

__all__ = ["admins", "authors", "leads", "main"]

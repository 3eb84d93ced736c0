"""The command line: one command, one verb."""

from tracker.cli import admins, authors, leads
from tracker.cli.frame import main

__all__ = ["admins", "authors", "leads", "main"]

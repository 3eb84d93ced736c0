"""The command line: one command, one verb."""

from tracker.cli import admins, authors
from tracker.cli.frame import main

__all__ = ["admins", "authors", "main"]

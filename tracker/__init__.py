"""Holdfast: SOPs as a searchable site and as runnable checklists."""

__version__ = "0.1.0"

"""Holdfast on a phone: what makes it an application of its own, and what is kept there to go on without network."""

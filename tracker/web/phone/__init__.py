"""Holdfast on a phone: what makes it an application, and what is kept there to go on without network."""

"""Screens on the way in: signing in, shared devices, and one’s own account."""

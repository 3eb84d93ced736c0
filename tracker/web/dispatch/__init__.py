"""Screens for opening runs for others: one, or one for each line of a list."""

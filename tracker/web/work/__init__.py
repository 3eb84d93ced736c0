"""Screens of all the work: Today, the board, the search."""

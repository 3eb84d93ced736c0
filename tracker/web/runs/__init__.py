"""Screens of one run: start it, work through it, hand it on, put it right."""

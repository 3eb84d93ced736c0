"""The door that people come in by: waitress, with bounds on what a connection may take of time and memory.

`server` starts it and `site` keeps what it serves up to date. `limits` holds every number, `door` puts
the parts together.
"""

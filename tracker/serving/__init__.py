"""The door that people come in by: waitress, with bounds on what a connection may take of time and memory.

`serving.server` starts it. `limits` holds every number, `door` puts the parts together.
"""

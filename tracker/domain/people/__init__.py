"""Accounts, teams, places and devices.

`accounts` adds and changes people, `directory` looks them up, `places` are locations and teams, `devices`
and `pins` are what people share on the floor. How they show who they are is in `entrance`.
"""

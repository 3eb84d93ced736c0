"""Records that come from elsewhere or leave.

`history` takes finished runs in, from tables and event logs; `sheets` reads tables of any kind; `cells`
writes text that no spreadsheet takes for a formula.
"""

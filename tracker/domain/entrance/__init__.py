"""How people and devices show who they are.

`passwords`, `passkeys`, `totp` and `recovery_codes` are the ways, `factors` says who must use which,
`tries` slows guessing, `sessions` are rows that end. Accounts themselves are in `people`.
"""

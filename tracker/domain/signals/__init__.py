"""Signs that an operation is weak, beyond single steps.

`ceiling` is the load at which errors climb, `key_people` finds what hangs on one person, `flags` are runs
that look hasty, `habits` and `shortening` what people grow used to.
"""

"""A run and its life.

`loading` gives the run with what stands in it, `lifecycle` starts, closes and cancels it, `assignment` and
`handover` say whose it is, `progress` and `standing` what has become of its steps.
"""

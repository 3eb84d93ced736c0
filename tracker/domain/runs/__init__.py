"""A run and its life.

`loading` gives the run with what stands in it, `lifecycle` starts, closes and cancels it, `one_open_run`
knows whether there is one about the same already, `closing` what keeps one from being closed. `assignment`
and `handover` say whose it is, `progress` and `standing` what has become of its steps.
"""

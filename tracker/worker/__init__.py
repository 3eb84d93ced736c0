"""What is done beside the requests: one loop (`loop`), the jobs it does (`jobs`), who does each (`claims`).

A new job is a line in `jobs.STEADY`, or in `PROMPT` if somebody waits for it; what it does stands in a module
of its own here, or in the domain.
"""

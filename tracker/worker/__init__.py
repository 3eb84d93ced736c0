"""What is done beside the requests: one loop (`loop`), the jobs it does (`jobs`), who does each (`claims`).

A new job is a line in `jobs.STEADY`, in `PROMPT` if somebody waits for it, in
`DAILY` if it may take long; what it does stands in a module
of its own here, or in the domain.
"""

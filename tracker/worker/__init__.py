"""What is done beside the requests: one loop (`loop`), the jobs it does (`jobs`), who does each (`claims`).

A new job is a row in `jobs.JOBS`; what it does stands in a module of its own here, or in the domain.
"""

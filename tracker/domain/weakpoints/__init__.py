"""Steps that are skipped, failed or left out more often than they should be.

`refresh` keeps the findings, `judgement` puts a step into a band, `verdicts` say whether a revision helped,
`listing` gives what somebody answers for.
"""

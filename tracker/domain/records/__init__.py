"""What people say about the steps of a run.

`recording` takes a record from whoever may bring it (`senders`) and has it written (`writing`), `values`
types what was entered, `signing` is a second person's signature, `amending` puts a closed run right,
`late_rules` says what a record that came late may do.
"""

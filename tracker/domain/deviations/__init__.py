"""What did not go as the SOP says and needs a person.

`opening` opens one for what a record says and takes it back; `listing` gives those of a run.
"""

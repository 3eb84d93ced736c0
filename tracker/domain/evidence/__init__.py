"""Photos, files and signatures that prove a step.

`content` says what a file really is, `intake` takes in what comes with a record, `stores` keeps it in a
folder or a bucket, `pieces` are its rows, `retention` takes away what is over its time.
"""

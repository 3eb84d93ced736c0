"""Work that is opened for others, many at a time.

`lists` reads the list that a lead brings, `lines` judges each of its lines, `batches` keeps it and opens it
in short writes. A single run is opened by `runs.lifecycle`.
"""

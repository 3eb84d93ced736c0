"""Tables of any kind, as spreadsheets and people write them: every import reads its file through here.

`encoding` opens a file as text; `reading` finds the columns and gives the records; `columns` reads the days
and the numbers of a column, which may be written in more than one way. What may be two things is told.
"""

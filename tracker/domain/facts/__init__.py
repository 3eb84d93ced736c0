"""What closed runs add up to: by SOP, revision, step and day.

`contributions` is what one run adds, `folding` adds it, `rebuilding` adds all up anew. Others read `counts`,
`courses` (over time) and `figures` (kept results that can be computed again).
"""

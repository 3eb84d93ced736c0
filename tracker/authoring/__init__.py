"""What authors do with documents outside of the database.

`documents` reads and checks files, `pinning` writes keys into them, `build` makes the site, `adopt` takes
over what was written elsewhere.
"""

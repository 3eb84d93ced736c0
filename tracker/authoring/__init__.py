"""What authors do with documents.

`documents` reads and checks files, `pinning` writes keys into them, `sync` brings them into force, `build`
makes the site, `adopt` takes over what was written elsewhere.
"""

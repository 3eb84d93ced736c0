"""Screens about documents: the site, what there is, revisions."""

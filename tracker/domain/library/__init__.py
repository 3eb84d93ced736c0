"""The SOPs: read from files, published as revisions, found and read.

`survey` says what a publication would change, `publishing` does it; `catalogue` lists the SOPs that there
are, `revisions` tells one from the next, `translations` are a document in other languages.
"""

"""The SOPs: read from files, published as revisions, found and read.

`survey` says what a publication would change, `publishing` does it, `in_force_file` and `site_history` keep
what came of it in files; `succession` carries keys on. `catalogue` lists the SOPs that there are,
`revisions` tells one from the next, `differences` says whether readers notice one; `search` finds them by
what `search_index` keeps and `search_lookup` asks; `translations` are a document in other languages, `media`
their images."""

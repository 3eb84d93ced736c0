"""What people do on their phones, with or without network, as the server takes it in.

`entries` reads what a phone's queue sends, `receiving` judges each entry and gives its receipt,
`noted_entries` are those of which a lead is told, `instance` is how a phone knows this database again.
"""

"""Reading SOPs. Pure: markdown and yaml only; no Flask, no database, no MkDocs."""

"""The MkDocs plugin: the site shows the steps that the checklist runs."""

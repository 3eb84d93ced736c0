"""Reports as files and pictures: one module a format."""

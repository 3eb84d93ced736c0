"""Report data, gathered once; each format only renders it."""

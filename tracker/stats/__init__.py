"""Statistics. Pure functions, each with its source and a worked example."""

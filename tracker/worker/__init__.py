"""What is done beside the requests: one loop and its jobs."""

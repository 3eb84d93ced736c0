"""What leaves the installation by itself."""

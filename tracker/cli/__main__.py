"""`python -m tracker.cli`, as the server starts its builds."""

from tracker.cli import main

if __name__ == "__main__":
    main()

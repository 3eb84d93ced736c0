"""What holds for a process of tests before it imports anything of ours."""

import os
import sys

# Containers often forbid Python to keep what it has compiled. Then each start of a server in a test compiles
# all of Holdfast again, and each process of tests every test: seconds of work that bring nothing.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

"""Screens for owners: what was done, skipped and failed, and what it hangs on."""

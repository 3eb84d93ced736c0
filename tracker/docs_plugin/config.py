"""The plugin's options in mkdocs.yml."""

from __future__ import annotations

from mkdocs.config import config_options as c
from mkdocs.config.base import Config


class HoldfastConfig(Config):  # type: ignore[no-untyped-call]
    """`areas` orders the folders; those not listed follow by name, and `guide` comes last.

    `tracker_url` is where the tracker answers, without a slash at the end; empty means this host.
    """

    areas = c.ListOfItems(c.Type(str), default=[])
    tracker_url = c.Type(str, default="")
    published = c.Type(str, default="instance/published.json")

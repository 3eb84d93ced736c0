"""The pages that an admin can open by their address."""

from __future__ import annotations

PAGES = [
    "/", "/search", "/search?q=parcel", "/search?q=nothing-like-this", "/find?q=4711",
    "/start", "/start/pack", "/start/pack?subject=4711", "/?text=4711&due=late",
    "/board", "/board/closed", "/assign", "/assign/list", "/overview", "/weak-points", "/sops/pack",
    "/sops/pack/steps/weigh",
    "/closed-runs?sop=pack", "/closed-runs?step=weigh&sop=pack&what=lost", "/overview?first=2026-01-01",
    "/closed-runs/download",
    "/library", "/people",
    "/people/2", "/pin", "/devices", "/team", "/start/pack/sheet", "/sheets?area=Fulfillment",
    "/load", "/dependency", "/spot-checks", "/signoffs", "/no-such-page", "/docs/",
    "/docs/fulfillment/pack/", "/account", "/account/password", "/account/factors", "/account/factors/app",
    "/account/proof", "/forgotten", "/link/none", "/access", "/security", "/late", "/phone",
]  # fmt: skip

MAIN = [
    "/", "/search?q=parcel", "/start", "/start/pack", "/board", "/overview", "/sops/pack", "/library",
    "/people", "/account", "/phone", "/no-such-page", "/docs/fulfillment/pack/",
]  # fmt: skip
"""Those that most people come to, which are looked at in each language too."""

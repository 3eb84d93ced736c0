"""The screens, by subject; each module has a blueprint `bp`, listed in `tracker.app.SCREENS`."""

"""The screens: one blueprint for each kind of user."""

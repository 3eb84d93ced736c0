"""Screens about accounts: people, teams, who may do what, the security log."""

"""Keeping what was entrusted: backup while running, restore into an empty home, and the drill that proves both."""

"""What people type. Every answer goes through the one check of `rules/intake.py`, which the API uses too."""

"""Decisions of this room: codes, checks of what people send (intake), numbers, limits and likeness."""

"""Decisions of this room: what a plug promises, where an arrival belongs, and how the counts reconcile."""

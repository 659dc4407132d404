"""Decisions of this room: when and where to send (delivery), and in which words (wording)."""

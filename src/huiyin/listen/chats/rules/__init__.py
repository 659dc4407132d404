"""Decisions of this room: codes and their words, limits, waiting times."""

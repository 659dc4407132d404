"""Decisions of this room: bulk verbs, what a cell of a file may hold, the forecast of the board, the command menu."""

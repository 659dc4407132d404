"""Pages: what colleagues asked and must follow up, and the questions behind a secret link."""

from huiyin.resolve.precontacts.views.customer import answer
from huiyin.resolve.precontacts.views.desk import ask, board, drop, settle

__all__ = ["answer", "ask", "board", "drop", "settle"]

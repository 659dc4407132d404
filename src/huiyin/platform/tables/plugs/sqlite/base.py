"""Django's SQLite, with the threads of a process standing in line to write.

SQLite has one writer. Whoever finds the database locked sleeps and tries again, longer each time, while it may long be
free: with four threads that write, one goes on and three sleep. A lock of the process wakes the next one at once.
Other processes are waited for in SQLite's own way.
"""

from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_WRITING = Lock()
_SECONDS = 10  # as long as `timeout` in the settings


class DatabaseWrapper(base.DatabaseWrapper):
    turn: Any = None  # the lock, while this connection writes

    def _start_transaction_under_autocommit(self) -> None:
        turn = _WRITING
        if not turn.acquire(timeout=_SECONDS):
            raise OperationalError("database is locked")
        self.turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._done()
            raise

    def _commit(self) -> Any:
        super()._commit()  # type: ignore[misc]  # one that fails is rolled back next
        self._done()

    def _rollback(self) -> Any:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._done()

    def _close(self) -> Any:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._done()

    def _done(self) -> None:
        if self.turn is not None:
            turn, self.turn = self.turn, None
            turn.release()

"""A second process works rows out ahead while this one writes those before.

1. It only reads: its connection refuses to write, and what the sink would write is gathered and sent back.
2. It says under which stamps it read the bank's own data. Where they have moved, or a row has come to be known in the
   meantime, what it worked out is thrown away and the batch is taken in the ordinary way.
3. It holds nothing that is not in the file: killed at any moment, alone or with this process, nothing is lost.
"""

import logging
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

from django.db import IntegrityError, connection, connections, transaction

from huiyin.kernel.actor import Actor
from huiyin.ledger import actions as ledger
from huiyin.platform.imports.rules import Row
from huiyin.platform.tables import actions as tables
from huiyin.platform.tables.queries import stamps

log = logging.getLogger(__name__)
Take = Callable[..., Sequence[Any]]
BATCHES = 2  # under way at the same time


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What a batch comes to: what becomes of each row, and everything that is to be written for it."""

    outcomes: Sequence[Any]
    written: tables.Written
    entries: Sequence[tuple[Any, ...]]
    stamps: dict[str, str]


def worked_out(sink: Take, rows: Sequence[Row], *, by: Actor, at: datetime) -> WorkedOut:
    """Take a batch without writing anything."""
    with transaction.atomic(), tables.gathering() as written, ledger.gathering() as told:
        read = stamps()
        outcomes = sink(rows, by=by, at=at)
    return WorkedOut(outcomes, written, told.rows, read)


def write_worked_out(found: WorkedOut) -> bool:
    """Write it, inside the caller's transaction. False: it no longer fits, nothing is written."""
    if stamps() != found.stamps:
        return False
    try:
        with transaction.atomic():
            tables.write_gathered(found.written)
            ledger.write_gathered(rows=found.entries)
    except (IntegrityError, ledger.Conflict):
        return False
    return True


class Ahead:
    """The helper. Batches come back in the order in which they were sent; None is one that it could not work out."""

    def __init__(self, process: Any, line: Connection) -> None:
        self._process, self._line = process, line
        self._back: SimpleQueue[bytes | None] = SimpleQueue()
        self._gone = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, rows: Sequence[Row]) -> None:
        try:
            self._line.send_bytes(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
        except OSError:
            self._back.put(None)

    def receive(self) -> WorkedOut | None:
        answer = None if self._gone else self._back.get()
        if answer is None:
            self._gone = True  # for good: what it may still have said is no answer to what comes now
            return None
        found: WorkedOut | None = pickle.loads(answer)  # from our own child, over a pipe that nobody else holds
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._reader.join()
        self._line.close()

    def _read(self) -> None:
        """Always reading, so that neither waits for the other to read first."""
        try:
            while True:
                self._back.put(self._line.recv_bytes())
        except (OSError, EOFError):
            self._back.put(None)


@contextmanager
def helping(sink: Take, *, by: Actor, at: datetime) -> Iterator[Ahead | None]:
    """A helper for a sink, if this machine has a second processor. To be asked for before anything is begun."""
    if (os.cpu_count() or 1) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield None
        return
    connections.close_all()  # a connection belongs to one process
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    process = fork.Process(target=_help, args=(there, here, sink, by, at), daemon=True)
    process.start()
    there.close()
    ahead = Ahead(process, here)
    try:
        yield ahead
    finally:
        ahead.end()


def _help(line: Connection, other: Connection, sink: Take, by: Actor, at: datetime) -> None:
    other.close()  # or we would never hear that the first process is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it decides, and ends us
    _only_read()
    with tables.in_bulk():
        while True:
            try:
                rows = pickle.loads(line.recv_bytes())
            except (EOFError, OSError):
                return  # the first process is gone
            try:
                found: WorkedOut | None = worked_out(sink, rows, by=by, at=at)
            except Exception:
                log.warning("a batch could not be worked out ahead", exc_info=True)
                found = None
            with suppress(OSError):  # gone: the next look says so
                line.send_bytes(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))


def _only_read() -> None:
    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        connection.settings_dict["OPTIONS"] = options | {"transaction_mode": "DEFERRED"}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")

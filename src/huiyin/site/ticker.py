"""The tick: one ordered list of room calls that do what time makes due.

1. Each step runs under its own lease (a file lock on SQLite, an advisory lock on PostgreSQL), so two ticks never do the
   same step at once; the operating system or the database frees a lease whose holder was killed.
2. A step that raises is logged and counted, and the next one runs. Every step is safe to repeat.
3. The record of runs (`tick.json`) is what doctor reads; the heartbeat is what /healthz reads.
"""

import importlib
import inspect
import json
import logging
import signal
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection

from huiyin.kernel.actor import machine
from huiyin.kernel.lease import held
from huiyin.site import health
from huiyin.site.now import now

log = logging.getLogger("huiyin.tick")
BY = machine("tick")
LEASES = 0x4875_0000  # advisory lock numbers of the steps start here
RECORD = "tick.json"


@dataclass(frozen=True)
class Step:
    """`call` is a room's verb, told `by` and `at` as far as it takes them; at most once in `every` seconds."""

    name: str
    call: str
    every: float
    vendor: str = ""


STEPS = (
    Step("retry intake", "huiyin.listen.voices.actions.retry_pending", 5),
    Step("look into channels", "huiyin.listen.channels.actions.look", 5),
    Step("files of channels", "huiyin.listen.channels.actions.fetch_files", 5),
    Step("retry arrivals", "huiyin.listen.channels.actions.retry_pending", 5),
    Step("clocks", "huiyin.bank.clocks.actions.sweep", 5),
    Step("approved standards", "huiyin.resolve.cases.actions.carry_out", 10),
    Step("seal", "huiyin.ledger.actions.seal", 1),
    Step("search", "huiyin.resolve.finding.actions.keep_up", 2),
    Step("alike texts", "huiyin.resolve.reading.actions.keep_up", 30),
    Step("messages", "huiyin.platform.messages.actions.pump", 10),
    Step("outreach", "huiyin.resolve.callbacks.actions.keep_up", 60),
    Step("precontacts", "huiyin.resolve.precontacts.actions.keep_up", 60),
    Step("files for regulators", "huiyin.resolve.referrals.actions.keep_up", 60),
    Step("answers of groups", "huiyin.resolve.groups.actions.keep_up", 60),
    Step("close silent", "huiyin.resolve.cases.actions.close_silent", 300),
    Step("triage", "huiyin.resolve.triage.actions.prepare", 3600),
    Step("papers", "huiyin.resolve.papers.actions.keep_up", 60),
    Step("imports", "huiyin.platform.imports.actions.keep_up", 30),
    Step("followed lists", "huiyin.resolve.workbench.actions.tell_counts", 300),
    Step("chats", "huiyin.listen.chats.actions.sweep", 30),
    Step("surveys", "huiyin.listen.surveys.actions.pump", 60),
    Step("drafts", "huiyin.listen.voices.actions.purge_drafts", 3600),
    Step("files", "huiyin.platform.files.actions.sweep", 3600),
    Step("history", "huiyin.measure.history.actions.copy", 60),
    Step("alerts", "huiyin.measure.alerts.actions.look", 3600),
    Step("quality samples", "huiyin.measure.reviews.actions.draw_due", 3600),
    Step("quality reminders", "huiyin.measure.reviews.actions.remind", 3600),
    Step("bursts of posts", "huiyin.measure.reputation.actions.look", 3600),
    Step("effects", "huiyin.improve.rectifications.actions.check_effects", 3600),
    Step("write-ahead log", "huiyin.site.ticker.truncate_wal", 30, vendor="sqlite"),
)


def one_pass(*, only: str = "") -> int:
    """Every step once. Returns how many failed."""
    failed = sum(not _run(step) for step in STEPS if _is_wanted(step) and only in ("", step.name))
    health.beat(now())
    return failed


def run_forever(*, every: float) -> int:
    """Steps at their own pace until told to stop; a step in hand is finished first."""
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
    due = dict.fromkeys((step.name for step in STEPS), 0.0)
    while not stop.is_set():
        close_old_connections()
        for step in STEPS:
            if stop.is_set():
                break
            if _is_wanted(step) and time.monotonic() >= due[step.name]:
                due[step.name] = time.monotonic() + step.every
                _run(step)
        health.beat(now())
        stop.wait(every)
    return 0


def truncate_wal() -> None:
    """Fold SQLite's write-ahead log into the database and empty it.

    SQLite before 3.51.3 may corrupt a database when an automatic checkpoint overlaps a commit on another connection
    (the WAL-reset race). So automatic checkpoints are off there (settings) and this is the only one: TRUNCATE takes
    the write lock first, and gives up when a writer or a long reader is in the way; the next tick tries again.
    """
    with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=1, isolation_level=None) as raw:
        raw.execute("PRAGMA wal_autocheckpoint=0")
        busy, pages, moved = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    raw.close()
    if busy:
        log.info("write-ahead log busy: %s pages, %s moved", pages, moved)


def _is_wanted(step: Step) -> bool:
    return step.vendor in ("", connection.vendor)


def _run(step: Step) -> bool:
    at = now()
    started = time.monotonic()
    try:
        with lease(step.name) as mine:
            if not mine:
                return True
            result = _call(step, at)
    except Exception as error:
        log.exception("step %s failed", step.name)
        _note(step, at, time.monotonic() - started, failure=type(error).__name__)
        connection.close()
        return False
    _note(step, at, time.monotonic() - started, done=result if isinstance(result, int) else None)
    return True


def _call(step: Step, at: datetime) -> Any:
    function = _resolve(step)
    known = inspect.signature(function).parameters
    return function(**{key: value for key, value in (("by", BY), ("at", at)) if key in known})


def _resolve(step: Step) -> Callable[..., Any]:
    """The verb by its name: a room is imported when its step first runs."""
    module, _dot, name = step.call.rpartition(".")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


@contextmanager
def lease(name: str) -> Iterator[bool]:
    """Whether this process may do the step now. Freed when the block ends or the process dies."""
    if connection.vendor == "postgresql":
        with _advisory(LEASES + zlib.crc32(name.encode()) % 0xFFFF) as mine:
            yield mine
        return
    folder = settings.HUIYIN_HOME / "locks"
    folder.mkdir(exist_ok=True)
    with held(folder / name.replace(" ", "-"), "w") as mine:
        yield mine


@contextmanager
def _advisory(number: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _note(step: Step, at: datetime, seconds: float, *, done: int | None = None, failure: str = "") -> None:
    path = settings.HUIYIN_HOME / RECORD
    record = read_record()
    told = record.setdefault(step.name, {"failures": 0})
    if failure:
        told |= {"failed_at": at.isoformat(), "failure": failure, "failures": told["failures"] + 1}
    else:
        told |= {"at": at.isoformat(), "seconds": round(seconds, 3), "done": done, "failures": 0}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(record), "utf-8")
    fresh.replace(path)


def read_record() -> dict[str, dict[str, Any]]:
    """Per step: when it last ran, how long it took, how often in a row it has failed."""
    path = settings.HUIYIN_HOME / RECORD
    try:
        return json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError:
        return {}

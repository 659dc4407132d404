"""Taking the ledger's triggers away: for tests that start afresh, and for tests that play the attacker."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

_GUARDS = import_module("huiyin.ledger.migrations.0002_append_only")


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside, the ledger's tables can be changed like any other."""
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        _GUARDS.unguard(None, editor)
        try:
            yield
        finally:
            _GUARDS.guard(None, editor)


@contextmanager
def flushable() -> Iterator[None]:
    """Tests with real transactions empty every table afterwards; the triggers step aside for that alone."""
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def aside(self: Any) -> None:
        if "ledger_entry" not in connection.introspection.table_names():
            return teardown(self)
        with unguarded():
            return teardown(self)

    TransactionTestCase._fixture_teardown = aside  # type: ignore[attr-defined]
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]

"""A test database is made from the models, in a tenth of the time that their history takes. What migrations do beyond the
models (triggers, indexes of a kind that models cannot name) is done after it, as they do it.

The checks say that models and migrations agree; the command line, the kill tests and the demonstration bank migrate.
"""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.db import connection
from django.db.migrations import RunPython, RunSQL


def complete() -> None:
    with connection.schema_editor() as editor:
        for app in apps.get_app_configs():
            if not app.name.startswith("huiyin."):
                continue
            try:
                package = import_module(f"{app.name}.migrations")
            except ModuleNotFoundError:
                continue
            for found in sorted(iter_modules(package.__path__), key=lambda one: one.name):
                for operation in import_module(f"{package.__name__}.{found.name}").Migration.operations:
                    if isinstance(operation, RunPython):
                        operation.code(apps, editor)  # type: ignore[arg-type]
                    assert not isinstance(operation, RunSQL), "not done here yet"

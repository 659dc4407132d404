"""The tables of an empty database, made from the models at once instead of by the whole history of migrations.

Every step of that history lets Django build its picture of all models again, which takes a hundred times as long as the
tables themselves. A database that holds anything already goes on by its migrations.
"""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_tables() -> bool:
    """All tables, what stands beside them, and every migration marked as done: in one transaction, so all or nothing.

    False, and nothing is done, where the database is not empty.
    """
    if connection.introspection.table_names():
        return False
    record = MigrationRecorder(connection).Migration
    with connection.schema_editor(atomic=True) as editor:
        for app in apps.get_app_configs():
            for model in router.get_migratable_models(app, connection.alias):
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
        editor.create_model(record)
        for statement in editor.deferred_sql:
            editor.execute(statement, None)
        editor.deferred_sql.clear()
        beyond_models(editor)
        done = MigrationLoader(None, replace_migrations=False).disk_migrations
        record.objects.bulk_create(record(app=app, name=name) for app, name in sorted(done))
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    return True


def beyond_models(editor: BaseDatabaseSchemaEditor) -> None:
    """What our migrations do that models cannot say: triggers, indexes of a kind of their own.

    A step that only looks after rows of an older version says so by `elidable=True` and is left out.
    """
    for app in apps.get_app_configs():
        if not app.name.startswith("huiyin."):
            continue
        try:
            package = import_module(f"{app.name}.migrations")
        except ModuleNotFoundError:
            continue
        for found in sorted(iter_modules(package.__path__), key=lambda one: one.name):
            for operation in import_module(f"{package.__name__}.{found.name}").Migration.operations:
                if isinstance(operation, RunPython) and not operation.elidable:
                    operation.code(apps, editor)  # type: ignore[arg-type]
                assert operation.elidable or not isinstance(operation, RunSQL), "not done here yet"

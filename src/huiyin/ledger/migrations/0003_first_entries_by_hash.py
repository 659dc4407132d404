"""Only what opens a stream is looked for by its hash: that is what receipts and their QR are about.

The index of all hashes had random keys: a third of the time of writing an entry, and of what the log on disk grew by.
On SQLite the table is made again, and its triggers with it.
"""

from importlib import import_module

from django.db import migrations, models

_GUARDS = import_module("huiyin.ledger.migrations.0002_append_only")


def guard_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in _GUARDS._guards("sqlite", "ledger_entry"):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.AlterField(model_name="entry", name="hash", field=models.BinaryField(max_length=32)),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["hash"], condition=models.Q(version=1), name="first_entries_by_hash"),
        ),
        migrations.RunPython(guard_again, guard_again, elidable=True),
    ]

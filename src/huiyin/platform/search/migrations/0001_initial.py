from django.db import migrations, models

import huiyin.platform.search.models

POSTGRESQL = "CREATE INDEX search_document_terms ON search_document USING gin (terms)"
SQLITE = (
    "CREATE VIRTUAL TABLE search_terms USING fts5"
    " (terms, content='search_document', content_rowid='id', detail=none, columnsize=0, tokenize='ascii')",
    "CREATE TRIGGER search_document_in AFTER INSERT ON search_document BEGIN"
    " INSERT INTO search_terms (rowid, terms) VALUES (new.id, new.terms); END",
    "CREATE TRIGGER search_document_out AFTER DELETE ON search_document BEGIN"
    " INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', old.id, old.terms); END",
    "CREATE TRIGGER search_document_anew AFTER UPDATE OF terms ON search_document BEGIN"
    " INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', old.id, old.terms);"
    " INSERT INTO search_terms (rowid, terms) VALUES (new.id, new.terms); END",
)


def index(apps, schema_editor):
    for statement in (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def no_index(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute("DROP TABLE search_terms")


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("row", models.UUIDField(unique=True)),
                ("matter", models.UUIDField(db_index=True)),
                ("subject", models.UUIDField(db_index=True, help_text="the vault's subject: erased with them")),
                ("terms", huiyin.platform.search.models.Terms()),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("place", models.BigIntegerField(default=0)),
                ("matter", models.UUIDField(null=True)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.RunPython(index, no_index, elidable=False),
    ]

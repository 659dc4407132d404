from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TablesConfig(AppConfig):
    name = "huiyin.platform.tables"
    label = "tables"

    def ready(self) -> None:
        from huiyin.platform.tables.actions import stamp_what_is_kept

        # After every migration: SQLite forgets the triggers of a table whose columns change.
        post_migrate.connect(stamp_what_is_kept, sender=self, dispatch_uid="tables.stamps")

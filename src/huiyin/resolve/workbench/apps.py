from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "huiyin.resolve.workbench"
    label = "workbench"

    def ready(self) -> None:
        """What is kept of this room's tables is known before they are made, so that they get their stamps; the maker of
        lists is known to whoever makes files."""
        from huiyin.resolve.workbench import actions, queries  # noqa: F401

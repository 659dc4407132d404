from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "huiyin.resolve.papers"
    label = "papers"

    def ready(self) -> None:
        from huiyin.resolve.papers import actions  # noqa: F401  registers what makes a dossier

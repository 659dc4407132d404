from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "huiyin.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Every room's `reactions.py` is read once, in the order of INSTALLED_APPS."""
        autodiscover_modules("reactions")

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "huiyin.bank.units"
    label = "units"

    def ready(self) -> None:
        from huiyin.bank.units import actions  # noqa: F401  registers what takes the sheets

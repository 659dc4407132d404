from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "huiyin.bank.staff"
    label = "staff"

    def ready(self) -> None:
        from huiyin.bank.staff import actions  # noqa: F401  registers what takes the sheets

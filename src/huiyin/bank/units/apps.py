from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "huiyin.bank.units"
    label = "units"

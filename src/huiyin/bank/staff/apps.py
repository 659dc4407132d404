from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "huiyin.bank.staff"
    label = "staff"

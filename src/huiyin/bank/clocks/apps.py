from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "huiyin.bank.clocks"
    label = "clocks"

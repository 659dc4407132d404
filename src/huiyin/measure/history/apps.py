from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "huiyin.measure.history"
    label = "history"

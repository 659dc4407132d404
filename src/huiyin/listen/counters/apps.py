from django.apps import AppConfig


class CountersConfig(AppConfig):
    name = "huiyin.listen.counters"
    label = "counters"

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "huiyin.listen.calls"
    label = "calls"

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "huiyin.platform.imports"
    label = "imports"

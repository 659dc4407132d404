from django.apps import AppConfig


class ErasuresConfig(AppConfig):
    name = "huiyin.resolve.erasures"
    label = "erasures"

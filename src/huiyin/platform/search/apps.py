from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huiyin.platform.search"
    label = "search"

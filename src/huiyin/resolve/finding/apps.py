from django.apps import AppConfig


class FindingConfig(AppConfig):
    name = "huiyin.resolve.finding"
    label = "finding"

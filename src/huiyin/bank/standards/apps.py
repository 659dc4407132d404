from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "huiyin.bank.standards"
    label = "standards"

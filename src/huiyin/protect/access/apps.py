from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "huiyin.protect.access"
    label = "access"

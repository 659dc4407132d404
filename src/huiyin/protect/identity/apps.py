from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "huiyin.protect.identity"
    label = "identity"

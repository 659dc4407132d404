from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "huiyin.platform.vault"
    label = "vault"

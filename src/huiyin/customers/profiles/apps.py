from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "huiyin.customers.profiles"
    label = "profiles"

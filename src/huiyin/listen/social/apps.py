from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "huiyin.listen.social"
    label = "social"

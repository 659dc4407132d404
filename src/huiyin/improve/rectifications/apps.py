from django.apps import AppConfig


class RectificationsConfig(AppConfig):
    name = "huiyin.improve.rectifications"
    label = "rectifications"

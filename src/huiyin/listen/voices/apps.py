from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "huiyin.listen.voices"
    label = "voices"

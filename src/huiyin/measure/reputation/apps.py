from django.apps import AppConfig


class ReputationConfig(AppConfig):
    name = "huiyin.measure.reputation"
    label = "reputation"

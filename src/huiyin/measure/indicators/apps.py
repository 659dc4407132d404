from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "huiyin.measure.indicators"
    label = "indicators"

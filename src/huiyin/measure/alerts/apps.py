from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "huiyin.measure.alerts"
    label = "alerts"

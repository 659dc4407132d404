from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "huiyin.resolve.triage"
    label = "triage"

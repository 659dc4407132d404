from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "huiyin.listen.surveys"
    label = "surveys"

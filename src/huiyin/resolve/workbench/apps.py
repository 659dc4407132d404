from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "huiyin.resolve.workbench"
    label = "workbench"

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "huiyin.platform.files"
    label = "files"

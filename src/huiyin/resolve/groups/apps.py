from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "huiyin.resolve.groups"
    label = "groups"

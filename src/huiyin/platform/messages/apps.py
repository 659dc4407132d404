from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "huiyin.platform.messages"
    label = "huiyin_messages"

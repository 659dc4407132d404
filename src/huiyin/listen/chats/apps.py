from django.apps import AppConfig


class ChatsConfig(AppConfig):
    name = "huiyin.listen.chats"
    label = "chats"

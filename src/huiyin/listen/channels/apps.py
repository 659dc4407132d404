from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "huiyin.listen.channels"
    label = "channels"

    def ready(self) -> None:
        from huiyin.listen.channels import actions  # noqa: F401  registers how messages leave by these channels

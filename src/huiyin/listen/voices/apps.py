from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "huiyin.listen.voices"
    label = "voices"

    def ready(self) -> None:
        from huiyin.listen.voices import actions  # noqa: F401  registers what takes the sheets

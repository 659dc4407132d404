from django.apps import AppConfig


class RectificationsConfig(AppConfig):
    name = "huiyin.improve.rectifications"
    label = "rectifications"

    def ready(self) -> None:
        from huiyin.improve.rectifications import queries

        queries.show_on_the_alert_page()

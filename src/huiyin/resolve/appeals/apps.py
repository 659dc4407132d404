from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "huiyin.resolve.appeals"
    label = "appeals"

    def ready(self) -> None:
        from huiyin.resolve.appeals import queries

        queries.show_on_the_case_page()

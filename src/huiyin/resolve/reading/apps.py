from django.apps import AppConfig


class ReadingConfig(AppConfig):
    name = "huiyin.resolve.reading"
    label = "reading"

    def ready(self) -> None:
        from huiyin.resolve.reading import queries

        queries.show_on_the_case_page()

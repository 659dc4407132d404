from django.apps import AppConfig


class PrecontactsConfig(AppConfig):
    name = "huiyin.resolve.precontacts"
    label = "precontacts"

    def ready(self) -> None:
        from huiyin.resolve.precontacts import queries

        queries.show_on_the_case_page()

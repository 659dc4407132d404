from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    name = "huiyin.resolve.callbacks"
    label = "callbacks"

    def ready(self) -> None:
        from huiyin.resolve.callbacks import queries

        queries.show_on_the_case_page()

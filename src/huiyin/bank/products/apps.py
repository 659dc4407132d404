from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "huiyin.bank.products"
    label = "products"

    def ready(self) -> None:
        from huiyin.bank.products import actions  # noqa: F401  registers what takes the sheets

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "huiyin.bank.products"
    label = "products"
